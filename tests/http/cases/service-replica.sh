# shellcheck shell=bash disable=SC2034 # ML is lib.sh's
# Two scoring services on one model file: one learns, the other scores, says that it is a
# replica, refuses to learn, and takes over when the first is gone.
settings "ML_URL=$T/ml"
start_half backend
start_half ml-service
mkdir "$T/two"
set_environment
env -i "${ENVIRONMENT[@]}" LOGANALYZER_HALF=ml-service "BIND=$T/two" "RUN_DIR=$T/two-run" \
    lighttpd -D -f "$ROOT/lighttpd.conf" >>"$T/log" 2>&1 </dev/null &
second=$!
first_ml=("${ML[@]}")
ML=(--unix-socket "$T/two/ml")
poll 20 half_answers ml-service || fail 'the second does not answer'
request ml GET /model-info
expect_json .role replica
request ml POST /score --data-binary "$(sample)"
expect_status 200
expect_true '.score > 0.8'
request ml GET /learn
expect_error 503 'another process owns'

ML=("${first_ml[@]}")
request ml GET /model-info
expect_json .role owner
ingest "$(sample)"
expect_all_learned
kill -INT "${HALF[ml-service]}" # not stop_half, which knows only one service
wait "${HALF[ml-service]}" || fail "the first ended with status $?"
unset 'HALF[ml-service]'

ML=(--unix-socket "$T/two/ml")
takes_over() {
    request ml GET /learn
    ((STATUS == 200))
}
poll 20 takes_over || fail "the second does not take over: $(cat "$T/$R.body")"
expect_json '.learned.records' 3
request ml GET /model-info
expect_json .role owner
stop_half backend
kill -INT "$second"
poll 20 none_left || fail 'the second does not end'
check_store_closed
