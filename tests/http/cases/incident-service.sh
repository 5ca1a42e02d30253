# shellcheck shell=bash
# The service of an incident: the batch's only one, else that of the strongest reason.
start_server
ingest "[$(records 5 'failed login' INFO mail),$(records 20 'page served' INFO web)]"
request GET /incidents
expect_json '.incidents[0].service' mail
ingest "[$(records 9 'disk is broken' ERROR db)]"
request GET /incidents
expect_json '.incidents[0].service' db
expect_json '.incidents[0].reasons[0].channel' error_share
