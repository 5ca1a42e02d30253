# shellcheck shell=bash
# A value and a service can be normal, too; "real" keeps what was new from being learned.
start_server
learn_ordinary 60 sshd
learn_ordinary 60 web
guess() { # guess ADDRESS
    local i list=
    for i in {1..8}; do
        list+=",$(record "Failed password for root from $1 port 5$i ssh2" INFO sshd)"
    done
    ingest "[${list#,}]"
}
change() { # change METHOD PATH BODY
    request "$1" "$2" -H 'Content-Type: application/json' --data-binary "$3"
}
guess 10.1.2.3
expect_json .incident_id 1
change POST /normals '{"incident_id":1,"scope":"value","value":"10.1.2.3"}'
expect_status 201
expect_json .normal.value 10.1.2.3
guess 10.1.2.3
expect_json .incident_id null
guess 10.1.2.4
expect_json .incident_id 2 # something else than what was declared normal

# Everything of a service.
ingest "[$(records 6 'worker died of signal 11' FATAL web)]"
web=$(json .incident_id)
expect_json '.incident_id != null' true
change POST /normals "{\"incident_id\":$web,\"scope\":\"service\"}"
expect_status 201
expect_json .normal.service web
ingest "[$(records 9 'out of memory, giving up' FATAL web)]"
expect_json .incident_id null
expect_json '.raw_score < 0.8' true

# Refusals.
change POST /normals '{"incident_id":999,"scope":"template"}'
expect_status 404
change POST /normals '{"incident_id":1,"scope":"galaxy"}'
expect_status 400
expect_json .field scope
change POST /normals '{"incident_id":1,"scope":"value","value":"192.168.7.7"}'
expect_status 400
change POST /normals '{"scope":"template"}'
expect_status 400
expect_json .field incident_id
change POST /normals '{"incident_id":1,"scope":"template","colour":"red"}'
expect_status 400
change POST /normals '[]'
expect_status 400
change POST /normals '{'
expect_status 400
request POST /normals -H 'Content-Type: text/plain' --data-binary '{"incident_id":1,"scope":"template"}'
expect_status 415
request POST /normals -H 'Content-Type: application/json' -H 'Sec-Fetch-Site: cross-site' \
    --data-binary '{"incident_id":1,"scope":"template"}'
expect_status 403
request DELETE /normals/1 -H 'Sec-Fetch-Site: cross-site'
expect_status 403
request DELETE /normals/999
expect_status 404
request PATCH /normals/1 -H 'Content-Type: application/json' --data-binary '{}'
expect_status 405
request GET /normals
expect_json '[.normals[].id] == [2, 1]' true
request GET /loganalyzer/normals
expect_status 200
request DELETE /loganalyzer/normals/2
expect_status 200

# Real: it stays news however often it comes.
learn_ordinary 60 db
new_one() {
    ingest "$(record "checksum of page $RANDOM is wrong" ERROR db "$1")"
}
day() { # day N: some days from now on
    date -u -d "@$(($(date +%s) - 864000 + $1 * 86400))" +%FT%TZ
}
new_one "$(day 0)"
db=$(json .incident_id)
expect_json '.incident_id != null' true
change PATCH "/incidents/$db" '{"verdict":"real"}'
expect_status 200
expect_json .incident.verdict real
expect_sql "SELECT count(*) FROM answers WHERE verdict='real' AND undone_seq IS NULL" 1
for n in 1 2 3 4 5 6; do
    new_one "$(day $n)"
done
expect_json '.raw_score > 0.8' true
change POST /normals "{\"incident_id\":$db,\"scope\":\"template\"}"
expect_status 201 # the later word counts
new_one "$(day 7)"
expect_json .incident_id null
change PATCH "/incidents/$db" '{"verdict":null}'
expect_status 200
expect_sql "SELECT count(*) FROM answers WHERE verdict='real' AND undone_seq IS NULL" 0
stop_server
