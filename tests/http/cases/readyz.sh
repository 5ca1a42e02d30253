# shellcheck shell=bash
# /readyz tells whether all is as it should be, and what is not: without a record coming in
# it notices that the store cannot be written, and that it can be again.
ready_is() {
    send GET "/readyz$1" && [[ $STATUS == "$2" ]]
}

start_server
poll 10 ready_is '' 200 || fail "not ready: $(cat "$T/$R.body")"
request GET /readyz
expect_json .ready true
expect_json '.failing | length' 0
expect_json .store.state ok
expect_true '.store.bytes > 0 and .store.wal_bytes >= 0'
expect_json .model.state ok
expect_json .model.mode in-process
expect_json .model.version priors-2
expect_json .lag.state ok
expect_json .lag.batches 0
expect_json .lag.unscored_batches 0
expect_true '.disk.free_bytes > 0 and .disk.total_bytes > .disk.free_bytes'
expect_json .disk.days_until_full null # it is not known after so short a time
request GET /readyz?check=disk
expect_true 'keys - ["ready","failing","warnings","disk"] == []'

lock_store
poll 10 ready_is '' 503 || fail "ready while the store is locked: $(cat "$T/$R.body")"
request GET /readyz
expect_error 503 'not ready: store (another program has it locked)'
expect_json .ready false
expect_json '.failing | join(",")' store
expect_json .store.state failing
expect_json .model.state ok
expect_header Retry-After 1
request GET '/readyz?check=model'
expect_status 200
request GET /healthz
expect_status 200
unlock_store
poll 10 ready_is '' 200 || fail "not ready again: $(cat "$T/$R.body")"

# A new process is ready when it has looked at the store, and not because of the old one.
pid=$(pid_of ingest)
kill -KILL "$pid"
new_one() { [[ $(pid_of ingest 2>/dev/null) != "$pid" ]] && ready_is '' 200; }
poll 10 new_one || fail "not ready after a restart: $(cat "$T/$R.body")"
