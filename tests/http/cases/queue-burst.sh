# shellcheck shell=bash
# Far more at once than may be in work and wait: each is answered, 200 or at once our own
# 503, which says that nothing was stored. Not 500, with which a client cannot know.
start_server INGEST_WORKERS=1 INGEST_QUEUE=1
record m >"$T/body"
urls=()
for _ in {1..80}; do
    urls+=("$HTTP_URL/ingest")
done
for _ in 1 2 3; do
    curl -s -Z --parallel-immediate --parallel-max 80 "${HTTP[@]}" --data-binary "@$T/body" \
        -w '%{http_code}\n' -o /dev/null "${urls[@]}" >>"$T/burst" 2>/dev/null || true
done
sed -n 's/.*\([0-9]\{3\}\)$/\1 -/p' "$T/burst" >"$T/replies"
expect_equal 'replies' "$(wc -l <"$T/replies")" 240
expect_statuses '200|503'
expect_stored "$(grep -c '^200' "$T/replies")"
