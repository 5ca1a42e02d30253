# shellcheck shell=bash
# A byte order mark, as Windows PowerShell 5.1 writes into files, is passed over.
start_server
{ printf '\xef\xbb\xbf[' && record m && printf ']'; } >"$T/body"
ingest_file "$T/body"
expect_status 200
expect_json .stored 1
expect_json .warnings null
printf '\xef\xbb\xbf' >"$T/body"
ingest_file "$T/body"
expect_json .stored 0
