# shellcheck shell=bash
# A lock that is given back in time costs a wait and no request.
start_server STORE_WAIT_MS=10000
ingest "$(record before)"
lock_store
R=waiting post /ingest "$(record during)" &
request ml GET /model-info
unlock_store
wait $! || fail 'the request that waited failed'
grep -q '"stored":1' "$T/waiting.body" || fail "$(cat "$T/waiting.body")"
expect_stored 2
