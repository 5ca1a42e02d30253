# shellcheck shell=bash
# Fifty records with one failed login, or with two errors: every day somewhere.
start_server
ingest "[$(records 49 'request served'),$(record 'failed login for bob' WARN auth)]"
expect_json .features.failed_login_count 1
expect_true '.score < 0.5 and .incident_id == null'
ingest "[$(records 48 'request served'),$(records 2 'disk is slow' ERROR)]"
expect_json .features.error_count 2
expect_true '.score < 0.5 and .incident_id == null'
request GET /incidents
expect_json '.incidents | length' 0
stop_server
expect_sql 'SELECT count(*) FROM incidents' 0
