# shellcheck shell=bash
# What the PowerShell scripts of deploy/windows put on the wire: parts of the event log as
# either PowerShell writes JSON, parts of an IIS log with the columns' names before them, and
# the same part again after a lost answer. The heads are made of the scripts' own pattern.
start_server
scripts=$ROOT/deploy/windows
pattern=$(sed -n "s/^ *\$head = '\(.*\)' -f .*/\1/p" "$scripts/Send-Part.ps1")
[[ $pattern == *'"position":"{1}"'* ]] || fail "no pattern in Send-Part.ps1: $pattern"
# head STREAM FROM TO: the first line of a part
head_of() {
    local text=${pattern//'{{'/'{'}
    text=${text//'}}'/'}'}
    text=${text/'{0}'/$(printf '%s|0|%s' "$1" "$2" | sha256sum | cut -d' ' -f1)}
    text=${text/'{1}'/$(printf '%s|0|%s' "$1" "$3" | sha256sum | cut -d' ' -f1)}
    printf '%s\n' "${text/'{2}'/$3}"
}
# part STREAM FROM TO BODY STORED [TARGET [TYPE]]
part() {
    { head_of "$1" "$2" "$3" && printf '%b' "$4"; } >"$T/part"
    request POST "${6-/imports}" --data-binary "@$T/part" -H "Content-Type: ${7-application/json; charset=utf-8}"
    expect_status 200
    expect_json .stored "$5"
    expect_json .warnings null
}
record_of() { # RECORD_ID MESSAGE
    printf '{"metadata":{"record_id":"%s","pid":"612","host":"WIN1","event_id":"4625","log":"Security"},"level":"WARN","service":"Microsoft-Windows-Security-Auditing","message":"%s","timestamp":"2026-11-25T07:00:00.1234567Z"}' "$1" "$2"
}
events=WIN1\|eventlog-Security
part "$events" 0 2 "[$(record_of 1 'An account failed to log on.\\r\\n\\r\\nSubject:\\r\\n\\tSecurity ID:\\t\\tS-1-0-0'),$(record_of 2 'Gr\\u00f6\\u00dfe \\u003c5\\u003e')]" 2
expect_sql "SELECT service, level, json_extract(metadata, '\$.record_id'), message FROM logs WHERE id = 2" \
    'Microsoft-Windows-Security-Auditing|WARN|2|Größe <5>'
expect_sql 'SELECT timestamp, event_us FROM logs WHERE id = 1' '2026-11-25T07:00:00.1234567Z|1795590000123456'
# The answer was lost: the same part again.
part "$events" 0 2 "[$(record_of 1 a),$(record_of 2 b)]" 0
expect_json .duplicate true
# One record, as 5.1 makes of an array: no array, or one in a wrapper. Indented, with CRLF.
part "$events" 2 3 "$(record_of 3 'no array')" 1
part "$events" 3 4 "{\"value\":[$(record_of 4 wrapped)],\"Count\":1}" 1
part "$events" 4 5 "[\r\n    $(record_of 5 indented)\r\n]" 1
# As a script of somebody's own might leave the times: 5.1's dates.
part "$events" 5 6 "[$(record_of 6 dates | sed 's|"2026[^"]*"|"\\\\/Date(1795590000123)\\\\/"|')]" 1
expect_sql 'SELECT event_us FROM logs ORDER BY id DESC LIMIT 1' 1795590000123000
# Two parts at once after the same place are no conflict: the log goes on at the second.
expect_stored 6

log=$ROOT/tests/data/u_ex261125.log
fields=$(sed -n 's/\r//; /^#Fields/{p;q}' "$log")
iis='WIN1|iis-C:\inetpub\logs\LogFiles\W3SVC1\u_ex261125.log'
iis_part() { # FROM TO FIRST-LINE LAST-LINE STORED [FIELDS]
    { head_of "$iis" "$1" "$2" && printf '%s' "${6:+$6$'\n'}" && sed -n "$3,$4p" "$log"; } >"$T/part"
    request POST '/imports?service=shop' --data-binary "@$T/part" -H 'Content-Type: text/plain; charset=utf-8'
    expect_status 200
    expect_json .stored "$5"
}
iis_part 0 100 1 5 1
iis_part 100 200 6 7 2 "$fields"
iis_part 100 200 6 7 0 "$fields"
iis_part 200 300 8 13 2 "$fields"
expect_sql "SELECT group_concat(service || ' ' || level || ' ' || json_extract(metadata, '\$.status'), ', ') FROM logs WHERE id > 6" \
    'shop INFO 200, shop INFO 200, shop WARN 404, shop ERROR 500, shop.example INFO 304'
# A part of heads alone is not sent, as it could not be stored.
iis_heads() {
    { head_of "$iis" 300 400 && sed -n 1,4p "$log"; } >"$T/part"
    request POST '/imports?service=shop' --data-binary "@$T/part" -H 'Content-Type: text/plain; charset=utf-8'
}
iis_heads
expect_error 400 'a part without records'
# A record that is refused is passed over: Send-Part.ps1 knows the server's own refusal by
# what it says, and what comes next begins behind a place that the server has not heard of.
sign=$(sed -n "s/.*-eq 400 -and \$said -match '\(.*\)')) {\$/\1/p" "$scripts/Send-Part.ps1")
[[ $sign ]] || fail 'Send-Part.ps1 does not know a refusal'
{ head_of "$events" 6 7 && record_of 7 refused | sed 's/"level":"WARN"/"level":["WARN"]/'; } >"$T/part"
request POST /imports --data-binary "@$T/part" -H 'Content-Type: application/json; charset=utf-8'
expect_status 400
grep -q -- "$sign" "$T/$R.body" || fail "the server's refusal has no $sign: $(cat "$T/$R.body")"
part "$events" 7 8 "[$(record_of 8 'behind it')]" 1
# Halves of what is too large are parts of their own.
{ head_of "$events" 8 12 && printf '[%s]' "$(record_of 9 "$(bytes 17000000 x)")"; } >"$T/part"
request POST /imports --data-binary "@$T/part" -H 'Content-Type: application/json; charset=utf-8'
expect_status 413
part "$events" 8 10 "[$(record_of 9 a),$(record_of 10 b)]" 2
part "$events" 10 12 "[$(record_of 11 c),$(record_of 12 d)]" 2
# The page's own line.
# shellcheck disable=SC2016 # PowerShell's variable
line=$(sed -n 's/^\$body = .*ConvertTo-Json @{ \(.*\) }))$/\1/p' "$scripts/README.md")
[[ $line == *"service = 'backup'"*"message = 'Größe 12 GB'"* ]] || fail "the page has another line: $line"
post /ingest '{"service":"backup","message":"Größe 12 GB","timestamp":"2026-11-25T08:00:00.0000000+01:00","level":"INFO"}' \
    -H 'Content-Type: application/json; charset=utf-8'
expect_json .stored 1
# The scripts are whole as far as can be told without PowerShell: what opens is closed.
for script in "$scripts"/*.ps1; do
    for pair in '{}' '()' '[]'; do
        expect_equal "${pair:0:1} and ${pair:1:1} in ${script##*/}" \
            "$(sed 's/^ *#.*//; s/ # .*//' "$script" | tr -cd "${pair:0:1}" | wc -c)" "$(sed 's/^ *#.*//; s/ # .*//' "$script" | tr -cd "${pair:1:1}" | wc -c)"
    done
done
stop_server
