# shellcheck shell=bash
# What PowerShell 5.1's Out-File and > make of JSON: UTF-16 with a byte order mark.
start_server
printf '\xff\xfe' >"$T/body"
printf '[{"timestamp":"2026-01-01T12:00:00Z","service":"w\xc3\xa4chter","level":"INFO","message":"\xf0\x9f\x98\x80"}]' |
    iconv -f UTF-8 -t UTF-16LE >>"$T/body"
ingest_file "$T/body"
expect_json .stored 1
expect_json '.features.services[0]' wächter
expect_sql 'SELECT service, message FROM logs' 'wächter|😀'
