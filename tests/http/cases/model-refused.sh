# shellcheck shell=bash
# What is no model is not taken up: the old one stays, and /meta says why.
start_server
ingest "$(sample)"
printf 'LogA-mod, but cut' >"$T/store/data.sqlite-model-trained"
said() {
    send GET /meta && [[ $(json .model_error) == "$1" ]]
}
poll 20 said 'it is cut' || fail "not told: $(cat "$T/$R.body")"
expect_json .loaded_model priors-2
[[ -e $T/store/data.sqlite-model-trained-refused ]] || fail 'not put aside'
request ml GET /model-info
expect_json .batches 1
stop_server

# The same of a service of its own.
settings "ML_URL=$T/ml"
start_server
poll 20 meta_says '.scorer.state == "ok"' || fail "not well: $(cat "$T/$R.body")"
cp "$T/store/data.sqlite" "$T/store/data.sqlite-model-trained"
poll 20 said 'it was made by another program' || fail "not told: $(cat "$T/$R.body")"
# A good one heals it, without a request that fails: the service's own file.
ingest "[$(record a)]"
stop_server
start_server
cp "$T/store/data.sqlite-model" "$T/store/half"
mv "$T/store/half" "$T/store/data.sqlite-model-trained"
poll 20 said null || fail "not taken up: $(cat "$T/$R.body")"
taken() {
    [[ -e $T/store/data.sqlite-model-trained-taken ]]
}
poll 20 taken || fail 'not put away'
request ml GET /model-info
expect_json .batches 2
stop_server
