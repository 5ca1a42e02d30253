# shellcheck shell=bash
# What a scoring service says of a batch is told on with all its parts, with the records' ids
# in the store beside their places in the batch; new templates group incidents.
verdict() { # verdict CHANNEL TEMPLATES
    cat <<JSON
{"score":0.9,"raw_score":0.95,"ordinary_a_week":0.0123456,"service":"auth","reasons":[
{"text":"new in auth: 'a * b'","channel":"$1","observed":1,"expected":0.25,"p":0.0001,
"bits":13.287712379549449,"template_id":"t1f","template":"a * b","value":"<x>","records":[0],
"records_total":3}],"new_templates":[$2],"anomaly":true,"version":"m-1"}
JSON
}
answer() { # the service's answer from now on
    if [[ -n ${fake-} ]]; then
        kill "$fake"
        wait "$fake" || true
        rm "$T/fake"
    fi
    verdict "$@" >"$T/answer"
    "$BUILD/http_fake" "$T/fake" replies "$T/answer" >>"$T/log" 2>&1 &
    fake=$!
    poll 20 test -S "$T/fake" || fail 'the fake service does not start'
}
settings "ML_URL=$T/fake"
answer new_template '"t1f","t2"'
start_half backend
ingest "$(sample)"
expect_json '[.scorer, .incident_id] | tojson' '["http",1]'
ingest "$(sample)"
expect_json '[.score, .raw_score, .ordinary_a_week, .incident_id] | tojson' '[0.9,0.95,0.0123,1]'
expect_json '.reasons | length' 1
expect_json '.reasons[0] | [.channel, .observed, .expected, .bits, .template_id, .template, .value] | tojson' \
    '["new_template",1,0.25,13.287712379549449,"t1f","a * b","<x>"]'
expect_json '.reasons[0] | [.records, .log_ids, .records_total, has("of"), has("usual_max")] | tojson' \
    '[[0],[4],3,false,false]'
request GET /incidents
expect_json '.incidents[0] | [.count, .log_ids, .templates, .templates_total] | tojson' \
    '[2,[1],[{"id":"t1f","text":"a * b"},{"id":"t2","text":null}],2]'
expect_sql "SELECT json_extract(reasons, '\$[0].log_ids'), key FROM incidents" '[1]|new_template|auth'

# Twenty hours later, with something else that is stronger: the same incident, for t2's sake.
answer combination '"t2","t3"'
later() { sed "s/2026-01-01T12/2026-01-02T$1/g"; }
ingest "$(sample | later 08)"
expect_json .incident_id 1
# Twenty hours after that t1f is forgotten, t3 is not.
answer rare '"t1f"'
ingest "$(sample | later 23)"
expect_json .incident_id 2
answer rare '"t3"'
ingest "$(sample | later 23)"
expect_json .incident_id 1
request GET /incidents
expect_json '[.incidents[] | "\(.id) \(.templates_total)"] | join(", ")' '2 1, 1 3'
kill "$fake"
wait "$fake" || true
stop_half backend
check_store_closed
