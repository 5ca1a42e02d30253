# shellcheck shell=bash
# ML_URL set, unset and set again, with one MODEL: who scores has learned each batch once,
# whoever learned it.
settings "ML_URL=$T/ml"
start_server
ingest "[$(record a)]"
expect_all_learned
stop_server
settings # ML_URL is not set
start_server
ingest "[$(record b),$(record c)]"
expect_json .scorer in-process
request ml GET /learn
expect_status 404
request GET /meta
expect_json .scorer.mode in-process
expect_json .scorer.learn_lag_batches 0
request ml GET /model-info
expect_json .batches 2
expect_json .records 3
stop_server
# The service finds it in the file, and is not told.
settings "ML_URL=$T/ml"
start_server
ingest "[$(record d)]"
poll 20 learned_is 3 || fail "not learned: $(cat "$T/$R.body")"
expect_json .learned.records 4
expect_json .position.batch 4
