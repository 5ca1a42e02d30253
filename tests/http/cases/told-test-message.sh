# shellcheck shell=bash
# POST /notifications/test puts a message into the outbox of each way that is configured,
# and GET /notifications says what became of it. No secret is shown.
receive http hook
receive smtp mail
mapfile -t with < <(webhook_settings hook && mail_settings mail)
start_server "${with[@]}" WEBHOOK_TOKEN=sesame
request GET /notifications
expect_status 200
expect_json '[.channels[].name] | join(" ")' 'webhook mail'
expect_json '.channels[0].target' "http://127.0.0.1:${PORT_OF[hook]}/..."
expect_json '.channels[1].target' a@example.org
expect_json '.channels[0].last_delivered_at' null
expect_json '.channels[0].last_error' null
expect_json '.waiting, .undeliverable, (.messages | length)' $'0\n0\n0'

request POST /notifications/test -H 'Content-Type: application/json' --data-binary '{}'
expect_status 202
event=$(json .event_id)
wait_received hook 1
wait_received mail 1
expect_body hook 1 .event_id "$event"
expect_body hook 1 .kind test
expect_received hook 1 "Idempotency-Key: $event"
expect_received mail 1 "Message-ID: <$event@example.org>"
expect_received mail 1 'Subject: test: messages about incidents arrive here'
expect_received mail 1 'RCPT TO:<a@example.org>'
wait_notifications '.waiting == 0'
expect_json '[.messages[] | "\(.event_id) \(.channel) \(.kind) \(.state) \(.attempts)"] | sort | join("; ")' \
    "$event mail test delivered 1; $event webhook test delivered 1"
expect_json '.messages[0].incident_id, .messages[0].last_error' $'null\nnull'
expect_true '.channels | all(.last_delivered_at != null)'
! grep -q sesame "$T/$R.body" || fail 'the token is shown'

# Not from a form of another site, and not anything.
request POST /notifications/test --data-binary '{}'
expect_error 415 'application/json'
request POST /notifications/test -H 'Content-Type: application/json' \
    -H 'Sec-Fetch-Site: cross-site' --data-binary '{}'
expect_status 403
for body in '{"x":1}' '[]' 'x' '{}{}' $'{"\xff":1}'; do
    request POST /notifications/test -H 'Content-Type: application/json' --data-binary "$body"
    expect_status 400
done
request GET /notifications/test
expect_status 405
request POST /loganalyzer/notifications/test -H 'Content-Type: application/json' --data-binary ''
expect_status 202
wait_received hook 2
wait_notifications '.waiting == 0'
stop_server

# With nobody to be told there is nothing to try; what was told before is still listed.
settings
start_server
request POST /notifications/test -H 'Content-Type: application/json' --data-binary '{}'
expect_error 409 'WEBHOOK_URL'
request GET /notifications
expect_json '.channels | length' 0
expect_json '.messages | length' 4
