# shellcheck shell=bash
# What stands in the minutes is told before a restart, and the incident is not opened again
# after it.
start_server
for _ in {1..10}; do
    ingest "$(record 'Failed password for root' INFO sshd)"
done
kill -USR2 "$(pid_of ingest)"
wait_for_incidents 1 15
for _ in {1..10}; do
    ingest "$(record 'Failed password for root' INFO sshd)"
done
stop_server
expect_sql 'SELECT count(*) FROM incidents' 1
