# shellcheck shell=bash
# Two halves, and keys: the backend sends SCORE_KEY; without a good one records are stored
# unscored, it is said why, and with it all is scored. Neither the health check nor starting
# needs a key.
# shellcheck source=tests/http/keys.sh
. "$ROOT/tests/http/keys.sh"
settings "ML_URL=$T/ml"
make_keys
serve ml-service
serving ml-service
serve backend
serving backend
for half in backend ml-service; do
    env -i "${ENVIRONMENT[@]}" "$ROOT/deploy/healthcheck" "$half" >>"$T/log" || fail "$half is not healthy"
done
expect_matrix < <(
    matrix_scoring
    matrix | grep -v '^ml'
)
post_one() {
    post /ingest "$(sample)" -H "Authorization: Bearer $INGEST"
    expect_status 200
}
says_why() {
    post_one
    send GET /meta -H "Authorization: Bearer $READ"
    [[ $(json .scorer.last_error) == *'SCORE_KEY'* ]]
}
post_one
expect_json .scorer unavailable
poll 10 says_why || fail "not said why: $(cat "$T/$R.body")"
stop_serving backend
settings "ML_URL=$T/ml" "SCORE_KEY=$SCORE"
serve backend
serving backend
is_scored() {
    post_one
    [[ $(json .scorer) == http ]]
}
poll 20 is_scored || fail 'not scored with the key'
all_learned() {
    send ml GET /learn -H "Authorization: Bearer $SCORE"
    [[ $(json .learned.batches) == "$(sql 'SELECT count(*) FROM batches')" ]]
}
poll 20 all_learned || fail "not all is learned: $(cat "$T/$R.body")"
! grep -q "${SCORE:30}" "$T/log" || fail 'the key is in the log'
stop_serving backend
stop_serving ml-service
