# shellcheck shell=bash
# What is not a change of an incident is refused, names the field, and changes nothing.
JSON=(-H 'Content-Type: application/json')
refuse() { # refuse STATUS TEXT FIELD BODY
    request PATCH /incidents/1 "${JSON[@]}" --data-binary "$4"
    expect_error "$1" "$2"
    expect_json '.field // "-"' "$3"
}
start_server
request PATCH /incidents/1 "${JSON[@]}" --data-binary '{"status":"resolved"}'
expect_error 404 'there is no incident 1'
request GET /incidents/1
expect_error 404 'there is no incident 1'
ingest "[$(records 5 'failed login' ERROR auth)]"

refuse 400 'nothing to change' - '{}'
refuse 400 'must be JSON' - ''
refuse 400 'one JSON object' - '[{"status":"open"}]'
refuse 400 'one JSON object' - '{"status":"open"}{"status":"open"}'
refuse 400 '' - '{"status":"open"'
refuse 400 'must be JSON in UTF-8' - $'{"note":"\xff"}'
refuse 400 "'state' cannot be changed" - '{"state":"open"}'
refuse 400 "'Status' cannot be changed" - '{"Status":"open"}'
refuse 400 'open, acknowledged or resolved' status '{"status":"closed"}'
refuse 400 'open, acknowledged or resolved' status '{"status":null}'
refuse 400 'open, acknowledged or resolved' status '{"status":["open"]}'
refuse 400 'there once' status '{"status":"resolved","status":"open"}'
refuse 400 'later than now' muted_until '{"muted_until":"2026-01-01T00:00:00Z","status":"resolved"}'
refuse 400 'a time such as' muted_until '{"muted_until":"tomorrow"}'
refuse 400 'a time such as' muted_until '{"muted_until":true}'
refuse 400 'a text, or null' note '{"note":7}'
refuse 400 'real, or null' verdict '{"verdict":"normal"}'
refuse 400 'real, or null' verdict '{"verdict":false}'
refuse 400 'at most 4096 bytes' note "{\"note\":\"$(bytes 4097 x)\",\"status\":\"resolved\"}"
# 2049 letters of two bytes each.
refuse 400 'at most 4096 bytes' note "{\"note\":\"$(printf '\\u00e9%.0s' {1..2049})\"}"

# As a form of another site would send it.
for type in text/plain application/x-www-form-urlencoded; do
    request PATCH /incidents/1 -H "Content-Type: $type" --data-binary '{"status":"resolved"}'
    expect_error 415 'application/json'
done
request PATCH /incidents/1 --data-binary '{"status":"resolved"}'
expect_error 415 'application/json'
for site in cross-site same-site; do
    request PATCH /incidents/1 "${JSON[@]}" -H "Sec-Fetch-Site: $site" --data-binary '{"status":"resolved"}'
    expect_error 403 'another site'
done

for method in POST PUT DELETE; do
    request $method /incidents/1 --data-binary x
    expect_error 405 method
    expect_header Allow 'GET, HEAD, PATCH'
done
request PATCH /incidents "${JSON[@]}" --data-binary '{"status":"resolved"}'
expect_error 405 method
expect_header Allow 'GET, HEAD'
for path in /incidents/0 /incidents/01 /incidents/-1 /incidents/x /incidents/1/2 \
    /incidents/9223372036854775808; do
    request GET "$path"
    expect_error 404 'no such path'
done
request GET /incidents/9223372036854775807
expect_error 404 'there is no incident 9223372036854775807'
request HEAD /incidents/1
expect_status 200

# Nothing of it has changed the incident.
request GET /incidents/1
expect_json '.incident | [.status, .note, .verdict, .muted_until, .changed_at] | tojson' \
    '["open",null,null,null,null]'
expect_json '.incident.history | length' 1

# What is just within, and what a browser says of a page of ours.
request PATCH /incidents/1 -H 'Content-Type: application/json; charset=utf-8' \
    -H 'Sec-Fetch-Site: same-origin' --data-binary "{\"note\":\"$(bytes 4096 x)\"}"
expect_status 200
expect_json '.incident.note | length' 4096
# Also below the prefix, and with a byte order mark.
request PATCH /loganalyzer/incidents/1 "${JSON[@]}" --data-binary $'\xef\xbb\xbf {"status":"resolved"} '
expect_status 200
expect_json .incident.status resolved

# One that was declared normal is not called real before that is undone.
sqlite3 "$T/store/data.sqlite" ".timeout 5000" "UPDATE incidents SET verdict='normal'"
refuse 409 'declared normal' verdict '{"verdict":"real","status":"open"}'
refuse 409 'declared normal' verdict '{"verdict":"real"}'
request PATCH /incidents/1 "${JSON[@]}" --data-binary '{"verdict":null,"note":"n"}'
expect_status 200
expect_json '.incident | "\(.verdict) \(.status) \(.note)"' 'normal resolved n'
