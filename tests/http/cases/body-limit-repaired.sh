# shellcheck shell=bash
# A body of the largest size with a byte that is not UTF-8 is mended in a copy; that too has
# to have room when nothing else is in work.
start_server
{ printf '{"timestamp":"1","service":"web","level":"INFO","message":"caf\xe9"}'; } >"$T/one"
{ cat "$T/one" && bytes $((16 * 1024 * 1024 - $(wc -c <"$T/one"))) ' '; } >"$T/body"
ingest_file "$T/body"
expect_status 200
expect_json .stored 1
