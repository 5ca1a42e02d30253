# shellcheck shell=bash
# A stop and a start: what was stored is there, numbers go on, incidents are extended.
start_server
ingest "$(sample)"
stop_server
expect_stored 3
start_server
request GET /incidents
expect_json '.incidents[0].count' 1
ingest "$(sample)"
expect_json .incident_id 1
stop_server
expect_stored 6
expect_sql 'SELECT max(id) FROM logs' 6
expect_sql 'SELECT count FROM incidents' 2
