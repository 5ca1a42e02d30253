# shellcheck shell=bash
# Without an API key: this machine is served, by its own names; what a proxy hands on is not,
# be it Apache or nginx with no more than the one line that makes it a proxy. ALLOW_ANONYMOUS
# serves all, until there is a key.
# shellcheck source=tests/http/keys.sh
. "$ROOT/tests/http/keys.sh"
free_ports() {
    PORT=$((20000 + RANDOM % 20000))
    settings BIND=0.0.0.0 "PORT=$PORT" "ML_PORT=$((PORT + 1))" "$@"
    tool check
}
poll 10 free_ports || fail 'no free ports'
listens_on "$PORT" "$((PORT + 1))"
start_server
poll 5 logged 'BIND is 0.0.0.0, and there is no API key: only this machine' || fail 'not said at the start'
for host in localhost "localhost:$PORT" 127.0.0.1 '[::1]' "$(hostname)" logs.localhost; do
    send GET /meta -H "Host: $host"
    expect_status 200
done
for header in 'Host: rebound.example.net' 'Host: localhost.example.net' 'Host: 127.0.0.1.example.net' \
    'X-Forwarded-For: 127.0.0.1' 'X_Forwarded_For: 127.0.0.1' 'X-Real-IP: 127.0.0.1' \
    'Forwarded: for=127.0.0.1' 'Via: 1.1 proxy'; do
    send GET /meta -H "$header"
    expect_status 401
done
request POST /ingest -H "$header" --data-binary "$(record m)"
expect_error 401 'without an API key'
request ml GET /model-info -H "$header"
expect_error 401 'without an API key'
request GET /meta -H 'Remote_Addr: 192.0.2.1' # a header is none of the connection's
expect_status 200
request POST /ingest -H 'Sec-Fetch-Site: cross-site' -H 'Content-Type: text/plain' --data-binary x
expect_error 403 'another site'
request GET /meta -H 'Sec-Fetch-Site: cross-site' # which it cannot read
expect_status 200
send GET / -H 'Host: rebound.example.net' # the page has nothing in it
expect_status 200
expect_sql 'SELECT count(*) FROM logs' 0
own=$(hostname -I | cut -d' ' -f1)
if [[ $own ]]; then
    HTTP_URL=http://$own:$PORT # asked from there, too
    request GET /meta -H 'Host: localhost'
    expect_error 401 'only this machine itself is served'
    HTTP_URL=http://127.0.0.1:$PORT
fi

# Proxies, told nothing but where to.
start_apache() {
    cat >"$T/apache.conf" <<CONF
ServerRoot $T
PidFile $T/apache.pid
ErrorLog $T/log
ServerName proxy.example.org
Listen 127.0.0.1:$1
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
ProxyPass / http://127.0.0.1:$PORT/
CONF
    set_environment
    env -i "${ENVIRONMENT[@]}" apache2 -f "$T/apache.conf" -DFOREGROUND >>"$T/log" 2>&1 </dev/null &
}
start_nginx() {
    cat >"$T/nginx.conf" <<CONF
pid $T/nginx.pid;
error_log $T/log;
events { }
http {
    access_log off;
    client_body_temp_path $T/nginx-body; proxy_temp_path $T/nginx-proxy;
    fastcgi_temp_path $T/nginx-f; uwsgi_temp_path $T/nginx-u; scgi_temp_path $T/nginx-s;
    server { listen 127.0.0.1:$1; location / { proxy_pass http://127.0.0.1:$PORT; } }
}
CONF
    set_environment
    env -i "${ENVIRONMENT[@]}" nginx -c "$T/nginx.conf" -g 'daemon off;' >>"$T/log" 2>&1 </dev/null &
}
proxy_answers() {
    HTTP_URL=http://127.0.0.1:$1
    send GET /meta && [[ $STATUS != 000 ]]
}
try_proxy() {
    local port=$((20000 + RANDOM % 20000))
    ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 1
    "start_$1" "$port"
    WEB=$!
    poll 5 curl -s --noproxy '*' -o /dev/null "http://127.0.0.1:$port/"
    kill -0 "$WEB" && HTTP_URL=http://127.0.0.1:$port
}
for proxy in apache nginx; do
    poll 20 try_proxy "$proxy" || fail "$proxy does not start"
    for client in curl Mozilla; do
        send GET /meta -A "$client"
        expect_error 401 'only this machine itself is served'
    done
    send GET /
    expect_status 200
    kill -TERM "$WEB"
    wait "$WEB" || true
    HTTP_URL=http://127.0.0.1:$PORT
done
stop_server

# Who says so serves all, but for pages of other sites, until there is a key.
CASE_ENV+=(ALLOW_ANONYMOUS=1 PUBLIC_URL=https://logs.example.org/)
: >"$T/log"
start_server
poll 5 logged 'ALLOW_ANONYMOUS is 1 and there is no API key: whoever' || fail 'not said at the start'
for host in logs.example.org 192.0.2.1:3000 backend; do
    request GET /meta -H "Host: $host" -H 'X-Forwarded-For: 192.0.2.1'
    expect_status 200
done
for path in /meta /incidents; do
    request GET "$path" -H 'Host: rebound.example.net:3000'
    expect_error 401 'not by the name in Host'
done
request POST /ingest -H 'Host: rebound.example.net:3000' --data-binary "$(record m)"
expect_error 401 'not by the name in Host'
request ml GET /model-info -H 'Host: rebound.example.net'
expect_error 401 'not by the name in Host'
request POST /ingest -H 'Sec-Fetch-Site: cross-site' --data-binary "$(record m)"
expect_error 403 'another site'
request POST /ingest -H 'Origin: http://rebound.example.net' --data-binary "$(record m)"
expect_error 403 'another site'
request POST /ingest -H 'Origin: https://logs.example.org' --data-binary "$(record 'from the page')"
expect_json .stored 1
make_key KEY --scope read
request GET /meta
expect_error 401 'an API key is needed'
request GET /meta -H "Authorization: bearer $KEY" -H 'Sec-Fetch-Site: cross-site'
expect_status 200
