# shellcheck shell=bash
# Requests that come while ingest restarts wait for it, one after the other and not lost:
# the listening socket stays open.
start_server
ingest "$(record before)"
pid=$(pid_of ingest)
for i in {1..5}; do
    kill -USR2 "$pid"
    ingest "$(record "right after restart $i")"
done
expect_equal 'pid of ingest' "$(pid_of ingest)" "$pid"
expect_stored 6
