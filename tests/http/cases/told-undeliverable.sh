# shellcheck shell=bash
# A message that the receiver does not want is undeliverable at once: people can see it, and
# the next ones go out. 429 is no such answer.
receive http hook 400
receive smtp mail '550 5.7.1 not from you'
mapfile -t with < <(webhook_settings hook && mail_settings mail)
start_server "${with[@]}"
raise auth
wait_notifications '.undeliverable == 2 and .waiting == 0'
expect_json '.messages | map(.state) | unique | join(" ")' undeliverable
expect_json '.messages | map(.attempts) | unique | join(" ")' 1
expect_json '.channels[0].last_error' 'the receiver answered 400: said'
expect_json '.channels[1].last_error' 'the mail server said: 550 5.7.1 not from you'
expect_json '.channels[0].undeliverable, .channels[1].undeliverable' $'1\n1'
poll 5 logged 'webhook: message 1 is undeliverable: the receiver answered 400' ||
    poll 5 logged 'webhook: message 2 is undeliverable: the receiver answered 400' ||
    fail 'not in the log'
receiver_does hook '429 Retry-After: 1'
receiver_does mail ok
raise web
wait_notifications '.messages | any(.attempts >= 1 and .state == "waiting" and .channel == "webhook")'
receiver_does hook ok
wait_notifications '.waiting == 0 and .undeliverable == 2'
expect_json '[.messages[] | select(.state == "delivered") | .channel] | sort | join(" ")' 'mail webhook'
# Retry-After was kept.
expect_sql "SELECT attempts FROM outbox WHERE channel='webhook' AND state=1" 2
expect_sql "SELECT ended_us - last_error_us >= 1000000 FROM outbox WHERE channel='webhook' AND state=1" 1
