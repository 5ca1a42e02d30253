# shellcheck shell=bash
# A store that a newer version has written is refused, not guessed at, and not touched.
start_server
ingest "$(sample)"
stop_server
sqlite3 "$T/store/data.sqlite" 'PRAGMA user_version=99'
cp "$T/store/data.sqlite" "$T/before"
tool check && fail 'accepted by "loganalyzer check"'
grep -q 'newer version' "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"
expect_no_service 'newer version'
cmp "$T/store/data.sqlite" "$T/before" || fail 'the file was changed'
