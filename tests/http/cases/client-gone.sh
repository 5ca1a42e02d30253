# shellcheck shell=bash
# Who has gone before his turn is not worked for: with one worker, which waits for the store,
# those behind it that hang up are not stored, and those that wait are. (lighttpd sees that
# a client has gone only at times, so that the web server's part is played here.)
start_server INGEST_WORKERS=1 STORE_WAIT_MS=10000
SOCKET=$T/store/data.sqlite-run/ingest.sock-0
lock_store
# So many requests are with the responder, also of those that have gone.
connected() {
    (($(grep -c " 0001 03 .* $SOCKET\$" /proc/net/unix) == $1))
}
R=first post /ingest "$(record first)" &
FIRST=$!
poll 10 connected 1 || fail 'the first one does not arrive'
for i in 1 2 3; do
    perl "$ROOT/tests/http/fastcgi_gone.pl" "$SOCKET" "$(record "gone $i")"
done
poll 10 connected 4 || fail 'the others do not arrive'
R=last post /ingest "$(record last)" &
LAST=$!
poll 10 connected 5 || fail 'the last one does not arrive'
unlock_store
wait "$FIRST" || fail 'the first one failed'
wait "$LAST" || fail 'the last one failed'
expect_sql "SELECT group_concat(message, ',') FROM logs" 'first,last'
