# shellcheck shell=bash
# With ML_URL the scoring service scores, is told what was committed, and says the same as
# ingest says by itself.
start_server "ML_URL=$T/ml"
request ml POST /score --data-binary "$(sample)"
expect_status 200
score=$(json .score) reasons=$(json '[.reasons[] | del(.p, .bits)] | tojson')
expect_json .version priors-2
ingest "$(sample)"
expect_json .scorer http
expect_json .incident_id 1
expect_json .raw_score "$score"
expect_json '[.reasons[] | del(.p, .bits, .log_ids)] | tojson' "$reasons"
ingest "[$(records 5 ok)]"
expect_json .scorer http
expect_json .incident_id null
learned() {
    send ml GET /learn && [[ $(json .learned.batches) == "$1" ]]
}
poll 20 learned 2 || fail "not learned: $(cat "$T/$R.body")"
expect_json .learned.records 8
expect_json .position.batch 3
expect_json .position.records 0
expect_sql 'SELECT count(*) FROM batches WHERE scorer = "http" AND score IS NOT NULL' 2
healthy() {
    send GET /meta && [[ $(json .scorer.state) == ok && $(json .scorer.learn_lag_batches) == 0 ]]
}
poll 20 healthy || fail "not healthy: $(cat "$T/$R.body")"
request GET /meta
expect_json .scorer.mode http
expect_json .scorer.last_error null
expect_json .scorer.unscored_batches 0
expect_json .loaded_model priors-2
