# shellcheck shell=bash
# loganalyzer import, killed half way and repeated; and ingest killed under it: each record
# once. The importer reads from a pipe, so that it stands still where the case wants.
start_server
N=12000 HALF=8000 # half is more than the importer reads ahead
awk -v n=$N 'BEGIN { for (i = 1; i <= n; i++) printf "%s record %d %400s\n", "INFO", i, "" }' >"$T/big.log"
mkfifo "$T/pipe"
stored_is_at_least() {
    (($(sql 'SELECT count(*) FROM logs' 2>/dev/null || echo 0) >= $1))
}
# start_import: from the pipe, of which the first half is written; waits until it has sent
# what it can without the rest.
start_import() {
    set_environment
    env -i "${ENVIRONMENT[@]}" "$BUILD/loganalyzer" import "$T/pipe" >"$T/out" 2>&1 &
    IMPORTER=$!
    exec {PIPE}>"$T/pipe"
    head -n $HALF "$T/big.log" >&"$PIPE"
}

start_import
poll 40 stored_is_at_least 1000 || fail "nothing is stored: $(cat "$T/out")"
kill -KILL "$IMPORTER"
exec {PIPE}>&-
wait "$IMPORTER" && fail 'it was not killed'
before=$(sql 'SELECT count(*) FROM logs')
((before < HALF)) || fail "the importer had all it was given: $before"

start_import
killed=$(pid_of ingest)
kill -KILL "$killed"
tail -n +$((HALF + 1)) "$T/big.log" >&"$PIPE" &
serves_again() {
    [[ $(pid_of ingest) != "$killed" ]] && send POST /ingest --data-binary '[]' &&
        [[ $STATUS == 200 ]]
}
poll 20 serves_again || fail 'ingest does not serve again'
killed=$(pid_of ingest)
kill -KILL "$killed"
exec {PIPE}>&-
wait "$IMPORTER" || fail "the import failed: $(cat "$T/out")"
tail -n 1 "$T/out" | grep -q 'there already$' || fail "$(cat "$T/out")"
expect_sql "SELECT count(*), count(DISTINCT message) FROM logs" "$N|$N"
tool import "$T/big.log"
grep -qF '0 records stored, 12,000 there already' "$T/tool.out" || fail "$(cat "$T/tool.out")"
expect_stored $N
