# shellcheck shell=bash
# While another program holds the store a change waits as long as it may, is then refused
# with Retry-After, and has changed nothing; reading goes on.
start_server STORE_WAIT_MS=300
ingest "[$(records 5 'failed login' ERROR auth)]"
lock_store
request PATCH /incidents/1 -H 'Content-Type: application/json' --data-binary '{"status":"resolved"}'
expect_error 503 'using the store'
expect_header Retry-After 1
request GET /incidents/1
expect_json .incident.status open
# Several at once: each waits for its turn, as long as it may. One curl, so that all are
# there within it. (Which of them gets no turn, and which no lock, is a matter of chance;
# that one waits for its turn no longer is in tests/unit/test_nth_change.c.)
changes=()
for i in {1..4}; do
    ((i == 1)) || changes+=(--next)
    changes+=(-X PATCH -H 'Content-Type: application/json' --data-binary '{"status":"resolved"}'
        -D "$T/change.$i.head" -o "$T/change.$i.body" -sS --max-time 30 "${HTTP[@]}"
        "$HTTP_URL/incidents/1")
done
curl -Z --parallel-immediate "${changes[@]}" || fail 'the changes got no answer'
for i in {1..4}; do
    [[ $(head -n1 "$T/change.$i.head") == *' 503 '* ]] || fail "change $i was not refused"
    grep -qi '^Retry-After: 1' "$T/change.$i.head" || fail "change $i: no Retry-After"
done
unlock_store
request PATCH /incidents/1 -H 'Content-Type: application/json' --data-binary '{"status":"resolved"}'
expect_status 200
expect_json .incident.status resolved
