# shellcheck shell=bash
# loganalyzer send --journal: each entry once, in its order, killed or not. The journal is made
# by a fake journalctl, which knows the same arguments, for a test has no journal of its own.
# shellcheck source=tests/http/sending.sh
. "$ROOT/tests/http/sending.sh"
start_server
mkdir "$T/bin"
ln -s "$ROOT/tests/http/fake_journalctl.pl" "$T/bin/journalctl"
PATH=$T/bin:$PATH
settings "FAKE_JOURNAL=$T/journal"
entries() {
    seq "$1" "$2" | sed 's/.*/& entry & of the journal/' >>"$T/journal"
}
start_send --journal # there is none
wait "$SENDER" && fail 'it sent a journal that is not there'
said 'journalctl shows no entry' || fail "$(cat "$T/send.out")"
entries 1 3
start_send --journal
wait_stored 3
entries 4 4
wait_stored 4
expect_sql "SELECT DISTINCT service, level, json_extract(metadata, '\$.host') FROM logs" 'fake|INFO|web1'
stop_send
entries 5 2600
kills=0
before=4
RANDOM=1
while ((kills < 12)); do # while it catches up
    start_send --journal
    poll 30 stored_is_at_least $((before + 1)) || fail "it stands still: $(cat "$T/send.out")"
    kill_send
    before=$(stored)
    kills=$((kills + 1))
    entries $((2600 + kills * 100 - 99)) $((2600 + kills * 100))
done
start_send --journal
wait_stored 3800
entries 3801 3801
wait_stored 3801
kill_send
# A message that fills all there is to read it into, and one that no record can hold.
{
    printf '3802 '
    bytes 3000000 x
    printf '\n3803 '
    bytes 1500000 y
    printf '\n'
} >>"$T/journal"
entries 3804 3804
start_send --journal
wait_stored 3804
expect_sql 'SELECT count(*) FROM logs WHERE message LIKE "%(no message)%"' 1
expect_sql 'SELECT count(*) FROM logs WHERE message LIKE "%cannot be stored%It begins: \_\_CURSOR%" ESCAPE "\"' 1
stop_send
expect_sql "SELECT count(DISTINCT message) FROM logs WHERE message LIKE 'entry %'" 3802
expect_equal 'in their order' "$(sql "SELECT message FROM logs WHERE message LIKE 'entry %' ORDER BY id" |
    cmp - <(seq -f 'entry %.0f of the journal' 3801; echo 'entry 3804 of the journal') && echo yes)" yes
# journalctl ends by itself
settings "FAKE_JOURNAL=$T/journal"
start_send --journal
entries 3805 3805
wait_stored 3805
kill -TERM "$(tr -d ' ' <"/proc/$SENDER/task/$SENDER/children")"
wait_said 'journalctl has ended'
entries 3806 3806
wait_stored 3806
stop_send
# A server that goes away twice is spoken of twice. And what was noted is damaged meanwhile.
told() { # TEXT
    grep -c -- "$1" "$T/send.out" || true
}
told_more() { # TEXT TIMES
    (($(told "$1") > $2))
}
for n in 3807 3808; do
    outages=$(told 'trying again$') ends=$(told 'the server answers again')
    kill -INT "$SERVER"
    wait "$SERVER" || fail "lighttpd ended with status $?"
    if [[ $n == 3807 ]]; then
        : >"$(ls "$T"/state/journal-*[0-9a-f])"
        start_send --journal
    fi
    entries $n $n
    poll 20 told_more 'trying again$' "$outages" || fail "the outage before $n is not told of: $(cat "$T/send.out")"
    launch
    poll 20 answers_or_ended || fail 'the server does not answer'
    wait_stored $n
    poll 20 told_more 'the server answers again' "$ends" || fail "the end of the outage before $n is not told of: $(cat "$T/send.out")"
done
said 'what was noted of how far it is sent is damaged' || fail "$(cat "$T/send.out")"
stop_send
settings "PATH=$T/nowhere" # none at all
start_send --journal
wait "$SENDER" && fail 'it sent a journal without journalctl'
said 'journalctl is not installed' || fail "$(cat "$T/send.out")"
stop_server
