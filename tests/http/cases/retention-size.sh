# shellcheck shell=bash
# A store that has reached its size loses the oldest records, whole batches with their rows,
# while more comes in; what is newest is there, and an incident says which of its lines are
# gone.
used() {
    sql 'SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size'
}
fits() {
    (($(used) <= 1048576)) && [[ $(sql 'SELECT min(id) FROM logs') -gt 3 ]]
}
# 2000 records of some 200 bytes in two batches.
batch() {
    printf '[%s]' "$(records 1000 "$(bytes 160 m) $1")" >"$T/batch"
    ingest_file "$T/batch"
    expect_status 200
}
start_server STORE_BYTES_MAX=1048576
logged 'the store may take 1.0 MB, then the oldest' || fail 'the bound is not said at start'
ingest "$(sample)"
request GET /incidents/1
expect_json .incident.records_deleted 0
expect_json '.incident.records | length' 2
for n in 1 2 3 4 5 6 7 8; do
    batch "$n"
done
poll 20 fits || fail "it is not made to fit: $(used) bytes, $(sql 'SELECT min(id), max(id) FROM logs')"
batch last
expect_sql "SELECT count(*) FROM logs WHERE message LIKE '% last'" 1000
expect_sql 'SELECT count(*) FROM batches b WHERE NOT EXISTS(SELECT 1 FROM logs WHERE id >= first_log_id AND id < first_log_id + n)' 0
expect_sql 'SELECT max(id) FROM logs' 9003
logged 'deleted from now on: the store has reached STORE_BYTES_MAX' || fail 'it is not said'
request GET /incidents/1
expect_json .incident.records_deleted 2
expect_json '.incident.records | length' 0
poll 10 fits || fail "it is not made to fit again: $(used) bytes"
