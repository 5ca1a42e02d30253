# shellcheck shell=bash
# A scoring service that talks nonsense, or none at all: every batch is stored within its
# budget (a second), without a score, and stopping does not hang.
settings "ML_URL=$T/bad"
# A verdict with a record that the batch does not have, and one with a score that is none.
reason='{"text":"t","channel":"rare","p":0.1,"bits":3.3,"records":[7],"records_total":1}'
printf '{"score":0.9,"raw_score":0.9,"service":null,"reasons":[%s],"new_templates":[],"version":"m"}' \
    "$reason" >"$T/count"
printf '{"score":NaN,"raw_score":0.9,"service":null,"reasons":[],"new_templates":[],"version":"m"}' >"$T/nan"
n=0
for does in replies closes hangs drips endless too-long cuts garbage count nan redirects; do
    file=()
    what=$does
    [[ ! -e $T/$does ]] || { what=replies && file=("$T/$does"); }
    "$BUILD/http_fake" "$T/bad" "$what" "${file[@]}" >>"$T/log" 2>&1 &
    fake=$!
    poll 20 test -S "$T/bad" || fail 'the fake service does not start'
    start_half backend
    n=$((n + 1))
    began=${EPOCHREALTIME/./}
    ingest "$(sample)"
    took=$((${EPOCHREALTIME/./} - began))
    ((took < 10000000)) || fail "$does: it took $took us"
    expect_json .scorer unavailable
    expect_json .score null
    poll 20 meta_says '.scorer.state == "unavailable" and .scorer.last_error != null' ||
        fail "$does is not told: $(cat "$T/$R.body")"
    stop_half backend
    kill "$fake"
    wait "$fake" || true
    rm "$T/bad"
done
check_store_closed
expect_stored $((3 * n))
