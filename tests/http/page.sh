# shellcheck shell=bash
# page.sh - what holds for the page behind every web server; lib.sh's functions at HTTP_URL.

CSP="default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'"
CSP+="; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

# expect_page_file TARGET FILE TYPE: with every header that it needs, the same to the byte.
expect_page_file() {
    local type tag
    send GET "$1"
    expect_status 200
    type=$(header Content-Type)
    expect_equal "the type of $1" "${type,,}" "$3"
    expect_header Cache-Control no-cache
    expect_header Content-Security-Policy "$CSP"
    expect_header X-Content-Type-Options nosniff
    expect_header X-Frame-Options DENY
    expect_header Referrer-Policy no-referrer
    expect_header Cross-Origin-Opener-Policy same-origin
    expect_header Cross-Origin-Resource-Policy same-origin
    cmp -s "$T/$R.body" "$ROOT/deploy/htdocs/$2" || fail "$1 is not deploy/htdocs/$2"
    tag=$(header ETag)
    [[ $tag ]] || fail "$1 has no ETag"
    # What a browser kept it may go on using, when it has asked.
    send GET "$1" -H "If-None-Match: $tag"
    expect_status 304
    # So too when it came compressed, where the web server does that.
    send GET "$1" -H 'Accept-Encoding: gzip'
    expect_status 200
    send GET "$1" -H 'Accept-Encoding: gzip' -H "If-None-Match: $(header ETag)"
    expect_status 304
    send HEAD "$1"
    expect_status 200
    expect_header Content-Length "$(wc -c <"$ROOT/deploy/htdocs/$2")"
    expect_header Content-Security-Policy "$CSP"
}

# expect_page PREFIX: the page below it.
expect_page() {
    local path
    expect_page_file "$1/" index.html 'text/html; charset=utf-8'
    expect_page_file "$1/app.js" app.js 'text/javascript; charset=utf-8'
    expect_page_file "$1/app.css" app.css 'text/css; charset=utf-8'
    expect_page_file "$1/icon.svg" icon.svg image/svg+xml
    expect_page_file "$1/licenses.txt" licenses.txt 'text/plain; charset=utf-8'
    # Nothing else is: no name of its own for the index, no other file, nothing above.
    for path in index.html app.jsx app.js/ app.js/x htdocs/app.js x/../../errors/404.html \
        ../errors/404.html %2e%2e/errors/404.html ..%2ferrors/404.html .//..//..//lighttpd.conf \
        deploy/htdocs/index.html deploy/ htdocs/ app.js%00; do
        send GET "$1/$path"
        [[ $STATUS == 40[04] ]] || fail "$1/$path: $STATUS"
    done
    # Nothing is to be posted there, and that is said as JSON.
    request POST "$1/" --data-binary x
    [[ $STATUS == 40[45] ]] || fail "POST $1/: $STATUS"
    request POST "$1/app.js" --data-binary x
    [[ $STATUS == 40[45] ]] || fail "POST $1/app.js: $STATUS"
}

# expect_page_redirect PREFIX: without its slash it leads there.
expect_page_redirect() {
    send GET "$1"
    [[ $STATUS == 30[12] ]] || fail "$1: $STATUS"
    [[ $(header Location) =~ ^(http://[^/]+)?"$1/"$ ]] || fail "$1 leads to $(header Location)"
}
