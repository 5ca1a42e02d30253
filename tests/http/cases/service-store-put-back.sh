# shellcheck shell=bash
# A store that was put back from a copy is another one for the scoring service, which knows
# more of it than it holds: else the batches that come next would pass for those that were
# lost. It is told, the store's own number changes, batches are scored all the same.
settings "ML_URL=$T/ml"
start_half backend
start_half ml-service
ingest "$(sample)"
expect_all_learned
stop_half backend
cp "$T/store/data.sqlite" "$T/copy"
start_half backend
for i in 1 2 3; do
    ingest "[$(record "lost $i")]"
done
expect_all_learned
stop_half backend
stop_half ml-service
cp "$T/copy" "$T/store/data.sqlite"
store=$(sql "SELECT value FROM notes WHERE name = 'store_id'")

# As many batches as were lost and more, before the service is heard of.
start_half backend
for i in 1 2 3 4 5; do
    ingest "[$(record "new $i")]"
done
start_half ml-service
poll 20 meta_says '.scorer.last_error // "" | contains("put back") or contains("another store")' ||
    fail "not told: $(cat "$T/$R.body")"
store_is_another() {
    [[ $(sql "SELECT value FROM notes WHERE name = 'store_id'") != "$store" ]]
}
poll 20 store_is_another || fail 'it passes for the old store'
learned_is 4 || fail "the new batches passed for those that were lost: $(cat "$T/$R.body")"
scores() {
    post /ingest "[$(record more)]"
    [[ $STATUS == 200 && $(json .scorer) == http ]]
}
poll 30 scores || fail "not scored: $(cat "$T/$R.body")"

# What the wait of a minute comes to.
stop_half ml-service
rm "$T/store/data.sqlite-model"
start_half ml-service
record_is_learned() {
    ingest "[$(record later)]"
    request ml GET /learn
    expect_status 200
    ((STATUS == 200 && $(json .learned.batches) > 0))
}
poll 20 record_is_learned || fail "not learned: $(cat "$T/$R.body")"
stop_half backend
stop_half ml-service
check_store_closed
