# shellcheck shell=bash
# What a storm holds back is said in words, and only of what is still to be told: what people
# have answered meanwhile is not counted, and in no message.
receive http hook
mapfile -t with < <(webhook_settings hook)
start_server "${with[@]}" NOTIFY_MAX=1 NOTIFY_MINUTES=0.1
# The one message of these six seconds waits, as its receiver is away: so they last.
receiver_does hook '503 Retry-After: 2'
raise first
wait_notifications '.messages[0].attempts >= 1'
for service in b c d; do
    raise "$service"
done
wait_notifications '.channels[0].held == 3'
tool notify list || fail "it failed: $(cat "$T/tool.out")"
expect_equal 'first line' "$(head -n 1 "$T/tool.out")" \
    'webhook: 3 incidents are held back: they come together in the next message'
JSON=(-H 'Content-Type: application/json')
request PATCH /incidents/2 "${JSON[@]}" --data-binary '{"muted_until":"2099-01-01T00:00:00Z"}'
expect_status 200
request POST /normals "${JSON[@]}" --data-binary '{"incident_id":3,"scope":"service"}'
expect_status 201
wait_notifications '.channels[0].held == 1'
tool notify list || fail "it failed: $(cat "$T/tool.out")"
expect_equal 'first line' "$(head -n 1 "$T/tool.out")" \
    'webhook: 1 incident is held back: it comes with the next message'
receiver_does hook ok
wait_notifications '.waiting == 0 and .channels[0].held == 0 and (.messages | length) == 2'
expect_json '.messages | map(.incident_id) | join(" ")' '4 1'
# It was delivered: what an earlier try met is the channel's to say.
expect_json '.messages[1] | "\(.state) \(.attempts > 1) \(.last_error)"' 'delivered true null'
expect_json '.channels[0].last_error' 'the receiver answered 503: said'
tool notify list || fail "it failed: $(cat "$T/tool.out")"
! grep -q 'held back\|503' "$T/tool.out" || fail "still shown: $(cat "$T/tool.out")"
