# shellcheck shell=bash
# Behind Debian's nginx at /loganalyzer/ of a site, with the shipped snippet.
# shellcheck source=tests/http/places.sh
. "$ROOT/tests/http/places.sh"
install_places
start_units
configure_nginx
start_web nginx /loganalyzer
through_web 502
through_web_keys
through_web_echo
# Its folder without the slash.
HTTP_URL=http://127.0.0.1:$PORT
expect_page_redirect /loganalyzer
# Who may not is told so, as JSON.
kill -TERM "$WEB"
wait "$WEB"
sed -i 's#127.0.0.0/8#192.0.2.0/24#' "$T/root/etc/nginx/snippets/loganalyzer.conf"
start_web nginx /loganalyzer
request GET /incidents
expect_error 403 'not served'
request GET /
expect_error 403 'not served'
stop_places
