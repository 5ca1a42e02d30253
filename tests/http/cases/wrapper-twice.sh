# shellcheck shell=bash
# "logs" twice in one wrapper: which is meant cannot be known, so neither is stored.
start_server
r=$(record m)
post /ingest "{\"logs\":[$r],\"logs\":[$r,$r]}"
expect_error 400 logs
expect_stored 0
