# shellcheck shell=bash
# API keys: made, listed and taken away while the server runs; what each scope may do; what
# the tool and the backend send.
# shellcheck source=tests/http/keys.sh
. "$ROOT/tests/http/keys.sh"
start_server
request GET /meta
expect_status 200 # no key yet: this machine is served
make_keys
expect_matrix < <(
    matrix
    echo 'TRACE /meta ingest read admin score'
    echo 'GET /loganalyzer/meta read admin'
    echo 'ml POST /ingest ingest read admin score' # no such path
)

# What is said to whom.
request GET /meta
expect_error 401 'an API key is needed'
expect_header WWW-Authenticate 'Bearer realm="loganalyzer"'
request GET /meta -H "Authorization: Bearer ${INGEST}x"
expect_error 401 'none of this server'
expect_header WWW-Authenticate 'Bearer realm="loganalyzer", error="invalid_token"'
request GET /meta -H "Authorization: Bearer $INGEST"
expect_error 403 'lacks the scope read'
expect_header WWW-Authenticate 'Bearer realm="loganalyzer", error="insufficient_scope", scope="read"'
request GET "/meta?key=$READ"
expect_error 401 'an API key is needed'
request GET /meta -H "Authorization: Bearer $READ" -H "Authorization: Bearer $READ"
expect_error 401 'none of this server'
# A body that nobody may send is not worked on, and nothing of it is stored.
bytes 3000000 x >"$T/large"
request POST /ingest --data-binary "@$T/large"
expect_error 401 'an API key is needed'
expect_stored 4 # of the matrix

# The tool.
echo 'one line' >"$T/file.log"
! tool import "$T/file.log" || fail 'imported without a key'
grep -q '401.*an API key is needed.*API_KEY is not set' "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"
settings "API_KEY=$READ"
! tool import "$T/file.log" || fail 'imported with a key for reading'
grep -q '403.*lacks the scope ingest' "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"
settings "API_KEY=$INGEST"
tool import "$T/file.log" || fail "import: $(cat "$T/tool.out")"
tool config
grep -q '^API_KEY=\*\*\*' "$T/tool.out" || fail 'the key is shown'
settings "API_KEY=$ADMIN"
tool notify list || fail "notify: $(cat "$T/tool.out")"
expect_stored 5

# Listed without what would open anything; revoked, it is refused at once.
tool key list
expect_equal 'keys' "$(wc -l <"$T/tool.out")" 4
grep -q "^$(id_of "$INGEST")  ingest .*  the web server$" "$T/tool.out" || fail "$(cat "$T/tool.out")"
! grep -rq "${ADMIN:30}" "$T/tool.out" "$T/store" "$T/log" || fail 'a key can be found'
expect_equal 'mode' "$(stat -c %a "$T/store/data.sqlite-keys")" 600
tool key revoke "$(id_of "$READ")" || fail "revoke: $(cat "$T/tool.out")"
request GET /meta -H "Authorization: Bearer $READ"
expect_error 401 'none of this server'
request GET /meta -H "Authorization: Bearer $ADMIN"
expect_status 200
for call in '' 'add more' 'revoke' 'list --scope read' 'add --scope all' "revoke $(id_of "$READ")"; do
    # shellcheck disable=SC2086 # words
    ! tool key $call || fail "accepted: $call"
done

# A file that is damaged lets nobody in, and says so; mended it is well.
cp "$T/store/data.sqlite-keys" "$T/keys"
echo nonsense >>"$T/store/data.sqlite-keys"
request GET /meta -H "Authorization: Bearer $ADMIN"
expect_error 503 'the API keys cannot be read'
poll 5 logged 'nobody is let in: .*line 5' || fail 'the log does not say why'
! tool check || fail 'check finds nothing'
cp "$T/keys" "$T/store/data.sqlite-keys"
request GET /meta -H "Authorization: Bearer $ADMIN"
expect_status 200
poll 5 logged 'refused .*: the API key is none of this' || fail 'refusals are not in the log'
