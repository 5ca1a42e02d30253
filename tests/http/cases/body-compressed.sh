# shellcheck shell=bash
# A compressed body is refused as such, 415, and not as broken JSON.
start_server
record m | gzip -c >"$T/body"
ingest_file "$T/body" -H 'Content-Encoding: gzip'
expect_error 415 compressed
ingest_file "$T/body"
expect_error 415 compressed
printf '\x28\xb5\x2f\xfd\x04' >"$T/body" # zstd
ingest_file "$T/body"
expect_error 415 compressed
expect_stored 0
