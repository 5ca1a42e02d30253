# shellcheck shell=bash
# The backend has the page, the scoring service has none.
# shellcheck source=tests/http/page.sh
. "$ROOT/tests/http/page.sh"
settings "ML_URL=$T/ml"
start_half backend
start_half ml-service
expect_page ''
expect_page /loganalyzer
for target in / /app.js /loganalyzer/ /loganalyzer; do
    request ml GET "$target"
    expect_error 404 'no such path'
    expect_header Content-Security-Policy "default-src 'none'; frame-ancestors 'none'"
done
stop_half ml-service
stop_half backend
