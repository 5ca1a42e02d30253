# shellcheck shell=bash
# Two hosts whose clocks are hours apart report the same thing in turn: two incidents, not a
# new one with every batch.
start_server
for i in {0..9}; do
    ingest "[$(records 5 'failed login' ERROR auth "2026-01-01T12:00:0${i}Z")]"
    expect_json .incident_id 1
    ingest "[$(records 5 'failed login' ERROR auth "2026-01-01T07:00:0${i}Z")]"
    expect_json .incident_id 2
done
request GET /incidents
expect_json '[.incidents[] | "\(.id):\(.count)"] | join(" ")' '2:10 1:10'
