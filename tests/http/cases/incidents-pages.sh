# shellcheck shell=bash
# Newest first; a walk over the pages by "next" and by Link sees each incident once, also
# when new ones come meanwhile.
start_server
for i in {1..7}; do
    ingest "[$(records 5 'failed login' ERROR "service-$i")]"
done
request GET /incidents
expect_json '[.incidents[].id] | join(" ")' '7 6 5 4 3 2 1'
expect_json .next null
expect_header Link ''

request GET '/incidents?limit=3'
expect_json '[.incidents[].id] | join(" ")' '7 6 5'
expect_json .next 5
expect_json '.next | type' string
expect_header Link '<?limit=3&cursor=5>; rel="next"'
ingest "[$(records 5 'failed login' ERROR service-8)]"
request GET '/incidents?limit=3&cursor=5'
expect_json '[.incidents[].id] | join(" ")' '4 3 2'
expect_header Link '<?limit=3&cursor=2>; rel="next"'
request GET '/incidents?limit=3&cursor=2'
expect_json '[.incidents[].id] | join(" ")' 1
expect_json .next null
expect_header Link ''

request GET '/incidents?limit=8' # just all of them: there is no next page
expect_json '.incidents | length' 8
expect_json .next null
request GET '/incidents?limit=1'
expect_json '[.incidents[].id] | join(" ")' 8
expect_json .next 8
request GET '/incidents?cursor=1'
expect_json '.incidents | length' 0
