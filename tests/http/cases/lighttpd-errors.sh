# shellcheck shell=bash
# What lighttpd refuses by itself is JSON in our form too.
start_server
request POST /ingest # no length
expect_error 411 'has no length'
request GET "/$(bytes 9000 a)"
expect_status 431
request GET /meta -H "X-Long: $(bytes 9000 a)"
expect_status 431
request GET /meta -H 'Host;'
expect_error 400 'could not be read'
request GET /meta -H 'Content-Length: -1'
expect_status 400
request GET '/meta%0d%0aX:y'
expect_status 400
