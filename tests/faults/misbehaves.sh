# shellcheck shell=bash disable=SC2034,SC2154 # variables of run
# Read by run: the scoring service is killed, another one in its place does harm, and it comes
# back, again and again. All is stored meanwhile; in the end each record is learned once, and
# what came unscored is raised as it would have been, once.

harms=(hangs garbage drips closes endless too-long cuts) # http_fake's

start_service() {
    env BIND="$dir" DATABASE="$dir/data/data.sqlite" RUN_DIR="$dir/run" LOGANALYZER_BUILD="$build" \
        LOGANALYZER_HALF=ml-service THRESHOLD=0.8 ASAN_OPTIONS="log_path=$dir/sanitizer" \
        UBSAN_OPTIONS="log_path=$dir/sanitizer:print_stacktrace=1" \
        lighttpd -D -f lighttpd.conf </dev/null >>"$dir/lighttpd.log" 2>&1 &
    others=($!)
    until_true "$wait_seconds" pid_of score run-ml >/dev/null || fail 'the scoring service does not start'
}
kill_service() { # and with a web server what it has started
    local pid
    pid=$(pid_of score run-ml)
    if ((${#others[@]})); then # without one wait would wait for all
        kill -KILL "${others[@]}"
        wait "${others[@]}" 2>/dev/null
    fi
    [[ ! $pid ]] || until_true "$wait_seconds" is_gone "$pid"
    others=()
    rm -f "$dir/ml"
}

# One batch of a service of its own, as ordinary ones of it, or later as an attack.
batch_of() { # NAME ordinary|attack NUMBER
    local minute=12:30 text=("job $3 took $(($3 * 37 % 91)) ms" "job $3 is done") level=INFO i out=''
    [[ $2 == ordinary ]] || text=('authentication failed login for user admin' 'invalid password'
        'invalid password' 'invalid password') level=ERROR minute=13:05
    for ((i = 0; i < ${#text[@]}; i++)); do
        out+=",{\"timestamp\":\"2026-11-22T$minute:0${i}Z\",\"service\":\"$1\",\"level\":\"$level\","
        out+="\"message\":\"${text[i]}\",\"metadata\":{\"b\":\"$1.$2.$3\",\"i\":$i}}"
    done
    curl -s -m 5 -o "$dir/reply" -w '%{http_code}' --unix-socket "$dir/http" \
        --data-binary "[${out:1}]" http://localhost/ingest | grep -qx 200 ||
        fail "a batch was not stored: $(<"$dir/reply")"
    echo "$1.$2.$3 ${#text[@]} 200 0 0 0" >>"$dir/ledger.more"
}
raised() { # how often of one, as incidents and as occurrences
    sqlite3 -readonly "$dir/data/data.sqlite" ".timeout 5000" \
        "SELECT count(*) || ' ' || coalesce(sum(count), 0) FROM incidents WHERE service = '$1'"
}
is_raised() { [[ $(raised "$1") == '1 1' ]]; }

scenario_misbehaves() {
    local i n
    start_server LOGANALYZER_HALF=backend ML_URL="$dir/ml" && start_service || return
    for ((i = 0; i < misbehaves; i++)); do
        for n in {1..12}; do batch_of "attacked-$i" ordinary "$n"; done
    done
    learn_all
    start_client || return
    for ((i = 0; i < misbehaves; i++)); do
        kill_service
        if ((i % (${#harms[@]} + 1) < ${#harms[@]})); then # or nobody is there
            "$build/http_fake" "$dir/ml" "${harms[i % (${#harms[@]} + 1)]}" &
            others=($!)
        fi
        batch_of "attacked-$i" attack 1
        grep -q '"scorer":"unavailable"' "$dir/reply" || fail 'too weak: it was scored'
        work_done "$batches_between" || return
        kill_service
        start_service || return
    done
    stop_client
    learn_all
    for ((i = 0; i < misbehaves; i++)); do
        until_true "$wait_seconds" is_raised "attacked-$i" ||
            fail "what came unscored is raised so often: $(raised "attacked-$i")"
    done
    kill -INT "${others[@]}"
    wait "${others[@]}"
    others=()
    stop_server
    cat "$dir/ledger.more" >>"$dir/ledger"
    compare
    ((count[cut] + count[failed] + count[busy] == 0)) ||
        fail "$((count[cut] + count[failed] + count[busy])) requests failed"
}
