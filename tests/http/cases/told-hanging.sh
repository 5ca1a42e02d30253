# shellcheck shell=bash
# A receiver that takes the request and says nothing holds up neither ingest, nor the mail,
# nor the stop.
receive http hook hang
receive smtp mail
mapfile -t with < <(webhook_settings hook && mail_settings mail)
start_server "${with[@]}"
raise auth
wait_received hook 1
wait_received mail 1
raise web
wait_received mail 2
expect_equal 'requests that hang' "$(received hook)" 1
before=$SECONDS
stop_server
((SECONDS - before < 10)) || fail "the stop took $((SECONDS - before)) s"
expect_sql "SELECT group_concat(attempts || ' ' || state) FROM outbox WHERE channel='webhook'" '0 0'

# After the next start the receiver is well, and gets both, one of them once more.
receiver_does hook ok
start_server
wait_received hook 3
wait_notifications '.waiting == 0 and (.messages | length) == 4'
stop_server
expect_equal 'events' "$(for i in 1 2 3; do body_of hook $i | jq -r .event_id; done | sort -u | wc -l)" 2
