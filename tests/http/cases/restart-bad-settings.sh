# shellcheck shell=bash
# A restart in place is not begun when the new settings are not understood: it goes on with
# the old ones and says why.
make_home
echo THRESHOLD=0.7 >"$T/home/.env"
start_server LOGANALYZER_HOME="$T/home"
ingest "[$(records 5 'failed login' ERROR auth 2026-01-01T12:00:00Z)]"
expect_json .threshold 0.7
echo THRESHOLD=0,6 >"$T/home/.env"
kill -USR2 "$(pid_of ingest)"
told() { grep -q 'not restarted' "$T/log"; }
poll 10 told || fail 'not said'
ingest "[$(records 5 'failed login' ERROR auth 2026-01-01T12:00:00Z)]"
expect_status 200
expect_json .threshold 0.7
echo THRESHOLD=0.6 >"$T/home/.env"
kill -USR2 "$(pid_of ingest)"
changed() { ingest '[]' && [[ $(json .threshold) == 0.6 ]]; }
poll 10 changed || fail 'the new setting is not in force'
