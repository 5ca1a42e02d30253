# shellcheck shell=bash
# An incident from its opening to its coming back, as a person answers it with curl; each
# answer is the incident as it is then, and its history is kept.
PATCH=(-H 'Content-Type: application/json')
patch() { # patch BODY
    request PATCH /incidents/1 "${PATCH[@]}" --data-binary "$1"
    expect_status 200
}
unusual() { # unusual TIMESTAMP [N]
    ingest "[$(records "${2-5}" 'failed login' ERROR auth "$1")]"
}
start_server
unusual 2026-01-01T12:00:00Z
request GET /incidents/1
expect_status 200
expect_json '.incident | [.id, .service, .status, .muted_until, .note, .regressions, .verdict,
    .changed_at] | tojson' '[1,"auth","open",null,null,0,null,null]'
expect_json '[.incident.history[].event] | join(" ")' opened
expect_json '.incident.occurrences | length' 1
expect_json '.incident.occurrences[0] | "\(.at) \(.count)"' '2026-01-01T12:00:00.000Z 1'
expect_json .incident.bucket_seconds 60

# Acknowledged, it takes more for 7 days.
patch '{"status":"acknowledged","note":"am looking \u003cinto\u003e it"}'
expect_json .incident.status acknowledged
expect_json .incident.note 'am looking <into> it'
expect_true '.incident.changed_at | startswith("20")'
unusual 2026-01-08T12:00:00Z
expect_json .incident_id 1
unusual 2026-01-15T12:00:00.001Z
expect_json .incident_id 2

# The same once more changes nothing.
patch '{"status":"acknowledged"}'
expect_json '[.incident.history[].event] | join(" ")' 'opened acknowledged note'
patch '{"verdict":"real"}'
expect_json .incident.verdict real

# Resolved, it comes back as a regression; the newer incident of the same kind is as well.
patch '{"status":"resolved"}'
request PATCH /incidents/2 "${PATCH[@]}" --data-binary '{"status":"resolved"}'
unusual 2026-02-14T12:00:00.001Z # 30 days after the second one
expect_json .incident_id 2
request GET /incidents/2
expect_json '.incident | "\(.status) \(.regressions) \(.count)"' 'open 1 2'
expect_json '.incident.history[-1] | "\(.event): \(.note)"' \
    'regression: came back 30 days after it was last seen, though it was resolved'

# Muted, it takes all and says nothing; then it is as before.
request PATCH /incidents/2 "${PATCH[@]}" --data-binary '{"muted_until":"9999-01-01T00:00:00Z"}'
expect_json .incident.muted_until 9999-01-01T00:00:00.000Z
unusual 2026-12-01T12:00:00Z 80
expect_json .incident_id 2
request GET /incidents/2
expect_json '[.incident.history[].event] | join(" ")' 'opened resolved regression muted'
expect_json '.incident.history[-1].note' 9999-01-01T00:00:00.000Z
request PATCH /incidents/2 "${PATCH[@]}" --data-binary '{"muted_until":null,"status":"open"}'
expect_json '.incident.muted_until' null
expect_json '.incident.history[-1].event' unmuted

# Everything is taken back.
patch '{"status":"open","note":null,"verdict":null}'
expect_json '.incident | [.status, .note, .verdict] | tojson' '["open",null,null]'
expect_json '[.incident.history[].event] | join(" ")' \
    'opened acknowledged note real resolved real_undone reopened note'
expect_json '.incident.history[2].note' 'am looking <into> it'

# It is kept over a restart.
stop_server
start_server
request GET /incidents
expect_json '[.incidents[] | "\(.id) \(.status) \(.regressions)"] | join(", ")' '2 open 1, 1 open 0'
