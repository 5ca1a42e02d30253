# shellcheck shell=bash
# loganalyzer import: each record once, whatever happened to the file in between, and the
# incidents that came of it are told.
start_server
# lines FROM TO: failed logins as sshd writes them
lines_from() {
    seq -f 'Nov 22 10:00:00 web1 sshd[%.0f]: Failed password for root from 10.0.0.1 port 22' "$1" "$2"
}
# says TEXT FILE...: imports them and expects TEXT on standard output
says() {
    local want=$1
    shift
    tool import "$@" || fail "import ended with status $?: $(cat "$T/tool.out")"
    grep -qF -- "$want" "$T/tool.out" || fail "expected '$want', got: $(cat "$T/tool.out")"
}
log=$T/auth.log
lines_from 1 2500 >"$log"
says 'auth.log: 2,500 records stored, 0 there already' "$log"
grep -qF '1 incident opened or extended: see /incidents' "$T/tool.out" || fail "$(cat "$T/tool.out")"
request GET /incidents
expect_json '.incidents[0].service' sshd
says 'auth.log: 0 records stored, 2,500 there already' "$log"
expect_equal 'incidents told' "$(grep -c incident "$T/tool.out" || true)" 0
says '0 records stored' "$log" "$log"

lines_from 2501 2600 >>"$log" # grown
says '100 records stored, 2,500 there already' "$log"
mv "$log" "$log.1"            # rotated, with some more that came before
lines_from 2601 2700 >>"$log.1"
lines_from 9001 9010 >"$log"
says 'auth.log: 10 records stored, 0 there already' "$log" "$log.1"
grep -qF 'auth.log.1: 100 records stored, 2,600 there already' "$T/tool.out" || fail "$(cat "$T/tool.out")"
mv "$log.1" "$log.2"
gzip "$log.2"
says 'auth.log.2.gz: 0 records stored, 2,700 there already' "$log.2.gz"
says 'standard input: 0 records stored, 10 there already' - <"$log"
expect_stored 2710
expect_sql 'SELECT count(DISTINCT metadata) FROM logs' 2710
stop_server
start_server
says '0 records stored, 2,700 there already' "$log.2.gz"
