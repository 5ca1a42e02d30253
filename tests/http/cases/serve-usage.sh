# shellcheck shell=bash
# A word that is no half: usage, status 2, and nothing is installed, built or started.
used() { # used STATUS SCRIPT WORD...
    local want=$1 status=0
    shift
    "$ROOT/deploy/$1" "${@:2}" >"$T/said" 2>"$T/complaint" </dev/null || status=$?
    expect_equal "status of deploy/$*" "$status" "$want"
}
for script in run serve healthcheck; do
    used 2 "$script" ml
    grep -q "^usage: deploy/$script \[backend|ml-service\]" "$T/complaint" || fail "$script: no usage"
    [[ ! -s $T/said ]] || fail "$script: a complaint belongs to standard error"
    used 2 "$script" backend ml-service
done
used 0 run --help
grep -q '^usage: deploy/run' "$T/said" || fail 'no usage'
settings LOGANALYZER_HALF=frontend
tool check && fail 'LOGANALYZER_HALF=frontend was accepted'
grep -q 'LOGANALYZER_HALF is "frontend"' "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"
