# shellcheck shell=bash
# The sample batch is unusual every time it is posted, and is one incident whose count
# rises: nobody wants to be told twenty times.
start_server
for i in {1..20}; do
    ingest "$(sample)"
    expect_true '.score > 0.8 and .score < 1'
    expect_json .incident_id 1
    request GET /incidents
    expect_json '.incidents | length' 1
    expect_json '.incidents[0].count' "$i"
done
expect_json '.incidents[0].service' auth
stop_server
expect_stored 60
expect_sql 'SELECT count(*) FROM incidents' 1
expect_sql 'SELECT count FROM incidents' 20
