# shellcheck shell=bash
# What is ordinary stays below 0.5 and makes no incident, whatever the size of the batch.
start_server
for n in 1 50; do
    ingest "[$(records $n 'request served')]"
    expect_true '.score < 0.5 and .incident_id == null and .reasons == []'
done
ingest "[$(records 10000 'request served')]"
expect_true '.score < 0.5 and .incident_id == null'
stop_server
expect_sql 'SELECT count(*) FROM incidents' 0
