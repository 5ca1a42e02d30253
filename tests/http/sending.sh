# shellcheck shell=bash
# sending.sh - what the cases about `loganalyzer send` share.

# start_send ARGUMENT...: in the background; SENDER is its pid, $T/send.out what it says.
start_send() {
    make_home
    set_environment
    env -i "${ENVIRONMENT[@]}" "$BUILD/loganalyzer" send --state "$T/state" "$@" \
        >>"$T/send.out" 2>&1 </dev/null &
    SENDER=$!
}

# stop_send: as systemd does it.
stop_send() {
    kill -TERM "$SENDER"
    wait "$SENDER" || fail "send ended with status $?: $(cat "$T/send.out")"
}

kill_send() {
    kill -KILL "$SENDER"
    wait "$SENDER" && fail 'it was not killed'
    true
}

stored() {
    sql 'SELECT count(*) FROM logs' 2>/dev/null || echo 0
}

stored_is_at_least() {
    (($(stored) >= $1))
}

# wait_stored N: until so many records are stored; not more.
wait_stored() {
    poll "${2-30}" stored_is_at_least "$1" ||
        fail "$(stored) of $1 records are stored: $(cat "$T/send.out")"
    expect_stored "$1"
}

said() {
    grep -qF -- "$1" "$T/send.out"
}

# wait_said TEXT
wait_said() {
    poll 20 said "$1" || fail "'$1' was not said: $(cat "$T/send.out")"
}

# numbered FROM TO: lines without a time, so that they are told apart by their place alone.
numbered() {
    seq -f 'line %.0f of a program that writes no time' "$1" "$2"
}

# expect_numbered FROM TO: those are stored, each once, and nothing else.
expect_numbered() {
    local n=$(($2 - $1 + 1))
    expect_sql "SELECT count(*), count(DISTINCT message) FROM logs" "$n|$n"
    expect_sql "SELECT min(CAST(substr(message, 6) AS INTEGER)),
        max(CAST(substr(message, 6) AS INTEGER)) FROM logs" "$1|$2"
}
