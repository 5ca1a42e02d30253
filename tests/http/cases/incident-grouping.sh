# shellcheck shell=bash
# What is unusual within half an hour of an incident, by the time of the events, before or
# after, belongs to it; a millisecond more is another one. So a replayed week groups as the
# real one did.
unusual() { # unusual TIMESTAMP [SERVICE]
    ingest "[$(records 5 'failed login' ERROR "${2-auth}" "$1")]"
}
start_server
unusual 2026-01-01T12:00:00Z
expect_json .incident_id 1
unusual 2026-01-01T12:30:00.000Z
expect_json .incident_id 1
unusual 2026-01-01T11:30:00.000Z
expect_json .incident_id 1
unusual 2026-01-01T13:00:00.000Z
expect_json .incident_id 1
unusual 2026-01-01T13:30:00.001Z
expect_json .incident_id 2
unusual 2026-01-01T13:00:00.000Z # of a host whose clock is behind: the first one, not a third
expect_json .incident_id 1
unusual 2026-01-01T12:00:00Z vpn
expect_json .incident_id 3
request GET /incidents
expect_json '[.incidents[] | "\(.id):\(.count)"] | join(" ")' '3:1 2:1 1:5'
expect_json '.incidents[2].first_seen' 2026-01-01T11:30:00.000Z
expect_json '.incidents[2].last_seen' 2026-01-01T13:00:00.000Z
