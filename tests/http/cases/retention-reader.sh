# shellcheck shell=bash
# Somebody reads the store for long while much is to be deleted: the journal stays within its
# bound, batches are stored all the while, and when the reader has gone the rest goes.
wal_mib() { echo $(($(stat -c %s "$T/store/data.sqlite-wal" 2>/dev/null || echo 0) >> 20)); }
used() { sql 'SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size'; }
fits() { (($(used) <= 55000000)); }
settings STORE_BYTES_MAX=1000000000
start_server
records 1000 "$(bytes 1900 m)" >"$T/many"
printf '[%s]' "$(<"$T/many")" >"$T/batch"
for ((n = 0; n < 40; n++)); do
    ingest_file "$T/batch"
    expect_status 200
done
stop_server
settings STORE_BYTES_MAX=55000000
mkfifo "$T/reader"
sqlite3 -readonly "$T/store/data.sqlite" <"$T/reader" >"$T/read" &
reader=$!
exec 9>"$T/reader"
echo 'BEGIN; SELECT count(*) FROM logs;' >&9
poll 5 test -s "$T/read" || fail 'nobody reads'
start_server
most=0
for ((n = 0; n < 100; n++)); do
    ingest "[$(record "m $n")]"
    ((most >= $(wal_mib))) || most=$(wal_mib)
done
((most > 1)) || fail 'nothing was deleted while somebody read'
((most <= 64)) || fail "the journal had $most MiB"
echo .quit >&9
wait "$reader"
poll 40 fits || fail "it is not made to fit: $(used) bytes"
