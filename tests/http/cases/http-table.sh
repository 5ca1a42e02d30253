# shellcheck shell=bash
# Requests that are odd on the wire, and their status: whoever answers, it is JSON by its
# label, and what is refused stores nothing.
start_server
# raw STATUS WHAT PRINTF-FORMAT [ARGUMENT...]: sent as it is, on a connection of its own.
raw() {
    local status=$1 what=$2 type
    shift 2
    # shellcheck disable=SC2059 # the table's
    printf "$@" | perl "$ROOT/tests/http/raw.pl" "$T/http" >"$T/raw" || fail "$what: no answer"
    sed '/^\r$/q' "$T/raw" >"$T/$R.head"
    expect_equal "$what" "$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$T/raw")" "$status"
    type=$(header Content-Type)
    [[ $status == 1* || $type == application/*json* || $(header Content-Length) == 0 ]] ||
        fail "$what: it is of type '$type'"
}
END='Connection: close\r\n\r\n'
HEAD="Host: h\r\n$END"
POST="POST /ingest HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
CHUNKED='Transfer-Encoding: chunked\r\n'

raw 200 'as it should be' "GET /meta HTTP/1.1\r\n$HEAD"
raw 200 'HTTP/1.0' 'GET /meta HTTP/1.0\r\n\r\n'
raw 400 'HTTP/1.1 without a host' "GET /meta HTTP/1.1\r\n$END"
raw 400 'two hosts' "GET /meta HTTP/1.1\r\nHost: a\r\n$HEAD"
raw 505 'another version' "GET /meta HTTP/3.0\r\n$HEAD"
raw 400 'no version' 'GET /meta\r\n\r\n'
raw 501 'a method that is none' "BREW /meta HTTP/1.1\r\n$HEAD"
raw 405 'TRACE' "TRACE /meta HTTP/1.1\r\n$HEAD"
raw 405 'CONNECT' "CONNECT /meta HTTP/1.1\r\n$HEAD"
raw 405 'OPTIONS of a path' "OPTIONS /meta HTTP/1.1\r\n$HEAD"
raw 200 'OPTIONS of all' "OPTIONS * HTTP/1.1\r\n$HEAD"
raw 501 'a method in small letters' "get /meta HTTP/1.1\r\n$HEAD"
raw 505 'an HTTP/2 preface' 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'

raw 411 'a body without a length' "$POST\r\n"
raw 400 'two lengths' "${POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]"
raw 400 'a negative length' "${POST}Content-Length: -2\r\n\r\n[]"
raw 400 'a length that is no number' "${POST}Content-Length: 2x\r\n\r\n[]"
raw 400 'a length of no end' "${POST}Content-Length: 99999999999999999999\r\n\r\n"
raw 413 'a large length' "${POST}Content-Length: 16777217\r\n\r\n"
raw 413 'a large length, asked before' "${POST}Expect: 100-continue\r\nContent-Length: 16777217\r\n\r\n"
raw 400 'a length and chunks' "${POST}Content-Length: 2\r\n${CHUNKED}\r\n2\r\n[]\r\n0\r\n\r\n"
raw 200 'chunks' "$POST${CHUNKED}\r\n1\r\n[\r\n1;x=y\r\n]\r\n0\r\n\r\n"
raw 200 'chunks and trailers' "$POST${CHUNKED}\r\n2\r\n[]\r\n0\r\nIdempotency-Key: k\r\n\r\n"
raw 400 'chunks that are none' "$POST${CHUNKED}\r\nxyz\r\n"
raw 501 'another coding' "${POST}Transfer-Encoding: gzip\r\n\r\n"
raw 400 'a GET with a body' "GET /meta HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n${END}[]"

raw 200 'a header over two lines' "GET /meta HTTP/1.1\r\nX-A: a\r\n b\r\n$HEAD"
raw 400 'a NUL in a header' "GET /meta HTTP/1.1\r\nX-A: a\0b\r\n$HEAD"
raw 400 'a bare CR in a header' "GET /meta HTTP/1.1\r\nX-A: a\rb\r\n$HEAD"
raw 400 'a space in a name' "GET /meta HTTP/1.1\r\nX A: a\r\n$HEAD"
raw 200 'two hundred headers' "GET /meta HTTP/1.1\r\n$(printf 'X-%s: 1\\r\\n' {1..200})$HEAD"
raw 431 'a large header' "GET /meta HTTP/1.1\r\nX-A: %s\r\n$HEAD" "$(bytes 9000 a)"
raw 431 'a long address' "GET /%s HTTP/1.1\r\n$HEAD" "$(bytes 9000 a)"

raw 200 'an escaped path' "GET /%%6deta HTTP/1.1\r\n$HEAD"
raw 200 'a path with dots' "GET /a/../meta HTTP/1.1\r\n$HEAD"
raw 200 'a whole address' "GET http://h/meta HTTP/1.1\r\n$HEAD"
raw 400 'a NUL in a path' "GET /meta%%00 HTTP/1.1\r\n$HEAD"
raw 400 'line ends in a path' "GET /meta%%0d%%0ax HTTP/1.1\r\n$HEAD"
raw 400 'line ends in a query' "GET /meta?a=%%0d%%0ax HTTP/1.1\r\n$HEAD"
raw 400 'a path without a slash' "GET meta HTTP/1.1\r\n$HEAD"
for path in /../../etc/passwd /..%%2f..%%2fetc/passwd /%%2e%%2e/etc/passwd '/..%%5c..%%5cetc/passwd' \
    /deploy/../.env /data.sqlite /%%2e%%2e/data.sqlite; do
    raw 404 "$path" "GET $path HTTP/1.1\r\n$HEAD"
done
raw 404 'as a route begins' "POST /ingestx HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n${END}[]"

KEYED="${POST}Content-Length: 2\r\nIdempotency-Key: a\r\n"
raw 200 'a key' "$KEYED\r\n[]"
raw 400 'a key and its double' "${KEYED}Idempotency_Key: b\r\n\r\n[]"
raw 400 'a double and the key' "${POST}Content-Length: 2\r\nIdempotency_Key: b\r\nIdempotency-Key: a\r\n\r\n[]"
raw 400 'two keys' "${KEYED}Idempotency-Key: b\r\n\r\n[]"
raw 400 'two types' "${POST}Content-Length: 2\r\nContent-Type: text/plain\r\nContent-Type: application/json\r\n\r\n[]"
raw 200 'a proxy of the client'\''s' "GET /meta HTTP/1.1\r\nProxy: http://127.0.0.1:9/\r\n$HEAD"

# Two on one connection, and the second only after the first one's body.
raw 200 'pipelined' "POST /ingest HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n[]GET /meta HTTP/1.1\r\n$HEAD"
expect_equal 'answers' "$(grep -o 'HTTP/1.1 200 OK' "$T/raw" | wc -l)" 2
expect_stored 0
