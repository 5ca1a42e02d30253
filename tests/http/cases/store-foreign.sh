# shellcheck shell=bash
# A file that another program made is refused and left as it is, to the byte.
mkdir -p "$T/store"
store=$T/store/data.sqlite
refused() {
    cp "$store" "$T/before"
    tool check && fail 'accepted by "loganalyzer check"'
    grep -q "$1" "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"
    expect_no_service "$1"
    cmp "$store" "$T/before" || fail 'the file was changed'
    [[ ! -e $store-wal && ! -e $store-shm && ! -e $store-journal ]] || fail 'files were put beside it'
    rm "$store"
}
sqlite3 "$store" "CREATE TABLE bookmarks(url TEXT); INSERT INTO bookmarks VALUES('x');"
refused 'made by another program'
sqlite3 "$store" "CREATE TABLE logs(id INTEGER PRIMARY KEY, line TEXT);"
refused 'made by another program'
sqlite3 "$store" "PRAGMA journal_mode=WAL; CREATE TABLE t(x);" >"$T/out"
refused 'made by another program'
sqlite3 "$store" "PRAGMA application_id=1234567; CREATE TABLE t(x);"
refused 'made by another program'
printf 'not a database at all, just a file of somebody\n%.0s' {1..50} >"$store"
refused 'not a database'
