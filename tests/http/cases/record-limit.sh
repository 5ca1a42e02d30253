# shellcheck shell=bash
# One record of 1 MiB is taken, of a byte more refused, with its index, in every form of body.
big() { # big BYTES
    local head='{"timestamp":"2026-01-01T12:00:00Z","service":"web","level":"INFO","message":"'
    printf '%s' "$head"
    bytes $(($1 - ${#head} - 2)) x
    printf '"}'
}
small=$(record small)
start_server
big 1048576 >"$T/most"
big 1048577 >"$T/over"
expect_equal 'bytes' "$(wc -c <"$T/most")" 1048576
for form in '[%s,' '{"logs":[%s,' '%s'; do
    case $form in
    '['*) end=']' ;;
    '{'*) end=']}' ;;
    *) end='' ;;
    esac
    # shellcheck disable=SC2059 # the form is the format
    { printf "$form" "$small" && cat "$T/most" && printf '%s' "$end"; } >"$T/body"
    ingest_file "$T/body"
    expect_status 200
    expect_json .stored 2
    # shellcheck disable=SC2059
    { printf "$form" "$small" && cat "$T/over" && printf '%s' "$end"; } >"$T/body"
    ingest_file "$T/body"
    expect_error 400 'record 1: it has 1048577 bytes; the limit for one record is 1048576'
    expect_json .index 1
done
expect_stored 6
expect_sql 'SELECT max(length(message)) > 1048000 FROM logs' 1
