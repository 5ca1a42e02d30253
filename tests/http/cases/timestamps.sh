# shellcheck shell=bash
# Timestamps in the forms that programs write, the event time understood from them; what is
# not understood is kept, told, and counts as now.
check() {
    ingest "$(record m INFO web "$1")"
    expect_json .warnings null
    expect_sql 'SELECT timestamp, event_us FROM logs ORDER BY id DESC LIMIT 1' "$1|$2"
}
start_server
check 2026-01-01T12:00:48Z 1767268848000000
check 2026-01-01T12:00:48.123456789Z 1767268848123456
check 2026-01-01T13:00:48,5+01:00 1767268848500000
check 2026-01-01T06:30:48-0530 1767268848000000
check '2026-01-01 12:00:48' 1767268848000000
check '2026/01/01 12:00' 1767268800000000
check 2026-01-01 1767225600000000
check 2024-02-29T00:00:00Z 1709164800000000
now=$(date +%s)
for bad in yesterday 2026-02-29 2026-01-01T25:00:00Z 'Jan 1 12:00:00' 2026-01-01T12:00:00X; do
    ingest "$(record m INFO web "$bad")"
    expect_json '.warnings | length' 1
    expect_sql "SELECT timestamp, event_us / 1000000 - $now BETWEEN -1 AND 60 FROM logs
        ORDER BY id DESC LIMIT 1" "$bad|1"
done
