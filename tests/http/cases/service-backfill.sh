# shellcheck shell=bash
# Whatever the scoring service does, ingest answers within its budget and stores, and when the
# service is back it finds what came meanwhile: the incidents are those of a service that was
# never away, each once, also after a restart of either half.
attack() { # attack SERVICE: of one batch
    record 'authentication failed login for user admin' ERROR "$1" 2026-01-01T12:30:00Z
    record 'cache miss' WARN "$1" 2026-01-01T12:30:01Z
    record 'invalid password' ERROR "$1" 2026-01-01T12:30:02Z
    record 'invalid password' ERROR "$1" 2026-01-01T12:30:03Z
}
settings "ML_URL=$T/ml"
services=(auth a-away a-hangs)
start_half backend
start_half ml-service
for service in "${services[@]}"; do
    learn_ordinary 12 "$service"
done
expect_all_learned
ingest "$(attack auth)"
expect_json .scorer http
first=$(json .incident_id)
[[ $first != null ]] || fail "no incident: $(cat "$T/$R.body")"
expect_all_learned
stop_half ml-service
rm -f "$T/ml"
for service in "${services[@]:1}"; do
    does=${service#a-} fake=
    if [[ $does != away ]]; then
        "$BUILD/http_fake" "$T/ml" "$does" >>"$T/log" 2>&1 &
        fake=$!
        poll 20 test -S "$T/ml" || fail 'the fake service does not start'
    fi
    ingest "$(attack "$service")"
    expect_json .scorer unavailable
    expect_json .score null
    expect_json .incident_id null
    if [[ $fake ]]; then
        kill "$fake"
        wait "$fake" || true
        rm "$T/ml"
    fi
done
request GET /incidents
expect_json '.incidents | length' 1
start_half ml-service
expect_all_learned
wait_for_incidents ${#services[@]} 20
kill_half ml-service
pid=$(pid_of ingest)
kill -KILL "$pid"
new_one() { [[ $(pid_of ingest 2>/dev/null) != "$pid" ]] && half_answers backend; }
poll 20 new_one || fail 'ingest does not come back'
start_half ml-service
ingest "[$(record 'job 1 is done' INFO auth)]"
expect_all_learned
request GET /incidents
expect_json '.incidents | length' ${#services[@]}
# By whichever reason is the strongest: a minute is looked at as well as a batch.
expect_json '[.incidents[] | .service] | sort | join(" ")' "$(printf '%s\n' "${services[@]}" | sort | xargs)"
expect_true '.incidents | all(.count == 1 and .status == "open" and .severity > 0.8)'
expect_true '.incidents | all([.reasons[].channel] | contains(["failed_logins"]))'
stop_half backend
stop_half ml-service
check_store_closed
