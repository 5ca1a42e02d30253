# shellcheck shell=bash
# The same request many times at once: one is stored, all get its answer, though they wait
# in one group commit or are scored before the first one is there.
start_server STORE_WAIT_MS=10000
eight() {
    local i
    CLIENTS=()
    for i in 1 2 3 4 5 6 7 8; do
        R=q$i post /ingest "$(sample)" -H "Idempotency-Key: $1" &
        CLIENTS+=($!)
    done
}
expect_one() {
    wait "${CLIENTS[@]}"
    expect_equal 'answers' "$(jq -sc '[length, (map(select(.stored == 3)) | length),
        (map(select(.duplicate)) | length), (map(del(.duplicate)) | unique | length)]' \
        "$T"/q*.body)" '[8,8,7,1]'
    expect_stored "$1"
}
for round in 1 2 3; do
    eight "round $round"
    expect_one $((3 * round))
done
lock_store
eight locked
request GET '/imports?after=x' # as far as they get
unlock_store
expect_one 12
expect_sql 'SELECT count(*) FROM receipts' 4
