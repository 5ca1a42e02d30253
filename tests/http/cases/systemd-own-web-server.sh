# shellcheck shell=bash
# loganalyzer.service, for a host without a web server: what it runs, where it runs it, and how
# it is reloaded and stopped. Settings come from .env beside the store.
# shellcheck source=tests/http/places.sh
. "$ROOT/tests/http/places.sh"
unit=loganalyzer.service
# in_unit KEY: runs what stands there, in the unit's folder and environment.
in_unit() {
    local command
    read -ra command < <(unit_value $unit "$1")
    set_unit_environment $unit
    cd "$(unit_value $unit WorkingDirectory)" || exit
    exec env -i "${UNIT_ENV[@]}" "${command[@]}" >>"$T/log" 2>&1 </dev/null
}
install_places
printf 'BIND=%s\nTHRESHOLD=0.7\n' "$T" >"$T/store/.env"
(in_unit ExecStartPre) || fail 'not ready to start'
in_unit ExecStart &
SERVER=$!
poll 20 answers_or_ended
ingest "$(sample)"
expect_json .threshold 0.7

# Reloaded, it reads its settings anew; what is under way is answered.
printf 'BIND=%s\nTHRESHOLD=0.6\n' "$T" >"$T/store/.env"
reload=$(unit_value $unit ExecReload)
${reload//\$MAINPID/$SERVER}
threshold_is() {
    send POST /ingest --data-binary '[]'
    [[ $STATUS == 200 && $(json .threshold) == "$1" ]]
}
poll 30 threshold_is 0.6 || fail 'not reloaded'
expect_stored 3
expect_equal 'the signal that stops it' "$(unit_value $unit KillSignal)" SIGINT # stop_server's
