# shellcheck shell=bash
# A terminal sends Ctrl+C and its hang-up to every process of the group: the responders do
# not mind, they end with lighttpd.
start_server
ingest "$(record before)"
for program in ingest incidents meta; do
    pid=$(pid_of $program)
    kill -INT "$pid"
    kill -HUP "$pid"
    kill -PIPE "$pid"
    expect_equal "pid of $program" "$(pid_of $program)" "$pid"
done
ingest "$(record after)"
request GET /incidents
expect_status 200
request GET /meta
expect_status 200
[[ $(grep -c 'child signalled\|child exited' "$T/log") == 0 ]] || fail 'one of them ended'
