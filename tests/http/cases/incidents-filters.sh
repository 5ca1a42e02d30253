# shellcheck shell=bash
# The list by status, service, severity, time and text; the pages of a filtered list go on,
# and the link to the next one says the same filters.
start_server
ingest "$(sample)"
sqlite3 "$T/store/data.sqlite" ".timeout 5000" "
    INSERT INTO incidents(id, service, severity, summary, features, reasons, count, first_us, last_us,
        status, muted_until_us) VALUES
        (2, 'web', 0.85, 'web: Many ERRORS', '{}', '[]', 1, 1767268800000000, 1767272400000000, 'acknowledged', NULL),
        (3, 'web', 0.9, 'odd <value>', '{}', '[]', 1, 1767355200000000, 1767358800000000, 'resolved', NULL),
        (4, 'a&b +ü', 0.95, 'quiet', '{}', '[]', 1, 1767441600000000, 1767445200000000, 'open', 253370764800000000),
        (5, 'web', 0.99, '100% of it', '{}', '[]', 1, 1767528000000000, 1767531600000000, 'open', 1);"
listed() { # listed QUERY IDS
    request GET "/incidents?$1"
    expect_status 200
    expect_equal "ids of $1" "$(json '[.incidents[].id] | join(" ")')" "$2"
}
listed '' '5 4 3 2 1'
listed status=all '5 4 3 2 1'
listed status=open '5 1'
listed status=acknowledged 2
listed status=active '5 2 1'
listed status=resolved 3
listed status=muted 4
listed service=web '5 3 2'
listed service=we ''
listed service= '5 4 3 2 1'
listed 'service=a%26b+%2B%C3%BC' 4
listed severity=0.9 '5 4 3'
listed severity=1 ''
listed severity=0 '5 4 3 2 1'
# Last seen at or after, first seen before.
listed since=2026-01-04T13:00:00Z 5
listed since=2026-01-04T13:00:00.001Z ''
listed 'since=2026-01-04T14:00:00%2B01:00' 5
listed since=1767531600 5
listed 'since=2026-01-02&until=2026-01-03T12:00:00Z' 3
listed 'since=2026-01-02&until=2026-01-03T12:00:00.001Z' '4 3'
listed text=errors 2
listed text=100%25 5
listed 'text=%3CVALUE%3E' 3
listed 'text=%25' 5
listed text= '5 4 3 2 1'
listed 'status=active&service=web&severity=0.86' 5
listed 'status=resolved&text=quiet' ''

listed 'service=web&limit=2' '5 3'
expect_json .next 3
expect_header Link '<?limit=2&cursor=3&service=web>; rel="next"'
listed 'limit=2&cursor=3&service=web' 2
expect_json .next null
expect_header Link ''
listed 'limit=1&service=a%26b+%2B%C3%BC' 4
expect_header Link ''
listed 'limit=1&severity=0.5&text=%25%20o' 5
expect_header Link ''
listed 'limit=1&since=2026-01-01T12%3A00:00Z&status=all' 5
expect_header Link '<?limit=1&cursor=5&status=all&since=2026-01-01T12:00:00Z>; rel="next"'

refused() { # refused QUERY TEXT
    request GET "/incidents?$1"
    expect_error 400 "$2"
}
refused status= 'status must be'
refused status=Open 'status must be'
refused severity= 'severity must be a number from 0 to 1'
refused severity=1.01 'severity must be'
refused severity=-1 'severity must be'
refused severity=0x1 'severity must be'
refused severity=NaN 'severity must be'
refused "severity=0.$(bytes 70 1)" 'severity must be'
refused since= 'since must be a time'
refused since=yesterday 'since must be a time'
refused until=0000-01-01 'until must be a time'
refused "text=$(bytes 201 x)" 'text may have at most 200 bytes'
listed "text=$(bytes 200 x)" ''
refused "service=$(bytes 513 x)" 'service may have at most 512 bytes'
listed "service=$(bytes 512 x)" ''

# The longest filters there can be still have a link.
sqlite3 "$T/store/data.sqlite" ".timeout 5000" "
    UPDATE incidents SET service = '$(bytes 512 +)', summary = '$(bytes 300 '&')' WHERE id < 3;"
query="service=$(printf '%%2B%.0s' {1..512})&text=$(printf '%%26%.0s' {1..200})"
listed "$query&limit=1" 2
expect_header Link "<?limit=1&cursor=2&$query>; rel=\"next\""
listed "$query&limit=1&cursor=2" 1
