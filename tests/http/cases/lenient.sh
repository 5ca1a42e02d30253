# shellcheck shell=bash
# Prefer: handling=lenient: the good records are stored, the bad ones are listed, kept in the
# store, and hold up nobody. Without it, and with what is no batch at all, all are refused.
start_server
request GET /rejected
expect_json tostring '{"rejected":[],"next":null}'
lenient() {
    post /ingest "$1" -H 'Prefer: handling=lenient' "${@:2}"
}
BAD='{"timestamp":"2026-01-01T12:00:00Z","service":"web","level":"","message":"<b>\u0007"}'
BATCH="[$(record one),$BAD,$(record two)]"
post /ingest "$BATCH"
expect_error 400 "record 1: field 'level'"
expect_header Preference-Applied ''
expect_json .rejected null
lenient "$BATCH"
expect_status 200
expect_header Preference-Applied handling=lenient
expect_json '[.stored, .features.count, .rejected, .rejected_kept, .rejected_url] | tostring' '[2,2,1,1,"rejected"]'
expect_json '.rejected_records | tostring' \
    '[{"index":1,"field":"level","error":"field '"'level'"' is empty"}]'
expect_stored 2
expect_sql 'SELECT place, field, reason, bytes, record = '"'$BAD'"' FROM rejected' \
    "1|level|field 'level' is empty|${#BAD}|1"
lenient "$(record three)"
expect_json '[.stored, .rejected, .rejected_records] | tostring' '[1,0,[]]'

# A shipper's queue: one line is cut, one is no JSON; and lines of text, one of them too long.
lenient "$(record a)"$'\n''{"timestamp":"2026'$'\n'"no JSON"$'\n'"$(record b)"$'\n'
expect_json '[.stored, .rejected] | tostring' '[2,2]'
expect_json '[.rejected_records[].index] | tostring' '[1,2]'
{ printf 'first\n'; bytes 1048577 x; printf '\nlast\n'; } >"$T/long"
request POST '/ingest?service=app' --data-binary "@$T/long" -H 'prefer: respond-async, Handling=Lenient;x=1'
expect_json '[.stored, .rejected] | tostring' '[2,1]'
expect_sql "SELECT bytes, length(record) FROM rejected ORDER BY id DESC LIMIT 1" '1048577|8192'
lenient '[7,null]'
expect_json '[.stored, .rejected, .incident_id] | tostring' '[0,2,null]'
expect_stored 7

# With a key: the rejected ones are kept once, and a strict repeat is another request.
lenient "$BATCH" -H 'Idempotency-Key: k'
expect_json '[.stored, .rejected, .duplicate] | tostring' '[2,1,null]'
lenient "$BATCH" -H 'Idempotency-Key: k'
expect_json '[.stored, .rejected, .duplicate] | tostring' '[2,1,true]'
expect_header Preference-Applied handling=lenient
post /ingest "$BATCH" -H 'Idempotency-Key: k'
expect_status 422
expect_header Preference-Applied ''
expect_stored 9
expect_sql 'SELECT count(*) FROM rejected' 7

# More than are listed, more than are kept, more than a batch may have; the newest stay.
records 101 m '' >"$T/many"
lenient "[$(<"$T/many")]"
expect_json '[.stored, .rejected, .rejected_kept, (.rejected_records | length)] | tostring' \
    '[0,101,101,100]'
records 1001 m '' >"$T/many"
lenient "[$(<"$T/many"),$(record last)]"
expect_json '[.stored, .rejected, .rejected_kept, (.rejected_records | length)] | tostring' \
    '[1,1001,1000,100]'
expect_sql 'SELECT count(*) FROM rejected' 1108

# They can be seen, the newest first, in pages.
request GET /rejected
expect_json '.rejected | length' 100
expect_json '[.next, .rejected[0].id, .rejected[0].index] | tostring' '["1009",1108,999]'
expect_header Link '<?limit=100&cursor=1009>; rel="next"'
request GET '/rejected?limit=1000&cursor=1009'
expect_json '[.next, (.rejected | length), .rejected[0].id] | tostring' '["9",1000,1008]'
request GET '/rejected?limit=1000&cursor=9'
expect_json '[.next, (.rejected | map(.id))] | tostring' '[null,[8,7,6,5,4,3,2,1]]'
expect_header Link ''
expect_json '.rejected[7] | [.index, .field, .error, .bytes, .record] | tostring' \
    "$(jq -nc --arg text "$BAD" '[1, "level", "field '"'level'"' is empty", ($text | length), $text]')"
expect_json '.rejected[7].received_at | .[:2]' 20
expect_json '[.rejected[3:5][] | .bytes, (.record | length)] | tostring' '[1,1,1048577,8192]'
for query in limit=0 limit=1001 limit=x cursor=0 cursor=-1; do
    request GET "/rejected?$query"
    expect_error 400 "${query%=*} must be a whole number"
done

# No batch at all.
lenient 'a=1&b=2'
expect_error 400 'the body is form data'
lenient "[$(record cut),{\"timestamp\":"
expect_error 400 'record 1: not JSON'
post /ingest "$BATCH" -H 'Prefer: handling=lenient' -H 'Prefer : handling=lenient'
((STATUS == 400 || STATUS == 200)) || fail "status $STATUS"
expect_sql "SELECT count(*) FROM logs WHERE message = 'cut'" 0
