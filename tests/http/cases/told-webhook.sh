# shellcheck shell=bash
# An incident is told once, by webhook: sentence, reasons, lines and a link; with the token,
# and an event id in header and body.
receive http hook
mapfile -t with < <(webhook_settings hook)
start_server "${with[@]}" WEBHOOK_TOKEN=sesame PUBLIC_URL=https://logs.example.org/x
raise auth
id=$(json .incident_id)
wait_received hook 1
expect_received hook 1 'POST /topic HTTP/1.1'
expect_received hook 1 'Authorization: Bearer sesame'
expect_received hook 1 'Content-Type: application/json'
expect_body hook 1 .kind new
expect_body hook 1 .incident_id "$id"
expect_body hook 1 .service auth
expect_body hook 1 '.severity > 0.8' true
expect_body hook 1 .summary "$(sql "SELECT summary FROM incidents WHERE id=$id")"
expect_body hook 1 '.reasons | length >= 1' true
expect_body hook 1 .count 1
expect_body hook 1 '.lines[0].message' 'authentication failed login for user admin'
expect_body hook 1 .url "https://logs.example.org/x/#/incident/$id"
event=$(body_of hook 1 | jq -r .event_id)
[[ $event =~ ^[0-9a-f]{32}$ ]] || fail "no event id: $event"
expect_received hook 1 "Idempotency-Key: $event"

# It comes again: the same incident, which is not told again. Another one is.
raise auth
expect_json .incident_id "$id"
raise web
wait_received hook 2
expect_body hook 2 .service web
stop_server
expect_equal messages "$(received hook)" 2
expect_sql 'SELECT count(*) FROM outbox WHERE state=1 AND attempts=1' 2
