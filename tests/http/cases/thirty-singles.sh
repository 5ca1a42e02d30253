# shellcheck shell=bash
# Thirty failed logins, one a request, then silence: no request is unusual by itself, but
# their minute is. The housekeeper looks at minutes without waiting for the next record.
start_server
for i in {0..29}; do
    at=$(printf '2026-01-01T12:00:%02dZ' $((5 + i * 40 / 30)))
    ingest "$(record "Failed password for root from 10.0.0.$i port 22 ssh2" INFO sshd "$at")"
    expect_json .incident_id null
done
wait_for_incidents 1 15
expect_json '.incidents[0].service' sshd
expect_true '.incidents[0].severity > 0.8'
stop_server
expect_sql 'SELECT count(*) FROM incidents' 1
expect_sql 'SELECT count FROM incidents' 1
expect_sql "SELECT summary LIKE 'sshd: 30 failed logins in 30 records within a minute%' FROM incidents" 1
