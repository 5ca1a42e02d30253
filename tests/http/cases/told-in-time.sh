# shellcheck shell=bash
# From the fault line posted to the message received: 10 s at the 99th percentile, over 200
# incidents, one message each. Prints what it measured.
receive http hook
receive smtp mail
mapfile -t with < <(webhook_settings hook && mail_settings mail)
start_server "${with[@]}" NOTIFY_MAX=1000
at=$(now)
for i in {1..200}; do
    batch="[$(record 'authentication failed login for user admin' ERROR "s$i" "$at"),$(
        record 'invalid password' ERROR "s$i" "$at")]"
    printf 's%s %s\n' "$i" "${EPOCHREALTIME/./}" >>"$T/posted"
    curl -sSf --max-time 60 -o /dev/null --data-binary "$batch" "${HTTP[@]}" "$HTTP_URL/ingest"
done
wait_received hook 200 60
wait_received mail 200 60
took() { # took WAY: microseconds, one a line, sorted
    local i service
    for ((i = 1; i <= 200; i++)); do
        service=$(grep -oE '\b(s[0-9]+): [0-9]+ failed' "$T/$1/$i" | head -n1 | cut -d: -f1)
        printf '%s %s\n' "$service" "$(stat -c %.6Y "$T/$1/$i" | tr -d .)"
    done | sort | join <(sort "$T/posted") - | awk '{ print $3 - $2 }' | sort -n
}
for way in hook mail; do
    took "$way" >"$T/took.$way"
    expect_equal "incidents told by $way" "$(lines "$T/took.$way")" 200
    p99=$(sed -n 198p "$T/took.$way")
    printf '%s: p50 %s us, p99 %s us, highest %s us\n' "$way" "$(sed -n 100p "$T/took.$way")" \
        "$p99" "$(sed -n 200p "$T/took.$way")"
    ((p99 < 10000000)) || fail "$way: 99 of 100 took up to $p99 us"
done
