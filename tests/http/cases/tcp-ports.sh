# shellcheck shell=bash
# On real ports, which is what users have; and a port that is taken is said to be. Free
# ports are sought, since none is ours by right.
free_ports() {
    PORT=$((20000 + RANDOM % 20000))
    settings BIND=127.0.0.1 "PORT=$PORT" "ML_PORT=$((PORT + 1))"
    tool check
}
poll 10 free_ports || fail 'no free ports'
listens_on "$PORT" "$((PORT + 1))"
start_server
ingest "$(sample)"
expect_json .incident_id 1
request GET /incidents
expect_json '.incidents | length' 1
request ml GET /model-info
expect_status 200
request GET /model-info
expect_status 404
tool check && fail 'taken ports were accepted'
grep -q "port $PORT is taken" "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"

# deploy/run says where a browser finds the page.
stop_server
serve
serving '' "port $PORT"
address=$(sed -n 's/^The page is //p' "$T/said-both")
expect_equal 'the address of the page' "$address" "http://127.0.0.1:$PORT/"
curl -sf --max-time 10 --noproxy '*' "$address" | grep -q app.js || fail 'no page is there'
stop_serving ''
