# shellcheck shell=bash
# The two halves started apart from one folder, as `deploy/run backend` and `deploy/run
# ml-service` do when all is built: neither disturbs the other when it starts, stops, is
# killed or is started twice.
settings "ML_URL=$T/ml"
serve backend
serve ml-service
serving backend
serving ml-service

ingest "$(sample)"
expect_json .scorer http
expect_json .incident_id 1
request ml GET /model-info
expect_status 200
request ml POST /ingest --data-binary '[]'
expect_status 404
request ml GET /meta
expect_status 404
request ml GET /score
expect_status 405
request GET /model-info
expect_status 404
expect_equal 'programs of the scoring service' "$(cd "$T/store/data.sqlite-run-ml" && echo *.pid)" \
    loganalyzer-score.pid

# A second one of each is refused and leaves the first alone.
for half in backend ml-service ''; do
    refused_to_serve "$half" 'already running'
done
ingest "$(sample)"
expect_json .scorer http

# One stops, the other goes on.
stop_serving ml-service
[[ ! -e $T/store/data.sqlite-run-ml && ! -e $T/ml ]] || fail 'the half has left something behind'
ingest "$(sample)"
expect_json .score null
expect_json .scorer unavailable
serve ml-service
serving ml-service
scored_by_service() {
    ingest "$(sample)"
    sent=$((sent + 3))
    [[ $(json .scorer) == http ]]
}
sent=9
poll 20 scored_by_service || fail 'not scored again'
stop_serving backend
[[ ! -e $T/store/data.sqlite-run && ! -e $T/http ]] || fail 'the half has left something behind'
check_store_closed
request ml GET /model-info
expect_status 200
serve backend
serving backend
poll 20 scored_by_service || fail 'not scored again'

# One is killed with all that belongs to it, the other goes on.
for half in ml-service backend; do
    kill_serving "$half"
    serve "$half"
    serving "$half"
    poll 20 scored_by_service || fail 'not scored again'
done
stop_serving ml-service
stop_serving backend
check_store_closed
for left in "$T"/store/*-run* "$T/http" "$T/ml"; do
    [[ ! -e $left ]] || fail "left behind: $left"
done
expect_stored "$sent"
