# shellcheck shell=bash
# What was learned survives kill -9, a restart in place and a clean one: the same batches
# score as in a run without any of them.
declare -a PROBES=(
    "[$(record 'disk sda1 is 81 % full' WARN disk),$(record 'never seen before: 7' ERROR app)]"
    "[$(records 12 'connection reset by peer' ERROR app)]"
    "[$(records 3 'job 12 took 900 ms' INFO app),$(records 2 'cache miss' INFO web)]"
)
batches() { # batches FROM TO: of the stream
    local i
    for ((i = $1; i <= $2; i++)); do
        ingest "[$(record "job $i took $((i * 37 % 91)) ms" INFO app \
            "$(printf '2026-01-01T%02d:%02d:00Z' $((i / 60)) $((i % 60)))"),$(record \
            "state=$((i % 3)) of unit $((i % 7))" INFO web \
            "$(printf '2026-01-01T%02d:%02d:01Z' $((i / 60)) $((i % 60)))")]"
        expect_json .incident_id null
    done
}
scores() {
    local body
    for body in "${PROBES[@]}"; do
        request ml POST /score --data-binary "$body"
        expect_status 200
        printf '%.6f ' "$(json .raw_score)"
    done
}
another_ingest() {
    [[ $(pid_of ingest) != "$1" ]] && half_answers backend
}
caught_up() {
    send GET /meta && jq -e '.scorer.state == "ok" and .scorer.learn_lag_batches == 0' \
        "$T/$R.body" >/dev/null && send ml GET /model-info && [[ $(json .batches) == "$1" ]]
}
start_server
batches 1 60
poll 20 caught_up 60 || fail 'not learned'
undisturbed=$(scores)
[[ $undisturbed != *0.000000\ 0.000000* ]] || fail "the probes are not odd: $undisturbed"
stop_server
rm "$T"/store/data.sqlite "$T"/store/data.sqlite-model

start_server
batches 1 20
old=$(pid_of ingest)
kill -KILL "$old"
poll 20 another_ingest "$old" || fail 'not started again'
poll 20 caught_up 20 || fail "not replayed: $(cat "$T/$R.body")"
batches 21 40
kill -USR2 "$(pid_of ingest)"
batches 41 50
poll 20 caught_up 50 || fail "not learned: $(cat "$T/$R.body")"
stop_server
start_server
batches 51 60
poll 20 caught_up 60 || fail "not learned: $(cat "$T/$R.body")"
expect_equal 'the scores' "$(scores)" "$undisturbed"
stop_server
