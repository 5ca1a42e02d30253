# shellcheck shell=bash
# A store that is damaged is never written over: 503 and a sentence on every route that needs
# it, in /meta too; and when a backup is put in its place, while all runs, it goes on.
store=$T/store/data.sqlite
zero() { # zero OFFSET BYTES
    dd if=/dev/zero of="$store" bs=1 seek="$1" count="$2" conv=notrunc status=none
}
is_taken() {
    send POST /ingest --data-binary "[$(record 'it goes on')]"
    [[ $STATUS == 200 ]]
}
is_refused() {
    curl -s "${HTTP[@]}" --data-binary "$(sample)" "$HTTP_URL/ingest" | grep -q damaged
}
start_refusing() {
    launch
    poll 20 is_refused || fail 'not refused'
}
receive http hook
mapfile -t with < <(webhook_settings hook)
start_server TROUBLE_SECONDS=1 "${with[@]}"
ingest "$(sample)"
stop_server
rm -f "$store-wal" "$store-shm" # the looking has left them
cp "$store" "$T/good"

zero 0 100 # the header
cp "$store" "$T/bad"
start_refusing
post /ingest "$(sample)"
expect_error 503 'the store is damaged or not a database'
expect_header Retry-After 1
request GET /incidents
expect_error 503 'the store is damaged'
request ml GET /model-info
expect_status 503
request GET /meta
expect_status 200
expect_json .store.state failing
expect_json .store.error 'the store is damaged or not a database'
request GET /readyz
expect_error 503 'not ready: store (the store is damaged or not a database)'
wait_received hook 1 # told without the store
expect_body hook 1 '[.service, .incident_id] | tostring' '["loganalyzer",null]'
expect_body hook 1 .summary 'loganalyzer: the store cannot be used, records are refused: the store is damaged or not a database'
request GET /healthz # the process is well
expect_status 200
cmp "$store" "$T/bad" || fail 'the file was changed'
[[ ! -e $store-wal && ! -e $store-shm ]] || fail "files were put beside it: $(ls -l "$T/store")"
cp "$T/good" "$T/store/new"
mv "$T/store/new" "$store"
poll 20 is_taken || fail "it does not go on with the backup: $STATUS"
request GET /incidents/1
expect_status 200
stop_server
expect_stored 4

# A page in the middle, whose loss is seen when it is used.
page=$(sql "SELECT rootpage FROM sqlite_schema WHERE name='logs'")
zero $(((page - 1) * 4096)) 4096
start_refusing
post /ingest "$(sample)"
expect_error 503 'the store is damaged'
request GET /meta
expect_json .store.state failing
expect_sql 'SELECT count(*) FROM batches' 2
rm -f "$store" # nothing of it is to be looked at
halt_server
rm -f "$store" "$store-wal" "$store-shm"
