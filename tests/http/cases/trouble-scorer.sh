# shellcheck shell=bash
# Who scores is away: an incident of the product itself, told once, which resolves itself when
# it is over, also when ingest was started anew meanwhile, and is the same one next time.
receive http hook
mapfile -t with < <(webhook_settings hook)
settings "ML_URL=$T/ml" TROUBLE_SECONDS=1 "${with[@]}"
start_half backend
wait_for_incidents 1 20
expect_json '.incidents[0].service' loganalyzer
expect_json '.incidents[0].status' open
expect_true '.incidents[0].summary | startswith("loganalyzer: the scoring service has not answered for ")'
expect_true '.incidents[0].summary | contains("nothing accepts connections there")'
wait_received hook 1
expect_body hook 1 .kind new
expect_body hook 1 .service loganalyzer
pid=$(pid_of ingest)
kill -KILL "$pid"
new_one() { [[ $(pid_of ingest 2>/dev/null) != "$pid" ]] && half_answers backend; }
poll 20 new_one || fail 'ingest does not come back'
start_half ml-service
resolved() {
    send GET /incidents/1 && [[ $(json .incident.status) == resolved ]]
}
poll 20 resolved || fail "not resolved: $(cat "$T/$R.body")"
request GET /incidents/1
expect_json '[.incident.history[] | .event] | join(" ")' 'opened resolved'
expect_json '.incident.history[1].note' 'by itself: records are scored again'
expect_json '.incident.reasons[0].channel' self
expect_json '.incident.changed_at' null # nobody has changed it
kill_half ml-service
back() { send GET /incidents/1 && [[ $(json .incident.status) == open ]]; }
poll 20 back || fail "not open again: $(cat "$T/$R.body")"
expect_json .incident.regressions 1
wait_received hook 2
expect_body hook 2 .kind regression
request GET /incidents
expect_json '.incidents | length' 1
stop_half backend
check_store_closed
