# shellcheck shell=bash
# With a scoring service of its own: a repeat is answered as before, also while the service
# is away, and the service learns the batch once.
settings "ML_URL=$T/ml"
start_half backend
keyed() {
    post /ingest "$(sample)" -H "Idempotency-Key: $1"
    expect_status 200
}
keyed k1
expect_json '[.scorer, .duplicate] | tostring' '["unavailable",null]'
start_half ml-service
keyed k1
expect_json '[.scorer, .duplicate] | tostring' '["unavailable",true]'
scored_again() {
    send POST /ingest --data-binary "[$(record ok)]" && [[ $(json .scorer) == http ]]
}
poll 20 scored_again || fail 'not scored again'
keyed k2
expect_json '[.scorer, .duplicate] | tostring' '["http",null]'
cp "$T/$R.body" "$T/first"
stop_half ml-service
keyed k2
expect_equal 'the same' "$(jq -c 'del(.duplicate)' "$T/$R.body")" "$(jq -c . "$T/first")"
start_half ml-service
expect_all_learned
expect_sql "SELECT count(*) FROM logs WHERE service = 'auth'" 4
stop_half ml-service
stop_half backend
check_store_closed
