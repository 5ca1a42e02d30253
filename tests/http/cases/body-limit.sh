# shellcheck shell=bash
# A body of exactly 16 MiB is taken, one byte more is refused, also when it comes in chunks
# and its length is not known before. Nothing of a refused one is stored.
start_server
limit=$((16 * 1024 * 1024))
record 'with much white space' >"$T/body"
bytes $((limit - $(record "with much white space" | wc -c))) ' ' >>"$T/body"
ingest_file "$T/body"
expect_status 200
expect_json .stored 1
ingest_file "$T/body" -H 'Transfer-Encoding: chunked'
expect_status 200
printf ' ' >>"$T/body"
ingest_file "$T/body"
expect_error 413 'larger than the limit'
ingest_file "$T/body" -H 'Transfer-Encoding: chunked'
expect_error 413 'larger than the limit'
ingest "[$(record 'as before')]"
expect_stored 3
