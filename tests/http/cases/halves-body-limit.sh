# shellcheck shell=bash
# A batch may be larger on its way to the scoring service than it came in; the web server in
# front of the service lets it through, whether it stands there alone or with the backend.
settings MAX_BODY_BYTES=65536 MAX_BATCH_RECORDS=10 "ML_URL=$T/ml"
bytes 60000 $'\x80' >"$T/euro" # a euro sign in Windows-1252, three bytes in UTF-8
{ printf '[' && record "$(<"$T/euro")" && printf ']'; } >"$T/large"
limits() {
    tool lighttpd
    kb=$(sed -n 's/^var.ml_request_kb = //p' "$T/tool.out")
    padded 65537 # more than the backend takes
    expect_status 200
    padded $(((kb - 1) * 1024))
    expect_status 200
    padded $((kb * 1024 + 1))
    expect_status 413
    ingest_file "$T/large"
    expect_status 200
    expect_json .scorer http
    bytes 65537 ' ' >"$T/blanks"
    ingest_file "$T/blanks"
    expect_status 413
}
padded() {
    { printf '{"failed_logins":5,"error_rate":0.2}' && bytes $(($1 - 36)) ' '; } >"$T/padded"
    request ml POST /score --data-binary "@$T/padded"
}
serve
serving ''
limits
stop_serving ''

serve backend
serve ml-service
serving backend
serving ml-service
limits
stop_serving backend
stop_serving ml-service
