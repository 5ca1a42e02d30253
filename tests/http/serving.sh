# shellcheck shell=bash
# serving.sh - for cases that start the server as users do, by deploy/serve, whole or in
# halves; tests/http/run includes it.

declare -A SERVES=() # pid of deploy/serve, by half; "both" is neither alone

# serve [HALF]: what it says goes to $T/said-HALF and the log.
serve() {
    make_home
    set_environment
    : >"$T/said-${1:-both}" # here and not by the child: serving is not to read an old one
    env -i "${ENVIRONMENT[@]}" "$ROOT/deploy/serve" "$@" >"$T/said-${1:-both}" 2>>"$T/log" \
        </dev/null &
    SERVES[${1:-both}]=$!
}

# serving HALF [WHERE]: waits until it says that it listens there, by default at a socket.
serving() {
    poll 30 says_or_ended "$1" || fail "deploy/serve $1 does not come up: $(cat "$T/said-${1:-both}")"
    says "$1" "${2-}" || fail "deploy/serve $1 did not start: $(cat "$T/said-${1:-both}")"
}

says() {
    grep -q "^Server listening on ${2:-$T/}" "$T/said-${1:-both}"
}

says_or_ended() {
    says "$1" || grep -q '^Server listening' "$T/said-${1:-both}" || ! kill -0 "${SERVES[${1:-both}]}" 2>/dev/null
}

# refused_to_serve HALF TEXT: it ends at once and says TEXT.
refused_to_serve() {
    set_environment
    # shellcheck disable=SC2086 # none or one word
    ! env -i "${ENVIRONMENT[@]}" "$ROOT/deploy/serve" $1 >"$T/refused" 2>&1 </dev/null ||
        fail "deploy/serve $1 ended as if all were well"
    grep -q -- "$2" "$T/refused" || fail "'$2' is not said: $(cat "$T/refused")"
}

# stop_serving HALF: as docker stop or a terminal's end; no process of it is left. (Their pid
# files go first, then they end, with a sanitizer's last look.)
stop_serving() {
    kill -TERM "${SERVES[${1:-both}]}"
    wait "${SERVES[${1:-both}]}" || fail "deploy/serve $1 ended with status $?: $(cat "$T/said-${1:-both}")"
    unset "SERVES[${1:-both}]"
    poll 10 none_of_half "$1" || fail "still running: $(of_half "$1" | tr '\n' ' ')"
}

# Those that deploy/serve has started.
of_half() {
    local pid
    for pid in $(processes); do
        ! grep -qszxF "LOGANALYZER_HALF=$1" "/proc/$pid/environ" || printf '%s\n' "$pid"
    done
}

# kill_serving HALF: all at once, as when a container is killed.
kill_serving() {
    # shellcheck disable=SC2046 # numbers
    kill -KILL "${SERVES[${1:-both}]}" $(of_half "$1")
    wait "${SERVES[${1:-both}]}" 2>/dev/null || true
    unset "SERVES[${1:-both}]"
    poll 10 none_of_half "$1" || fail "still running: $(of_half "$1" | tr '\n' ' ')"
}

none_of_half() {
    [[ -z $(of_half "$1") ]]
}
