# shellcheck shell=bash
# kill -9 of lighttpd, or its crash: the responders end too, tidily, and do not live on for
# the next one to find; which starts among the sockets that were left.
start_server
ingest "$(sample)"
kill -KILL "$SERVER"
poll 20 none_left || fail "still running: $(processes | tr '\n' ' ')"
check_store_closed
start_server
ingest "$(sample)"
expect_json .incident_id 1
stop_server
expect_stored 6
