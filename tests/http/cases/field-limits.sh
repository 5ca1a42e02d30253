# shellcheck shell=bash
# service: 256 bytes of UTF-8; level: 32. One more is refused with the field's name.
start_server
ingest "$(record m INFO "$(bytes 256 s)")"
post /ingest "$(record m INFO "$(bytes 257 s)")"
expect_error 400 "field 'service' has 257 bytes; the limit is 256"
expect_json .field service
ingest "$(record m INFO "$(bytes 254 s)é")"
post /ingest "$(record m INFO "$(bytes 255 s)é")"
expect_error 400 "field 'service' has 257 bytes"
ingest "$(record m INFO "$(bytes 255 s)\\u0041")" # counted as decoded
ingest "$(record m "$(bytes 32 L)")"
post /ingest "[$(record m),$(record m "$(bytes 33 L)")]"
expect_error 400 "record 1: field 'level' has 33 bytes; the limit is 32"
expect_json .field level
expect_json .index 1
expect_stored 4
