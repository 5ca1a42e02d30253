# shellcheck shell=bash
# metadata may be nested 32 deep, and not 33, in every form of body.
nested() { # nested DEPTH: {"a":[{"a":... , DEPTH levels
    awk -v n="$1" 'BEGIN {
        for (i = 1; i < n; i++) printf "%s", i % 2 ? "{\"a\":" : "["
        printf "%s", n % 2 ? "{}" : "[]"
        for (i = n - 1; i >= 1; i--) printf "%s", i % 2 ? "}" : "]" }'
}
deep() {
    printf '{"timestamp":"1767268848","service":"web","level":"INFO","message":"m","metadata":%s}' \
        "$(nested "$1")"
}
start_server
expect_equal 'nested' "$(nested 4)" '{"a":[{"a":[]}]}'
for form in '%s' '[%s]' '{"logs":[%s]}' '[[%s]]'; do
    # shellcheck disable=SC2059 # the form is the format
    ingest "$(printf "$form" "$(deep 32)")"
    # shellcheck disable=SC2059
    post /ingest "$(printf "$form" "$(deep 33)")"
    expect_error 400 'nested'
    expect_json .index 0
    expect_json .field metadata
done
expect_stored 4
expect_sql 'SELECT metadata FROM logs WHERE id=1' "$(nested 32)"
post /ingest "$(bytes 100000 '[')" # much deeper: no matter
expect_status 400
