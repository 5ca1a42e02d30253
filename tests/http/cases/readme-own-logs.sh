# shellcheck shell=bash
# README's section "Your own logs": each line of its table is carried out as it stands there,
# with the paths of the sample logs in tests/data and of this server in place of the
# machine's. Windows' scripts have a case of their own.
# shellcheck source=tests/http/sending.sh
. "$ROOT/tests/http/sending.sh"
start_server STORE_WAIT_MS=100
cp "$ROOT"/tests/data/*.log "$T"
mkdir "$T/bin" "$T/apache2"
mv "$T/access.log" "$T/apache2"
ln -s "$ROOT/tests/http/fake_journalctl.pl" "$T/bin/journalctl"
printf '%s\n' '1 kernel: eth0 is up' '2 cron: job started' >"$T/journal"
printf '#!/bin/sh\necho "copying /etc"\necho "ERROR disk is full" >&2\nexit 3\n' >"$T/bin/backup"
chmod +x "$T/bin/backup"
PATH=$T/bin:$PATH
settings "FAKE_JOURNAL=$T/journal" STORE_WAIT_MS=100
# shellcheck disable=SC2016 # the backticks are the table's
commands() {
    sed -n '/^## Your own logs/,/^## The page/s/^| [^|`]* | `\(.*\)` |$/\1/p' README.md | sed 's/\\|/|/g'
}
# adapted COMMAND: with this case's paths
adapted() {
    sed -e "s#build/loganalyzer send#$BUILD/loganalyzer send --state $T/state#" \
        -e "s#/var/log/#$T/#; s#/usr/local/bin/#$T/bin/#" \
        -e "s#curl #curl --unix-socket $T/http #; s#http://127.0.0.1:3000#http://test#" <<<"$1"
}
n=0
follow() { # COMMAND RECORDS SERVICES
    local before
    before=$(stored)
    set_environment
    env -i "${ENVIRONMENT[@]}" bash -c "exec $(adapted "$1")" >>"$T/send.out" 2>&1 &
    SENDER=$!
    wait_stored $((before + $2))
    expect_sql "SELECT group_concat(s, ' ') FROM (SELECT DISTINCT service AS s FROM logs WHERE id > $before ORDER BY s)" "$3"
    stop_send
}
# run_job ROW: as cron does it; what it would mail is $T/cron.out. The job ends with 3.
run_job() {
    local status=0
    bash -c "$(adapted "$1")" >"$T/cron.out" 2>&1 || status=$?
    expect_equal 'exit status of the job' "$status" 3
}
expect_mail() { # TEXT...
    local text
    for text in "$@" 'copying /etc' 'ERROR disk is full'; do
        grep -qF -- "$text" "$T/cron.out" || fail "cron's mail lacks '$text': $(cat "$T/cron.out")"
    done
}
refusals() {
    grep -c 'answered 503' "$T/log" || true
}
refused_more_than() {
    (($(refusals) > $1))
}
cron_job() {
    local row=$1 before job refused
    before=$(stored)
    run_job "$row"
    expect_equal 'what cron would mail' "$(cat "$T/cron.out")" ''
    expect_sql "SELECT group_concat(service || ' ' || level || ' ' || message, ', ') FROM logs WHERE id > $before" \
        'backup INFO copying /etc, backup ERROR ERROR disk is full, backup ERROR ERROR exit status 3'
    run_job "$row" # the same output, the next night
    expect_stored $((before + 6))
    # A job that says nothing and is well is no error.
    printf '#!/bin/sh\n' >"$T/bin/quiet"
    chmod +x "$T/bin/quiet"
    bash -c "$(adapted "${row//bin\/backup/bin/quiet}")" >"$T/cron.out" 2>&1 || fail "status $?"
    expect_equal 'mail of a quiet job' "$(cat "$T/cron.out")" ''
    expect_sql "SELECT level || ' ' || message FROM logs WHERE id > $before + 6" 'INFO exit status 0'
    # The server cannot store it (503), longer than it is tried again, and for a moment.
    lock_store
    run_job "${row/--retry 5/--retry 1}"
    expect_mail 'curl: (22)' 503
    refused=$(refusals)
    run_job "$row" &
    job=$!
    poll 20 refused_more_than "$refused" || fail 'it was not tried again'
    unlock_store
    wait "$job" || fail "$(cat "$T/cron.out")"
    expect_equal 'what cron would mail' "$(cat "$T/cron.out")" ''
    expect_stored $((before + 10))
    # Nobody is there, longer than it is tried again, and for a moment.
    halt_server
    run_job "${row/--retry 5/--retry 1}"
    expect_mail 'curl: (7)'
    run_job "$row" &
    job=$!
    launch
    poll 20 answers_or_ended || fail 'the server does not answer'
    wait "$job" || fail "$(cat "$T/cron.out")"
    expect_stored $((before + 13))
}
while IFS= read -r row; do
    n=$((n + 1))
    case $row in
    *auth.log) follow "$row" 7 'CRON sshd sudo' ;;
    *access.log) follow "$row" 4 'apache2-access' ;;
    *mail.log) follow "$row" 5 'dovecot postfix/local postfix/qmgr postfix/smtpd' ;;
    *--journal) follow "$row" 2 'fake' ;;
    *' import '*) fail "a table has $row" ;;
    'bash -c '*) cron_job "$row" ;;
    *) fail "a row that this test does not know how to carry out: $row" ;;
    esac
done < <(commands)
expect_equal rows $n 5
# What import has stored, send does not send again.
before=$(stored)
cp "$T/mail.log" "$T/old.log"
tool import "$T/old.log" || fail "$(cat "$T/tool.out")"
start_send -f "$T/old.log"
echo 'one more' >>"$T/old.log"
wait_stored $((before + 6))
stop_send
# Nor does it when its own notes are lost.
rm -r "$T/state"
start_send -f "$T/old.log" "$T/apache2/access.log"
echo 'and one more' >>"$T/old.log"
wait_stored $((before + 7))
stop_send
stop_server
