# shellcheck shell=bash
# The shipped sites by TLS, behind each of the three web servers, with a certificate made here:
# keys go through, in clear nothing but a hint is answered, old TLS is not spoken.
# shellcheck source=tests/http/places.sh
. "$ROOT/tests/http/places.sh"
# shellcheck source=tests/http/keys.sh
. "$ROOT/tests/http/keys.sh"
NAME=logs.example.org
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$NAME" \
    -addext "subjectAltName=DNS:$NAME" -keyout "$T/key.pem" -out "$T/cert.pem" 2>>"$T/log"
cat "$T/key.pem" "$T/cert.pem" >"$T/both.pem"
install_places
echo ALLOW_ANONYMOUS=1 >"$T/store/.env"
start_units

# with_ports FILE: a shipped file with this test's folders, certificate and ports.
with_ports() {
    below_root "$1" | sed -E "s#/etc/ssl/certs/$NAME.pem#$T/cert.pem#; s#/etc/ssl/private/$NAME.key#$T/key.pem#
        s#\*:80>#*:$PORT>#; s#\*:443>#*:$TLS_PORT>#; /listen \[::\]/d; s#listen 80;#listen 127.0.0.1:$PORT;#
        s#listen 443 #listen 127.0.0.1:$TLS_PORT #; s#\"[^\"]*/server.pem\"#\"$T/both.pem\"#
        s#0\.0\.0\.0:443#127.0.0.1:$TLS_PORT#; /use-ipv6/d"
}

# Who comes from here is a stranger to the sites that are not by TLS.
configure_all() {
    local to=$T/root/etc/lighttpd/conf-enabled
    configure_apache site
    env PATH="$PATH:/usr/sbin:/sbin" APACHE_CONFDIR="$T/apache" APACHE_STATE_DIRECTORY="$T/apache/state" \
        a2enmod -q ssl >>"$T/log" 2>&1
    configure_lighttpd
    sed -i 's#127.0.0.0/8#192.0.2.0/24#' "$to/50-loganalyzer.conf"
    configure_nginx
}

start_apache_tls() {
    printf 'Listen 127.0.0.1:%s\nListen 127.0.0.1:%s\nServerName localhost\n' "$PORT" "$TLS_PORT" >"$T/apache/ports.conf"
    with_ports "$T/root/etc/apache2/sites-available/loganalyzer-tls.conf" >"$T/apache/sites-enabled/loganalyzer.conf"
    set_environment
    # shellcheck disable=SC2016 # for the inner shell
    env -i "${ENVIRONMENT[@]}" "CONF=$T/apache" sh -c \
        '. "$CONF/envvars" && exec apache2 -d "$CONF" -f "$CONF/apache2.conf" -DFOREGROUND' \
        >>"$T/log" 2>&1 </dev/null &
    WEB=$!
}

start_lighttpd_tls() {
    local to=$T/root/etc/lighttpd
    with_ports /etc/lighttpd/conf-available/10-ssl.conf >"$to/conf-enabled/10-ssl.conf"
    with_ports "$to/conf-available/51-loganalyzer-tls.conf" >"$to/conf-enabled/51-loganalyzer-tls.conf"
    start_lighttpd
}

start_nginx_tls() {
    start_nginx
    kill -KILL "$WEB" # it wrote the rest of the configuration
    wait "$WEB" 2>/dev/null || true
    with_ports "$T/root/etc/nginx/sites-available/loganalyzer-tls" >"$T/root/etc/nginx/sites-enabled/site"
    launch_nginx
}

in_clear() {
    HTTP=(--noproxy '*' --resolve "$NAME:$PORT:127.0.0.1")
    HTTP_URL=http://$NAME:$PORT$1
}

by_tls() {
    HTTP=(--noproxy '*' --resolve "$NAME:$TLS_PORT:127.0.0.1" --cacert "$T/cert.pem")
    HTTP_URL=https://$NAME:$TLS_PORT$1
}

is_up() {
    ! kill -0 "$WEB" 2>/dev/null || curl -s --max-time 5 -o /dev/null "${HTTP[@]}" "$HTTP_URL/meta"
}

try_ports() {
    PORT=$((20000 + RANDOM % 20000))
    TLS_PORT=$((PORT + 1))
    ! (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null || return 1
    ! (exec 3<>"/dev/tcp/127.0.0.1/$TLS_PORT") 2>/dev/null || return 1
    "start_$1_tls"
    by_tls "$2"
    poll 10 is_up || fail "$1 does not answer"
    kill -0 "$WEB" 2>/dev/null
}

configure_all
make_key KEY --scope ingest,read
for site in apache: lighttpd:/loganalyzer nginx:/loganalyzer; do
    web=${site%%:*} prefix=${site#*:}
    poll 20 try_ports "$web" "$prefix" || fail "$web does not start"
    request GET /meta
    expect_error 401 'an API key is needed'
    expect_header Strict-Transport-Security max-age=31536000
    request GET /meta -H "Authorization: Bearer $KEY"
    expect_status 200
    expect_header Strict-Transport-Security max-age=31536000
    request POST /ingest -H "Authorization: Bearer $KEY" --data-binary "$(record "by $web")"
    expect_json .stored 1
    # Every kind of reply says that it is by TLS alone: page, refusal, the web server's own.
    send GET /
    expect_status 200
    expect_header Strict-Transport-Security max-age=31536000
    expect_header Content-Security-Policy "$CSP"
    request GET /nothing -H "Authorization: Bearer $KEY"
    expect_status 404
    expect_header Strict-Transport-Security max-age=31536000
    stop_unit incidents
    request GET /incidents -H "Authorization: Bearer $KEY"
    ((STATUS == 502 || STATUS == 503)) || fail "$web says $STATUS of what is away"
    expect_header Strict-Transport-Security max-age=31536000
    start_unit incidents
    # TLS is as good as a name of ours.
    mv "$T/store/data.sqlite-keys" "$T/keys"
    request GET /meta
    expect_status 200
    mv "$T/keys" "$T/store/data.sqlite-keys"
    ! curl -s --tls-max 1.1 -o /dev/null "${HTTP[@]}" "$HTTP_URL/meta" || fail "$web speaks old TLS"
    ! curl -s -o /dev/null "${HTTP[@]}" --cacert /etc/ssl/certs/ca-certificates.crt "$HTTP_URL/meta" ||
        fail 'the certificate is of no account'
    in_clear "$prefix"
    send GET /incidents -H "Authorization: Bearer $KEY"
    expect_status 301
    [[ $(header Location) =~ ^https://$NAME(:[0-9]+)?"$prefix"/incidents$ ]] || fail "led to $(header Location)"
    send POST /ingest -H "Authorization: Bearer $KEY" --data-binary "$(record m)"
    expect_status 403
    kill -TERM "$WEB"
    wait "$WEB" || true
done
expect_stored 3
for name in "${!UNIT[@]}"; do
    stop_unit "$name"
done
poll 20 none_left || fail 'still running'
