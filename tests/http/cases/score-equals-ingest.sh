# shellcheck shell=bash
# The same records score the same by both ways.
start_server
for body in "$(sample)" "[$(records 5 'failed login' ERROR auth),$(records 40 ok)]" "$(record ok)"; do
    request ml POST /score --data-binary "$body"
    score=$(json .score) reasons=$(json '.reasons | tojson')
    ingest "$body"
    expect_json .raw_score "$score"
    expect_json '.reasons | tojson' "$reasons"
done
