# shellcheck shell=bash disable=SC2034 # ML, ML_URL and SERVER are lib.sh's
# places.sh - for the cases about other places than deploy/run: what deploy/install puts
# onto a system, below $T/root, and the web servers of Debian in front of it. The cases
# source it. The files are the shipped ones; only the folders in them are changed, to
# those below $T/root, and web servers listen on a free port of the loopback.

# shellcheck source=tests/http/page.sh
. "$ROOT/tests/http/page.sh"

LIB=$T/root/usr/local/lib/loganalyzer
SYSTEMD=$T/root/usr/local/lib/systemd/system
WEB= # pid of the web server
declare -A UNIT=() # pid of each responder

# below_root FILE: with its folders changed, on standard output.
below_root() {
    sed -E "s#(/usr/local/lib|/run|/var/lib|/etc/lighttpd|/etc/nginx)/#$T/root\1/#g" "$1"
}

# Installs, into folders as a system with all three web servers has them.
install_places() {
    mkdir -p "$T"/root/etc/apache2/{conf,sites}-available "$T/root/etc/lighttpd/conf-available" \
        "$T"/root/etc/nginx/{snippets,sites-available} \
        "$T"/root/{run,var/lib}/loganalyzer
    chmod 711 "$T" # a web server's own user is to come to the sockets, if root tests
    ln -sfn root/var/lib/loganalyzer "$T/store"
    DESTDIR=$T/root LOGANALYZER_BUILD=$BUILD deploy/install >>"$T/log" 2>&1 ||
        fail 'deploy/install has failed'
}

# unit_value FILE KEY: of a unit file.
unit_value() {
    below_root "$SYSTEMD/$1" | sed -n "s/^$2=//p"
}

# set_unit_environment FILE [INSTANCE]: what systemd gives it, into UNIT_ENV; of our own
# what finds the processes and what the sanitizers read.
set_unit_environment() {
    local setting
    UNIT_ENV=()
    set_environment
    for setting in "${ENVIRONMENT[@]}"; do
        [[ $setting =~ ^(BIND|DATABASE|LOGANALYZER_[A-Z]+)= ]] || UNIT_ENV+=("$setting")
    done
    while IFS= read -r setting; do
        UNIT_ENV+=("${setting//%i/${2-}}")
    done < <(unit_value "$1" Environment)
}

# start_unit NAME [PROGRAM]: as systemd would: makes the socket, hands it over as standard
# input, runs ExecStart in the unit's folder and environment. PROGRAM instead, if given.
start_unit() {
    local name=$1 socket program folder owner=''
    set_unit_environment loganalyzer@.service "$name"
    socket=$(unit_value loganalyzer@.socket ListenStream)
    program=$(unit_value loganalyzer@.service ExecStart)
    program=${2:-${program//%i/$name}}
    folder=$(unit_value loganalyzer@.service RuntimeDirectory)
    mkdir -p "$T/root/run/${folder//%i/$name}"
    folder=$(unit_value loganalyzer@.service WorkingDirectory)
    ((EUID != 0)) || owner=$(unit_value loganalyzer@.socket SocketUser)
    # shellcheck disable=SC2016 # perl's
    env -i "${UNIT_ENV[@]}" perl -MSocket -MPOSIX -e '
        my ($path, $backlog, $mode, $owner, $folder, @program) = @ARGV;
        socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die "socket: $!";
        bind($s, sockaddr_un($path)) && listen($s, $backlog) or die "$path: $!";
        chmod(oct $mode, $path) or die "chmod: $!";
        $owner eq "" or chown((getpwnam $owner)[2, 3], $path) or die "chown: $!";
        POSIX::dup2(fileno $s, 0) == 0 && chdir $folder or die "$folder: $!";
        exec @program or die "@program: $!"' \
        "${socket//%i/$name}" "$(unit_value loganalyzer@.socket Backlog)" \
        "$(unit_value loganalyzer@.socket SocketMode)" "$owner" "$folder" "$program" \
        >>"$T/log" 2>&1 &
    UNIT[$name]=$!
    poll 10 test -S "${socket//%i/$name}" || fail "no socket of $name"
}

start_units() {
    start_unit ingest
    start_unit incidents
    start_unit meta
}

# reload_unit NAME: what systemctl reload does.
reload_unit() {
    local command
    command=$(unit_value loganalyzer@.service ExecReload)
    ${command//\$MAINPID/${UNIT[$1]}}
}

# Ends a responder as systemd does (KillSignal's default), which must end well.
stop_unit() {
    kill -TERM "${UNIT[$1]}"
    wait "${UNIT[$1]}" || fail "$1 ended with status $?"
    unset "UNIT[$1]"
    rm -f "$T/root/run/loganalyzer/$1.sock" # RemoveOnStop
}

# at_port PORT [PREFIX]: where the requests go from now on, for both of our "ports".
at_port() {
    HTTP=(--noproxy '*')
    ML=("${HTTP[@]}")
    HTTP_URL=http://127.0.0.1:$1${2-}
    ML_URL=$HTTP_URL
}

web_answers_or_ended() {
    ! kill -0 "$WEB" 2>/dev/null ||
        curl -s --max-time 10 -o /dev/null "${HTTP[@]}" "$HTTP_URL/meta"
}

# try_port START: one try at a port that may be free; true when the server answers.
try_port() {
    PORT=$((20000 + RANDOM % 20000))
    # Where another case's server listens its answers would pass for ours.
    ! (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null || return 1
    at_port "$PORT" "$PREFIX"
    "$1"
    poll 20 web_answers_or_ended || fail 'the web server does not answer'
    kill -0 "$WEB" 2>/dev/null
}

# start_web apache|lighttpd|nginx [PREFIX]
start_web() {
    PREFIX=${2-}
    poll 20 try_port "start_$1" || fail 'the web server does not start'
}

# Debian's own Apache configuration and its own tools; of ours the snippet alone.
# configure_apache conf|site
configure_apache() {
    local of_apache=("PATH=$PATH:/usr/sbin:/sbin" "APACHE_CONFDIR=$T/apache"
        "APACHE_STATE_DIRECTORY=$T/apache/state") file
    cp -r /etc/apache2 "$T/apache"
    ln -s log "$T/error.log"
    rm -rf "$T"/apache/{conf,sites}-enabled/*
    printf 'export APACHE_RUN_USER=www-data APACHE_RUN_GROUP=www-data LANG=C\n' >"$T/apache/envvars"
    printf 'export APACHE_%s=%s\n' PID_FILE "$T/apache.pid" RUN_DIR "$T/apache" \
        LOCK_DIR "$T/apache" LOG_DIR "$T" >>"$T/apache/envvars"
    for file in conf sites; do
        below_root "$T/root/etc/apache2/$file-available/loganalyzer.conf" \
            >"$T/apache/$file-available/loganalyzer.conf"
    done
    below_root "$LIB/deploy/apache/routes.conf" >"$T/routes.conf"
    cp "$T/routes.conf" "$LIB/deploy/apache/routes.conf"
    env "${of_apache[@]}" a2enmod -q headers proxy_fcgi >>"$T/log" 2>&1 || fail 'a2enmod has failed'
    env "${of_apache[@]}" "a2en$1" -q loganalyzer >>"$T/log" 2>&1 || fail "a2en$1 has failed"
}

start_apache() {
    printf 'Listen 127.0.0.1:%s\nServerName localhost\n' "$PORT" >"$T/apache/ports.conf"
    sed -i "s/<VirtualHost [^>]*>/<VirtualHost *:$PORT>/" "$T/apache/sites-available/loganalyzer.conf"
    set_environment
    # shellcheck disable=SC2016 # for the inner shell
    env -i "${ENVIRONMENT[@]}" "CONF=$T/apache" sh -c \
        '. "$CONF/envvars" && exec apache2 -d "$CONF" -f "$CONF/apache2.conf" -DFOREGROUND' \
        >>"$T/log" 2>&1 </dev/null &
    WEB=$!
}

# Debian's own lighttpd configuration, and our snippet.
configure_lighttpd() {
    local to=$T/root/etc/lighttpd
    mkdir -p "$to/conf-enabled" "$T/www"
    mkdir -p "$T/upload"
    chmod 1777 "$T/upload"
    cp /etc/lighttpd/conf-available/{05-setenv,10-fastcgi}.conf "$to/conf-enabled/"
    below_root "$to/conf-available/50-loganalyzer.conf" >"$to/conf-enabled/50-loganalyzer.conf"
    below_root "$LIB/deploy/lighttpd/routes.conf" >"$T/routes.conf"
    cp "$T/routes.conf" "$LIB/deploy/lighttpd/routes.conf"
}

start_lighttpd() {
    below_root /etc/lighttpd/lighttpd.conf | sed "/use-ipv6/d; /^server.errorlog/d; /^server.port/s/=.*/= $PORT/
        s#\"/var/www/html\"#\"$T/www\"#; s#/var/cache/lighttpd/uploads#$T/upload#
        s#\"$T/root/run/lighttpd.pid\"#\"$T/www.pid\"#" \
        >"$T/lighttpd.conf"
    echo 'server.bind = "127.0.0.1"' >>"$T/lighttpd.conf"
    set_environment
    env -i "${ENVIRONMENT[@]}" lighttpd -D -f "$T/lighttpd.conf" >>"$T/log" 2>&1 </dev/null &
    WEB=$!
}

# Debian's own nginx configuration with one site, and our snippet.
configure_nginx() {
    local to=$T/root/etc/nginx file
    cp -r /etc/nginx/. "$to/"
    rm -f "$to"/sites-enabled/*
    mkdir -p "$T/www"
    mkdir -p "$T/upload"
    chmod 1777 "$T/upload"
    for file in "$to/snippets/loganalyzer.conf" "$LIB"/deploy/nginx/{routes,errors}.conf; do
        below_root "$file" >"$T/snippet"
        cp "$T/snippet" "$file"
    done
    below_root /etc/nginx/nginx.conf |
        sed "s#/var/log/nginx/[a-z]*.log#$T/log#; s#$T/root/run/nginx.pid#$T/nginx.pid#" >"$to/nginx.conf"
}

start_nginx() {
    printf 'client_body_temp_path %s/upload;\nfastcgi_temp_path %s/upload;\n' "$T" "$T" \
        >"$T/root/etc/nginx/conf.d/test.conf"
    printf 'server {\n listen 127.0.0.1:%s;\n root %s;\n include snippets/loganalyzer.conf;\n}\n' \
        "$PORT" "$T/www" >"$T/root/etc/nginx/sites-enabled/site"
    launch_nginx
}

# It has nothing to complain about.
launch_nginx() {
    local nginx=(nginx -c "$T/root/etc/nginx/nginx.conf") said
    set_environment
    said=$(env -i "${ENVIRONMENT[@]}" "${nginx[@]}" -t -q 2>&1 </dev/null | grep -F '[warn]') || true
    [[ -z $said ]] || fail "nginx -t says $said"
    env -i "${ENVIRONMENT[@]}" "${nginx[@]}" -g 'daemon off;' >>"$T/log" 2>&1 </dev/null &
    WEB=$!
}

# The web server and every responder end, and leave what a clean stop leaves.
stop_places() {
    local name
    kill -TERM "$WEB"
    wait "$WEB" || true # Apache says 0, lighttpd does not
    for name in "${!UNIT[@]}"; do
        stop_unit "$name"
    done
    poll 20 none_left || fail "still running after the stop: $(processes | tr '\n' ' ')"
    check_store_closed
}

# run_cases NAME...: cases of the usual kind, against what runs.
run_cases() {
    local name
    SERVER=$WEB # run_case_file is not to start one
    SHARED_SERVER=true
    for name in "$@"; do
        run_case_file "$ROOT/tests/http/cases/$name.case" || fail "in case $name"
    done
    SERVER=
    SHARED_SERVER=false
}

# through_web STATUS: what has to be right behind any web server. STATUS: what it says when it
# cannot connect.
through_web() {
    request GET /meta
    expect_status 200
    expect_page ''
    run_cases path-double-slash path-trailing-slash ingest-array ingest-ndjson ingest-put record-bad-field \
        body-not-json score-features model-info
    request GET /ingest
    expect_error 405 method
    expect_header Allow 'POST, PUT'
    request DELETE /incidents
    expect_error 405 method
    request GET /ingestion
    expect_error 404 'no such path'
    # An incident by its number, and a change of one.
    request GET /incidents/7
    expect_error 404 'there is no incident 7'
    request PATCH /incidents/7 -H 'Content-Type: application/json' --data-binary '{"status":"open"}'
    expect_error 404 'there is no incident 7'
    request PATCH /incidents/7 -H 'Sec-Fetch-Site: cross-site' -H 'Content-Type: application/json' \
        --data-binary '{"status":"open"}'
    expect_error 403 'another site'
    request GET '/services?hours=2'
    expect_status 200
    request GET /ingest/more
    expect_error 404 'no such path'
    # A key reaches us, one that comes twice too.
    for known in null true; do
        post /ingest "$(record keyed)" -H 'Idempotency-Key: through the web server'
        expect_json .duplicate "$known"
    done
    post /ingest "$(record keyed)" -H 'Idempotency-Key: a' -H 'Idempotency-Key: b'
    expect_error 400 Idempotency-Key
    post /ingest "[$(record good),7]" -H 'Prefer: handling=lenient'
    expect_header Preference-Applied handling=lenient
    # By its length, and without one: 3 MB, what is just not too large, and what is.
    local known length chunked=(-H 'Transfer-Encoding: chunked')
    { printf '[' && records 3000 "$(bytes 950 x)" && printf ']'; } >"$T/body"
    (($(wc -c <"$T/body") > 3000000)) || fail 'the body is not large'
    for length in '' "${chunked[*]}"; do
        ingest_file "$T/body" ${length:+"${chunked[@]}"}
        expect_status 200
        expect_json .stored 3000
        { bytes $((16777216 - 100)) ' ' && record m && bytes 100 ' '; } | head -c 16777216 >"$T/large"
        ingest_file "$T/large" ${length:+"${chunked[@]}"}
        expect_status 200
        printf ' ' >>"$T/large"
        ingest_file "$T/large" ${length:+"${chunked[@]}"}
        expect_error 413 "smaller batches"
    done
    ingest_file "$T/body" -H 'Expect: 100-continue'
    expect_json .stored 3000
    # The importer finds its way by --url.
    seq -f 'line %.0f through a web server' 1500 >"$T/file.log"
    for known in 0 1,500; do
        tool import --url "$HTTP_URL/" "$T/file.log" || fail "import: $(cat "$T/tool.out")"
        grep -q ", $known there already" "$T/tool.out" || fail "import: $(cat "$T/tool.out")"
    done
    # A responder that is away: said, as JSON; and back.
    stop_unit meta
    request GET /meta
    expect_error "$1" ''
    start_unit meta
    poll 10 meta_is_back || fail 'not back'
    # Restarted in place under load, nothing fails.
    start_load 2
    more_load 30
    reload_unit ingest
    more_load 30
    reload_unit ingest
    more_load 30
    stop_load
    expect_statuses 200
    expect_acknowledged_stored
}

# through_web_keys: who may do what, behind any web server; without a key those who are here.
# It takes the keys away again.
through_web_keys() {
    # shellcheck source=tests/http/keys.sh
    . "$ROOT/tests/http/keys.sh"
    request GET /meta -H 'X-Forwarded-For: 192.0.2.1'
    expect_error 401 'only this machine'
    request GET /meta -H 'Host: rebound.example.net'
    expect_error 401 'not by the name in Host'
    make_keys
    expect_matrix < <(matrix)
    request GET /meta
    expect_error 401 'an API key is needed'
    expect_header WWW-Authenticate 'Bearer realm="loganalyzer"'
    rm "$T/store/data.sqlite-keys"
    request GET /meta
    expect_status 200
}

# expect_line TEXT: in the echo's reply.
expect_line() {
    grep -qxF -- "$1" "$T/$R.body" || fail "'$1' does not reach us: $(head -c 3000 "$T/$R.body")"
}

# expect_echo TARGET: behind TARGET is the echo; what has to reach a responder does.
expect_echo() {
    send GET "$1?a=%20b" -H 'Authorization: Bearer secret' -H 'Content-Encoding: x' -H 'Proxy: x'
    expect_status 200
    expect_line 'HTTP_AUTHORIZATION=Bearer secret'
    expect_line 'HTTP_CONTENT_ENCODING=x'
    expect_line 'QUERY_STRING=a=%20b'
    expect_line 'REQUEST_METHOD=GET'
    ! grep HTTP_PROXY= "$T/$R.body" || fail 'a client can set HTTP_PROXY'
    bytes 3000000 x >"$T/body"
    send POST "$1" --data-binary "@$T/body" -H 'Transfer-Encoding: chunked' -H 'Content-Type: text/plain'
    expect_line body=3000000
    expect_line CONTENT_LENGTH=3000000
    expect_line CONTENT_TYPE=text/plain
}

# With the echo as one of the responders, the last thing in a case.
through_web_echo() {
    stop_unit meta
    start_unit meta "$(readlink -f "$BUILD/test_echo")"
    poll 10 meta_is_back || fail 'the echo does not answer'
    expect_echo /some/path
}

meta_is_back() {
    send GET /meta
    ((STATUS == 200))
}
