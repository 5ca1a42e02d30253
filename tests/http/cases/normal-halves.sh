# shellcheck shell=bash
# With a scoring service of its own an answer holds from the next request, and the service
# is taught it.
settings "ML_URL=$T/ml"
start_half ml-service
start_half backend
learn_ordinary 60 backup
expect_all_learned
odd() {
    ingest "[$(record "mirror of vault ${RANDOM} is broken" ERROR backup),$(record \
        "mirror of vault ${RANDOM} is broken" ERROR backup)]"
    expect_json .scorer http
}
odd
expect_json .incident_id 1
request POST /normals -H 'Content-Type: application/json' \
    --data-binary '{"incident_id":1,"scope":"template"}'
expect_status 201
odd
expect_json .incident_id null
expect_json '.raw_score < 0.8' true
taught() {
    send ml GET /learn && [[ $(json .answers_seq) == "$1" ]]
}
poll 20 taught 1 || fail "not taught: $(cat "$T/$R.body")"
request ml POST /score --data-binary "[$(record 'mirror of vault 9 is broken' INFO backup)]"
expect_json '.score < 0.8' true # it knows it by itself
kill_half ml-service
start_half ml-service
scored() {
    ingest "[$(record "mirror of vault 7 is broken" ERROR backup)]"
    [[ $(json .scorer) == http ]]
}
poll 20 scored || fail 'not scored again'
expect_json .incident_id null
request DELETE /normals/1
expect_status 200
poll 20 taught 2 || fail "not taught: $(cat "$T/$R.body")"
odd
expect_json '.incident_id != null' true
stop_half backend
stop_half ml-service
