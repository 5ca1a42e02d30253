# shellcheck shell=bash
# /score takes what /ingest takes: a byte order mark, whatever the label.
start_server
printf '\xef\xbb\xbf{"failed_logins":5,"error_rate":0}' >"$T/body"
request ml POST /score --data-binary "@$T/body" -H 'Content-Type: application/x-www-form-urlencoded'
expect_status 200
expect_true '.score > 0.8'
