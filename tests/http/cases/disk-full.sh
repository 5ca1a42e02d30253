# shellcheck shell=bash
# A disk that is full to the last byte, by another program: 507 and nothing else, reads go on;
# what is old can still be deleted, from the ballast; and a moment after there is room a batch
# is stored. Needs root, for a small file system of its own; with one of 16 MB the ballast, a
# sixteenth, was sometimes less than the journal held, and nothing could be deleted.
if ((EUID != 0)) || ! { mkdir -p "$T/store" && mount -t tmpfs -o size=64m none "$T/store"; }; then
    printf 'skipped: no file system can be mounted here\n'
    exit 0
fi
fill_disk() {
    dd if=/dev/zero of="$T/store/filler" bs=64k status=none 2>/dev/null || true
    dd if=/dev/zero of="$T/store/filler-2" bs=1k status=none 2>/dev/null || true
}
STORED=0
# Stored as a whole, or 507: nothing else.
batch() {
    printf '[%s]' "$(records 1000 "$(bytes 160 m) $1")" >"$T/batch"
    request POST /ingest --data-binary "@$T/batch"
    [[ $STATUS != 200 ]] || STORED=$((STORED + 1000))
    [[ $STATUS == 200 || $STATUS == 507 ]] || fail "answered $STATUS"
}
is_taken() {
    request POST /ingest --data-binary "[$(record 'there is room')]"
    [[ $STATUS == 200 ]] || return 1
    STORED=$((STORED + 1))
}
# The journal is emptied now and then, which makes a little room.
is_full() {
    fill_disk
    batch full
    [[ $STATUS == 507 ]]
}
mkdir -p "$T/home"
printf 'STORE_BYTES_MAX=64000000\n' >"$T/home/.env"
start_server
ingest "$(sample)"
STORED=3
for n in 1 2 3 4 5 6; do
    batch "$n"
    expect_status 200
done
poll 10 test -s "$T/store/data.sqlite-ballast" || fail 'no ballast'
for round in 1 2 3; do
    poll 10 is_full || fail "taken on a full disk: $STATUS"
    request GET /incidents/1
    expect_status 200
    request GET '/incidents?status=all'
    expect_status 200
    rm "$T"/store/filler*
    poll 2 is_taken || fail "round $round: no 2xx after there is room again: $STATUS"
done
expect_stored "$STORED"

# The store is to be smaller now, on a disk that is full.
fits() {
    [[ $(sql 'SELECT count(*) FROM logs WHERE id<=3') == 0 ]] &&
        (($(stat -c %s "$T/store/data.sqlite") < 1300000))
}
poll 10 test -s "$T/store/data.sqlite-ballast" || fail 'no ballast'
fill_disk
printf 'STORE_BYTES_MAX=1048576\n' >"$T/home/.env"
kill -USR2 "$(pid_of ingest)"
poll 20 fits ||
    fail "it is not made to fit: $(stat -c %s "$T/store/data.sqlite") bytes, $(sql 'SELECT count(*) FROM logs') records, $(ls -l "$T/store")"
logged 'the ballast is let go' || fail 'the ballast is not let go'
request GET /incidents/1
expect_json .incident.records_deleted 2
rm "$T"/store/filler*
poll 2 is_taken || fail "no 2xx after there is room again: $STATUS"
poll 10 test -s "$T/store/data.sqlite-ballast" || fail 'no new ballast'
