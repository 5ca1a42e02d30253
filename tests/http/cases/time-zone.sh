# shellcheck shell=bash
# TIME_ZONE is the zone of times that name none, in records and in lines; a name that does
# not exist is an error at the start, and refuses a restart in place.
event() { # event SECONDS: of the record that was stored last
    expect_sql 'SELECT event_us / 1000000 FROM logs ORDER BY id DESC LIMIT 1' "$1"
}
start_server TIME_ZONE=Europe/Berlin
ingest "$(record m INFO web '2026-01-01 13:00:48')"
event 1767268848
ingest "$(record m INFO web '2026-01-01T12:00:48Z')"
event 1767268848
ingest "$(record m INFO web '2026-07-01T14:00:48')"
event 1782907248
post '/ingest?service=x' '2026-01-01 13:00:48 install jq:amd64 1'
event 1767268848
# Set forward: 2:30 is what 3:30 is. Set back: the first 2:30.
ingest "$(record m INFO web '2026-03-29 02:30:00')"
event 1774747800
ingest "$(record m INFO web '2026-10-25 02:30:00')"
event 1792888200
stop_server
settings TIME_ZONE=local
start_server
ingest "$(record m INFO web '2026-01-01T12:00:48Z')"
event 1767268848
printf 'TIME_ZONE=Nowhere/AtAll\n' >"$T/home/.env"
stop_server
settings
expect_no_start 'TIME_ZONE is "Nowhere/AtAll"; it must be UTC, local, or a zone of this system'
