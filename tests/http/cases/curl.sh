# shellcheck shell=bash
# curl as people use it: its own labels and framing, which `request` would change.
ask() { # ask TARGET ARGUMENTS...: STATUS and the reply as request leaves them
    local target=$1
    shift
    # shellcheck disable=SC2034 # expect_status looks at it
    STATUS=$(curl -sS --max-time 60 -D "$T/r.head" -o "$T/r.body" -w '%{http_code}' "$@" "${HTTP[@]}" \
        "$HTTP_URL$target" 2>"$T/r.curl") || fail "no reply: $(cat "$T/r.curl")"
    check_reply
}
start_server
{ record a && printf '\n' && record b && printf '\n'; } >"$T/lines.ndjson"
ask /ingest -d @"$T/lines.ndjson" # the line ends are gone, the label is that of a form
expect_json .stored 2
ask /ingest --data-binary @"$T/lines.ndjson"
expect_json .stored 2
ask /ingest --json "[$(record a)]"
expect_json .stored 1
ask /ingest -T "$T/lines.ndjson" # PUT
expect_json .stored 2
ask /ingest -T - -H 'Transfer-Encoding: chunked' <"$T/lines.ndjson"
expect_json .stored 2
ask /ingest -H 'Transfer-Encoding: chunked' --data-binary @"$T/lines.ndjson"
expect_json .stored 2
printf 'one\r\ntwo\r\n' >"$T/app.log"
ask '/ingest?service=app' --data-binary @"$T/app.log"
expect_json .stored 2
ask '/ingest?service=app' -T "$T/app.log"
expect_json .stored 2
ask '/ingest?service=app' -d @"$T/app.log" # nothing can be done about the line ends
expect_json .stored 1
expect_sql 'SELECT message FROM logs ORDER BY id DESC LIMIT 1' onetwo
ask '/ingest?service=app' -F "file=@$T/app.log"
expect_error 400 'send the file itself, with curl: --data-binary @FILE'
ask '/ingest?service=app' -G -d x=1
expect_error 405 ''
stop_server
expect_stored 16
