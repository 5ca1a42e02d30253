# shellcheck shell=bash
# The other responders are started again too.
start_server
ingest "$(sample)"
answered_again() {
    send GET "$1" && [[ $STATUS == 200 ]]
}
kill -KILL "$(pid_of incidents)" "$(pid_of meta)"
poll 20 answered_again /incidents || fail '/incidents does not come back'
poll 20 answered_again /meta || fail '/meta does not come back'
request GET /incidents
expect_json '.incidents | length' 1
