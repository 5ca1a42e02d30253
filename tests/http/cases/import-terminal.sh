# shellcheck shell=bash
# loganalyzer import shows how far it is on a terminal, and nothing of that elsewhere.
# script(1), of Debian's essential bsdutils, is the terminal.
start_server
seq -f 'INFO record %.0f' 3000 >"$T/a.log"
tool import "$T/a.log"
grep -q $'\r' "$T/tool.out" && fail "control characters, without a terminal: $(cat -v "$T/tool.out")"
set_environment
env -i "${ENVIRONMENT[@]}" script -qec "$BUILD/loganalyzer import $T/a.log" /dev/null \
    </dev/null >"$T/seen" 2>&1 || fail "it failed: $(cat -v "$T/seen")"
tr '\r' '\n' <"$T/seen" >"$T/shown"
grep -qE '^[^ ]*/a\.log \[#+ *\] +[0-9]+% 1,000 records, [0-9,]+/s' "$T/shown" || fail "$(cat -v "$T/shown")"
grep -q 'a.log: 0 records stored, 3,000 there already' "$T/shown" || fail "$(cat -v "$T/shown")"
