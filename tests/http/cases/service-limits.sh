# shellcheck shell=bash
# The largest body that the backend takes, of bytes that become three each when they are
# mended, and the most records: the service takes what becomes of them.
start_server "ML_URL=$T/ml" MAX_BODY_BYTES=65536 MAX_BATCH_RECORDS=1000
{
    record x | sed 's/x"}$//'
    bytes 65536 '\200' | head -c $((65536 - $(record '' | wc -c)))
    printf '"}'
} >"$T/body"
expect_equal size "$(wc -c <"$T/body")" 65536
ingest_file "$T/body"
expect_status 200
expect_json .scorer http
expect_sql 'SELECT length(CAST(message AS BLOB)) / 3 > 65000 FROM logs' 1
for ((i = 0; i < 1000; i++)); do
    printf '{"timestamp":1,"service":1,"level":1,"message":1}'
done >"$T/body"
ingest_file "$T/body"
expect_status 200
expect_json .stored 1000
expect_json .scorer http
expect_all_learned
