# shellcheck shell=bash
# A request that is sent again under its key is answered as before and stored once: by POST
# or PUT, whatever was unusual in it, over a kill and a restart. The key with anything else
# is refused.
start_server
keyed() {
    local key=$1
    shift
    post /ingest "$@" -H "Idempotency-Key: $key"
}
sample >"$T/sample"
keyed k1 "$(<"$T/sample")"
expect_status 200
expect_json '[.stored, .incident_id, .duplicate] | tostring' '[3,1,null]'
cp "$T/$R.body" "$T/first"
again() {
    expect_status 200
    expect_json .duplicate true
    expect_equal 'the same but for "duplicate"' "$(jq -c 'del(.duplicate)' "$T/$R.body")" \
        "$(jq -c . "$T/first")"
    expect_stored 3
}
keyed k1 "$(<"$T/sample")"
again
request PUT /loganalyzer/ingest --data-binary "@$T/sample" -H 'idempotency-key: k1' \
    -H 'Content-Type: application/json'
again
expect_sql 'SELECT count FROM incidents' 1
pid=$(pid_of ingest)
kill -KILL "$pid"
serves_again() {
    [[ $(pid_of ingest) != "$pid" ]] && send GET /imports && [[ $STATUS != 5* ]]
}
poll 20 serves_again || fail 'it does not serve again'
keyed k1 "$(<"$T/sample")"
again
stop_server
start_server
keyed k1 "$(<"$T/sample")"
again

# Another request: another body, another query, another kind of body.
keyed k1 "$(<"$T/sample") "
expect_error 422 'was used for another request'
expect_json .title 'Unprocessable Content'
post '/ingest?service=a' "$(<"$T/sample")" -H 'Idempotency-Key: k1'
expect_status 422
post /ingest "$(<"$T/sample")" -H 'Idempotency-Key: k1' -H 'Content-Type: text/plain'
expect_status 422
expect_stored 3

# Without a key, or with another one, equal records are other records.
post /ingest "$(<"$T/sample")"
expect_json '[.stored, .duplicate] | tostring' '[3,null]'
keyed k2 "$(<"$T/sample")"
expect_json '[.stored, .duplicate] | tostring' '[3,null]'
expect_stored 9

# What was refused has not used its key up; an empty batch has.
keyed k3 '{"bad":1}'
expect_status 400
keyed k3 "$(record m)"
expect_json '[.stored, .duplicate] | tostring' '[1,null]'
keyed k4 '[]'
expect_json '[.stored, .duplicate] | tostring' '[0,null]'
keyed k4 '[]'
expect_json '[.stored, .duplicate] | tostring' '[0,true]'
keyed k4 "$(record m)"
expect_status 422

# Which keys there may be.
longest=$(bytes 128 k)
keyed "$longest" "$(record m)"
expect_status 200
keyed "${longest}k" "$(record m)"
expect_error 400 '1 to 128 printable'
printable="!\"#\$%&'()*+,-./09:;<=>?@AZ[\\]^_\`az{|}~ x"
keyed "$printable" "$(record m)"
expect_status 200
keyed "$printable" "$(record m)"
expect_json .duplicate true
for key in $'k\xc3\xa9' $'k\x7f' $'k\tk' 'a, b'; do
    keyed "$key" "$(record m)"
    expect_status 400
done
post /ingest "$(record m)" -H 'Idempotency-Key: a' -H 'Idempotency-Key: b'
expect_error 400 'was sent twice'
post /ingest "$(record m)" -H 'Idempotency-Key: a' -H 'Idempotency_Key: b'
expect_error 400 'Idempotency-Key is there twice'
expect_stored 12
