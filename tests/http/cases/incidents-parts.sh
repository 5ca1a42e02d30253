# shellcheck shell=bash
# An incident says which records its reasons point to, and lists its new templates. The ids
# stand beside the reasons: in them they would lie deeper than what clients can read.
start_server
ingest "$(sample)"
# numbers FROM STEP N: FROM, FROM + STEP, ...: N of them
numbers() {
    seq -s , "$1" "$2" $(($1 + ($3 - 1) * $2))
}
parts='"text":"a * <b>","channel":"new_template","observed":2,"expected":0.5,"template_id":"t1f"'
sqlite3 "$T/store/data.sqlite" ".timeout 5000" "
    INSERT INTO incidents(id, summary, features, reasons, templates, templates_n) VALUES
        (2, 'x', '{}', '[{$parts,\"records\":[0,4],\"log_ids\":[3,7],\"records_total\":2},
                         {\"text\":\"é\",\"log_ids\":[1,3],\"records_total\":40}]',
            '[{\"id\":\"t1f\",\"text\":\"a * <b>\"},{\"id\":\"t2\",\"text\":null}]', 2),
        (3, 'x', '{}', '[{\"log_ids\":[$(numbers 1 2 500)]},{\"log_ids\":[$(numbers 2 2 500)]}]',
            NULL, NULL),
        (4, 'x', '{}', '[[[1]],{\"Text\":1,\"text\":[2],\"log_ids\":[\"a\",-1,0,1.5,5]}]',
            '[1', 7);"
request GET /incidents
expect_status 200
expect_json '.incidents[2].reasons | tojson' \
    "[{${parts},\"records_total\":2},{\"text\":\"é\",\"records_total\":40}]"
expect_json '.incidents[2].log_ids | tojson' '[1,3,7]'
expect_json '.incidents[2] | [.templates, .templates_total] | tojson' \
    '[[{"id":"t1f","text":"a * <b>"},{"id":"t2","text":null}],2]'
expect_json '.incidents[1].log_ids | "\(length) \(.[0]) \(.[99])"' '100 1 199'
expect_json '.incidents[1] | has("templates")' false
expect_json '.incidents[0] | [.reasons, .log_ids, .templates, .templates_total] | tojson' \
    '[[{}],[5],null,7]'
expect_json '.incidents[3] | [.reasons[0].channel, has("log_ids"), has("templates")] | tojson' \
    '["failed_logins",true,false]'
