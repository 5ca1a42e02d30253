# shellcheck shell=bash
# THRESHOLD=0: all that is the least bit unusual is an incident, nothing at all is none.
# THRESHOLD=1: never, not even when the score is 1.
start_server THRESHOLD=0
ingest "[$(record 'all is well')]"
expect_true '.score == 0 and .incident_id == null'
ingest "$(sample)"
expect_json .incident_id 1
stop_server
start_server THRESHOLD=1
ingest "[$(records 500 'failed login' ERROR auth)]"
expect_json .incident_id null
