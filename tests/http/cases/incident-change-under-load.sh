# shellcheck shell=bash
# Two processes write: records come in while incidents are changed, and neither fails. A
# restart in place of either loses no change.
start_server
ingest "[$(records 5 'failed login' ERROR auth)]"
start_load 4
for i in {1..40}; do
    request PATCH /incidents/1 -H 'Content-Type: application/json' --data-binary "{\"note\":\"change $i\"}"
    expect_status 200
    expect_json .incident.note "change $i"
    ((i != 20)) || kill -USR2 "$(pid_of incidents)"
    ((i != 30)) || kill -USR2 "$(pid_of ingest)"
done
stop_load
! grep -v '^200 ' "$T/replies" || fail 'a batch failed'
request GET /incidents/1
expect_json '[.incident.history[] | select(.event == "note")] | length' 40
