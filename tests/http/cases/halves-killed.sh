# shellcheck shell=bash
# Backend and scoring service as servers of their own; kill -9 of the one and the other
# under load, of a process and of a whole half. What was acknowledged is stored, and each
# batch is learned once in the service's state.
settings "ML_URL=$T/ml"
start_half backend
start_half ml-service
start_load 3
kill_process() {
    local file=$1 pid
    pid=$(cat "$file")
    kill -KILL "$pid"
    poll 20 another_in "$file" "$pid" || fail "not started again: $file"
}
another_in() {
    local pid
    pid=$(cat "$1" 2>/dev/null) && [[ $pid != "$2" ]]
}
run=$T/store/data.sqlite-run
for _ in 1 2; do
    more_load 20
    kill_process "$run-ml/loganalyzer-score.pid"
    more_load 20
    kill_process "$run/loganalyzer-ingest.pid"
done
more_load 20
kill_half ml-service
more_load 20
start_half ml-service
more_load 20
kill_half backend
start_half backend
more_load 20
stop_load
expect_statuses '200|500|503|000'
expect_all_learned
poll 20 meta_says '.scorer.state == "ok" and .scorer.learn_lag_batches == 0' ||
    fail "not told: $(cat "$T/$R.body")"
stop_half backend
stop_half ml-service
check_store_closed
expect_acknowledged_stored
expect_refused_not_stored 503
