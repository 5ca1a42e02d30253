# shellcheck shell=bash
# The tables as people with an SQLite browser and scripts know them: the known columns
# first, timestamps as they were sent, times of ours as ISO text.
start_server
before=$(date -u +%Y-%m-%dT%H:%M:%S)
ingest '[{"timestamp":"2026-01-01 13:00:48.1234567 +01:00","service":"web","level":"warning","message":"caf\u00e9 \"x\"","metadata":{ "a" : [1, 2.50] }},
         {"timestamp":"1767268848","service":"db","level":"INFO","message":"no metadata"}]'
ingest "$(sample)"
after=$(date -u +%Y-%m-%dT%H:%M:%S.999Z)
expect_sql "SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info('logs') LIMIT 7)" \
    id,timestamp,service,level,message,metadata,created_at
expect_sql "SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info('incidents') LIMIT 6)" \
    id,detected_at,service,severity,summary,features
expect_sql 'SELECT timestamp, service, level, message, metadata, event_us FROM logs WHERE id=1' \
    '2026-01-01 13:00:48.1234567 +01:00|web|warning|café "x"|{ "a" : [1, 2.50] }|1767268848123456'
expect_sql 'SELECT timestamp, metadata, event_us FROM logs WHERE id=2' \
    '1767268848|{}|1767268848000000'
expect_sql "SELECT count(*) FROM logs WHERE created_at BETWEEN '$before' AND '$after' AND
    created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'" 5
expect_sql 'SELECT id, first_log_id, n, scorer, incident_id FROM batches' \
    $'1|1|2|in-process|\n2|3|3|in-process|1'
expect_sql "SELECT id, service, severity > 0.8, json_valid(features), json_valid(reasons),
    detected_at BETWEEN '$before' AND '$after' FROM incidents" '1|auth|1|1|1|1'
expect_sql "SELECT json_extract(features, '$.count'), json_extract(features, '$.failed_login_count')
    FROM incidents" '3|2'
expect_sql 'PRAGMA journal_mode' wal
expect_sql 'PRAGMA user_version' "$(find "$ROOT/sql/migrations" -name '*.sql' | wc -l)"
expect_equal 'mode of the store' "$(stat -c %a "$T/store/data.sqlite")" 600
