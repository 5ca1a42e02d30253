# shellcheck shell=bash
# Who sends a request belongs to its Idempotency-Key: two senders may use the same one, and
# neither is told what the other was answered.
# shellcheck source=tests/http/keys.sh
. "$ROOT/tests/http/keys.sh"
start_server
make_key ONE --label one
make_key TWO --label two
keyed() {
    post /ingest "$2" -H "Authorization: Bearer $1" -H 'Idempotency-Key: k'
}
keyed "$ONE" "$(record 'of one')"
expect_json '[.stored, .duplicate] | tostring' '[1,null]'
keyed "$TWO" "$(record 'of two')"
expect_json '[.stored, .duplicate] | tostring' '[1,null]'
keyed "$ONE" "$(record 'of one')"
expect_json '[.stored, .duplicate] | tostring' '[1,true]'
keyed "$TWO" "$(record 'of one')"
expect_status 422
expect_stored 2
expect_sql 'SELECT count(DISTINCT scope) FROM receipts' 2
