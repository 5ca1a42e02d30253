# shellcheck shell=bash
# A reply lists the services of a batch, at most a hundred of them; records of more are
# counted, and stored.
batch() {
    local i
    printf '['
    for ((i = 1; i <= $1; i++)); do
        ((i == 1)) || printf ','
        record m INFO "s$i"
    done
    printf ']'
}
start_server
ingest "$(batch 100)"
expect_json '.features.services | length' 100
expect_json '.features | has("unlisted_count")' false
ingest "$(batch 101)"
expect_json '.features.services | length' 100
expect_json .features.unlisted_count 1
expect_json .features.count 101
expect_stored 201
