# shellcheck shell=bash
# Another program has put something else than JSON into a column that we print as JSON, or
# more than JSON: the list stays readable, null in its place.
start_server
ingest "$(sample)"
sqlite3 "$T/store/data.sqlite" "
    INSERT INTO incidents(id, summary, features, reasons) VALUES
        (2, NULL, 'not json', '[1,2'), (3, '', '{\"a\":1} x', '\"é<\"'), (4, 'x', '', NULL);"
request GET /incidents
expect_status 200
expect_json '[.incidents[].features | type] | join(" ")' 'null null null object'
expect_json '[.incidents[].reasons | type] | join(" ")' 'null string null array'
expect_json '.incidents[1].reasons' 'é<'
