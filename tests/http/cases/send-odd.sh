# shellcheck shell=bash
# loganalyzer send -f on odd contents: lines without an end, long ones, CRLF, bytes that are no
# text, a file that becomes smaller, goes away, is a folder, may not be read; records of
# several lines; a server that is away or busy; two of it; wrong calls.
# shellcheck source=tests/http/sending.sh
. "$ROOT/tests/http/sending.sh"
start_server STORE_WAIT_MS=100
log=$T/odd.log
messages() {
    sql 'SELECT message FROM logs ORDER BY id'
}
last_message() {
    sql 'SELECT message FROM logs ORDER BY id DESC LIMIT 1'
}
start_send -f "$log"
printf 'first\nsecond, and no' >"$log"
wait_stored 1
printf 'w its end\nthird' >>"$log"
wait_stored 2
expect_equal 'the last' "$(last_message)" 'second, and now its end'
stop_send # the third has no end yet, and is not sent
expect_stored 2
start_send -f "$log" --line-wait 1
wait_stored 3 # but here it was waited for long enough
printf ' goes on\r\nCRLF\r\n' >>"$log"
wait_stored 5
expect_equal 'all' "$(messages)" "$(printf 'first\nsecond, and now its end\nthird\n goes on\nCRLF')"
stop_send
printf 'without an end' >>"$log"
start_send -f "$log"
mv "$log" "$log.1" # now there is nothing to wait for
printf 'ERROR it broke\n  at here\n  at there\n\n\nnext\n' >"$log"
wait_stored 8
expect_equal 'of the old file' "$(messages | grep -c '^without an end$')" 1
expect_equal 'of several lines' "$(sql "SELECT message FROM logs WHERE message LIKE '%it broke%'")" "$(printf 'ERROR it broke\n  at here\n  at there')"

printf 'caf\xe9 \x01\x00\xff end\n' >>"$log"
wait_stored 9
expect_equal 'bytes' "$(sql 'SELECT hex(message) FROM logs ORDER BY id DESC LIMIT 1')" 636166C3A92001EFBFBDC3BF20656E64
# The longest that fits a record, one that fits no more, one that is more than is read at once.
LIMIT=$((1 << 20))
for n in $((LIMIT - 200)) $LIMIT $((LIMIT + 1)) $((5 * LIMIT)); do
    before=$(stored)
    total() {
        [[ $(sql "SELECT coalesce(sum(length(message)), 0) FROM logs WHERE id > $before") == "$n" ]]
    }
    {
        bytes "$n" x
        echo
    } >>"$log"
    poll 60 total || fail "a line of $n bytes: $(sql "SELECT id, length(message) FROM logs WHERE id > $before")"
done
expect_sql "SELECT length(message) FROM logs WHERE id = 10" $((LIMIT - 200))
said 'it is sent in pieces' || fail "$(cat "$T/send.out")"
# Quotation marks and tabs are more in JSON than they are.
before=$(stored)
{
    bytes 700000 '"'
    bytes 200000 $'\x02'
    echo
} >>"$log"
n=900000
poll 60 total || fail "a line of marks: $(sql "SELECT id, length(message) FROM logs WHERE id > $before")"

# smaller, with other content; gone; a folder; back again
before=$(stored)
more() {
    stored_is_at_least $((before + $1))
}
echo 'new and short' >"$log"
poll 20 more 1 || fail "$(cat "$T/send.out")"
expect_equal 'after it was cut' "$(last_message)" 'new and short'
said 'may be lost' || fail 'a cut file is not told of'
rm "$log"
mkdir "$log"
wait_said 'is no file any more'
rmdir "$log"
echo 'new and short' >"$log" # as before, but another one
poll 20 more 2 || fail "$(cat "$T/send.out")"
# a hole, as a program leaves it that does not append
printf 'behind a hole\n' | dd of="$log" bs=1 seek=5000000 status=none
poll 20 more 3 || fail "$(cat "$T/send.out")"
expect_equal 'behind the hole' "$(last_message)" 'behind a hole'
set_environment
env -i "${ENVIRONMENT[@]}" "$BUILD/loganalyzer" send --state "$T/state" -f "$log" >"$T/second" 2>&1 &&
    fail 'two of it send the same file'
grep -q 'is sent by another process already' "$T/second" || fail "$(cat "$T/second")"

# the store is locked for a while, then the server goes away for a while
before=$(stored)
lock_store
echo 'while it is locked' >>"$log"
wait_said 'the server answers 503; trying again'
unlock_store
poll 30 more 1 || fail "$(cat "$T/send.out")"
wait_said 'the server answers again'
kill -INT "$SERVER"
wait "$SERVER" || fail "lighttpd ended with status $?"
SERVER=
echo 'while it is away' >>"$log"
mv "$log" "$log.1"
gzip "$log.1"
echo 'while it was still away' >"$log"
mv "$log" "$log.0"
echo 'and at last' >"$log"
poll 20 grep -qE 'no (answer|connection)|cannot (be reached|connect)|trying again$' "$T/send.out" || fail "$(cat "$T/send.out")"
launch
poll 20 answers_or_ended || fail 'the server does not answer'
poll 30 more 4 || fail "$(cat "$T/send.out")"
expect_equal 'after that' "$(messages | tail -n 3)" "$(printf 'while it is away\nwhile it was still away\nand at last')"
stop_send
halt_server
start_send --wait 0 -f "$log"
echo 'nobody is there' >>"$log"
wait "$SENDER" && fail 'it did not give up'
said 'given up after 0 s' || fail "$(cat "$T/send.out")"
launch
poll 20 answers_or_ended || fail 'the server does not answer'
before=$(stored)
start_send -f "$log"
poll 30 more 1 || fail "$(cat "$T/send.out")"
stop_send
stop_server

# not to be read, and files that are none of its
if [[ $EUID == 0 ]]; then
    chmod 711 "$T"
    mkdir -m 777 "$T/theirs"
    install -m 600 /dev/null "$T/secret.log"
    set_environment
    setpriv --reuid=65534 --regid=65534 --clear-groups env -i "${ENVIRONMENT[@]}" \
        "$BUILD/loganalyzer" send --state "$T/theirs/state" -f "$T/secret.log" >>"$T/send.out" 2>&1 &
    SENDER=$!
    wait_said 'usermod -aG adm USER'
    stop_send
fi
while IFS='|' read -r says arguments; do
    # shellcheck disable=SC2086 # words
    tool send $arguments && fail "send $arguments is taken"
    grep -qF -- "$says" "$T/tool.out" || fail "send $arguments: $(cat "$T/tool.out")"
done <<'CALLS'
say what to send|
say what to send|--journal -f
name the files|-f
takes no files|--journal x
cannot be gone on with|-f -
there is no option|--nothing
takes a number of seconds|-f x --wait long
must begin with http://|-f x --url ftp://x
CALLS
