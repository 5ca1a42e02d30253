# shellcheck shell=bash
# One bad record refuses the whole batch: nothing of it is stored, wherever it stands.
start_server
good=$(records 500 good)
for body in "[$good,{\"timestamp\":\"x\"},$good]" "{\"logs\":[{},$good]}" "[$good,$good,5]" \
    "[$good] trailing" "[$good" "$(record good)$(record good){\"a\":1}"; do
    post /ingest "$body"
    expect_status 400
done
expect_stored 0
expect_sql 'SELECT count(*) FROM incidents' 0
ingest "[$good]"
expect_stored 500
expect_sql 'SELECT min(id), max(id) FROM logs' '1|500'
