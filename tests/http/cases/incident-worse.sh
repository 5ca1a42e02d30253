# shellcheck shell=bash
# An incident's words and severity are those of its worst occurrence.
start_server
ingest "[$(records 5 'failed login' WARN auth)]"
ingest "[$(records 40 'failed login' WARN auth)]"
worst=$(json .score)
ingest "[$(records 6 'failed login' WARN auth)]"
request GET /incidents
expect_json '.incidents | length' 1
expect_json '.incidents[0].count' 3
expect_json '.incidents[0].severity' "$worst"
expect_json '.incidents[0].features.count' 40
expect_json '.incidents[0].reasons[0].observed' 40
expect_true '.incidents[0].summary | startswith("auth: 40 failed logins in 40 records")'
