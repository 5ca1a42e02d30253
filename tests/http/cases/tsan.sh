# shellcheck shell=bash
# Run against a build with ThreadSanitizer (make test-tsan): sixteen clients with all kinds
# of requests, restarts in place and an end under load. Looks at statuses; the end of every
# case looks for what the sanitizer has found.
client() {
    local i
    for i in {1..25}; do
        curl -s --max-time 90 -w '%{http_code}\n' -o /dev/null \
            -H "Idempotency-Key: $1 $i" "${HTTP[@]}" "$HTTP_URL/ingest" --data-binary "@$T/sample" --next -s -w '%{http_code}\n' -o /dev/null \
            "${HTTP[@]}" "$HTTP_URL/ingest" --data-binary "$(record "Failed password $1 $i" INFO "sshd-$i")" \
            --next -s -w '%{http_code}\n' -o /dev/null \
            "${HTTP[@]}" "$HTTP_URL/incidents?limit=$i" --next -s -w '%{http_code}\n' -o /dev/null \
            "${HTTP[@]}" "$HTTP_URL/incidents/1" -X PATCH -H 'Content-Type: application/json' \
            --data-binary "{\"note\":\"$1 $i\"}" --next -s -w '%{http_code}\n' -o /dev/null \
            "${ML[@]}" "$ML_URL/score" --data-binary "@$T/sample" --next -s -w '%{http_code}\n' -o /dev/null \
            "${HTTP[@]}" "$HTTP_URL/ingest" --data-binary broken
    done >"$T/client.$1"
}
some_replies() {
    (($(lines "$T"/client.*) >= $1))
}
receive http hook
receive smtp mail
mapfile -t with < <(webhook_settings hook && mail_settings mail)
start_server STORE_WAIT_MS=10000 NOTIFY_MINUTES=0.02 "${with[@]}"
sample | sed "s/2026-01-01T12:00:0/$(now | cut -c 1-18)/g" >"$T/sample" # told, as it is new
for c in {1..16}; do
    client "$c" &
    CLIENTS+=($!)
done
for n in 200 700 1200; do
    poll 120 some_replies $n || fail 'the clients do not go on'
    kill -USR2 "$(pid_of ingest)"
done
poll 120 some_replies 1500 || fail 'the clients do not go on'
kill -USR2 "$(pid_of incidents)"
wait "${CLIENTS[@]}"
expect_equal 'replies' "$(sort "$T"/client.* | uniq -c | tr -s ' ' | tr '\n' ';')" ' 2000 200; 400 400;'
wait_received hook 1
wait_received mail 1
stop_server
expect_stored $((16 * 25 * 4))
expect_sql "SELECT count(*) FROM incident_history WHERE incident_id = 1 AND event = 'note'" $((16 * 25))
