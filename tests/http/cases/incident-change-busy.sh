# shellcheck shell=bash
# While another program holds the store a change waits as long as it may, is then refused
# with Retry-After, and has changed nothing; reading goes on.
start_server STORE_WAIT_MS=300
ingest "[$(records 5 'failed login' ERROR auth)]"
coproc LOCK { sqlite3 "$T/store/data.sqlite"; }
# shellcheck disable=SC2154 # coproc's
printf '.timeout 5000\nBEGIN IMMEDIATE;\nSELECT 1;\n' >&"${LOCK[1]}"
read -r _ <&"${LOCK[0]}"
request PATCH /incidents/1 -H 'Content-Type: application/json' --data-binary '{"status":"resolved"}'
expect_error 503 'using the store'
expect_header Retry-After 1
request GET /incidents/1
expect_json .incident.status open
printf 'ROLLBACK;\n.quit\n' >&"${LOCK[1]}"
wait "$LOCK_PID"
request PATCH /incidents/1 -H 'Content-Type: application/json' --data-binary '{"status":"resolved"}'
expect_status 200
expect_json .incident.status resolved
