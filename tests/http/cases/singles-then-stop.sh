# shellcheck shell=bash
# Stopped before the housekeeper has looked: what the minutes hold is told at the end.
start_server
for _ in {0..9}; do
    ingest "$(record 'Failed password for root' INFO sshd)"
done
stop_server
expect_sql 'SELECT count(*) FROM incidents' 1
