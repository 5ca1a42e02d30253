# shellcheck shell=bash
# The same across the end of a minute: two unusual minutes are one incident, counted twice,
# and not once more for the ten minutes round them.
start_server
for i in {0..29}; do
    at=$(printf '2026-01-01T12:%02d:%02dZ' $((i / 15)) $(((40 + i * 40 / 30) % 60)))
    ingest "$(record 'Failed password for root' INFO sshd "$at")"
done
stop_server
expect_sql 'SELECT count(*), sum(count) FROM incidents' '1|2'
expect_sql "SELECT (last_us - first_us) / 1000000 BETWEEN 1 AND 60 FROM incidents" 1
