# shellcheck shell=bash
# An incident is made when the score is above the threshold: equal makes none.
start_server
ingest "$(sample)"
score=$(json .score)
stop_server

rm "$T/store/data.sqlite"
start_server "THRESHOLD=$score"
ingest "$(sample)"
expect_json .score "$score"
expect_json .threshold "$score"
expect_json .incident_id null
request ml POST /score --data-binary "$(sample)"
expect_json .score "$score"
expect_json .anomaly false
stop_server
expect_sql 'SELECT count(*) FROM incidents' 0

# The last two digits less two: the least step down that is certainly another number.
lower=${score%??}$(printf '%02d' $((10#${score: -2} - 2)))
start_server "THRESHOLD=$lower"
ingest "$(sample)"
expect_true '.incident_id > 0'
request ml POST /score --data-binary "$(sample)"
expect_json .anomaly true
