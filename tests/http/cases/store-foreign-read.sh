# shellcheck shell=bash
# Asked for incidents that are in no store of ours, the fault is not the client's: 5xx and not
# 4xx.
mkdir -p "$T/store"
sqlite3 "$T/store/data.sqlite" 'CREATE TABLE bookmarks(url TEXT)'
launch
poll 20 logged 'made by another program' || fail 'ingest does not say why it ends'
request GET /incidents
expect_error 503 'made by another program'
halt_server
