# shellcheck shell=bash
# Behind Debian's lighttpd as a site of its own: the snippet's condition on the host.
# shellcheck source=tests/http/places.sh
. "$ROOT/tests/http/places.sh"
install_places
start_units
configure_lighttpd
# shellcheck disable=SC2016 # lighttpd's
sed -i 's/^\$HTTP\["url"\] =~ .*/$HTTP["host"] =~ "^127[.]0[.]0[.]1(:[0-9]+)?$" {/' \
    "$T/root/etc/lighttpd/conf-enabled/50-loganalyzer.conf"
start_web lighttpd
through_web 503
through_web_echo
stop_places
