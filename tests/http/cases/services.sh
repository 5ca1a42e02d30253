# shellcheck shell=bash
# What each service sent when: by the events' own times but never past our clock, with the
# highest score of each ten minutes, for 24 hours or as many as are asked for.
start_server
request GET /services
expect_status 200
expect_json '[.bucket_seconds, .services, .services_total, .unlisted_records] | tojson' '[600,[],0,0]'
expect_json '((.to | sub("\\.000Z"; "Z") | fromdate) - (.from | sub("\\.000Z"; "Z") | fromdate))' 86400
expect_json '(.to | sub("\\.000Z"; "Z") | fromdate) % 600' 0

stamp() { # stamp SECONDS: so long ago
    date -u -d "@$(($(date +%s) - $1))" +%Y-%m-%dT%H:%M:%SZ
}
# Nothing in the window: it ends with the newest record.
ingest "[$(record 'an import' INFO imported 2026-01-05T12:34:56Z),$(record 'the day before' INFO imported 2026-01-04T12:00:00Z)]"
request GET /services
expect_json '[.from, .to] | join(" ")' '2026-01-04T12:40:00.000Z 2026-01-05T12:40:00.000Z'
expect_json '[.services[] | .service, .last_seen, .buckets[]] | tojson' '["imported","2026-01-05T12:34:56.000Z",[143,1,0]]'
request GET '/services?hours=168'
expect_json '.services[0].records' 2
ingest "[$(records 4 'page served' INFO web "$(stamp 0)"),$(record 'page served' INFO web "$(stamp 7200)")]"
ingest "[$(records 5 'failed login' ERROR auth "$(stamp 3600)")]"
ingest "[$(record 'from the future' INFO ahead "$(stamp -86400)")]"
ingest "[$(record 'yesterday' INFO old "$(stamp 90000)")]"
ingest "[$(record 'long ago' INFO ancient 2020-01-01T00:00:00Z)]"
request GET /services
expect_json '[.services[] | "\(.service) \(.records)"] | sort | join(", ")' 'ahead 1, auth 5, web 5'
expect_json .services_total 3
expect_json '.services[0].service' auth # the oddest first
expect_true '.services[0].highest > 0.8 and .services[0].buckets[0][2] == .services[0].highest'
expect_json '.services[0].buckets | length' 1
expect_json '.services[] | select(.service == "web") | [.buckets[][1]] | tojson' '[1,4]'
expect_true '.services[] | select(.service == "web") | .buckets[1][0] - .buckets[0][0] | . == 12 or . == 11 or . == 13'
expect_true '[.services[].buckets[][0]] | all(. >= 0 and . < 144)'
expect_true '.to > ([.services[].last_seen] | max)'
request GET '/services?hours=168'
expect_json '[.services[].service] | sort | join(" ")' 'ahead auth old web'
request GET '/services?hours=1'
expect_true '.services_total < 3'
for hours in 0 169 x -1 ''; do
    request GET "/services?hours=$hours"
    expect_error 400 'hours must be a whole number from 1 to 168'
done
request POST /services --data-binary x
expect_error 405 method
expect_header Allow 'GET, HEAD'
request GET /services/1
expect_error 404 'no such path'
request GET /loganalyzer/services
expect_status 200

# Many services: two hundred are shown, the oddest and the busiest; none is forgotten.
ingest "[$(for i in {1..250}; do record m INFO "many-$i" "$(date -u +%FT%TZ)" && printf ,; done)$(records 9 busy INFO busiest "$(stamp 0)")]"
request GET /services
expect_json '.services | length' 200
expect_json .services_total 254
expect_json '([.services[].records] | add) + .unlisted_records' 270
expect_json '[.services[].service] | [index("busiest"), index("auth")] | all' true
expect_sql "SELECT count(*) FROM lanes WHERE service = 'ancient'" 0
