# shellcheck shell=bash
# The administrator's stop while requests are in work: they are answered, what was
# acknowledged is stored, nothing is left behind.
start_server STORE_WAIT_MS=10000
ingest "$(record first)"
lock_store
for i in 1 2 3; do
    (R=s$i post /ingest "$(record "waits $i")" && expect_status 200) >"$T/out.$i" &
    CLIENTS+=($!)
done
in_work() { # a connection of each client is open at lighttpd
    (($(grep -c " $T/http$" /proc/net/unix) >= 4))
}
poll 10 in_work || fail 'the requests do not arrive'
kill -INT "$SERVER"
refused() {
    ! curl -s --max-time 5 -o /dev/null "${HTTP[@]}" "$HTTP_URL/meta"
}
poll 10 refused || fail 'it still listens'
unlock_store
for i in 1 2 3; do
    wait "${CLIENTS[i - 1]}" || fail "request $i: $(cat "$T/out.$i")"
done
poll 40 none_left || fail 'it does not end'
wait "$SERVER" || fail "lighttpd ended with status $?"
SERVER=
check_store_closed
expect_stored 4
