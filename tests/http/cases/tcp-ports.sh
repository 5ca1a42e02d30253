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
