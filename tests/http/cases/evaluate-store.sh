# shellcheck shell=bash
# loganalyzer evaluate --from-db: what a model would have raised of what the store has
# received. The model as shipped, over all, raises what the server has raised, which began
# with it.
start_server
tool train --model "$T/shipped" || fail "$(cat "$T/tool.out")"
began=$(date -u +%Y-%m-%dT%H:%M:%SZ)
for ((i = 0; i < 20; i++)); do
    ingest "[$(records 9 "order $i paid with card" INFO shop)]"
done
for ((i = 0; i < 30; i++)); do # together only
    ingest "$(record 'failed login' INFO auth)"
done
ingest "[$(records 5 'failed login' ERROR mail)]"
wait_for_incidents 2 20

tool evaluate --from-db --model "$T/shipped" || fail "$(cat "$T/tool.out")"
grep -qE '^2026-01-01T12:00:00.000Z	0\.[0-9]{3}	auth	.*x	[0-9]+ failed logins in [0-9]+ records' "$T/tool.out" ||
    fail "$(cat "$T/tool.out")"
grep -qF '	mail	1x	5 failed logins in 5 records, usual 0' "$T/tool.out" || fail "$(cat "$T/tool.out")"
expect_equal 'summary' "$(tail -n 1 "$T/tool.out")" \
    '2 incidents instead of 2, in 215 records of 51 batches, 1 of them above the threshold'

tool evaluate --from-db --since "$began" --json --model "$T/shipped" || fail "$(cat "$T/tool.out")"
expect_equal 'as JSON' "$(jq -c '[.batches, .stored_incidents, .incidents[].service]' "$T/tool.out")" \
    '[51,2,"auth","mail"]'
tool evaluate --from-db --until "$began" --model "$T/shipped" && fail 'there was nothing then'
grep -qF 'no batch of the store is of that time' "$T/tool.out" || fail "$(cat "$T/tool.out")"
expect_sql 'SELECT count(*) FROM incidents' 2
stop_server
tool evaluate --from-db || fail "$(cat "$T/tool.out")" # from the beginning, as it came
expect_equal 'summary' "$(tail -n 1 "$T/tool.out")" \
    '2 incidents instead of 2, in 215 records of 51 batches, 1 of them above the threshold'
# What a model has open, or waits to be told, is not of the time that is asked about.
tool evaluate --from-db --model "$T/store/data.sqlite-model" || fail "$(cat "$T/tool.out")"
grep -qF '	mail	1x	5 failed logins' "$T/tool.out" || fail "$(cat "$T/tool.out")"
