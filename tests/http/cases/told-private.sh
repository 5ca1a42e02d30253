# shellcheck shell=bash
# Without NOTIFY_PRIVATE nothing goes to this machine's own addresses, and the error says what
# to set; after a restart with it, what waited is delivered.
receive http hook
mapfile -t with < <(webhook_settings hook)
start_server "${with[@]}" NOTIFY_PRIVATE=0
raise auth
wait_notifications '.channels[0].last_error != null'
expect_true '.channels[0].last_error | contains("NOTIFY_PRIVATE=1")'
expect_json .waiting 1
expect_equal received "$(received hook)" 0
stop_server
start_server NOTIFY_PRIVATE=1
wait_received hook 1
wait_notifications '.waiting == 0'
stop_server
expect_equal received "$(received hook)" 1
