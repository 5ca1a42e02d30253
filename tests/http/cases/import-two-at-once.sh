# shellcheck shell=bash
# Several imports of one file at the same time, one of them of a copy that is shorter: each
# record is stored once, and what they say they have stored adds up.
start_server
seq -f 'INFO record %.0f' 6500 >"$T/a.log"
head -n 3300 "$T/a.log" >"$T/b.log"
gzip -c "$T/a.log" >"$T/c.log.gz"
set_environment
pids=()
for file in a.log b.log c.log.gz; do
    env -i "${ENVIRONMENT[@]}" "$BUILD/loganalyzer" import "$T/$file" >"$T/$file.out" 2>&1 &
    pids+=($!)
done
for pid in "${pids[@]}"; do
    wait "$pid" || fail "an import failed: $(cat "$T"/*.out)"
done
expect_sql 'SELECT count(*), count(DISTINCT message) FROM logs' '6500|6500'
total=$(cat "$T"/*.out | tr -d , | awk '{ n += $2 } END { print n }')
expect_equal 'records that they say they stored' "$total" 6500
