# shellcheck shell=bash
# Behind Apache as a site of its own.
# shellcheck source=tests/http/places.sh
. "$ROOT/tests/http/places.sh"
install_places
start_units
configure_apache site
start_web apache
through_web 503
through_web_echo
stop_places
