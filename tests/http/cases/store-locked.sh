# shellcheck shell=bash
# Another program holds the store's lock: 503 with Retry-After after the second that the
# contract names, nothing stored; afterwards the same batch is stored, once. Reading goes on.
start_server
ingest "$(sample)"
lock_store
from=$(date +%s%N)
post /ingest "$(sample)"
took=$((($(date +%s%N) - from) / 1000000))
expect_error 503 'try again'
expect_header Retry-After 1
((took >= 900 && took < 15000)) || fail "the wait was $took ms"
request GET /incidents
expect_status 200
expect_json '.incidents[0].count' 1
request ml POST /score --data-binary "$(sample)"
expect_status 200
unlock_store
expect_stored 3
ingest "$(sample)"
expect_json .incident_id 1
stop_server
expect_stored 6
expect_sql 'SELECT count FROM incidents' 2
