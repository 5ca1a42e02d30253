# shellcheck shell=bash
# Three hundred incidents in a few seconds: a few messages, whose counts add up to all of
# them.
receive http hook
mapfile -t with < <(webhook_settings hook)
start_server "${with[@]}" NOTIFY_MAX=3 NOTIFY_MINUTES=0.05
at=$(now)
for i in {1..300}; do
    printf '[%s,%s]' "$(record 'authentication failed login for user admin' ERROR "s$i" "$at")" \
        "$(record 'invalid password' ERROR "s$i" "$at")" >"$T/batch.$i"
    printf 'url="%s/ingest"\ndata-binary="@%s"\noutput="/dev/null"\nnext\n' \
        "$HTTP_URL" "$T/batch.$i"
done | sed '$d' >"$T/storm"
sed -i "s|^url|unix-socket=\"$T/http\"\nurl|" "$T/storm"
curl -sS --fail-early --config "$T/storm" || fail 'the storm was not taken'
expect_sql 'SELECT count(*) FROM incidents' 300
bodies() {
    local i
    for ((i = 1; i <= $(received hook); i++)); do
        body_of hook "$i"
    done
}
told() {
    bodies | jq -s 'map(.incidents // 1) | add // 0'
}
all_told() {
    [[ $(told) == 300 ]]
}
poll 60 all_told || fail "told of $(told)"
wait_notifications '.waiting == 0 and .channels[0].held == 0'
stop_server
# Never more than three in three seconds, at whatever time one begins to count.
expect_sql "SELECT count(*) FROM outbox a WHERE (SELECT count(*) FROM outbox b
    WHERE b.ended_us > a.ended_us - 3000000 AND b.ended_us <= a.ended_us) > 3" 0
(($(received hook) < 60)) || fail "$(received hook) messages"
# What was held back came in digests; the last one may be of a single incident, with its own.
bodies | jq -se 'map(select(.kind == "digest")) | length > 0 and all(.listed | length <= 20)' >/dev/null ||
    fail "no digests: $(body_of hook "$(received hook)")"
