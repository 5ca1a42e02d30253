# shellcheck shell=bash
# kill -9 of ingest while messages wait and while one is on its way: each is delivered, under
# the event id that it had.
receive http hook 503
mapfile -t with < <(webhook_settings hook)
start_server "${with[@]}" NOTIFY_MAX=100 NOTIFY_RETRY_MS=10
for service in a b c d e; do
    raise "$service"
done
serves_again() {
    [[ $(pid_of ingest) != "$pid" ]] && send POST /ingest --data-binary '[]' && [[ $STATUS == 200 ]]
}
kill_ingest() {
    pid=$(pid_of ingest)
    kill -KILL "$pid"
    poll 20 serves_again || fail 'it does not serve again'
}
wait_notifications '.waiting == 5 and ([.messages[].attempts] | min) >= 1'
events=$(json '[.messages[].event_id] | sort | join(" ")')
kill_ingest
receiver_does hook hang # the next one is on its way when the process dies
n=$(received hook)
wait_received hook $((n + 1))
receiver_does hook ok
kill_ingest
wait_notifications '.waiting == 0'
expect_json '[.messages[] | select(.state == "delivered") | .event_id] | sort | join(" ")' "$events"
stop_server
expect_equal 'events' "$(for ((i = 1; i <= $(received hook); i++)); do
    body_of hook "$i" | jq -r .event_id
done | sort -u | xargs)" "$events"
