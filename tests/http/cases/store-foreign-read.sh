# shellcheck shell=bash
# Asked for incidents that are in no store of ours, the fault is not the client's: 5xx and not
# 4xx.
mkdir -p "$T/store"
sqlite3 "$T/store/data.sqlite" 'CREATE TABLE bookmarks(url TEXT)'
launch_without_ingest 'made by another program'
request GET /incidents
expect_error 503 'made by another program'
halt_server
