# shellcheck shell=bash
# Failed logins that are logged as errors stay failed logins when they become many: one
# attack that grows is one incident.
start_server
ingest "[$(records 5 'failed login' ERROR auth)]"
expect_json '.reasons[0].channel' failed_logins
ingest "[$(records 40 'failed login' ERROR auth)]"
expect_json .incident_id 1
request GET /incidents
expect_json '.incidents | length' 1
