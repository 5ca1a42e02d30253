# shellcheck shell=bash
# curl asks before it sends more than 1 MB, .NET always: 100 Continue, then the reply.
start_server
{ printf '[' && records 15000 m && printf ']'; } >"$T/body"
(($(wc -c <"$T/body") > 1048576)) || fail 'the body is not large'
ingest_file "$T/body" -H 'Expect: 100-continue'
expect_status 200
grep -q '^HTTP/1.1 100 Continue' "$T/r.head" || fail 'no 100 Continue'
expect_json .stored 15000
ingest_file <(record m) -H 'Expect: 100-continue'
expect_status 200
request POST /ingest --data-binary "@$T/body" -H 'Expect: 100-continue' -H 'Content-Length: 99999999'
expect_status 413
