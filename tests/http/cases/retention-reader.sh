# shellcheck shell=bash
# Somebody reads the store for long while much is to be deleted: the journal stays within its
# bound, batches do not wait for it to be emptied, and when the reader has gone the rest goes.
wal_mib() { echo $(($(stat -c %s "$T/store/data.sqlite-wal" 2>/dev/null || echo 0) >> 20)); }
used() { sql 'SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size'; }
fits() { (($(used) <= 110000000)); }
settings STORE_BYTES_MAX=1000000000
start_server
records 1000 "$(bytes 1900 m)" >"$T/many"
printf '[%s]' "$(<"$T/many")" >"$T/batch"
for ((n = 0; n < 80; n++)); do
    ingest_file "$T/batch"
    expect_status 200
done
stop_server
settings STORE_BYTES_MAX=110000000
mkfifo "$T/reader"
sqlite3 -readonly "$T/store/data.sqlite" <"$T/reader" >"$T/read" &
reader=$!
exec 9>"$T/reader"
echo 'BEGIN; SELECT count(*) FROM logs;' >&9
poll 5 test -s "$T/read" || fail 'nobody reads'
start_server
most=0 slow=0
for ((n = 0; n < 40; n++)); do
    from=$(date +%s%N)
    ingest "[$(record "m $n")]"
    took=$((($(date +%s%N) - from) / 1000000))
    ((took < 400)) || slow=$((slow + 1))
    ((most >= $(wal_mib))) || most=$(wal_mib)
    sleep 0.2
done
((most <= 64)) || fail "the journal had $most MiB"
((slow <= 5)) || fail "of 40 batches $slow took longer than 400 ms"
echo .quit >&9
wait "$reader"
poll 40 fits || fail "it is not made to fit: $(used) bytes"
