# shellcheck shell=bash
# SIGUSR2 is the planned restart: the process becomes the new program with the listening
# socket in place. Under load no request fails and the number of the process stays.
start_server
start_load 4
more_load 20
pid=$(pid_of ingest)
started() {
    [[ $(stat -c %y "$T/store/data.sqlite-run/loganalyzer-ingest.pid") != "$before" ]]
}
for _ in 1 2 3; do
    before=$(stat -c %y "$T/store/data.sqlite-run/loganalyzer-ingest.pid")
    kill -USR2 "$pid"
    poll 20 started || fail 'the new image did not start'
    more_load 20
    expect_equal 'pid of ingest' "$(pid_of ingest)" "$pid"
done
for program in incidents meta; do
    kill -USR2 "$(pid_of $program)"
done
request GET /incidents
expect_status 200
request GET /meta
expect_status 200
stop_load
expect_statuses 200
stop_server
expect_acknowledged_stored
expect_stored "$(wc -l <"$T/replies")"
