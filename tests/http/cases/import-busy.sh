# shellcheck shell=bash
# loganalyzer import waits for a store that is locked, says so, and goes on when it is free.
start_server STORE_WAIT_MS=100
seq -f 'INFO record %.0f' 1500 >"$T/a.log"
lock_store
tool import --wait 0 "$T/a.log" && fail 'it did not give up'
grep -qF 'given up after 0 s' "$T/tool.out" || fail "$(cat "$T/tool.out")"
tool import "$T/a.log" &
importer=$!
waits() {
    grep -q 'the server answers 503; trying again' "$T/tool.out"
}
poll 20 waits || fail "it does not say that it waits: $(cat "$T/tool.out")"
unlock_store
wait "$importer" || fail "$(cat "$T/tool.out")"
expect_stored 1500
