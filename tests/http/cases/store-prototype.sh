# shellcheck shell=bash
# A store that the prototype made goes on: its incidents are listed, its records are there
# under their ids, what comes now gets ids after them.
mkdir -p "$T/store"
sqlite3 "$T/store/data.sqlite" "
CREATE TABLE logs (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp TEXT, service TEXT,
  level TEXT, message TEXT, metadata TEXT, created_at DATETIME DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE incidents (id INTEGER PRIMARY KEY AUTOINCREMENT, detected_at TEXT,
  service TEXT, severity REAL, summary TEXT, features TEXT);
INSERT INTO logs VALUES(41,'2026-01-01T12:00:00Z','auth','ERROR','old','{}','2026-01-01 12:00:01');
INSERT INTO incidents VALUES(7,'2026-01-01T12:00:01.000Z','auth',0.91,'failed logins',
  '{\"count\":2,\"services\":{\"auth\":1,\"AUTH\":1}}');"
tool check || fail "not accepted: $(cat "$T/tool.out")"
start_server
logged "taking over the prototype's store, 1 records" || fail 'not said in the log'
request GET /incidents
expect_json '.incidents | length' 1
expect_json '.incidents[0] | [.id, .severity, .service, .summary, .detected_at, .count] | @json' \
    '[7,0.91,"auth","failed logins","2026-01-01T12:00:01.000Z",1]'
expect_json '.incidents[0].features | @json' \
    '{"count":2,"services":["auth","AUTH"],"service_counts":[1,1]}'
expect_json '.incidents[0].reasons | length' 0
expect_json '.incidents[0].first_seen' '2026-01-01T12:00:01.000Z'
ingest "$(sample)"
expect_json .incident_id 8
expect_sql 'SELECT group_concat(id) FROM logs' '41,42,43,44'
request GET /incidents
expect_json '[.incidents[].id] | @json' '[8,7]'
