# shellcheck shell=bash disable=SC2034,SC2154 # variables of run
# Read by run: eight ingest processes start at once, on no store and on one of the first
# version. One makes it what it is to be and has it, the others wait; when seven are killed the
# one that is left has it.

old_incident="INSERT INTO incidents(id,detected_at,service,severity,summary,features,reasons,key,
    count,first_us,last_us,threshold) VALUES(7,'2026-01-01T00:00:00.250Z','auth',0.9,'old','{}','[]',
    'k',1,100,200,0.8); PRAGMA application_id=1282369345; PRAGMA user_version=1;"

# Those beside the server's: with sockets that nobody asks at.
start_others() {
    local i
    mkdir -p "$dir/data"
    for i in {1..7}; do
        rm -f "$dir/other$i"
        mkdir -p "$dir/run$i"
        # shellcheck disable=SC2016 # perl's
        env DATABASE="$dir/data/data.sqlite" RUN_DIR="$dir/run$i" LOGANALYZER_HOME="$PWD" \
            ASAN_OPTIONS="log_path=$dir/sanitizer" UBSAN_OPTIONS="log_path=$dir/sanitizer" \
            perl -MSocket -MPOSIX -e 'my ($path, @program) = @ARGV;
                socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die "socket: $!";
                bind($s, sockaddr_un($path)) && listen($s, 8) or die "$path: $!";
                POSIX::dup2(fileno $s, 0) == 0 or die "dup2: $!";
                exec @program' "$dir/other$i" "$build/loganalyzer-ingest" >>"$dir/others.log" 2>&1 &
        others+=($!)
    done
}
kill_others() {
    kill -KILL "${others[@]}" || fail "another one has ended: $(<"$dir/others.log")"
    wait "${others[@]}" 2>/dev/null
    others=()
}

start_together() {
    start_others
    start_server || return
    "$build/ledger" "$dir/http" "$dir/ledger" "$connections" &
    client=$!
    kill_others
    work_done "$batches_between" || return
    stop_client
    stop_server
    compare
    [[ $(files_left) == 1 ]] || fail "$(files_left) files are left"
    [[ $(sqlite3 "$dir/data/data.sqlite" 'PRAGMA user_version') == \
    $(find sql/migrations -name '*.sql' | wc -l) ]] || fail 'the store is not what it is to be'
    ((count[cut] + count[failed] == 0)) || fail "$((count[cut] + count[failed])) requests failed"
}

scenario_together() {
    start_together || return
    rm -rf "$dir/data"
    mkdir "$dir/data"
    { cat sql/migrations/0001_init.sql && echo "$old_incident"; } |
        sqlite3 -bail "$dir/data/data.sqlite" || fail 'no old store' || return
    start_together || return
    [[ $(sqlite3 "$dir/data/data.sqlite" 'SELECT summary FROM incidents WHERE id = 7') == old ]] ||
        fail 'what was in the old store is gone'
}
