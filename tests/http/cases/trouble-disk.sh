# shellcheck shell=bash
# The disk is nearly full, or so full that nothing is taken: /readyz says so, and an incident,
# which is over when there is space again, also over a restart.
free=$(df --output=avail -B1 "$T" | tail -1)
settings "FREE_BYTES_MIN=$((free * 3 / 4))" # twice that is not free
start_server
poll 10 test -s "$T/store/data.sqlite-ballast" || fail 'no ballast' # without it more must be free
request GET /readyz
expect_status 200
expect_json '.warnings | join(" ")' disk
expect_json .disk.state warning
expect_json .disk.free_bytes_min $((free * 3 / 4))
wait_for_incidents 1 20
expect_true '.incidents[0].summary | startswith("loganalyzer: the disk is nearly full where the store is: ")'
ingest "[$(record m)]"
stop_server

settings FREE_BYTES_MIN=1000000000000000
start_server
request GET /readyz
expect_error 503 '(FREE_BYTES_MIN): nothing is taken'
expect_json '.failing | join(" ")' 'store disk'
post /ingest "[$(record m)]"
expect_status 507
stop_server

settings FREE_BYTES_MIN=0
start_server
over() { send GET /incidents/1 && [[ $(json .incident.status) == resolved ]]; }
poll 20 over || fail "not resolved: $(cat "$T/$R.body")"
request GET /incidents
expect_json '.incidents | length' 1
