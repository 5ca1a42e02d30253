# shellcheck shell=bash
# The bytes of all bodies in work together have a limit: beyond it 503, and all is free
# again afterwards. While a body of 250 kB waits for the locked store, 60 kB find no room.
start_server MAX_BODIES_BYTES=300000 MAX_BODY_BYTES=300000 STORE_WAIT_MS=10000
{ record large && bytes 250000 ' '; } >"$T/large"
{ printf '{"failed_logins":0}' && bytes 60000 ' '; } >"$T/small"
no_room() {
    request ml POST /score --data-binary "@$T/small"
    [[ $STATUS != 200 ]]
}
lock_store
# A small one may be inside already when the large one comes: then that one comes again.
until_stored() {
    # shellcheck disable=SC2034 # read in lib.sh
    local R=large
    poll 20 stored_now
}
stored_now() {
    ingest_file "$T/large"
    [[ $STATUS == 200 ]]
}
until_stored >"$T/large.out" &
large=$!
poll 20 no_room || fail 'there was always room'
expect_error 503 'too many bytes'
expect_header Retry-After 1
unlock_store
wait $large || fail "the large one: $(cat "$T/large.out")"
request ml POST /score --data-binary "@$T/small"
expect_status 200
for _ in {1..5}; do # each gives back what it took, refused or not
    ingest_file "$T/large"
    expect_status 200
    { cat "$T/large" && bytes 60000 ' '; } >"$T/larger"
    ingest_file "$T/larger"
    expect_status 413
done
expect_stored 6
