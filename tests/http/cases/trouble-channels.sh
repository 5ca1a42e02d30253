# shellcheck shell=bash
# Messages by webhook do not arrive: that is told by mail, once, and is over when they do. What
# people say of it stays.
receive http hook 'status 503'
receive smtp mail
mapfile -t with < <(webhook_settings hook && mail_settings mail)
start_server TROUBLE_SECONDS=1 "${with[@]}"
raise auth
wait_for_incidents 2 20
expect_json '.incidents[0].service' loganalyzer
expect_true '.incidents[0].summary | startswith("loganalyzer: messages by webhook have not been delivered for ")'
wait_received mail 2
grep -l 'messages by webhook have not been' "$T"/mail/[0-9]* >/dev/null || fail 'not told by mail'
request PATCH /incidents/2 -H 'Content-Type: application/json' --data-binary '{"note":"asked them"}'
expect_status 200
receiver_does hook ok
over() { send GET /incidents/2 && [[ $(json .incident.status) == resolved ]]; }
poll 20 over || fail "not resolved: $(cat "$T/$R.body")"
expect_json .incident.note 'asked them'
expect_json '[.incident.history[] | .event] | join(" ")' 'opened note resolved'
wait_notifications '.waiting == 0 and .undeliverable == 0'
request GET /incidents
expect_json '.incidents | length' 2
send GET /metrics
grep -qxF 'loganalyzer_incidents_total{program="ingest",event="opened",channel="self"} 1' "$T/$R.body" ||
    fail "not counted: $(cat "$T/$R.body")"
# "That is normal" makes no sense of it, and does no harm.
request POST /normals -H 'Content-Type: application/json' --data-binary '{"incident_id":2,"scope":"template"}'
((STATUS < 500)) || fail "answered $STATUS"
