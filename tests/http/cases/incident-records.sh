# shellcheck shell=bash
# With one incident come the records that its reasons point to, each once, in between three
# of the same service before and after them; a gap between neighbours is said.
start_server
ingest "[$(for i in {1..20}; do record "line $i" INFO web && printf , && record "other $i" INFO db && printf ,; done) $(record last INFO web)]"
# Records of web are 1, 3, 5, ... 41.
incident() { # incident ID LOG_IDS [TOTAL]
    sqlite3 "$T/store/data.sqlite" ".timeout 5000" "INSERT INTO incidents(id, summary, features, reasons)
        VALUES ($1, 'x', '{}', '[{\"text\":\"t\",\"log_ids\":[$2],\"records_total\":${3-1}}]')"
    request GET "/incidents/$1"
    expect_status 200
}
listed='[.incident.records[] | (if .gap_before then "| " else "" end) + "\(.id)" +
    (if .pointed then "*" else "" end)] | join(" ")'
incident 1 11
expect_json "$listed" '5 7 9 11* 13 15 17'
expect_json .incident.records_total 1
expect_json '.incident.records[0] | keys_unsorted | join(" ")' \
    'id timestamp service level message metadata pointed'
expect_json '.incident.records[3] | [.timestamp, .service, .level, .message, .metadata] | tojson' \
    '["2026-01-01T12:00:00Z","web","INFO","line 6",null]'
incident 2 '1,3' 2 # the first ones there are
expect_json "$listed" '1* 3* 5 7 9'
incident 3 '1,13' 7 # they meet: no gap; more are pointed to than named
expect_json "$listed" '1* 3 5 7 9 11 13* 15 17 19'
expect_json .incident.records_total 7
incident 4 '1,15,41' # just next to each other, and far away
expect_json "$listed" '1* 3 5 7 9 11 13 15* 17 19 21 | 35 37 39 41*'
incident 5 '1,17' # one is missing between them
expect_json "$listed" '1* 3 5 7 | 11 13 15 17* 19 21 23'
incident 6 '1,4' # two services
expect_json "$listed" '1* | 2 3 4* 5 6 7 8 10'
incident 7 '9999,5' # what is no longer there
expect_json "$listed" '1 3 5* 7 9 11'
incident 8 ''
expect_json '.incident | [.records, .records_total] | tojson' '[[],1]'

# At most 50 are looked at and 200 listed; the nearest neighbours come first.
ingest "[$(records 600 'many' INFO many)]" # 42 to 641
incident 9 "$(seq -s , 45 8 629)" 74
expect_json '[.incident.records[] | select(.pointed)] | length' 50
expect_json '.incident.records | length' 200
expect_json '[.incident.records[].id] | length == (unique | length) and . == sort' true
expect_json .incident.records_total 74
expect_json '.incident.log_ids | length' 74

# Long texts are cut, between letters, and that is said.
limit=8192
ingest "[$(record "$(bytes $limit x)" INFO long),$(record "$(bytes $((limit + 1)) x)" INFO long),
    $(record "$(bytes $((limit - 1)) x)é" INFO long),
    {\"timestamp\":\"1\",\"service\":\"long\",\"level\":\"INFO\",\"message\":\"m\",\"metadata\":{\"a\":\"$(bytes 9000 y)\"}},
    {\"timestamp\":\"1\",\"service\":\"long\",\"level\":\"INFO\",\"message\":\"m\",\"metadata\":{\"a\":[\"<b>\",1]}}]"
incident 10 644
expect_json '[.incident.records[] | "\(.message | length) \(.message_bytes)"] | join(", ")' \
    '8192 null, 8192 8193, 8191 8193, 1 null, 1 null'
expect_json '.incident.records[3] | "\(.metadata | length) \(.metadata_bytes)"' '8192 9008'
expect_json '.incident.records[4] | "\(.metadata) \(.metadata_bytes)"' '{"a":["<b>",1]} null'

# What another program has put there does no harm.
sqlite3 "$T/store/data.sqlite" ".timeout 5000" "
    INSERT INTO incidents(id, summary, features, reasons, status) VALUES
        (11, 'x', '{}', '[1,{\"log_ids\":7},{\"log_ids\":[\"a\",-1,1.5,null,5]}]', 'odd'), (12, NULL, NULL, 'no', 'open');
    UPDATE logs SET message = CAST(x'ff3c' AS TEXT), metadata = NULL, service = NULL WHERE id = 5;"
request GET /incidents/11
expect_json "$listed" '5*'
expect_json '.incident | [.status, .records[0].service, .records[0].metadata, .records_total] | tojson' \
    '["open",null,null,5]'
request GET /incidents/12
expect_json '.incident | [.reasons, .records, .history, .occurrences] | tojson' '[null,[],[],[]]'
