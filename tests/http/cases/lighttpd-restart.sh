# shellcheck shell=bash
# SIGUSR1 is lighttpd's restart in place: it reads its settings and ours anew. What was in
# work is answered, what comes during it at most refused.
start_server
ingest "$(sample)"
start_load 2
more_load 10
old=$(pid_of ingest)
printf 'THRESHOLD=0.9\n' >"$T/home/.env"
restarted() {
    [[ $(pid_of ingest 2>/dev/null) != "$old" ]] && send ml GET /model-info &&
        [[ $STATUS == 200 && $(json .threshold) == 0.9 ]]
}
kill -USR1 "$SERVER"
poll 40 restarted || fail 'not restarted with the new setting'
more_load 10
stop_load
expect_statuses '200|000|503'
ingest "$(sample)"
expect_json .incident_id null
stop_server
expect_acknowledged_stored
expect_refused_not_stored 503
