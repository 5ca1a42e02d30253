# shellcheck shell=bash
# 100,000 records in a batch are stored, one more is refused and stores none.
start_server
{ printf '[' && records 100000 m && printf ']'; } >"$T/body"
ingest_file "$T/body"
expect_status 200
expect_json .stored 100000
expect_stored 100000
{ printf '{"logs":[' && records 100001 m && printf ']}'; } >"$T/body"
ingest_file "$T/body"
expect_error 413 'more than 100000 records'
expect_json .index 100000
expect_stored 100000
