# shellcheck shell=bash
# Lines of text with text/plain: each format gives what it says, the rest is INFO and now.
one() { # one LINE SERVICE|LEVEL|TIMESTAMP|EVENT|MESSAGE|METADATA; "" in place of times: now
    post /ingest "$1"$'\n' -H 'Content-Type: text/plain; charset=utf-8'
    expect_status 200
    expect_json .stored 1
    expect_json .warnings null
    expect_sql "SELECT service, level,
            CASE WHEN abs(event_us / 1000000 - strftime('%s')) < 90 THEN '' ELSE timestamp END,
            CASE WHEN abs(event_us / 1000000 - strftime('%s')) < 90 THEN '' ELSE event_us / 1000000 END,
            message, metadata FROM logs ORDER BY id DESC LIMIT 1" "$2"
}
start_server
one '<165>1 2026-01-01T12:00:48Z web1 shop 11 - - hello' \
    'shop|NOTICE|2026-01-01T12:00:48Z|1767268848|hello|{"host":"web1","pid":"11"}'
one '2026-01-01T13:00:48.123456+01:00 web1 sshd[7]: Invalid user x' \
    'sshd|INFO|2026-01-01T13:00:48.123456+01:00|1767268848|Invalid user x|{"pid":"7","host":"web1"}'
access='shop.example:443 10.0.0.9 - - [01/Jan/2026:12:00:48 +0000] "GET /x HTTP/1.1" 503 9 "-" "-"'
one "$access" "shop.example|ERROR|01/Jan/2026:12:00:48 +0000|1767268848|$access|{}"
one '[Thu Jan 01 12:00:48.5 2026] [core:error] [pid 7:tid 9] [client 10.0.0.9:1] AH1: no' \
    'web|ERROR|Thu Jan 01 12:00:48.5 2026|1767268848|AH1: no|{"module":"core","pid":"7","client":"10.0.0.9:1"}'
one '2026/01/01 12:00:48 [warn] 12#12: slow' 'web|WARN|2026/01/01 12:00:48|1767268848|slow|{"pid":"12"}'
one '2026-01-01 12:00:48 install jq:amd64 <none> 1.6' \
    'dpkg|INFO|2026-01-01 12:00:48|1767268848|install jq:amd64 <none> 1.6|{}'
one '2026-01-01 12:00:48 ERROR no space' 'text|ERROR|2026-01-01 12:00:48|1767268848|no space|{}'
one 'no format at all' 'text|INFO|||no format at all|{}'
one $'boom\n\tat Foo\n\tat Bar' $'text|INFO|||boom\n\tat Foo\n\tat Bar|{}'
# A syslog line is one without any label.
post /ingest '<11>app: no label' && expect_status 200
expect_sql 'SELECT service, level FROM logs ORDER BY id DESC LIMIT 1' 'app|ERROR'

# What counts and scores records counts these.
printf 'Jan  1 12:00:0%s web1 sshd[1]: Failed password for root from 10.0.0.9 port 1 ssh2\n' {1..5} >"$T/body"
ingest_file "$T/body" -H 'Content-Type: text/plain'
expect_json .stored 5
expect_json .features.count 5
expect_json '.features.services[0]' sshd
expect_true '.score > 0.8 and .incident_id > 0'
request ml POST /score --data-binary "@$T/body" -H 'Content-Type: text/plain'
expect_status 200
expect_true '.score > 0.8'

# A time that is none is told, and counts as now.
post /ingest '2026-13-01 12:00:00 ERROR x' -H 'Content-Type: text/plain'
expect_true '.warnings == ["1 timestamps were not understood: stored as sent, with the time of receipt as the time of the event"]'

# JSON is JSON whatever its label, with its errors; without a label, text is an error.
post /ingest "[$(record a),$(record b)]" -H 'Content-Type: text/plain'
expect_json .stored 2
post /ingest "[$(record a),{\"message\":\"b\"}]" -H 'Content-Type: text/plain'
expect_error 400 "record 1: field 'timestamp' is missing"
post /ingest 'no format at all'
expect_error 400 'the body is not JSON'
