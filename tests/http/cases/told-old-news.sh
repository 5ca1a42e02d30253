# shellcheck shell=bash
# Logs of last week that are posted now: incidents, but nobody is called for each; and what
# happens today is told at once all the same.
receive http hook
mapfile -t with < <(webhook_settings hook)
start_server "${with[@]}"
for service in a b c; do
    ingest "[$(record 'authentication failed login for user admin' ERROR $service),$(
        record 'cache miss' WARN $service),$(record 'invalid password' ERROR $service)]"
    [[ $(json .incident_id) != null ]] || fail 'no incident'
done
raise today
wait_received hook 1
expect_body hook 1 .service today
wait_notifications '.waiting == 0'
expect_json '.messages | length' 1
stop_server
expect_sql "SELECT group_concat(kind) FROM notices" old,old,old,new
expect_equal received "$(received hook)" 1
