# shellcheck shell=bash
# loganalyzer send -f: what is written to a file is stored soon, in its order; over growth,
# all kinds of rotation, and stops of it.
# shellcheck source=tests/http/sending.sh
. "$ROOT/tests/http/sending.sh"
start_server
log=$T/app.log
start_send -f "$log" "$T/other.log"
wait_said 'does not exist yet'
numbered 1 10 >"$log"
wait_stored 10
numbered 11 12 >>"$log"
wait_stored 12
expect_sql 'SELECT DISTINCT service FROM logs' app

# renamed, and written to by both names for a while
mv "$log" "$log.1"
numbered 13 14 >>"$log.1"
numbered 15 16 >"$log"
numbered 17 17 >>"$log.1"
wait_stored 17
numbered 18 18 >>"$log.1" # a program that was not told yet
wait_stored 18
gzip "$log.1"
numbered 19 20 >>"$log"
wait_stored 20

# emptied after a copy; what came between the last look and the copy is in the copy
kill -STOP "$SENDER"
numbered 21 25 >>"$log"
cp "$log" "$log.copy"
mv "$log.1.gz" "$log.2.gz"
mv "$log.copy" "$log.1"
: >"$log"
numbered 26 27 >>"$log"
kill -CONT "$SENDER"
wait_stored 27
# the same, and the new content is longer than the old one
kill -STOP "$SENDER"
mv "$log.2.gz" "$log.3.gz"
mv "$log.1" "$log.2"
cp "$log" "$log.1"
: >"$log"
numbered 28 60 >>"$log"
kill -CONT "$SENDER"
wait_stored 60

# several rotations while it is away
stop_send
numbered 61 70 >>"$log"
for from in 71 81 91; do
    for n in 5 4 3 2 1; do
        [[ ! -e $log.$n ]] || mv "$log.$n" "$log.$((n + 1))"
        [[ ! -e $log.$n.gz ]] || mv "$log.$n.gz" "$log.$((n + 1)).gz"
    done
    mv "$log" "$log.1"
    [[ ! -e $log.2 ]] || gzip "$log.2"
    numbered $from $((from + 9)) >"$log"
done
start_send -f "$log" "$T/other.log"
wait_stored 100
expect_numbered 1 100
expect_equal 'in their order' "$(sql 'SELECT message FROM logs ORDER BY id' | grep -vE '^line 1[5-8] ' |
    cmp -s - <(numbered 1 100 | grep -vE '^line 1[5-8] ') && echo yes)" yes

# a second file; one that is removed and made anew, with the same content
numbered 101 101 >"$T/other.log"
wait_stored 101
rm "$T/other.log"
numbered 101 101 >"$T/other.log"
wait_stored 102
expect_sql "SELECT count(*) FROM logs WHERE service = 'other'" 2
stop_send
grep -vF 'does not exist' "$T/send.out" && fail 'it complained'
start_send -f "$log" "$T/other.log"
numbered 103 103 >>"$log"
wait_stored 103
stop_send
stop_server
