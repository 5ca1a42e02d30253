# shellcheck shell=bash
# With a scoring service of its own the backend tells, too: of a minute that the service
# found unusual.
receive http hook
mapfile -t with < <(webhook_settings hook slack)
settings "ML_URL=$T/ml" "${with[@]}"
start_half backend
start_half ml-service
at=$(date -u +%Y-%m-%dT%H:%M:00Z)
for _ in {1..30}; do
    ingest "$(record 'failed login' INFO auth "$at")"
    expect_json .incident_id null
done
wait_received hook 1 40
expect_body hook 1 'keys | join(" ")' text
body_of hook 1 | jq -r .text | grep -q '^auth: [0-9]* failed logins' ||
    fail "not told: $(body_of hook 1)"
stop_half backend
stop_half ml-service
check_store_closed
