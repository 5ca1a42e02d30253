# shellcheck shell=bash
# A batch of more records than one request to /learn holds is learned in parts, and
# counted as one batch.
start_server "ML_URL=$T/ml"
printf '[%s]' "$(records 12001 ok)" >"$T/body"
ingest_file "$T/body"
expect_status 200
expect_all_learned
request ml GET /learn
expect_json .learned.records 12001
expect_json .learned.batches 1
