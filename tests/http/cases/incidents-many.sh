# shellcheck shell=bash
# Without a limit the list is the newest 10,000, and says where it goes on.
start_server
ingest "$(sample)"
sqlite3 "$T/store/data.sqlite" ".timeout 5000" "
    WITH RECURSIVE n(i) AS (VALUES(2) UNION ALL SELECT i + 1 FROM n WHERE i < 10001)
    INSERT INTO incidents(id, detected_at, service, severity, summary, features, reasons, count,
        first_us, last_us)
    SELECT i, '2026-01-01T12:00:00.000Z', 'web', 0.9, 'one of many', '{\"count\":1}', '[]', 1, i, i
    FROM n;"
request GET /incidents
expect_status 200
expect_json '.incidents | length' 10000
expect_json '"\(.incidents[0].id) \(.incidents[-1].id) \(.next)"' '10001 2 2'
expect_header Link '<?limit=10000&cursor=2>; rel="next"'
request GET '/incidents?limit=10000&cursor=2'
expect_json '"\(.incidents[0].id) \(.incidents | length) \(.next)"' '1 1 null'
