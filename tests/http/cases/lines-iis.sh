# shellcheck shell=bash
# IIS's W3C logs, posted as text, imported and followed: the heads are no records, columns are
# what the head says, and after a part that was sent before what IIS writes by default.
# shellcheck source=tests/http/sending.sh
. "$ROOT/tests/http/sending.sh"
start_server TIME_ZONE=Europe/Berlin
log=$ROOT/tests/data/u_ex261125.log
rows() {
    sql "SELECT service, level, timestamp, message,
        json_extract(metadata, '\$.method'), json_extract(metadata, '\$.path'),
        json_extract(metadata, '\$.query'), json_extract(metadata, '\$.status'),
        json_extract(metadata, '\$.user_agent') FROM logs ORDER BY id DESC LIMIT $1" | sort -t'|' -k3
}
cat >"$T/expected" <<'ROWS'
web|INFO|2026-11-25T06:00:04Z|192.0.2.17 - - [25/Nov/2026:06:00:04 +0000] "GET / HTTP/1.1" 200 - "-" "Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64)"|GET|/||200|Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64)
web|INFO|2026-11-25T06:00:09Z|192.0.2.17 - SHOP\alice [25/Nov/2026:06:00:09 +0000] "GET /products.aspx?id=17&sort=price HTTP/1.1" 200 - "https://shop.example/" "Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64)"|GET|/products.aspx|id=17&sort=price|200|Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64)
web|WARN|2026-11-25T06:02:30Z|198.51.100.9 - - [25/Nov/2026:06:02:30 +0000] "GET /login.aspx?user=admin%27+OR+1=1-- HTTP/1.1" 404 - "-" "sqlmap/1.7"|GET|/login.aspx|user=admin%27+OR+1=1--|404|sqlmap/1.7
web|ERROR|2026-11-25T06:03:12Z|192.0.2.30 - - [25/Nov/2026:06:03:12 +0000] "POST /cart.aspx HTTP/1.1" 500 - "-" "Mozilla/5.0"|POST|/cart.aspx||500|Mozilla/5.0
shop.example|INFO|2026-11-25T08:00:00Z|192.0.2.17 - - [25/Nov/2026:08:00:00 +0000] "GET /img/a.png HTTP/2" 304 0 "-" "Mozilla/5.0"|GET|/img/a.png||304|Mozilla/5.0
ROWS
expect_rows() {
    rows 5 | diff "$T/expected" - || fail "not as expected, $1"
}
request POST '/ingest' --data-binary "@$log" -H 'Content-Type: text/plain; charset=utf-8'
expect_status 200
expect_json .stored 5
expect_json .warnings null
expect_rows posted
expect_sql "SELECT count(*) FROM logs WHERE event_us = 1795586404000000" 1
# An attack in the query is seen, as it is in other servers' logs.
expect_true '[.reasons[] | select(.channel == "signature")] | length > 0'
# Heads alone are no records.
head -n 4 "$log" >"$T/head"
request POST '/ingest?service=iis' --data-binary "@$T/head" -H 'Content-Type: text/plain'
expect_json .stored 0
# By default columns, without a head.
sed -n '5,8p' "$log" >"$T/lines"
request POST '/ingest?service=iis' --data-binary "@$T/lines" -H 'Content-Type: text/plain'
expect_json .stored 4
rows 4 | diff <(sed -n '1,4s/^web/iis/p' "$T/expected") - || fail 'without a head'

tool import "$log" || fail "$(cat "$T/tool.out")"
sed -i 's/^web/u_ex261125/' "$T/expected"
expect_rows imported
tool import "$log"
grep -q '0 records stored, 5 there already' "$T/tool.out" || fail "$(cat "$T/tool.out")"
# Followed, from one start to the next: the columns are those of the last head.
# (Not the same content: what is imported is not sent again.)
sed 's/192[.]0[.]2[.]17/192.0.2.18/' "$log" >"$T/other"
sed -i 's/192[.]0[.]2[.]17/192.0.2.18/' "$T/expected"
log=$T/other
head -c -30 "$log" >"$T/u_ex261125.log"
start_send -f "$T/u_ex261125.log"
wait_stored 18
stop_send # in the midst of the last line
tail -c 30 "$log" >>"$T/u_ex261125.log"
start_send -f "$T/u_ex261125.log"
wait_stored 19
stop_send
expect_rows followed
stop_server
