# shellcheck shell=bash
# A scoring service that talks nonsense, or none at all: every batch is stored, without a
# score, and stopping does not hang.
settings "ML_URL=$T/bad"
n=0
for does in replies closes hangs drips endless too-long cuts garbage; do
    "$BUILD/http_fake" "$T/bad" "$does" >>"$T/log" 2>&1 &
    fake=$!
    poll 20 test -S "$T/bad" || fail 'the fake service does not start'
    start_half backend
    for _ in 1 2; do
        n=$((n + 1))
        ingest "$(sample)"
        expect_json .scorer unavailable
        expect_json .score null
    done
    poll 20 meta_says '.scorer.state == "unavailable" and .scorer.last_error != null' ||
        fail "$does is not told: $(cat "$T/$R.body")"
    stop_half backend
    kill "$fake"
    wait "$fake" || true
    rm "$T/bad"
done
check_store_closed
expect_stored $((3 * n))
