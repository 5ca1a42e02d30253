# shellcheck shell=bash
# The server is started on a disk without a byte of room: batches are answered 507, by us, and
# the first one after there is room is stored. Needs root, for a small file system of its own.
if ((EUID != 0)) || ! { mkdir -p "$T/store" && mount -t tmpfs -o size=16m none "$T/store"; }; then
    printf 'skipped: no file system can be mounted here\n'
    exit 0
fi
settings STORE_BYTES_MAX=64000000
start_server
ingest "$(sample)"
stop_server
dd if=/dev/zero of="$T/store/filler" bs=64k status=none 2>/dev/null || true
dd if=/dev/zero of="$T/store/filler-2" bs=1k status=none 2>/dev/null || true
launch
is_refused() {
    [[ $(curl -s --max-time 5 -o /dev/null -w '%{http_code}' "${HTTP[@]}" --data-binary "$(sample)" \
        "$HTTP_URL/ingest") == 507 ]]
}
poll 10 is_refused || fail 'not 507'
rm "$T"/store/filler*
is_taken() {
    send POST /ingest --data-binary "[$(record 'there is room')]"
    [[ $STATUS == 200 ]]
}
poll 10 is_taken || fail "not taken: $STATUS"
expect_stored 4
