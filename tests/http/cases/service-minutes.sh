# shellcheck shell=bash
# Single failed logins that are only unusual together: the service finds the minute, the
# backend makes one incident of it, and not another after a restart of either.
settings "ML_URL=$T/ml"
start_half backend
start_half ml-service
at=$(date -u +%Y-%m-%dT%H:%M:00Z)
for _ in {1..30}; do
    ingest "$(record 'failed login' INFO auth "$at")"
    expect_json .incident_id null
done
expect_all_learned
wait_for_incidents 1 20
expect_json '.incidents[0].service' auth
all_in() {
    request GET /incidents
    [[ $(json '.incidents[0].features.count') == 30 ]]
}
poll 20 all_in || fail "not all: $(cat "$T/$R.body")"
expect_json '.incidents[0].count' 1
kill_half ml-service
start_half ml-service
stop_half backend
start_half backend
expect_all_learned
ingest "$(record ok INFO web "$at")"
expect_all_learned
request GET /incidents
expect_json '.incidents | length' 1
expect_json '.incidents[0].count' 1
stop_half backend
stop_half ml-service
check_store_closed
