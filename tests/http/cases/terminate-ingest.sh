# shellcheck shell=bash
# SIGTERM to ingest: what it has accepted is answered, lighttpd starts it again. Meanwhile
# there is 503, which says that nothing was stored, and no other failure.
start_server
start_load 4
more_load 20
pid=$(pid_of ingest)
kill -TERM "$pid"
serves_again() {
    send POST /ingest --data-binary '[]'
    [[ $STATUS == 200 && $(pid_of ingest 2>/dev/null) != "$pid" ]]
}
poll 20 serves_again || fail 'it does not serve again'
more_load 20
stop_load
expect_statuses '200|503'
stop_server
expect_acknowledged_stored
expect_refused_not_stored 503
