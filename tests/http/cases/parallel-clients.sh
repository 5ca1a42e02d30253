# shellcheck shell=bash
# Twelve clients at once, all batches with an incident: everything stored, batches not
# mixed, the incident opened once. (More of the same would be ordinary by then.)
batches() {
    local i
    for i in {1..4}; do
        curl -s --max-time 60 -w '%{http_code}\n' -o /dev/null "${HTTP[@]}" "$HTTP_URL/ingest" \
            --data-binary "[$(records 5 "failed login c$1 b$i" ERROR auth),$(records 5 ok)]"
    done >"$T/client.$1"
}
start_server
for c in {1..12}; do
    batches "$c" &
    CLIENTS+=($!)
done
wait "${CLIENTS[@]}"
expect_equal 'replies' "$(sort "$T"/client.* | uniq -c | tr -s ' ')" ' 48 200'
stop_server
expect_stored 480
expect_sql 'SELECT count(*), sum(count) FROM incidents' '1|48'
expect_sql 'SELECT count(*) FROM batches WHERE n=10 AND incident_id=1' 48
expect_sql "SELECT count(*) FROM batches b WHERE 5 <> (SELECT count(*) FROM logs
    WHERE id BETWEEN b.first_log_id AND b.first_log_id + 9 AND message =
    (SELECT message FROM logs WHERE id = b.first_log_id))" 0
