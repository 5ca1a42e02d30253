# shellcheck shell=bash
# lib.sh - what the HTTP cases are made of; tests/http/run includes it.
#
# T is the case's own folder: http and ml are the server's sockets, store/data.sqlite the
# store, home the project's folder as the programs see it, log what the server wrote.
# A function that finds something wrong ends the case.

SANITIZER='ERROR: AddressSanitizer|runtime error:|LeakSanitizer|WARNING: ThreadSanitizer'

CASE_ENV=() # KEY=VALUE for what is started, see settings
SERVER=     # pid of the case's lighttpd
R=r         # name of the reply: $T/$R.head, $T/$R.body
STATUS=     # of the last reply

fail() {
    printf 'FAIL: %s\n' "$*"
    exit 1
}

# poll SECONDS COMMAND...: until the command succeeds; false when the time is up.
poll() {
    local until=$((SECONDS + $1 + 1))
    shift
    until "$@"; do
        ((SECONDS < until)) || return 1
        sleep 0.02
    done
}

# --- the server ----------------------------------------------------------------------

# The environment of all that is started, nothing of the developer's own, into ENVIRONMENT.
set_environment() {
    local log="log_path=$T/sanitizer"
    ENVIRONMENT=("PATH=$PATH:/usr/sbin:/sbin" "HOME=$T" LC_ALL=C "TEST_CASE=$T"
        "LOGANALYZER_BUILD=$BUILD" "LOGANALYZER_HOME=$T/home" "BIND=$T"
        "DATABASE=$T/store/data.sqlite" "ASAN_OPTIONS=$log:detect_leaks=1"
        "UBSAN_OPTIONS=$log:print_stacktrace=1" "TSAN_OPTIONS=$log" "${CASE_ENV[@]}")
}

# A zombie's environment is empty, so that it is not found.
processes() {
    grep -lsF "TEST_CASE=$T" /proc/[0-9]*/environ | cut -d/ -f3 || true
}

none_left() {
    [[ -z $(processes) ]]
}

answers() {
    curl -sf --max-time 10 -o /dev/null "${HTTP[@]}" "$HTTP_URL/meta" &&
        curl -sf --max-time 10 -o /dev/null "${ML[@]}" "$ML_URL/model-info"
}

answers_or_ended() {
    answers || ! kill -0 "$SERVER" 2>/dev/null
}

# Where curl finds the two ports. A case that listens on real ones sets them otherwise.
at_sockets() {
    HTTP=(--unix-socket "$T/http")
    ML=(--unix-socket "$T/ml")
    HTTP_URL=http://test
    ML_URL=http://test
}

# listens_on PORT ML_PORT: not at sockets but at these, as start_server is told too.
listens_on() {
    HTTP=()
    ML=()
    HTTP_URL=http://127.0.0.1:$1
    ML_URL=http://127.0.0.1:$2
}

# settings [KEY=VALUE...]: the environment of what is started from now on, beside DATABASE
# and BIND.
settings() {
    CASE_ENV=("$@")
}

make_home() {
    mkdir -p "$T/home" "$T/store"
    ln -sfn "$ROOT/deploy" "$T/home/deploy"
}

launch() {
    make_home
    set_environment
    env -i "${ENVIRONMENT[@]}" lighttpd -D -f "$ROOT/lighttpd.conf" >>"$T/log" 2>&1 \
        </dev/null &
    SERVER=$!
}

# start_server [KEY=VALUE...]: these come to what settings has set.
start_server() {
    CASE_ENV+=("$@")
    launch
    poll 20 answers_or_ended || fail "the server does not answer"
    kill -0 "$SERVER" 2>/dev/null || fail "the server did not start"
}

# start_half backend|ml-service: one half as a server of its own, with what settings has
# set; its pid is in HALF. stop_half and kill_half (the web server and what it started, with
# SIGKILL) end it.
declare -A HALF=()

start_half() {
    make_home
    set_environment
    env -i "${ENVIRONMENT[@]}" "LOGANALYZER_HALF=$1" lighttpd -D -f "$ROOT/lighttpd.conf" \
        >>"$T/log" 2>&1 </dev/null &
    HALF[$1]=$!
    poll 20 half_answers "$1" || fail "$1 does not answer"
}

half_answers() {
    if [[ $1 == backend ]]; then
        curl -sf --max-time 10 -o /dev/null "${HTTP[@]}" "$HTTP_URL/meta" &&
            [[ $(curl -s --max-time 10 -o /dev/null -w '%{http_code}' "${HTTP[@]}" \
                "$HTTP_URL/ingest") == 405 ]]
    else
        curl -sf --max-time 10 -o /dev/null "${ML[@]}" "$ML_URL/model-info"
    fi
}

# half_processes HALF: pids of the half's web server and its responders.
half_processes() {
    local pid
    for pid in $(processes); do
        if tr '\0' '\n' <"/proc/$pid/environ" | grep -qx "LOGANALYZER_HALF=$1"; then
            echo "$pid"
        fi
    done 2>/dev/null # it may have ended meanwhile
}

half_is_gone() {
    [[ -z $(half_processes "$1") ]]
}

stop_half() {
    local pid=${HALF[$1]}
    kill -INT "$pid"
    poll 40 half_is_gone "$1" || fail "$1 is still running after the stop"
    unset "HALF[$1]"
    wait "$pid" || fail "$1 ended with status $?"
}

kill_half() {
    local pid=${HALF[$1]}
    # shellcheck disable=SC2046 # numbers
    kill -KILL $(half_processes "$1")
    poll 40 half_is_gone "$1" || fail "$1 is still running after SIGKILL"
    unset "HALF[$1]"
    wait "$pid" || true
    rm -f "$T/$([[ $1 == backend ]] && echo http || echo ml)"
}

# The scoring service has learned so many batches, as GET /learn says.
learned_is() {
    send ml GET /learn && [[ $STATUS == 200 && $(json .learned.batches) == "$1" ]]
}

# expect_all_learned: each batch of the store, once; waits for it.
expect_all_learned() {
    local batches
    batches=$(sql 'SELECT count(*) FROM batches')
    poll 40 learned_is "$batches" ||
        fail "not learned as stored, $batches batches: $(cat "$T/$R.body")"
    request ml GET /learn
    expect_json .learned.records "$(sql 'SELECT count(*) FROM logs')"
    expect_json .position.batch "$((batches + 1))"
    expect_json .position.records 0
}

# meta_says FILTER: jq -e of it is true of /meta.
meta_says() {
    send GET /meta && [[ $STATUS == 200 ]] && jq -e "$1" "$T/$R.body" >/dev/null
}

# expect_no_start TEXT: the server does not start, and says why.
expect_no_start() {
    local pid
    launch
    pid=$SERVER
    poll 20 none_left || fail 'the server started'
    SERVER=
    ! wait "$pid" || fail 'lighttpd ended as if all were well'
    grep -q -- "$1" "$T/log" || fail "'$1' is not in the log"
}

# expect_no_service TEXT: ingest does not run and the log says why; requests fail by our
# fault (500: one reached ingest while it ended).
expect_no_service() {
    : >"$T/log"
    launch_without_ingest "$1"
    request POST /ingest --data-binary "$(record m)"
    ((STATUS == 500 || STATUS == 503)) || fail "/ingest answered $STATUS"
    request GET /incidents
    ((STATUS >= 400)) || fail "/incidents answered $STATUS"
    halt_server
}

# launch_without_ingest TEXT: ingest ends at once and the log says why. A responder that ends
# in its first 10 ms or so takes lighttpd with it, later ones do not: until it stays.
launch_without_ingest() {
    SERVER=
    poll 60 stays_up || fail 'the server does not stay up'
    poll 20 logged "$1" || fail "'$1' is not in the log"
}

stays_up() {
    if [[ ! $SERVER ]] || ! kill -0 "$SERVER" 2>/dev/null; then
        launch
    fi
    curl -s --max-time 10 -o /dev/null "${HTTP[@]}" "$HTTP_URL/meta"
}

logged() {
    grep -q -- "$1" "$T/log"
}

# As an administrator stops it; looks at what is left.
stop_server() {
    halt_server
    check_store_closed
}

halt_server() {
    local pid=$SERVER
    kill -INT "$pid"
    poll 40 none_left || fail "still running after the stop: $(processes | tr '\n' ' ')"
    SERVER=
    wait "$pid" || fail "lighttpd ended with status $?"
}

# A clean stop leaves one file, and that one is whole.
check_store_closed() {
    local left
    for left in "$T"/store/data.sqlite-wal "$T"/store/data.sqlite-shm \
        "$T"/store/data.sqlite-journal "$T"/store/data.sqlite-run/*.pid; do
        [[ ! -e $left ]] || fail "left behind by a clean stop: ${left##*/}"
    done
    if [[ -s $T/store/data.sqlite ]]; then
        expect_sql 'PRAGMA integrity_check' ok
    fi
}

check_sanitizer() {
    local file found=
    for file in "$T"/sanitizer.*; do
        [[ ! -s $file ]] || { cat "$file" && found=1; }
    done
    grep -E "$SANITIZER" "$T/log" && found=1
    [[ -z $found ]] || fail "a sanitizer found something"
}

# For the end of a failed case: nothing of it goes on.
kill_server() {
    local pid
    # First as a user would: nginx's workers cannot be found, and end with their master.
    # shellcheck disable=SC2046 # numbers
    kill -TERM $(jobs -p) 2>/dev/null || true
    poll 2 jobs_ended || true
    for pid in $(processes) $(jobs -p); do
        kill -KILL "$pid" 2>/dev/null || true
    done
}

jobs_ended() {
    [[ -z $(jobs -pr) ]]
}

# pid_of PROGRAM: "ingest", "incidents" or "meta".
pid_of() {
    cat "$T/store/data.sqlite-run/loganalyzer-$1.pid"
}

# tool VERB: the command line tool in the server's environment, output in $T/tool.out.
tool() {
    make_home
    set_environment
    env -i "${ENVIRONMENT[@]}" "$BUILD/loganalyzer" "$@" >"$T/tool.out" 2>&1
}

# --- requests ------------------------------------------------------------------------

# request [ml] METHOD TARGET [curl's arguments...]: one request, its reply checked for
# what holds for all replies; STATUS, $T/$R.head and $T/$R.body are for the case.
request() {
    send "$@"
    check_reply
}

# The same without the checks.
send() {
    local to=("${HTTP[@]}") url=$HTTP_URL body="$T/$R.body" arguments=()
    if [[ $1 == ml ]]; then
        to=("${ML[@]}")
        url=$ML_URL
        shift
    fi
    : >"$T/$R.head"
    : >"$T/$R.body"
    if [[ $1 == HEAD ]]; then
        arguments+=(-I)
        body=/dev/null # where curl would write the head once more
    else
        arguments+=(-X "$1")
    fi
    local target=$2
    shift 2
    [[ " $* " == *" Expect: "* ]] || arguments+=(-H Expect:)
    [[ " $* " == *Content-Type:* ]] || arguments+=(-H Content-Type:)
    STATUS=$(curl -sS --max-time 90 --path-as-is \
        -D "$T/$R.head" -o "$body" -w '%{http_code}' "${arguments[@]}" "$@" \
        "${to[@]}" "$url$target" 2>"$T/$R.curl") || true
    [[ $STATUS != 000 ]] || fail "no reply to $target: $(cat "$T/$R.curl")"
}

# post TARGET BODY [curl's arguments...]
post() {
    local target=$1
    printf '%s' "$2" >"$T/$R.sent"
    shift 2
    request POST "$target" --data-binary "@$T/$R.sent" "$@"
}

# ingest BODY: to be stored.
ingest() {
    post /ingest "$1"
    expect_status 200
}

# ingest_file FILE [curl's arguments...]
ingest_file() {
    local file=$1
    shift
    request POST /ingest --data-binary "@$file" "$@"
}

# record MESSAGE [LEVEL [SERVICE [TIMESTAMP]]]: a record on standard output; the texts go
# in as they are.
record() {
    printf '{"timestamp":"%s","service":"%s","level":"%s","message":"%s"}' \
        "${4-2026-01-01T12:00:00Z}" "${3-web}" "${2-INFO}" "$1"
}

# learn_ordinary N SERVICE: so many ordinary batches of it, by one curl; none is an incident.
learn_ordinary() {
    local i list=()
    for ((i = 1; i <= $1; i++)); do
        printf '[%s,%s]' "$(record "job $i took $((i * 37 % 91)) ms" INFO "$2")" \
            "$(record "job $i is done" INFO "$2")" >"$T/ordinary.$i"
        ((i == 1)) || list+=(--next)
        list+=(-sf "${HTTP[@]}" "$HTTP_URL/ingest" --data-binary "@$T/ordinary.$i")
    done
    curl "${list[@]}" >"$T/ordinary.replies" || fail "not stored: $(cat "$T/ordinary.replies")"
    expect_equal 'ordinary batches' \
        "$(grep -o '"incident_id":null' "$T/ordinary.replies" | wc -l)" "$1"
}

# records N MESSAGE [LEVEL [SERVICE]]: N of them on standard output, comma between.
records() {
    local n=$1 one
    shift
    one=$(record "$@")
    awk -v n="$n" -v one="$one" 'BEGIN { for (i = 0; i < n; i++) printf "%s%s", i ? "," : "", one }'
}

# The contract's sample batch, on standard output.
sample() {
    printf '[%s,%s,%s]' \
        "$(record 'authentication failed login for user admin' ERROR auth)" \
        "$(record 'cache miss' WARN web 2026-01-01T12:00:01Z)" \
        "$(record 'invalid password' ERROR auth 2026-01-01T12:00:02Z)"
}

# bytes N CHARACTER: a text of N bytes on standard output.
bytes() {
    head -c "$1" /dev/zero | tr '\0' "$2"
}

# The value of a header of the last reply, "" if it is not there. Only the last head counts,
# not that of a 100 Continue before it.
header() {
    tr -d '\r' <"$T/$R.head" | awk -v name="$1:" '
        /^HTTP\// { value = "" }
        tolower($1) == tolower(name) { sub(/^[^:]*: */, ""); value = $0 }
        END { print value }'
}

# --- expectations --------------------------------------------------------------------

expect_equal() {
    [[ $2 == "$3" ]] || fail "$1: expected '$3', got '$2'"
}

expect_status() {
    [[ $STATUS == "$1" ]] || fail "expected status $1, got $STATUS: $(head -c 2000 "$T/$R.body")"
}

# The last reply is text that Prometheus reads.
expect_prometheus() {
    local wrong
    expect_status 200
    expect_header Content-Type 'text/plain; version=0.0.4; charset=utf-8'
    wrong=$(awk -f "$ROOT/tests/http/prometheus.awk" "$T/$R.body")
    [[ -z $wrong ]] || fail "not as Prometheus has it: $wrong"
    if command -v promtool >/dev/null; then
        promtool check metrics <"$T/$R.body" >"$T/promtool" 2>&1 || fail "promtool: $(cat "$T/promtool")"
    fi
}

# expect_header NAME VALUE; a VALUE of "" means that it must not be there.
expect_header() {
    expect_equal "header $1" "$(header "$1")" "$2"
}

json() {
    jq -r "$1" "$T/$R.body"
}

# expect_json FILTER VALUE: what jq -r prints.
expect_json() {
    expect_equal "$1" "$(json "$1")" "$2"
}

# expect_true FILTER
expect_true() {
    jq -e "$1" "$T/$R.body" >/dev/null || fail "not so: $1 in $(head -c 2000 "$T/$R.body")"
}

# expect_error STATUS TEXT: a refusal whose sentence holds TEXT.
expect_error() {
    expect_status "$1"
    [[ $(json .error) == *"$2"* ]] || fail "expected '$2' in the error, got '$(json .error)'"
}

# sql TEXT...: asks the store, read-only and while the server runs.
sql() {
    sqlite3 -readonly -batch "file:$T/store/data.sqlite" ".timeout 5000" "$@"
}

# wait_for_incidents N SECONDS: that there are N.
wait_for_incidents() {
    poll "$2" incidents_are "$1" ||
        fail "expected $1 incidents, there are $(json '.incidents | length')"
}

incidents_are() {
    request GET /incidents
    expect_status 200
    [[ $(json '.incidents | length') == "$1" ]]
}

expect_sql() {
    expect_equal "$1" "$(sql "$1")" "$2"
}

# expect_stored N: so many records, in whole batches, and the store agrees with itself.
expect_stored() {
    expect_sql 'SELECT count(*) FROM logs' "$1"
    expect_sql 'SELECT coalesce(sum(n), 0) FROM batches' "$1"
}

# reply NAME: which reply the expectations are about, if it is not the last one.
reply() {
    R=$1
}

# What holds for every reply; reply_check.c says what that is.
REPLY_CHECK=$PWD/$BUILD/reply_check # some cases have programs of their own in BUILD
[[ $BUILD != /* ]] || REPLY_CHECK=$BUILD/reply_check

check_reply() {
    local wrong
    wrong=$("$REPLY_CHECK" "$T/$R.head" "$T/$R.body" "$STATUS" 2>&1) ||
        fail "a reply $STATUS breaks the rules, $wrong: $(head -c 2000 "$T/$R.body")"
}

# --- load ------------------------------------------------------------------------------

# load NUMBER: posts one record after the other until $T/enough is there. Each gets a line
# "STATUS MESSAGE" in $T/load.NUMBER.
load() {
    local n=0 status
    until [[ -e $T/enough ]]; do
        n=$((n + 1))
        status=$(curl -s --max-time 60 -o /dev/null -w '%{http_code}' \
            --data-binary "$(record "m-$1-$n")" "${HTTP[@]}" "$HTTP_URL/ingest") || true
        printf '%s m-%s-%s\n' "$status" "$1" "$n" >>"$T/load.$1"
    done
}

# start_load CLIENTS
start_load() {
    local i
    LOADERS=()
    rm -f "$T/enough"
    for ((i = 1; i <= $1; i++)); do
        load "$i" &
        LOADERS+=($!)
    done
}

stop_load() {
    : >"$T/enough"
    wait "${LOADERS[@]}"
    cat "$T"/load.* >"$T/replies"
}

# lines FILE...: how many there are in all, none if a file is not there yet.
lines() {
    { cat "$@" 2>/dev/null || true; } | wc -l
}

# So many requests of the load have been answered.
load_is() {
    (($(lines "$T"/load.*) >= $1))
}

# more_load N: waits until N more requests are answered than now.
more_load() {
    local now
    now=$(lines "$T"/load.*)
    poll 60 load_is $((now + $1)) || fail "the load does not go on"
}

# expect_statuses REGEX: every reply to the load had such a status.
expect_statuses() {
    local others
    others=$(cut -d' ' -f1 "$T/replies" | grep -vE "^($1)$" | sort | uniq -c) || true
    [[ -z $others ]] || fail "replies to the load, beside $1: $others"
}

# What was acknowledged is in the store, and nothing twice. What was not may be.
expect_acknowledged_stored() {
    local lost
    sql "SELECT message FROM logs WHERE message LIKE 'm-%'" | sort >"$T/in-store"
    lost=$(sed -n 's/^200 //p' "$T/replies" | sort | comm -23 - "$T/in-store" | head -n 5)
    [[ -z $lost ]] || fail "acknowledged and not in the store: $lost"
    lost=$(uniq -d "$T/in-store" | head -n 5)
    [[ -z $lost ]] || fail "stored twice: $lost"
}

# What was refused with this status is not in the store.
expect_refused_not_stored() {
    local found
    found=$(sed -n "s/^$1 //p" "$T/replies" | sort | comm -12 - "$T/in-store" | head -n 5)
    [[ -z $found ]] || fail "answered $1 and stored: $found"
}

# --- another program that writes to the store ----------------------------------------

# Takes SQLite's write lock as a store browser would, until unlock_store.
lock_store() {
    mkfifo "$T/locker"
    sqlite3 -batch "$T/store/data.sqlite" <"$T/locker" >"$T/locked" 2>&1 &
    LOCKER=$!
    exec {LOCKER_FD}>"$T/locker"
    printf '.timeout 5000\nBEGIN IMMEDIATE;\n.print locked\n' >&"$LOCKER_FD"
    poll 10 grep -q locked "$T/locked" || fail "the store could not be locked"
}

unlock_store() {
    printf 'ROLLBACK;\n.quit\n' >&"$LOCKER_FD"
    exec {LOCKER_FD}>&-
    wait "$LOCKER" || fail "the program that held the lock failed: $(cat "$T/locked")"
    rm -f "$T/locker"
}
