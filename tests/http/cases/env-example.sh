# shellcheck shell=bash
# `cp .env.example .env` and a start: both halves in one go, the backend asking the scoring
# service. The file is taken as it is, but for the ports, which may be taken here.
free() {
    PORT=$((20000 + RANDOM % 20000))
    settings BIND=127.0.0.1 "PORT=$PORT" "ML_PORT=$((PORT + 1))"
    tool check
}
poll 10 free || fail 'no free ports'
make_home
grep -qx 'PORT=3000 .*' "$ROOT/.env.example" || fail 'another port than the prototype had'
grep -q '^ML_URL=http://localhost:8000/score ' "$ROOT/.env.example" || fail 'another ML_URL'
# Docker Compose, which reads the file too, takes a comment after no value for the value.
! grep -E '^[A-Z_]+=[[:space:]]*(#|$)' "$ROOT/.env.example" || fail 'a setting without a value'
sed "s/^PORT=3000/PORT=$PORT/; s/localhost:8000/localhost:$((PORT + 1))/" "$ROOT/.env.example" >"$T/home/.env"
settings BIND=127.0.0.1 "ML_PORT=$((PORT + 1))"
listens_on "$PORT" "$((PORT + 1))"
serve
serving '' "port $PORT"
ingest "$(sample)"
expect_json .scorer http
expect_json .threshold 0.8
expect_json .incident_id 1
request ml GET /model-info
expect_status 200
version=$(json .version)
poll 20 meta_says ".model == \"$version\"" || fail "another model: $(cat "$T/$R.body")"
stop_serving ''
expect_stored 3
