# shellcheck shell=bash
# The receivers are away, then back: what happened meanwhile is delivered, each message under
# the event id of its first try, and not again afterwards.
receive http hook away
receive smtp mail away
mapfile -t with < <(webhook_settings hook && mail_settings mail)
start_server "${with[@]}"
raise auth
raise web
wait_notifications '.waiting == 4 and ([.messages[].attempts] | min) >= 2'
expect_true '.channels | all(.last_error == "nothing accepts connections there")'
expect_true '.messages | all(.state == "waiting" and .next_try_at != null)'
events=$(json '[.messages[] | select(.channel == "webhook") | .event_id] | sort | join(" ")')
expect_equal 'received' "$(received hook) $(received mail)" '0 0'
receiver_does hook ok
receiver_does mail ok
wait_received hook 2
wait_received mail 2
wait_notifications '.waiting == 0 and ([.messages[].state] | unique) == ["delivered"]'
expect_equal 'event ids' "$(for i in 1 2; do body_of hook $i | jq -r .event_id; done | sort | xargs)" "$events"

# It falls over between: an answer that never came may be a message that did.
receiver_does hook close
raise shop
wait_received hook 4
receiver_does hook ok
wait_notifications '.waiting == 0'
last=$(received hook)
expect_equal 'the same event' "$(body_of hook 3 | jq -r .event_id)" "$(body_of hook "$last" | jq -r .event_id)"
stop_server
expect_equal 'received' "$(received hook) $(received mail)" "$last 3"
logged 'webhook: a message cannot be delivered now' || fail 'not in the log'
