# shellcheck shell=bash
# Uploads without a length, small and of several MB, by POST and by PUT.
start_server
chunked=(-H 'Transfer-Encoding: chunked')
record m >"$T/body"
ingest_file "$T/body" "${chunked[@]}"
expect_status 200
expect_json .stored 1
request PUT /ingest -T - <"$T/body"
expect_status 200
{ printf '[' && records 40000 "$(bytes 50 x)" && printf ']'; } >"$T/body"
(($(wc -c <"$T/body") > 4000000)) || fail 'the body is not large'
ingest_file "$T/body" "${chunked[@]}"
expect_status 200
expect_json .stored 40000
: >"$T/body"
ingest_file "$T/body" "${chunked[@]}"
expect_status 200
expect_json .stored 0
expect_stored 40002
