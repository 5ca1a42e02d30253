# shellcheck shell=bash
# ?service= names what names no service itself, and makes lines of text of what is not JSON,
# whatever the label (curl's is that of a form).
stored() { # stored N SERVICES-AND-MESSAGES
    expect_status 200
    expect_json .stored "$1"
    expect_sql "SELECT group_concat(service || '=' || message, ';') FROM
        (SELECT * FROM logs ORDER BY id DESC LIMIT $1)" "$2"
}
start_server
post '/ingest?service=shop' $'one\ntwo=2&x\n' -H 'Content-Type: application/x-www-form-urlencoded'
stored 2 'shop=two=2&x;shop=one'
post '/ingest?service=my%20shop%C3%BC' 'one'
stored 1 'my shopü=one'
post '/ingest?service=shop' '<34>Jan  1 12:00:00 web1 su: tagged'
stored 1 'su=tagged'
post '/ingest?service=shop' '[{"message":"a"},{"service":"s","message":"b"},{"msg":"c"}]'
stored 3 'shop={"msg":"c"};s=b;shop=a'
post '/ingest?service=shop' $'{"message":"a","n":1}\npanic: b\n  at c\n{"message":"d"}\n'
stored 3 $'shop=d;shop=panic: b\n  at c;shop=a'
expect_sql "SELECT metadata FROM logs WHERE message = 'a' ORDER BY id DESC LIMIT 1" '{"message":"a","n":1}'
expect_json .warnings null
post '/ingest?service=shop' "{\"logs\":[$(record w)]}"
stored 1 web=w
post '/ingest?service=shop' ''
expect_json .stored 0
request PUT '/ingest?service=shop' --data-binary put
stored 1 shop=put
post '/ingest?service=shop' '[{"message":"a"},'
expect_error 400 'record 1'
post '/ingest?service=shop' "'[{\"message\":\"a\"}]'"
expect_error 400 'single quote'

# The name's own limits.
post "/ingest?service=$(bytes 256 s)" x
expect_status 200
for bad in "$(bytes 257 s)" ''; do
    post "/ingest?service=$bad" x
    expect_error 400 "'service' in the query must have 1 to 256 bytes"
    expect_json .field service
done
