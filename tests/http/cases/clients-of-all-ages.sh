# shellcheck shell=bash
# HTTP/1.0, and many requests over one connection.
start_server
record m >"$T/body"
request POST /ingest -0 --data-binary "@$T/body"
expect_status 200
urls=()
for _ in {1..20}; do
    urls+=("$HTTP_URL/ingest")
done
curl -sS "${HTTP[@]}" -w '%{http_code} %{num_connects}\n' -o /dev/null --data-binary "@$T/body" \
    "${urls[@]}" >"$T/replies" 2>&1 || true
expect_equal 'connections' "$(awk '{ n += $2 } END { print n }' <(grep ' [01]$' "$T/replies"))" 1
expect_stored 21
