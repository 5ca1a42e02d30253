# shellcheck shell=bash
# The index in a refusal is that of the record at fault, whatever is wrong with it and in
# whatever form it came; where it cannot be told, there is none rather than a wrong one.
start_server
good=$(record good)
for bad in '{"timestamp":"1","service":"web","level":"INFO","message":""}' '{}' '5' '{"a":tru}' \
    '{"timestamp":"1","service":"web","level":"INFO","message":"m","metadata":007}'; do
    for body in "[$good,$good,$bad,$good]" "$good$good$bad$good" "{\"logs\":[$good,$good,$bad]}" \
        "[$good]{\"logs\":[$good,$bad]}"; do
        post /ingest "$body"
        expect_status 400
        expect_true '.index == 2 or .index == null'
        [[ $bad == '{"a":tru}' ]] || expect_true '(.error | test("record [013]")) | not'
    done
done
expect_stored 0
