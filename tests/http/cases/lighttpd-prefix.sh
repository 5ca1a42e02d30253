# shellcheck shell=bash
# Behind Debian's lighttpd at /loganalyzer/ of its sites, with the shipped snippet.
# shellcheck source=tests/http/places.sh
. "$ROOT/tests/http/places.sh"
install_places
start_units
configure_lighttpd
echo 'somebody' >"$T/www/page.txt"
start_web lighttpd /loganalyzer
through_web 503
through_web_keys
through_web_echo
# The rest of the site is as it was.
HTTP_URL=http://127.0.0.1:$PORT
send GET /page.txt
expect_equal 'a page of the site' "$STATUS $(cat "$T/r.body")" '200 somebody'
send GET /ingest
expect_equal 'a path of the site' "$STATUS $(header Content-Type)" '404 text/html'
# Its folder without the slash.
HTTP_URL=http://127.0.0.1:$PORT
expect_page_redirect /loganalyzer
# Who may not is told so, as JSON.
kill -TERM "$WEB"
wait "$WEB" || true
sed -i 's#127.0.0.0/8#192.0.2.0/24#' "$T/root/etc/lighttpd/conf-enabled/50-loganalyzer.conf"
start_web lighttpd /loganalyzer
request GET /incidents
expect_error 403 'not served'
request GET /
expect_error 403 'not served'
stop_places
