# shellcheck shell=bash
# loganalyzer import: the files that there are on a Debian, and what becomes of their lines.
# Times without a zone are the machine's, which TZ says.
settings TZ=XST-2
start_server
L=$T/files
mkdir -p "$L/apt" "$L/apache2"
printf '%s\n' '2026-11-22 13:00:48 install foo:amd64 <none> 1.0' \
    '2026-11-22 13:00:49 status unpacked foo:amd64 1.0' >"$L/dpkg.log"
printf '\nStart-Date: 2026-11-22  13:00:48\nCommandline: apt-get install foo\nInstall: foo:amd64 (1.0)\nEnd-Date: 2026-11-22  13:00:49\n\nStart-Date: 2026-11-22  14:00:00\nCommandline: apt-get remove foo\nRemove: foo:amd64 (1.0)\nEnd-Date: 2026-11-22  14:00:01\n' |
    gzip >"$L/apt/history.log.1.gz"
printf '%s\n' '10.0.0.1 - - [22/Nov/2026:10:00:00 +0100] "GET /a HTTP/1.1" 200 5 "-" "x"' \
    '10.0.0.1 - - [22/Nov/2026:10:00:01 +0100] "GET /b HTTP/1.1" 503 5 "-" "x"' >"$L/apache2/shop-access.log"
printf '%s\n' '[Sun Nov 22 10:00:00.123456 2026] [core:error] [pid 7:tid 8] [client 10.0.0.1:5] gone' >"$L/apache2/error.log"
printf '%s\n' '2026-11-22T10:00:00.123456+01:00 web1 sshd[7]: Accepted publickey for bob' \
    '2026-11-22T10:00:01.123456+01:00 web1 CRON[8]: (root) CMD (x)' >"$L/auth.log"
printf '__CURSOR=1\n__REALTIME_TIMESTAMP=1795341600000000\nPRIORITY=3\nSYSLOG_IDENTIFIER=kernel\n_HOSTNAME=web1\nMESSAGE\n\003\0\0\0\0\0\0\0a\nb\n\n__CURSOR=2\n__REALTIME_TIMESTAMP=1795341601000000\nMESSAGE=second\n_SYSTEMD_UNIT=x.service\n\n' >"$L/j.export"
printf '{"ts":1795341600.5,"msg":"m1","app":"shop","lvl":"warn","user":"bob"}\nnot json\n' >"$L/app.jsonl"
printf '[\n  {"timestamp":"2026-11-22T10:00:00Z","service":"a","level":"INFO","message":"m2"},\n  {"time":"2026-11-22 10:00:00","message":"m3"}\n]\n' >"$L/list.json"
printf 'ERROR: broken\n  at x\n' >"$L/batch.txt"
touch -d 2026-01-02T00:00:00Z "$L/app.jsonl" "$L/batch.txt"
tool import "$L/dpkg.log" "$L/apt/history.log.1.gz" "$L/apache2/shop-access.log" \
    "$L/apache2/error.log" "$L/auth.log" "$L/j.export" "$L/app.jsonl" "$L/list.json" "$L/batch.txt" || fail "$(cat "$T/tool.out")"
expect_stored 16
# row SERVICE LEVEL TIMESTAMP MESSAGE: such a record is there once
row() {
    expect_equal "$*" "$(sql "SELECT count(*) FROM logs WHERE service='$1' AND level='$2' AND timestamp='$3' AND message LIKE '$4'")" 1
}
row dpkg INFO 2026-11-22T11:00:48.000000Z 'install foo:amd64 <none> 1.0'
row apt INFO 2026-11-22T11:00:48.000000Z '%Commandline: apt-get install foo%End-Date: 2026-11-22  13:00:49'
row apt INFO 2026-11-22T12:00:00.000000Z '%Remove: foo:amd64 (1.0)%'
row shop-access INFO 2026-11-22T09:00:00.000000Z '10.0.0.1 - - [22/Nov/2026:10:00:00 +0100] "GET /a HTTP/1.1" 200 5 "-" "x"'
row shop-access ERROR 2026-11-22T09:00:01.000000Z '%"GET /b%'
row apache2-error ERROR 2026-11-22T08:00:00.123456Z gone
row sshd INFO 2026-11-22T10:00:00.123456+01:00 'Accepted publickey for bob'
row CRON INFO 2026-11-22T10:00:01.123456+01:00 '(root) CMD (x)'
row kernel ERROR 1795341600000000 'a
b'
row x.service INFO 1795341601000000 second
row shop warn 1795341600.5 m1
row app INFO 2026-01-02T00:00:00.000Z 'not json'
row a INFO 2026-11-22T10:00:00Z m2
row list INFO 2026-11-22T08:00:00.000000Z m3
row batch ERROR 2026-01-02T00:00:00.000Z '%broken
  at x'
expect_sql "SELECT event_us FROM logs WHERE message='gone'" 1795334400123456
expect_sql "SELECT metadata FROM logs WHERE message='m1'" '{"user":"bob"}'
expect_sql "SELECT metadata FROM logs WHERE message='second'" '{"unit":"x.service"}'
tool import --service special "$L/batch.txt" "$L/auth.log"
expect_stored 16 # a file is its content, whatever is said about it
printf 'hello\n' >"$L/new"
tool import --service=special "$L/new"
expect_sql "SELECT service FROM logs WHERE message='hello'" special
