# shellcheck shell=bash
# loganalyzer notify test says what became of the message, for each way; list shows all.
receive http hook
receive smtp mail '550 5.7.1 not from you'
mapfile -t with < <(webhook_settings hook ntfy && mail_settings mail)
start_server "${with[@]}"
! tool notify test || fail 'one was not delivered, and it says nothing'
expect_equal 'output' "$(sort "$T/tool.out")" \
    "$(printf '%s\n' 'mail: undeliverable: the mail server said: 550 5.7.1 not from you' 'webhook: delivered')"
expect_received hook 1 'POST / HTTP/1.1'
expect_body hook 1 .topic topic
expect_body hook 1 .priority 3
receiver_does mail ok
tool notify test || fail "it failed: $(cat "$T/tool.out")"
expect_equal 'output' "$(sort "$T/tool.out")" "$(printf '%s\n' 'mail: delivered' 'webhook: delivered')"
tool notify list || fail "it failed: $(cat "$T/tool.out")"
expect_equal 'lines' "$(wc -l <"$T/tool.out")" 4
grep -q 'webhook  delivered      test: messages about incidents arrive here$' "$T/tool.out" ||
    fail "not listed: $(cat "$T/tool.out")"
stop_server
! tool notify list || fail 'there is no server'
grep -q 'nothing accepts connections there' "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"
for call in '' 'test list' 'try' 'test --nothing'; do
    # shellcheck disable=SC2086 # words
    ! tool notify $call || fail "accepted: $call"
    grep -q usage "$T/tool.out" || fail "no usage: $(cat "$T/tool.out")"
done
settings
start_server
! tool notify test || fail 'nobody is told'
grep -q '409.*WEBHOOK_URL' "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"
