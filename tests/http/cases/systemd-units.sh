# shellcheck shell=bash
# The units, as systemd reads them: nothing in them is unknown to it or leads nowhere, and the
# services may do little beside their work.
# shellcheck source=tests/http/places.sh
. "$ROOT/tests/http/places.sh"
install_places
# What they lean on, from this system.
mkdir -p "$T"/root/usr/{lib/systemd/system,sbin} "$T/root/bin"
cp /lib/systemd/system/*.target "$T/root/usr/lib/systemd/system/"
cp /bin/sh /bin/kill "$T/root/bin/"
cp "$(PATH=$PATH:/usr/sbin command -v lighttpd)" "$T/root/usr/sbin/"
units=(loganalyzer.target loganalyzer.service loganalyzer-send.service loganalyzer-send-journal.service)
for name in ingest incidents meta; do
    units+=("loganalyzer@$name.service" "loganalyzer@$name.socket")
done
verify() {
    systemd-analyze verify --root="$T/root" "${units[@]}" >"$T/verify" 2>&1 && [[ ! -s $T/verify ]]
}
verify || fail "systemd-analyze: $(cat "$T/verify")"
rm "$LIB/build/loganalyzer-meta" # it does look
verify && fail 'a missing program was not found'
for unit in loganalyzer.service:16 loganalyzer@ingest.service:16 \
    loganalyzer-send.service:17 loganalyzer-send-journal.service:18; do # a group more, and /proc
    systemd-analyze security --offline=true --root="$T/root" --threshold="${unit#*:}" "${unit%:*}" >"$T/security" 2>&1 ||
        fail "$unit may do more than need be: $(tail -n 3 "$T/security")"
done
# A reboot starts the responders: the target is wanted, and wants all that the snippets name.
unit_value loganalyzer.target WantedBy | grep -qx multi-user.target || fail 'not wanted at boot'
grep -rhoE '/run/loganalyzer/[a-z]+[.]sock' "$ROOT"/deploy/{apache,lighttpd,nginx} | sort -u >"$T/sockets"
[[ -s $T/sockets ]] || fail 'the snippets name no sockets'
while IFS= read -r socket; do
    name=$(basename "$socket" .sock)
    unit_value loganalyzer.target Wants | grep -qF "loganalyzer@$name.service" || fail "nobody starts $name"
done <"$T/sockets"
# What our own lighttpd.conf hands to a responder, the other web servers do too.
grep -oE '^ *"/[a-z-]+" =>' "$ROOT/lighttpd.conf" | tr -d ' "=>' | sort -u >"$T/routes"
grep -qx /ingest "$T/routes" || fail 'no routes were found'
while IFS= read -r route; do
    for snippet in "AT}${route#/}\"" "\"/loganalyzer$route\" =>" "\"$route\" =>" "^~ /loganalyzer$route {"; do
        grep -rqF -- "$snippet" "$ROOT"/deploy/{apache,lighttpd,nginx} || fail "no $snippet in a snippet"
    done
done <"$T/routes"
# The user that they run as is made.
grep -q "^u $(unit_value loganalyzer@.service User) " "$T/root/usr/local/lib/sysusers.d/loganalyzer.conf" ||
    fail 'another user'
# Who sends logs may read them, and what it is called with is a call that it takes.
for unit in loganalyzer-send:adm loganalyzer-send-journal:systemd-journal; do
    [[ $(unit_value "${unit%:*}.service" SupplementaryGroups) == "${unit#*:}" ]] || fail "$unit: other groups"
    settings=$T/root/etc/default/loganalyzer-send
    call=$(unit_value "${unit%:*}.service" ExecStart)
    # shellcheck disable=SC1090
    . "$settings"
    call=${call//'$'SEND_OPTIONS/$SEND_OPTIONS}
    call=${call//'$'SEND_FILES/$SEND_FILES}
    # shellcheck disable=SC2086 # words, as systemd splits them
    set -- $call
    shift
    tool "$@" --wait x && fail "$unit: it runs"
    grep -q -- '--wait takes a number' "$T/tool.out" || fail "$unit: $(cat "$T/tool.out")"
done
# What somebody has changed is kept when it is installed again.
echo 'SEND_FILES=/var/log/mine.log' >"$settings"
DESTDIR=$T/root LOGANALYZER_BUILD=$BUILD deploy/install >>"$T/log" 2>&1 || fail 'deploy/install has failed'
grep -qx 'SEND_FILES=/var/log/mine.log' "$settings" || fail 'settings were overwritten'
[[ -e $settings.new ]] || fail 'the new settings are not shown'
