# shellcheck shell=bash
# The same batch and the same state of the detector give the same raw score through /score,
# through /ingest in either mode, and through evaluate; and evaluate --learn over all that
# was posted gives what each request was told.
N=80
B=$T/batches

# A history: line i of $B/all is batch i, of two services; some batches have odd records.
mkdir -p "$B"
awk -v n=$N 'BEGIN {
    for (i = 1; i <= n; i++) {
        printf "{\"label\":%d,\"logs\":[", i % 40 == 0
        size = 1 + i * 7 % 23
        for (k = 0; k < size; k++) {
            text = (i + k) % 3 ? "session " i * 31 % 997 " opened for user alice" : "order " k " paid with card in " i " ms"
            if (i % 40 == 0 && k == 0) text = "out of memory: killed process " i
            if (i % 60 == 0) text = "Failed password for root from 10.0.0." k " port 22"
            if (k % 5 == 4) text = "10.0.0.1 - - [01/Jan/2026:12:00:00 +0000] \\\"GET /shop?id=" i % 40 " HTTP/1.1\\\" 200 5 \\\"-\\\" \\\"agent\\\""
            printf "%s{\"timestamp\":\"2026-01-01T%02d:%02d:%02dZ\",\"service\":\"%s\",\"level\":\"%s\",\"message\":\"%s\",\"metadata\":{\"pid\":%d}}",
                k ? "," : "", 12 + int(i / 3600), int(i / 60) % 60, i % 60, k % 5 == 4 ? "web" : "shop",
                i % 40 == 0 ? "ERROR" : "INFO", text, i % 9
        }
        printf "]}\n"
    }
}' >"$B/all"
split -l 1 -a 4 -d "$B/all" "$B/one."
FILES=("$B"/one.*)
expect_equal 'batches' "${#FILES[@]}" "$N"

# The same records in another form: an array, and an object a line.
for ((i = 0; i < N; i++)); do
    case $((i % 3)) in
    1) sed -E 's/^[^[]*(.*)\}$/\1/' "${FILES[i]}" >"${FILES[i]}.body" ;;
    2) sed -E 's/^[^[]*\[(.*)\]\}$/\1/; s/\}\},\{/}}\n{/g' "${FILES[i]}" >"${FILES[i]}.body" ;;
    *) cp "${FILES[i]}" "${FILES[i]}.body" ;;
    esac
done

# What is learned can be told from outside by its number of batches. No jq here and below:
# it would take most of the time.
has_learned() {
    send ml GET /model-info && [[ $(<"$T/$R.body") == *"\"batches\":$1,"* ]]
}

# ask TARGET... FILE: posts it; RAW is the raw score of the reply.
ask() {
    send "${@:1:$#-1}" --data-binary "@${*: -1}"
    expect_status 200
    [[ $(<"$T/$R.body") =~ '"raw_score":'([-+.e0-9]+) ]] || fail "no raw score: $(cat "$T/$R.body")"
    RAW=${BASH_REMATCH[1]}
}

# post_one FILE: it is asked about and then stored.
post_one() {
    local asked
    ask ml POST /score "$1"
    asked=$RAW
    ask POST /ingest "$1"
    expect_equal "${1##*/} by /ingest, as by /score" "$RAW" "$asked"
}

# post_all: one after the other, each when all before it are learned.
post_all() {
    local i
    : >"$T/told"
    for ((i = 0; i < N; i++)); do
        poll 20 has_learned "$i" || fail "not learned: $(cat "$T/$R.body")"
        post_one "${FILES[i]}.body"
        printf '%s\n' "$RAW" >>"$T/told"
    done
    poll 20 has_learned "$N" || fail "not learned: $(cat "$T/$R.body")"
}

# ask_all: of the state at the end.
ask_all() {
    local i
    : >"$T/asked"
    for ((i = 0; i < N; i += 5)); do
        ask ml POST /score "${FILES[i]}.body"
        printf '%s\n' "$RAW" >>"$T/asked"
    done
}

# same_as FILE: what evaluate has printed has these scores, in turn and to the last bit.
same_as() {
    expect_equal 'scores' "$(lines "$T/tool.out")" "$(lines "$1")"
    paste "$1" "$T/tool.out" | awk '$1 + 0 != $2 + 0 { print; bad = 1 } END { exit bad }' >"$T/differ" ||
        fail "evaluate says otherwise: $(head -5 "$T/differ")"
}

check_state() {
    stop_server
    tool evaluate "$B/asked" || fail "$(cat "$T/tool.out")"
    same_as "$T/asked"
}

awk 'NR % 5 == 1' "$B/all" >"$B/asked"
start_server
post_all
ask_all
check_state
tool train --model "$T/shipped" || fail "$(cat "$T/tool.out")"
tool evaluate --learn --model "$T/shipped" "$B/all" || fail "$(cat "$T/tool.out")"
same_as "$T/told"
expect_equal 'labels' "$(cut -f2 "$T/tool.out" | sort | uniq -c | xargs)" '78 0 2 1'

# By proxy it is told a moment later what was stored.
rm -rf "$T/store"
start_server "ML_URL=$T/ml"
for ((i = 0; i < N - 1; i++)); do
    ask POST /ingest "${FILES[i]}.body"
done
poll 40 has_learned $((N - 1)) || fail "not learned: $(cat "$T/$R.body")"
post_one "${FILES[N - 1]}.body"
expect_json .scorer http
expect_equal 'the last one in either mode' "$RAW" "$(tail -n 1 "$T/told")"
poll 40 has_learned "$N" || fail "not learned: $(cat "$T/$R.body")"
cp "$T/asked" "$T/asked-before"
ask_all
cmp -s "$T/asked" "$T/asked-before" || fail "the modes differ: $(diff "$T/asked" "$T/asked-before")"
check_state
