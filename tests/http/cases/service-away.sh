# shellcheck shell=bash
# No scoring service: batches are stored, unscored, and /meta says so. When it comes it
# hears of all that was committed meanwhile, and scores.
settings "ML_URL=$T/ml"
start_half backend
for _ in 1 2 3 4 5 6 7 8; do
    ingest "$(sample)"
    expect_json .score null
    expect_json .raw_score null
    expect_json .scorer unavailable
    expect_json .incident_id null
    expect_json '.reasons | length' 0
done
expect_sql 'SELECT count(*) FROM batches WHERE score IS NULL AND scorer = "unavailable"' 8
poll 20 meta_says '.scorer.state == "unavailable"' || fail "not told: $(cat "$T/$R.body")"
request GET /meta
expect_json .scorer.mode http
expect_json .scorer.unscored_batches 8
expect_json .scorer.learn_lag_batches 8
expect_json .scorer.last_error 'nothing accepts connections there'
expect_json .loaded_model null
expect_true '.scorer.since | startswith("20")'
request GET /readyz
expect_error 503 'not ready: model (who scores is away'
expect_json '.failing | join(",")' model
expect_json .model.last_error 'nothing accepts connections there'
expect_json .lag.batches 8
request GET '/readyz?check=store' # records are taken
expect_status 200
start_half ml-service
expect_all_learned
poll 20 meta_says '.scorer.state == "ok" and .loaded_model == "priors-2"' ||
    fail "not told: $(cat "$T/$R.body")"
request GET /readyz
expect_status 200
expect_json .lag.batches 0
scored_again() {
    send POST /ingest --data-binary "[$(record ok)]" && [[ $(json .scorer) == http ]]
}
poll 20 scored_again || fail 'not scored again'
send GET /metrics
expect_prometheus
grep -qE '^loganalyzer_scorer_requests_total\{program="ingest",outcome="failed"\} [1-9]' "$T/$R.body" ||
    fail "no failure was counted: $(cat "$T/$R.body")"
grep -q '^loganalyzer_batches_unscored_total{program="ingest"} 8$' "$T/$R.body" ||
    fail "not counted: $(cat "$T/$R.body")"
# The other half has its own.
request ml GET /readyz
expect_status 200
expect_json .ready true
expect_json .model.version priors-2
request ml GET /healthz
expect_status 200
send ml GET /metrics
expect_prometheus
grep -qE '^loganalyzer_requests_total\{program="score",route="/learn",method="POST",status="200"\} [1-9]' \
    "$T/$R.body" || fail "not counted: $(cat "$T/$R.body")"
stop_half ml-service
stop_half backend
check_store_closed
