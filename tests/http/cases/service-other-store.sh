# shellcheck shell=bash
# A service that has learned from one store is not spoilt by another: told in /meta, and
# batches are scored all the same.
settings "ML_URL=$T/ml"
start_half backend
start_half ml-service
ingest "$(sample)"
expect_all_learned
stop_half backend
rm "$T/store/data.sqlite"
start_half backend
ingest "$(sample)"
expect_json .scorer http
poll 20 meta_says '.scorer.state == "unavailable"' || fail "not told: $(cat "$T/$R.body")"
expect_true '.scorer.last_error | contains("another store")'
learned_is 1 || fail "learned from another store: $(cat "$T/$R.body")"
stop_half ml-service
rm "$T/store/data.sqlite-model"
start_half ml-service
expect_all_learned
stop_half backend
stop_half ml-service
check_store_closed
