# shellcheck shell=bash
# The limits of the contract are settings, each of them kept at the limit and one past it.
start_server MAX_BATCH_RECORDS=3 MAX_RECORD_BYTES=150 MAX_SERVICE_BYTES=8 MAX_LEVEL_BYTES=5 \
    MAX_JSON_DEPTH=2 MAX_BODY_BYTES=2048
with_metadata() {
    printf '{"timestamp":"1767268848","service":"web","level":"INFO","message":"m","metadata":%s}' "$1"
}
sized() { # sized BYTES
    record "$(bytes $(($1 - $(record '' | wc -c))) x)"
}
refused() { # refused STATUS TEXT BODY
    post /ingest "$3"
    expect_error "$1" "$2"
}
ingest "[$(records 3 m)]"
refused 413 'more than 3 records' "[$(records 4 m)]"
ingest "$(sized 150)"
refused 400 'it has 151 bytes; the limit for one record is 150' "$(sized 151)"
ingest "$(record m INFO 12345678)"
refused 400 "'service' has 9 bytes; the limit is 8" "$(record m INFO 123456789)"
ingest "$(record m 12345)"
refused 400 "'level' has 6 bytes; the limit is 5" "$(record m 123456)"
ingest "$(with_metadata '{"a":[1]}')"
refused 400 "'metadata' is nested deeper than 2" "$(with_metadata '{"a":[{}]}')"
refused 413 'larger than the limit' "$(bytes 2049 ' ')"
expect_stored 7
