# shellcheck shell=bash
# loganalyzer send -f, killed again and again while a program writes and its file is rotated
# in all ways; and ingest killed under it: each line once.
# shellcheck source=tests/http/sending.sh
. "$ROOT/tests/http/sending.sh"
start_server
KILLS=24 N=24000
log=$T/app.log
RANDOM=4711
shift_rotated() {
    local n
    rm -f "$log.9.gz"
    for n in 8 7 6 5 4 3 2; do
        [[ ! -e $log.$n.gz ]] || mv "$log.$n.gz" "$log.$((n + 1)).gz"
    done
    [[ ! -e $log.1.gz ]] || mv "$log.1.gz" "$log.2.gz"
    if [[ -e $log.1 ]]; then
        mv "$log.1" "$log.2"
        gzip "$log.2"
    fi
}
# Writes 1 to N in pieces, not always of whole lines; after every 1000 the file is rotated, in
# turn by another name and by a copy. Waits when it is far ahead, so that kills fall on load,
# and that no line is written between a copy and the emptying, as nobody could read it.
write_all() {
    local from to
    for ((from = 251; from <= N; from = to + 1)); do
        to=$((from + 249))
        numbered "$from" "$to" >"$T/piece"
        head -c 5000 "$T/piece" >>"$log"
        tail -c +5001 "$T/piece" >>"$log"
        if ((to % 1000 == 0)); then
            shift_rotated
            if ((to % 2000 == 0)); then
                cp "$log" "$log.1"
                : >"$log"
            else
                mv "$log" "$log.1"
            fi
            if ((to % 3000 == 0)); then
                gzip "$log.1" # at once
            fi
        fi
        poll 60 stored_is_at_least $((to - 3000)) || return 1
    done
}
# Of a file that it has never seen it cannot know that one was rotated before it came.
numbered 1 250 >"$log"
start_send -f "$log"
poll 30 stored_is_at_least 1 || fail "$(cat "$T/send.out")"
kill_send
write_all &
writer=$!
kills=0
before=0
while ((kills < KILLS)); do
    start_send -f "$log"
    want=$((before + 1 + RANDOM % 1500))
    ((want < N)) || want=$N
    poll 60 stored_is_at_least "$want" || fail "it stands still at $(stored): $(cat "$T/send.out")"
    kill_send
    before=$(stored)
    kills=$((kills + 1))
    if ((kills % 8 == 0)); then
        kill -KILL "$(pid_of ingest)"
    fi
done
start_send -f "$log"
poll 120 stored_is_at_least "$N" || fail "$(stored) of $N are stored: $(cat "$T/send.out")"
wait "$writer" || fail 'the writer gave up'
numbered $((N + 1)) $((N + 1)) >>"$log"
wait_stored $((N + 1))
stop_send
expect_numbered 1 $((N + 1))
said 'may be lost' && fail "$(cat "$T/send.out")"
stop_server
