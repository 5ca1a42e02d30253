# shellcheck shell=bash
# receiving.sh - receivers of webhooks and mail for the cases; tests/http/run includes it.
# What one does is a line in $T/NAME/does, what it got are the files $T/NAME/1, 2, ...
# (tests/fake/receiver.h).

# receive http|smtp NAME [DOES]: starts one; its port goes to PORT_OF[NAME].
declare -A PORT_OF=()

receive() {
    mkdir -p "$T/$2"
    [[ -z ${3-} ]] || printf '%s\n' "$3" >"$T/$2/does"
    "$BUILD/receiver" "$1" "$T/$2" >>"$T/log" 2>&1 &
    poll 20 test -s "$T/$2/port" || fail "the receiver $2 does not start"
    PORT_OF[$2]=$(cat "$T/$2/port")
}

# receiver_does NAME DOES: from the next message on.
receiver_does() {
    printf '%s\n' "$2" >"$T/$1/does.new"
    mv "$T/$1/does.new" "$T/$1/does"
}

# How many messages it has read.
received() {
    find "$T/$1" -maxdepth 1 -name '[0-9]*' ! -name '*.new' | wc -l
}

received_is() {
    (($(received "$1") >= $2))
}

# wait_received NAME N [SECONDS]: until there are at least N.
wait_received() {
    poll "${3-20}" received_is "$1" "$2" ||
        fail "$1 has received $(received "$1") messages, not $2"
}

# body_of NAME I: of a webhook's request, without its head.
body_of() {
    sed '1,/^\r$/d' "$T/$1/$2"
}

# expect_body NAME I FILTER VALUE: what jq -r prints of it.
expect_body() {
    expect_equal "$1 $2: $3" "$(body_of "$1" "$2" | jq -r "$3")" "$4"
}

# expect_received NAME I TEXT: the message holds it.
expect_received() {
    grep -qF -- "$3" "$T/$1/$2" || fail "$1 $2 does not hold '$3': $(cat "$T/$1/$2")"
}

# webhook_settings NAME [FORMAT]: for settings and start_server.
webhook_settings() {
    printf '%s\n' "WEBHOOK_URL=http://127.0.0.1:${PORT_OF[$1]}/topic" \
        "WEBHOOK_FORMAT=${2-json}" NOTIFY_PRIVATE=1 NOTIFY_RETRY_MS=50
}

mail_settings() {
    printf '%s\n' "SMTP_URL=smtp://127.0.0.1:${PORT_OF[$1]}" SMTP_TLS=off \
        MAIL_FROM=from@example.org MAIL_TO=a@example.org NOTIFY_PRIVATE=1 NOTIFY_RETRY_MS=50
}

now() {
    date -u +%Y-%m-%dT%H:%M:%SZ
}

# raise SERVICE: a batch that is an incident of this service, now.
raise() {
    local at
    at=$(now)
    ingest "[$(record 'authentication failed login for user admin' ERROR "$1" "$at"),$(
        record 'cache miss' WARN "$1" "$at"),$(
        record 'invalid password' ERROR "$1" "$at")]"
    [[ $(json .incident_id) != null ]] || fail "no incident: $(cat "$T/$R.body")"
}

# notifications_say FILTER: jq -e of it is true of GET /notifications.
notifications_say() {
    send GET /notifications && [[ $STATUS == 200 ]] && jq -e "$1" "$T/$R.body" >/dev/null
}

wait_notifications() {
    poll 20 notifications_say "$1" || fail "not so: $1 in $(cat "$T/$R.body")"
}
