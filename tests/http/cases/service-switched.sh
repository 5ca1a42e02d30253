# shellcheck shell=bash
# ML_URL set, unset and set again: the service learns what was committed while it was set,
# and not what ingest learned by itself.
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
stop_server
# What the service has learned is of before the gap; what lies in it is not told.
settings "ML_URL=$T/ml"
start_server
ingest "[$(record d)]"
poll 20 learned_is 2 || fail "not learned: $(cat "$T/$R.body")"
expect_json .learned.records 2
expect_json .position.batch 4
