# shellcheck shell=bash disable=SC2034,SC2154 # variables of run
# Read by run: the wall clock jumps, ahead and back, by an hour and by days, while records are
# kept for a day. Nothing goes, nothing fails, and a request of before it is known still. lighttpd
# starts itself and its responders anew when its clock has jumped, which closes connections.

clock_jumps=(3600 -3600 259200 0 -259200 0) # seconds from the real one

jump() { # in place: the programs have it mapped
    printf '%-16d' "$1" 1<>"$dir/clock"
}
replies_as_before() { # to the same request under the same key
    curl -s -m 5 --unix-socket "$dir/http" -H 'Idempotency-Key: before' --data-binary '[]' \
        http://localhost/ingest | grep -q "\"duplicate\":true"
}
doubts() { grep -c 'the clock is more than a day from where it was expected' "$dir/lighttpd.log"; }
has_doubted() { (($(doubts) >= $1)); }

scenario_clock() {
    local i jump before
    jump 0
    start_server CLOCK_SHIM="$dir/clock" LD_PRELOAD="$PWD/$build/clock_shim.so" RETENTION_DAYS=1 \
        ASAN_OPTIONS="log_path=$dir/sanitizer:verify_asan_link_order=0" &&
        start_client || return
    replies_as_before # it is known from now on
    for ((i = 0; i < clocks; i++)); do
        for jump in "${clock_jumps[@]}"; do
            before=$(doubts)
            jump "$jump"
            work_done "$batches_between" || return
            if ((jump * jump > 86400 * 86400)); then
                until_true "$wait_seconds" has_doubted $((before + 1)) ||
                    fail "a clock that is $jump s from where it was is not doubted" || return
            fi
        done
    done
    until_true 3 lasts "$SECONDS" 2 # for a look at what is too old
    replies_as_before || fail 'a request of before is not known any more'
    stop_client
    stop_server
    compare
    ((count[failed] == 0)) || fail "${count[failed]} requests failed"
    ((count[unanswered] == 0)) || fail "${count[unanswered]} batches were stored unanswered"
}
