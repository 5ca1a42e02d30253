# shellcheck shell=bash
# A prefix in which a regular expression would see something: it is taken by the letter.
# shellcheck source=tests/http/page.sh
. "$ROOT/tests/http/page.sh"
start_server 'URL_PREFIX=/lo.gs+(x)/a'
expect_page ''
expect_page '/lo.gs+(x)/a'
expect_page_redirect '/lo.gs+(x)/a'
request GET '/loXgs+(x)/a/'
expect_error 404 'no such path'
request GET /loganalyzer/
expect_error 404 'no such path'
