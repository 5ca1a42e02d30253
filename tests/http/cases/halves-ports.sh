# shellcheck shell=bash
# A half looks at its own port only: the other one's may be taken, by the other half for one.
listening() {
    settings BIND=127.0.0.1 "PORT=$PORT" "ML_PORT=$((PORT + 1))" "$@"
    tool check
}
free() {
    PORT=$((20000 + RANDOM % 20000))
    listening
}
poll 10 free || fail 'no free ports'
listens_on "$PORT" "$((PORT + 1))"
listening "ML_URL=http://127.0.0.1:$((PORT + 1))/score"
serve backend
serving backend "port $PORT"
listening LOGANALYZER_HALF=backend && fail 'a taken port was accepted'
grep -q "port $PORT is taken" "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"
listening LOGANALYZER_HALF=ml-service || fail "refused: $(cat "$T/tool.out")"
settings BIND=127.0.0.1 "PORT=$PORT" "ML_PORT=$((PORT + 1))"
serve ml-service
serving ml-service "port $((PORT + 1))"
ingest "$(sample)"
expect_json .scorer http
listening LOGANALYZER_HALF=ml-service && fail 'a taken port was accepted'
grep -q "port $((PORT + 1)) is taken" "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"
stop_serving backend
listening LOGANALYZER_HALF=backend || fail "refused: $(cat "$T/tool.out")"
stop_serving ml-service
