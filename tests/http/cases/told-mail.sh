# shellcheck shell=bash
# Mail: with a password, to several, hostile text made harmless, quoted-printable.
receive smtp mail
mapfile -t with < <(mail_settings mail)
start_server "${with[@]}" 'MAIL_TO=a@example.org, b@example.org' SMTP_USER=user SMTP_PASSWORD=secret
at=$(now)
ingest "[$(record "authentication failed login\\r\\nBcc: evil@example.org\\u001b[31m \\u202e'\\\"<b>" ERROR "o\\r\\nX: \\u00e4" "$at"),$(
    record 'cache miss' WARN "o\\r\\nX: \\u00e4" "$at"),$(
    record "invalid password $(bytes 200000 p)" ERROR "o\\r\\nX: \\u00e4" "$at")]"
[[ $(json .incident_id) != null ]] || fail 'no incident'
wait_received mail 1
expect_received mail 1 $'AUTH PLAIN\r\nAHVzZXIAc2VjcmV0'
expect_received mail 1 'RCPT TO:<a@example.org>'
expect_received mail 1 'RCPT TO:<b@example.org>'
expect_received mail 1 'From: from@example.org'
expect_received mail 1 'Content-Transfer-Encoding: quoted-printable'
# It begins after the envelope's empty line. Its headers are those that we write.
sed '1,/^\r$/d' "$T/mail/1" | tr -d '\r' >"$T/text"
expect_equal 'headers' "$(sed '/^$/,$d' "$T/text" | grep -oE '^[A-Za-z-]+:' | xargs)" \
    'From: To: Subject: Date: Message-ID: MIME-Version: Content-Type: Content-Transfer-Encoding: Auto-Submitted:'
! LC_ALL=C grep -q $'[^ -~]' "$T/text" || fail 'more than plain ASCII'
awk 'length($0) > 78 { exit 1 }' "$T/text" || fail 'a line is too long'
grep -q 'curl -X PATCH' <(sed ':a;N;$!ba;s/=\n//g' "$T/text") || fail "no command: $(cat "$T/text")"
grep -qF 'Bcc: evil' <(sed ':a;N;$!ba;s/=\n//g' "$T/text") || fail 'the line is not shown'
! grep -q '^Bcc' "$T/text" || fail 'a header was smuggled in'
(($(wc -c <"$T/text") < 20000)) || fail 'the mail is not bounded'
tool config
expect_equal 'secrets' "$(grep -c secret "$T/tool.out" || true)" 0
request GET /notifications
! grep -q secret "$T/$R.body" || fail 'the password is shown'
stop_server
! grep -q secret "$T/log" || fail 'the password is in the log'
