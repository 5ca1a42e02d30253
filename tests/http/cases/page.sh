# shellcheck shell=bash
# The page: its files with their headers, at / and below the prefix, at the main port alone.
# shellcheck source=tests/http/page.sh
. "$ROOT/tests/http/page.sh"
start_server
expect_page ''
expect_page /loganalyzer
expect_page_redirect /loganalyzer
send GET '/loganalyzer?x=1'
expect_header Location '/loganalyzer/?x=1'
for target in / /app.js /loganalyzer/ /loganalyzer/app.js /loganalyzer; do
    request ml GET "$target"
    expect_error 404 'no such path'
    expect_header Content-Security-Policy "default-src 'none'; frame-ancestors 'none'"
done
# Other methods are the responders'.
for method in POST PUT PATCH DELETE OPTIONS; do
    request "$method" /
    ((STATUS >= 400)) || fail "$method /: $STATUS"
    request "$method" /loganalyzer
    ((STATUS >= 400)) || fail "$method /loganalyzer: $STATUS"
done
