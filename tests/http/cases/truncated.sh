# shellcheck shell=bash
# A client that goes away before its body is complete: nothing is stored, the next is served.
start_server
record m >"$T/body"
curl -s --max-time 1 "${HTTP[@]}" -H 'Content-Length: 5000' --data-binary "@$T/body" \
    "$HTTP_URL/ingest" >/dev/null && fail 'a cut body was answered'
ingest "$(record whole)"
expect_stored 1
