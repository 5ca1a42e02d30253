# shellcheck shell=bash
# A record may have a field of its own that is called "logs": it is a record all the same,
# and not passed over in silence as a wrapper of nothing.
r=$(record m)
with_logs="${r%\}},\"logs\""
start_server
ingest "$with_logs:\"x\"}"
expect_json .stored 1
ingest "$with_logs:[]}"
expect_json .stored 1
ingest "$with_logs:[1,2]}"
expect_json .stored 1
expect_stored 3
