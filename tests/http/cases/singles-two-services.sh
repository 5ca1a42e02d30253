# shellcheck shell=bash
# Single records of two services in turn: each service has its own minute and incident.
start_server
for i in {0..29}; do
    at=$(printf '2026-01-01T12:00:%02dZ' $((5 + i)))
    ingest "$(record 'Failed password for root' INFO "sshd-$((i % 2))" "$at")"
done
wait_for_incidents 2 15
expect_json '[.incidents[].service] | sort | join(" ")' 'sshd-0 sshd-1'
stop_server
expect_sql 'SELECT count(*) FROM incidents' 2
