# shellcheck shell=bash
# The same records score the same by both ways.
start_server
for body in "$(sample)" "[$(records 5 'failed login' ERROR auth),$(records 40 ok)]" "$(record ok)"; do
    request ml POST /score --data-binary "$body"
    score=$(json .raw_score) reasons=$(json '.reasons | tojson')
    expect_json .score "$score"
    ingest "$body"
    expect_json .raw_score "$score"
    expect_json '[.reasons[] | del(.log_ids)] | tojson' "$reasons"
done
