# shellcheck shell=bash
# With RETENTION_DAYS older records and incidents go, with all that hangs on them; younger
# ones stay, and so does an old incident to which something happens. A clock that has jumped
# ahead deletes nothing, and what it has put into the future goes when it is right again.
old="$(date -u -d '-31 days' +%s)000000"
change() {
    sqlite3 "$T/store/data.sqlite" "$1" || fail "not changed: $1"
}
are_gone() {
    [[ $(sql 'SELECT min(id) FROM logs; SELECT count(*) FROM incidents;
        SELECT max(bucket) < 9000000 FROM lanes') == $'4\n1\n1' ]]
}
settings RETENTION_DAYS=30
start_server
ingest "$(sample)"
ingest "[$(record 'authentication failed login for user root' ERROR mail),$(record 'invalid password' ERROR mail)]"
expect_json .incident_id 2
request PATCH /incidents/2 -H 'Content-Type: application/json' -d '{"note":"seen"}'
ingest "[$(record 'all is well' INFO web)]"
stop_server
change "UPDATE batches SET received_us=$old WHERE id=1"
change "INSERT INTO lanes VALUES(9000000, 'web', 1, 1, NULL)" # of 2141: its clock was ahead
change "UPDATE incident_history SET at_us=$old; UPDATE incidents SET last_us=$old"
start_server
poll 20 are_gone || fail "left: $(sql 'SELECT id, received_us FROM batches; SELECT id FROM incidents')"
expect_sql 'SELECT id FROM incidents' 2
expect_sql 'SELECT count(*) FROM incident_history WHERE incident_id=1' 0
expect_sql 'SELECT count(*) FROM incident_occurrences WHERE incident_id=1' 0
request GET /incidents/1
expect_error 404 'no incident 1'
stop_server

# As if the newest record were of long ago, as the clock was when it was looked at last, and
# it now far ahead of that.
change "UPDATE batches SET received_us=$old"
change "UPDATE notes SET value='$old' || substr(value, instr(value, ' ')) WHERE name='clock'"
: >"$T/log"
start_server
logged 'for a day nothing is deleted for its age' || poll 10 logged 'for a day nothing is deleted for its age' ||
    fail 'a jump of the clock is not doubted'
expect_sql 'SELECT count(*) FROM logs' 3
