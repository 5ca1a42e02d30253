# shellcheck shell=bash
# metadata is stored as it was sent, byte for byte: numbers no double holds, spaces, keys
# that come twice, escapes.
check() {
    printf '{"timestamp":"t","service":"web","level":"INFO","message":"m","metadata":%s}' "$1" \
        >"$T/body"
    ingest_file "$T/body"
    expect_status 200
    expect_sql 'SELECT metadata FROM logs ORDER BY id DESC LIMIT 1' "$1"
}
start_server
check '{"a":1e999,"b":-1E-999,"c":9007199254740993,"d":123456789012345678901234567890}'
check '{ "a" : 0.10000 ,  "a":[ ] }'
check '"text with \u00e9, \ud83d\ude00, \/ and \t"'
check '18446744073709551615'
check 'false'
check '[[],{},null,"",-0]'
check '{"ключ":"значение"}'
ingest '{"timestamp":"t","service":"web","level":"INFO","message":"m","metadata":null}'
ingest '{"timestamp":"t","service":"web","level":"INFO","message":"m"}'
expect_sql 'SELECT group_concat(metadata) FROM (SELECT metadata FROM logs ORDER BY id DESC LIMIT 2)' '{},{}'
