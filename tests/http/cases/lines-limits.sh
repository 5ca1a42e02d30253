# shellcheck shell=bash
# Lines at their limits and one past them: of the batch, of a record, of a name.
text() {
    post /ingest "$1" -H 'Content-Type: text/plain'
}
start_server MAX_BATCH_RECORDS=3 MAX_RECORD_BYTES=100 MAX_SERVICE_BYTES=8
text $'1\n2\n3\n'
expect_json .stored 3
text $'1\n2\n3\n4'
expect_error 413 'more than 3 records'
expect_json .index 3
text $'1\n'"$(bytes 100 x)"
expect_json .stored 2
text $'1\n'"$(bytes 101 x)"$'\n3'
expect_error 400 'record 1: it has 101 bytes; the limit for one record is 100'
expect_json .index 1
# A tag that is too long for a service fails nothing; what does not fit is a record of its own.
text $'<1>12345678: a\n<1>123456789: b'
expect_sql 'SELECT service, message FROM logs ORDER BY id DESC LIMIT 2' $'syslog|b\n12345678|a'
text "$(bytes 50 a)"$'\n '"$(bytes 48 b)"
expect_json .stored 1
text "$(bytes 50 a)"$'\n '"$(bytes 49 b)"
expect_json .stored 2
stop_server
expect_stored 10

# A Content-Type that is longer than 256 bytes counts as none.
start_server
post /ingest one -H "Content-Type: text/plain; x=$(bytes 242 x)"
expect_status 200
post /ingest one -H "Content-Type: text/plain; x=$(bytes 243 x)"
expect_error 400 'the body is not JSON'
