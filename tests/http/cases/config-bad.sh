# shellcheck shell=bash
# A bad value is a clear error at the start, naming the key, and not a silent default.
for setting in THRESHOLD=0,8 THRESHOLD=NaN THRESHOLD=nan THRESHOLD=inf THRESHOLD=1.01 \
    THRESHOLD=-0.1 THRESHOLD= THRESHOLD=0x1p-1 'THRESHOLD=0.8 ' THRESHOLD=high THRESHOLD=1e999 \
    PORT=0 PORT=65536 PORT=http PORT=3000.5 PORT=-1 PORT= ML_PORT=0 ML_PORT=99999999999999999999 \
    MAX_BODY_BYTES=0 MAX_BODY_BYTES=16M INGEST_WORKERS=0 INGEST_WORKERS=257 INGEST_QUEUE=0 INGEST_QUEUE=4097 \
    STORE_WAIT_MS=0 MAX_SERVICE_BYTES=513 MAX_JSON_DEPTH=0 DATABASE= BIND= TIME_ZONE= TIME_ZONE=CEST TIME_ZONE=Europe/Nowhere \
    TIME_ZONE=/etc/localtime TIME_ZONE=../zoneinfo/UTC; do
    settings "$setting"
    tool check && fail "accepted: $setting"
    grep -q "${setting%%=*}" "$T/tool.out" || fail "$setting: the key is not named: $(cat "$T/tool.out")"
done
for setting in THRESHOLD=0 THRESHOLD=1 THRESHOLD=.5 THRESHOLD=8e-1 PORT=1 PORT=65535 INGEST_WORKERS=256 \
    INGEST_QUEUE=4096 MAX_SERVICE_BYTES=512 TIME_ZONE=Asia/Tokyo TIME_ZONE=local; do
    settings "$setting"
    tool check || fail "refused: $setting: $(cat "$T/tool.out")"
done
# Who is told: what cannot work is said, and no secret with it.
refused() { # refused TEXT KEY=VALUE...
    local text=$1
    shift
    settings "$@"
    tool check && fail "accepted: $*"
    grep -q -- "$text" "$T/tool.out" || fail "$*: not '$text': $(cat "$T/tool.out")"
    ! grep -q secret "$T/tool.out" || fail "a secret is shown: $(cat "$T/tool.out")"
}
refused 'WEBHOOK_URL must begin with http' WEBHOOK_URL=ntfy.sh/secret
refused 'WEBHOOK_URL holds a user' WEBHOOK_URL=https://user:secret@example.org/
refused 'WEBHOOK_FORMAT is "xml"' WEBHOOK_URL=https://example.org WEBHOOK_FORMAT=xml
refused 'WEBHOOK_URL names no topic' WEBHOOK_URL=https://ntfy.sh WEBHOOK_FORMAT=ntfy
refused 'WEBHOOK_TOKEN is set without' WEBHOOK_TOKEN=secret
refused 'MAIL_TO is set without SMTP_URL' MAIL_TO=a@example.org
refused 'SMTP_URL is set without MAIL_FROM' SMTP_URL=smtp://example.org MAIL_TO=a@example.org
refused 'MAIL_TO: "nobody" is not' SMTP_URL=smtp://example.org MAIL_FROM=a@example.org MAIL_TO=nobody
refused 'in clear' SMTP_URL=smtp://example.org MAIL_FROM=a@example.org MAIL_TO=a@example.org \
    SMTP_USER=u SMTP_PASSWORD=secret SMTP_TLS=off
refused 'PUBLIC_URL must begin' PUBLIC_URL=logs.example.org
refused 'NOTIFY_MAX' NOTIFY_MAX=0
refused 'NOTIFY_MAX' NOTIFY_MAX=1001
refused 'NOTIFY_MINUTES' NOTIFY_MINUTES=1441
refused 'NOTIFY_RETRY_MS' NOTIFY_RETRY_MS=9
refused 'NOTIFY_PRIVATE' NOTIFY_PRIVATE=yes
settings NOTIFY_MAX=1000 NOTIFY_MINUTES=1440 NOTIFY_RETRY_MS=900000 NOTIFY_PRIVATE=1 \
    WEBHOOK_URL=https://example.org/secret WEBHOOK_TOKEN=secret
tool check || fail "refused: $(cat "$T/tool.out")"
tool config
! grep -q secret "$T/tool.out" || fail "a secret is shown: $(cat "$T/tool.out")"

settings BIND=127.0.0.1 PORT=4567 ML_PORT=4567 # refused before it is tried
tool check && fail 'the same port twice was accepted'
grep -q 'PORT and ML_PORT are both 4567' "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"
settings BIND=not-an-address
tool check && fail 'BIND=not-an-address was accepted'
grep -q BIND "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"
settings "DATABASE=$T/no/such/folder/data.sqlite"
tool check && fail 'a store in no folder was accepted'
grep -q DATABASE "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"
settings "RUN_DIR=$T/$(bytes 90 r)"
tool check && fail 'a RUN_DIR that is too long was accepted'
grep -q RUN_DIR "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"

# With a bad value the server does not start.
settings THRESHOLD=0,8
expect_no_start 'THRESHOLD is "0,8"'
