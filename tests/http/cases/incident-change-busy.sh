# shellcheck shell=bash
# While another program holds the store a change waits as long as it may, is then refused
# with Retry-After, and has changed nothing; reading goes on.
start_server STORE_WAIT_MS=300
ingest "[$(records 5 'failed login' ERROR auth)]"
lock_store
request PATCH /incidents/1 -H 'Content-Type: application/json' --data-binary '{"status":"resolved"}'
expect_error 503 'using the store'
expect_header Retry-After 1
request GET /incidents/1
expect_json .incident.status open
# Several at once: each waits for its turn, as long as it may.
change() {
    R=$1 request PATCH /incidents/1 -H 'Content-Type: application/json' --data-binary '{"status":"resolved"}'
    R=$1 expect_status 503
    R=$1 expect_header Retry-After 1
}
CHANGES=()
for i in {1..4}; do
    change "change.$i" &
    CHANGES+=($!)
done
for i in "${CHANGES[@]}"; do
    wait "$i" || fail 'one of several changes was not refused as it should be'
done
grep -q 'others are changing' "$T"/change.*.body || fail 'none waited for its turn'
unlock_store
request PATCH /incidents/1 -H 'Content-Type: application/json' --data-binary '{"status":"resolved"}'
expect_status 200
expect_json .incident.status resolved
