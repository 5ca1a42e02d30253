# shellcheck shell=bash
# loganalyzer train: a running server takes up what it makes, of files or of the server's own
# store, without a restart or a lost request; a bad line leaves the model as it is.
start_server
awk 'BEGIN {
    for (i = 0; i < 120; i++) {
        printf "{\"label\":0,\"logs\":["
        for (k = 0; k < 10; k++)
            printf "%s{\"timestamp\":\"2026-01-01T12:%02d:%02dZ\",\"service\":\"shop\",\"level\":\"INFO\",\"message\":\"%s\"}",
                k ? "," : "", i / 60, i % 60, k % 3 ? "order " i " paid with card" : "session " k " opened for user alice"
        printf "]}\n"
    }
}' >"$T/clean.ndjson"

version_is() {
    request ml GET /model-info
    [[ $(json .version) == "$1" ]]
}

# takes_up ARGUMENTS...: trains, and the server has it soon.
takes_up() {
    tool train "$@" || fail "train ended with status $?: $(cat "$T/tool.out")"
    VERSION=$(jq -r .version "$T/store/model_info.json")
    grep -qF "$VERSION is in $T/store/data.sqlite-model-trained; a running server takes it up" "$T/tool.out" ||
        fail "$(cat "$T/tool.out")"
    poll 20 version_is "$VERSION" || fail "not taken up: $(cat "$T/$R.body")"
}

odd=$(record 'disk /dev/sda1 is full' INFO shop)
request ml POST /score --data-binary "[$odd]"
expect_json .anomaly false
start_load 2
more_load 5
takes_up --from "$T/clean.ndjson"
[[ $VERSION == trained-20* ]] || fail "$VERSION"
grep -qF '1,200 records in 120 batches learned: 1 service, 1 of them calibrated' "$T/tool.out" || fail "$(cat "$T/tool.out")"
more_load 5
stop_load
expect_statuses 200
request ml POST /score --data-binary "[$odd]"
expect_true '.score > 0.7'
poll 20 meta_says ".loaded_model == \"$VERSION\"" || fail "/meta: $(cat "$T/$R.body")"
expect_equal 'model_info.json' "$(jq -c 'del(.version, .trained_at, .services[].n)' "$T/store/model_info.json")" \
    '{"records":1200,"batches":120,"services":[{"service":"shop","records":1200,"templates":2,"calibrated":true}]}'

before=$VERSION
printf '{"logs":[{"service":"shop"}]}\n' >>"$T/clean.ndjson"
tool train --from "$T/clean.ndjson" && fail 'a bad line was taken'
grep -qF "clean.ndjson:121: record 0: field 'timestamp' is missing" "$T/tool.out" || fail "$(cat "$T/tool.out")"
version_is "$before" || fail 'the model has changed'

takes_up --from-db
expect_equal 'records learned' "$(jq .records "$T/store/model_info.json")" "$(sql 'SELECT count(*) FROM logs')"
takes_up --from-shipped
expect_json .trained_at null
ingest "[$odd]"
