# shellcheck shell=bash
# Resolved, it is told when it comes back; muted, it is not.
receive http hook
mapfile -t with < <(webhook_settings hook)
start_server "${with[@]}"
change() {
    request PATCH "/incidents/$id" -H 'Content-Type: application/json' --data-binary "$1"
    expect_status 200
}
raise auth
id=$(json .incident_id)
wait_received hook 1
change '{"status":"resolved"}'
raise auth
expect_json .incident_id "$id"
wait_received hook 2
expect_body hook 2 .kind regression
expect_body hook 2 .incident_id "$id"
change "{\"status\":\"resolved\",\"muted_until\":\"$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)\"}"
raise auth
expect_json .incident_id "$id"
raise web # told: so the one before was not
wait_received hook 3
expect_body hook 3 .service web
stop_server
expect_equal received "$(received hook)" 3
