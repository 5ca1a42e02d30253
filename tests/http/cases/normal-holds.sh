# shellcheck shell=bash
# "That is normal" is previewed, holds from the very next request, closes what it would have
# hidden, outlives a restart, kill -9 and another training, and can be undone; what is not
# covered by it is told as before.
start_server
odd() { # the line, with other numbers each time
    ingest "[$(record "mirror of vault ${RANDOM} is broken" ERROR backup),$(record \
        "mirror of vault ${RANDOM} is broken" ERROR backup)]"
}
learn_ordinary 60 backup
odd
expect_json .incident_id 1
incident=1

# What can be declared.
request GET /incidents/1
expect_status 200
expect_json '.incident.choices[0].scope' template
expect_json '.incident.choices[0].label' 'messages like "mirror of vault * is broken" in backup'
template=$(json '.incident.choices[0].template_id')
declare_normal() { # declare_normal JSON-MEMBERS
    request POST /normals -H 'Content-Type: application/json' \
        --data-binary "{\"incident_id\":$incident,$1}"
}

# A preview changes nothing.
declare_normal '"scope":"template","preview":true'
expect_status 200
expect_json .hidden 1
expect_json .sentence 'would have hidden 1 of the 1 incident of the last 7 days'
expect_json .normal.id null
request GET /normals
expect_json '.normals | length' 0
odd
expect_json .incident_id 1 # it is extended

# Declared, it holds at once, and the incident is closed.
declare_normal "\"scope\":\"template\",\"template_id\":\"$template\",\"note\":\"as every Monday\""
expect_status 201
expect_json .normal.id 1
expect_json .normal.note 'as every Monday'
for _ in {1..5}; do
    odd
    expect_json .incident_id null
    expect_json '.raw_score < 0.8' true
done
request ml POST /score --data-binary "[$(record 'mirror of vault 1 is broken' ERROR backup)]"
expect_json '.score < 0.8' true
request GET /incidents/1
expect_json .incident.status resolved
expect_json .incident.verdict normal
expect_json '.incident.history[-1].event' normal
expect_json .incident.count 2

# It hides nothing else.
ingest "[$(records 6 'authentication failed for root' ERROR backup)]"
expect_json '.incident_id' 2

# It outlives a restart in place, kill -9, and a model that knows nothing.
kill -USR2 "$(pid_of ingest)"
odd
expect_json .incident_id null
another_ingest() {
    [[ $(pid_of ingest) != "$1" ]] && half_answers backend
}
old=$(pid_of ingest)
kill -KILL "$old"
poll 20 another_ingest "$old" || fail 'not started again'
odd
expect_json .incident_id null
env -i "${ENVIRONMENT[@]}" "$BUILD/loganalyzer" train >/dev/null || fail 'train failed'
taken_up() {
    send ml GET /model-info && [[ $(json .batches) == 0 ]]
}
poll 20 taken_up || fail 'the model was not taken up'
odd
expect_json .incident_id null
expect_json '.raw_score < 0.8' true
request GET /incidents
expect_json '.incidents | length' 2

# What would have been raised of what is stored goes by the answer, too.
env -i "${ENVIRONMENT[@]}" "$BUILD/loganalyzer" evaluate --from-db >"$T/raised" ||
    fail 'evaluate failed'
grep -q 'failed' "$T/raised" || fail "the failed logins are not there: $(cat "$T/raised")"
! grep -q 'mirror' "$T/raised" || fail "what is normal is there: $(cat "$T/raised")"

# Undone, it is news again.
request DELETE /normals/1
expect_status 200
expect_json '.normal.undone_at != null' true
request DELETE /normals/1
expect_status 200
request GET /incidents/1
expect_json .incident.status open
expect_json .incident.verdict null
learn_ordinary 60 backup
odd
expect_json '.incident_id != null' true
stop_server
