# shellcheck shell=bash
# loganalyzer backup copies a store that is in use, as it is at one moment, checks it and
# replaces nothing that is there; put back as the README says, all of it is there again and
# what was learned too.
whole='SELECT (SELECT count(*) FROM logs) = (SELECT sum(n) FROM batches), (SELECT count(*) FROM incidents)'
of() {
    sqlite3 -readonly -batch "file:$T/$1?immutable=1" "$2"
}
refused() {
    local said=$1
    shift
    ! tool backup "$@" || fail "made: backup $*"
    grep -q -- "$said" "$T/tool.out" || fail "'$said' is not said: $(cat "$T/tool.out")"
}
refused "there is no store yet, $T/store/data.sqlite;" "$T/b.sqlite"
start_server
ingest "$(sample)"
start_load 4
more_load 20
tool backup "$T/b.sqlite" || fail "no backup: $(cat "$T/tool.out")"
grep -q 'records, .*checked; what was learned is beside it' "$T/tool.out" || fail "said: $(cat "$T/tool.out")"
more_load 5
stop_load
expect_statuses 200
expect_equal 'of the copy' "$(of b.sqlite "$whole")" '1|1'
expect_equal 'integrity' "$(of b.sqlite 'PRAGMA integrity_check')" ok
[[ ! -e $T/b.sqlite.part && ! -e $T/b.sqlite-wal && ! -e $T/b.sqlite-model.part ]] || fail 'something is left over'
expect_equal 'rights' "$(stat -c %a "$T/b.sqlite" "$T/b.sqlite-model")" $'600\n600'

cp "$T/b.sqlite" "$T/before"
refused 'is there already; --force' "$T/b.sqlite"
refused 'is the store itself' --force "$T/store/data.sqlite"
refused 'is there and no file' --force "$T"
refused "the folder for the copy, $T/no-folder: No such file or directory; make it first" "$T/no-folder/b.sqlite"
refused "$T/before is there and no folder" "$T/before/b.sqlite"
refused 'takes one FILE'
cmp "$T/b.sqlite" "$T/before" || fail 'a refused backup has changed the old one'
printf 'left of one that was killed' | tee "$T/b.sqlite.part" "$T/b.sqlite-shm" >"$T/b.sqlite-wal"
tool backup --force "$T/b.sqlite" || fail "no backup: $(cat "$T/tool.out")"
[[ ! -e $T/b.sqlite-wal && ! -e $T/b.sqlite-shm ]] || fail 'a journal of the copy before is beside the new one'
n=$(of b.sqlite 'SELECT count(*) FROM logs')
expect_sql 'SELECT count(*) FROM logs' "$n"
ingest "[$(record 'after the backup')]"
stop_server

# As the README says.
printf 'of another time' >"$T/store/data.sqlite-wal" # left of a crash
rm -f "$T/store/data.sqlite-wal" "$T/store/data.sqlite-shm"
cp "$T/b.sqlite" "$T/store/data.sqlite"
cp "$T/b.sqlite-model" "$T/store/data.sqlite-model"
: >"$T/log"
start_server
request GET /incidents/1
expect_status 200
ingest "[$(record 'put back')]"
expect_true '.score != null'
expect_sql 'SELECT max(id) FROM logs' $((n + 1))
! grep -q 'of another store' "$T/log" || fail "learned anew: $(cat "$T/log")"
stop_server

# A store that is damaged: no copy, and it says so.
page=$(sqlite3 -readonly "$T/store/data.sqlite" "SELECT rootpage FROM sqlite_schema WHERE name='batches'")
dd if=/dev/zero of="$T/store/data.sqlite" bs=4096 seek=$((page - 1)) count=1 conv=notrunc status=none
refused 'damaged' "$T/c.sqlite"
[[ ! -e $T/c.sqlite && ! -e $T/c.sqlite.part && ! -e $T/c.sqlite-model ]] || fail 'a copy of it is left'
rm "$T/store/data.sqlite"
