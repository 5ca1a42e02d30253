# shellcheck shell=bash
# The logs that every Debian has, as they are on this machine: each line of dpkg's is known
# for one, with its time.
log=/var/log/dpkg.log
if [[ ! -s $log ]]; then # a machine on which nothing was installed since the log was turned
    log=$T/dpkg.log
    printf '2026-01-01 12:00:0%s install jq:amd64 <none> 1.6-2.1\n' {1..5} >"$log"
fi
tail -n 1000 "$log" >"$T/body"
start_server
ingest_file "$T/body" -H 'Content-Type: text/plain'
expect_status 200
expect_json .stored "$(grep -c . "$T/body")"
expect_json .warnings null
expect_json '.features.services | join(",")' dpkg
expect_sql "SELECT count(*) FROM logs WHERE service = 'dpkg' AND level = 'INFO'
    AND message NOT LIKE '2%' AND timestamp = substr(datetime(event_us / 1000000, 'unixepoch'), 1, 19)" \
    "$(grep -c . "$T/body")"
printf '\nStart-Date: 2026-01-01  12:00:00\nInstall: jq:amd64 (1.6)\nError: it failed\nEnd-Date: 2026-01-01  12:00:01\n' >"$T/body"
ingest_file "$T/body" -H 'Content-Type: text/plain'
expect_json .stored 1
expect_sql 'SELECT service, level, event_us, message FROM logs ORDER BY id DESC LIMIT 1' \
    $'apt|ERROR|1767268800000000|Install: jq:amd64 (1.6)\nError: it failed\nEnd-Date: 2026-01-01  12:00:01'
