# shellcheck shell=bash
# A clock that was a year ahead for a moment has left a piece of time beside which all that
# comes at its right time would be too old for the page: it goes, whatever is kept for how long.
start_server
ingest "$(sample)"
stop_server
sqlite3 "$T/store/data.sqlite" "INSERT INTO lanes(bucket, service, records, last_us, score)
    SELECT max(bucket) + 52560, 'ahead', 1, max(last_us), 0 FROM lanes"
start_server
gone() { [[ $(sql "SELECT count(*) FROM lanes WHERE service = 'ahead'") == 0 ]]; }
poll 10 gone || fail 'it is there still'
ingest "[$(record m INFO back "$(date -u +%FT%TZ)")]"
expect_sql "SELECT sum(records) FROM lanes WHERE service = 'back'" 1
