# shellcheck shell=bash
# A batch at the limit of records whose every text is written with escapes takes more memory
# to read than plain text does: it is stored all the same.
# shellcheck disable=SC2028 # the escapes are JSON's
one='{"\u0074imestamp":"\u0031767268848","\u0073ervice":"\u0061","\u006cevel":"\u0049NFO","\u006dessage":"\u0061"}'
start_server
{ printf '[%s' "$one" && for _ in {1..9999}; do printf ',%s' "$one"; done && printf ']'; } >"$T/ten"
ingest_file "$T/ten"
expect_status 200
for _ in {1..10}; do cat "$T/ten"; done >"$T/body"
ingest_file "$T/body"
expect_status 200
expect_json .stored 100000
