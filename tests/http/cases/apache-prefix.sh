# shellcheck shell=bash
# Behind Apache at /loganalyzer/ of its sites, set up by Debian's tools from the shipped files.
# shellcheck source=tests/http/places.sh
. "$ROOT/tests/http/places.sh"
install_places
start_units
configure_apache conf
start_web apache /loganalyzer
through_web 503
through_web_keys
through_web_echo
# Its folder without the slash.
HTTP_URL=http://127.0.0.1:$PORT
expect_page_redirect /loganalyzer
# Who may not is told so, as JSON.
kill -TERM "$WEB"
wait "$WEB"
sed -i 's#Require local#Require ip 192.0.2.0/24#' "$T/apache/conf-available/loganalyzer.conf"
start_web apache /loganalyzer
request GET /incidents
expect_error 403 'not served'
request GET /
expect_error 403 'not served'
stop_places
