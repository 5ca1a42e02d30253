# shellcheck shell=bash
# A key that asks too often gets 429 and is told to wait; nothing of what was refused is stored,
# another key is not held up, and the tool waits and goes on.
# shellcheck source=tests/http/keys.sh
. "$ROOT/tests/http/keys.sh"
start_server KEY_REQUESTS=1
make_key FAST
make_key READ --scope read
record m >"$T/body"
urls=()
for _ in {1..20}; do
    urls+=("$HTTP_URL/ingest")
done
curl -sS "${HTTP[@]}" -D "$T/heads" -o "$T/waste" -H "Authorization: Bearer $FAST" \
    --data-binary "@$T/body" "${urls[@]}" >>"$T/log" || true
taken=$(grep -c '^HTTP/1.1 200' "$T/heads")
refused=$(grep -c '^HTTP/1.1 429' "$T/heads")
((taken >= 1 && refused >= 10 && taken + refused == 20)) || fail "$taken taken, $refused refused"
expect_equal 'told to wait' "$(grep -c '^Retry-After: 1' "$T/heads")" "$refused"
request GET /meta -H "Authorization: Bearer $READ"
expect_status 200
expect_stored "$taken"
is_taken() {
    send POST /ingest -H "Authorization: Bearer $FAST" --data-binary "@$T/body"
    [[ $STATUS == 200 ]]
}
poll 5 is_taken || fail "still refused: $STATUS"
request POST /ingest -H "Authorization: Bearer $FAST" --data-binary "@$T/body"
[[ $STATUS == 200 ]] || expect_error 429 'more than 1 times a second'
# It may take a request a second, and asks more often than that.
before=$(sql 'SELECT count(*) FROM logs')
settings "API_KEY=$FAST"
seq -f 'line %.0f' 30 >"$T/file.log"
tool import "$T/file.log" || fail "import: $(cat "$T/tool.out")"
expect_stored $((before + 30))
