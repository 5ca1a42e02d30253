# shellcheck shell=bash
# Text that means something to a browser, a shell or a terminal goes in and comes back as
# text: the replies' bytes are harmless (what lib.sh looks at in every one), the texts whole.
# shellcheck disable=SC2016 # nothing is to be expanded
nasty='<script>alert(1)</script> & "quotes" '\''x'\'' \ ${HOME} $(id) ; DROP TABLE logs; -- %s%n é 😀 '$'\001\033[31m\177\u202e'
service=$(printf '%s' "$nasty" | jq -Rs .)
start_server
one="{\"timestamp\":\"<t>\",\"service\":$service,\"level\":\"<b>\",\"message\":\"failed login <i>\"}"
ingest "[$one,$one,$one,$one,$one]"
expect_json '.features.services[0]' "$nasty"
request GET /incidents
expect_json '.incidents[0].service' "$nasty"
expect_json '.incidents[0].features.services[0]' "$nasty"
expect_true '.incidents[0].summary | startswith("<script>alert(1)</script> & ")'
expect_sql 'SELECT DISTINCT service FROM logs' "$nasty"
expect_stored 5
# In errors the sender's text is not repeated, or just as harmless.
post /ingest "{\"timestamp\":\"1\",\"service\":$service,\"level\":\"$(bytes 40 '<')\",\"message\":\"m\"}"
expect_error 400 "field 'level' has 40 bytes"
request GET '/incidents?limit=%3Cscript%3E'
expect_status 400
request GET '/%3Cscript%3E'
expect_status 404
