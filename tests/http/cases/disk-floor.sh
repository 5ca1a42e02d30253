# shellcheck shell=bash
# A disk with less free than FREE_BYTES_MIN: 507 with Retry-After and nothing stored, said once
# in the log; reads and what people decide go on. With room again the next batch is stored.
settings FREE_BYTES_MIN=0
start_server
ingest "$(sample)"
stop_server
settings FREE_BYTES_MIN=1000000000000000
start_server
post /ingest "$(sample)"
expect_error 507 'FREE_BYTES_MIN'
expect_header Retry-After 1
request GET /incidents/1
expect_json .incident.records_total 2
request PATCH /incidents/1 -H 'Content-Type: application/json' -d '{"status":"resolved"}'
expect_status 200
request POST /ingest -H 'Prefer: handling=lenient' --data-binary '[7]' # it would be kept
expect_error 507 'FREE_BYTES_MIN'
poll 10 logged 'nothing more is taken' || fail 'it is not said'
[[ ! -e $T/store/data.sqlite-ballast ]] || fail 'a ballast where there is no room'
stop_server
expect_stored 3
settings FREE_BYTES_MIN=1
start_server
ingest "$(sample)"
poll 10 test -s "$T/store/data.sqlite-ballast" || fail 'no ballast'
stop_server
expect_stored 6
[[ ! -e $T/store/data.sqlite-ballast ]] || fail 'the ballast is left after a stop'
