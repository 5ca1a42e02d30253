# shellcheck shell=bash
# What Invoke-RestMethod sends, header by header, as recorded; sent by hand, because curl
# would send its own headers.
AGENT_5='Mozilla/5.0 (Windows NT; Windows NT 10.0; de-DE) WindowsPowerShell/5.1.19041.5607'
AGENT_7='Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.19045; de-DE) PowerShell/7.4.6'
start_server

# 5.1 with a charset, `Expect` and a date as .NET writes it; a list of one has become an object.
printf '%s' '{"timestamp":"\/Date(1767268848123+0100)\/","service":"wächter","level":"INFO","message":"Größe"}' >"$T/body"
ingest_file "$T/body" -A "$AGENT_5" -H 'Content-Type: application/json; charset=utf-8' -H 'Expect: 100-continue'
expect_status 200
expect_json .stored 1
expect_sql 'SELECT service, message, event_us FROM logs' 'wächter|Größe|1767268848123000'

# 5.1 without a charset sends ISO-8859-1: each such byte is one mended character.
iconv -f UTF-8 -t CP1252 "$T/body" >"$T/latin1"
ingest_file "$T/latin1" -A "$AGENT_5" -H 'Content-Type: application/json'
expect_json '.warnings[0]' '3 characters were not valid and were replaced'
expect_sql 'SELECT service, message FROM logs ORDER BY id DESC LIMIT 1' 'wächter|Größe'
# The same, declared: nothing to mend.
ingest_file "$T/latin1" -A "$AGENT_5" -H 'Content-Type: application/json; charset=ISO-8859-1'
expect_json .warnings null
expect_sql 'SELECT service, message FROM logs ORDER BY id DESC LIMIT 1' 'wächter|Größe'
# Without -ContentType, 5.1 calls it a form.
ingest_file "$T/body" -A "$AGENT_5" -H 'Content-Type: application/x-www-form-urlencoded'
expect_json .stored 1

# 5.1: Set-Content -Encoding UTF8 and Out-File, sent with -InFile.
printf '\xef\xbb\xbf[\r\n    %s\r\n]\r\n' "$(record 'with a mark')" >"$T/infile"
ingest_file "$T/infile" -A "$AGENT_5" -H 'Content-Type: application/json'
expect_json '[.stored, .warnings]|tojson' '[1,null]'
printf '[%s]\r\n' "$(record 'Größe, wide')" | iconv -f UTF-8 -t UTF-16LE | { printf '\xff\xfe' && cat; } >"$T/infile"
ingest_file "$T/infile" -A "$AGENT_5" -H 'Content-Type: application/json'
expect_json '[.stored, .warnings]|tojson' '[1,null]'
expect_sql 'SELECT message FROM logs ORDER BY id DESC LIMIT 1' 'Größe, wide'

# 5.1: an array that was converted twice, Get-Date as an object.
post /ingest '{"value":[{"timestamp":{"value":"\/Date(1767268848000)\/","DisplayHint":2,"DateTime":"Donnerstag, 1. Januar 2026 12:00:48"},"service":"web","level":"INFO","message":"m"}],"Count":1}' \
    -A "$AGENT_5" -H 'Content-Type: application/json; charset=utf-8'
expect_json '[.stored, .warnings]|tojson' '[1,null]'
expect_sql 'SELECT event_us FROM logs ORDER BY id DESC LIMIT 1' 1767268848000000

# 7: UTF-8 and its own label; (Get-Date).ToString("o") has seven digits, with a zone or not.
post /ingest '[{"timestamp":"2026-01-01T13:00:48.1234567+01:00","service":"web","level":"INFO","message":"Größe"},{"timestamp":"2026-01-01T12:00:48.1234567","service":"web","level":"INFO","message":"m"}]' \
    -A "$AGENT_7" -H 'Content-Type: application/json; charset=utf-8'
expect_json '[.stored, .warnings]|tojson' '[2,null]'
expect_sql 'SELECT timestamp, event_us FROM logs ORDER BY id DESC LIMIT 2' \
    $'2026-01-01T12:00:48.1234567|1767268848123456\n2026-01-01T13:00:48.1234567+01:00|1767268848123456'

# -Depth was too small: metadata is kept as it came, and the reply says why.
for flat in '"@{ip=10.0.0.1}"' '"System.Collections.Hashtable"' '{"user":"@{id=7}"}' \
    '{"users":["System.Collections.Hashtable"]}'; do
    post /ingest "{\"timestamp\":\"1767268848\",\"service\":\"web\",\"level\":\"INFO\",\"message\":\"m\",\"metadata\":$flat}" \
        -A "$AGENT_7" -H 'Content-Type: application/json'
    expect_json '.warnings[0]' '1 metadata values were flattened by ConvertTo-Json before they were sent: use -Depth 5'
    expect_sql 'SELECT metadata FROM logs ORDER BY id DESC LIMIT 1' "$flat"
done

# Nothing: $null | ConvertTo-Json, -Body that was empty, an empty list converted twice.
for nothing in null '' '{"value":[],"Count":0}'; do
    post /ingest "$nothing" -A "$AGENT_7" -H 'Content-Type: application/json'
    expect_json '[.stored, .warnings]|tojson' '[0,null]'
done

# Get-Content app.log | Out-String, or -InFile app.log: lines for a service.
printf 'started\r\nERROR: Größe 0\r\n' | iconv -f UTF-8 -t CP1252 >"$T/infile"
ingest_file "$T/infile" -A "$AGENT_5" -H 'Content-Type: text/plain; charset=iso-8859-1'
expect_json '[.stored, .warnings]|tojson' '[2,null]'
expect_sql 'SELECT service, level, message FROM logs ORDER BY id DESC LIMIT 1' 'text|ERROR|ERROR: Größe 0'

# A hashtable without ConvertTo-Json is a form, which is an error that 5.1 can show: a length,
# and nothing in angle brackets, which it would cut out.
post /ingest 'level=INFO&message=Gr%C3%B6%C3%9Fe&service=web' -A "$AGENT_5" \
    -H 'Content-Type: application/x-www-form-urlencoded'
expect_error 400 'pipe it to ConvertTo-Json'
# A list of hashtables or of objects without it is a text.
for shown in 'System.Collections.Hashtable System.Collections.Hashtable' 'System.Object[]' \
    '@{level=INFO; message=m} @{level=INFO; message=n}'; do
    printf %s "$shown" >"$T/body"
    ingest_file "$T/body" -A "$AGENT_5" -H 'Content-Type: application/json'
    expect_error 400 'what PowerShell shows of an object, not JSON; pipe it to ConvertTo-Json'
done
