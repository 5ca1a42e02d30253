# shellcheck shell=bash
# Each half on its own: nothing of the other one is started, bound or written.
serve backend
serving backend
ingest "$(sample)"
expect_json .scorer in-process
[[ ! -e $T/ml ]] || fail 'the backend listens at the scoring port'
stop_serving backend

rm "$T/store/data.sqlite"
settings "ML_URL=$T/elsewhere" # not for this half
serve ml-service
serving ml-service
request ml POST /score --data-binary '{"failed_logins":5,"error_rate":0.2}'
expect_status 200
expect_true '.score > 0.8'
request ml GET /incidents
expect_status 404
[[ ! -e $T/http ]] || fail 'the scoring service listens at the main port'
stop_serving ml-service
[[ ! -e $T/store/data.sqlite ]] || fail 'the scoring service has made a store'
