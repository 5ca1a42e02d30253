# shellcheck shell=bash
# MAX_BODY_BYTES need not be whole KiB, which is what lighttpd counts in: up to there it is
# lighttpd that refuses, between the two it is us.
start_server MAX_BODY_BYTES=100000
for n in 100000 100001 100352 100353; do
    record 'with white space' >"$T/body"
    bytes $((n - $(record "with white space" | wc -c))) ' ' >>"$T/body"
    ingest_file "$T/body"
    case $n in
    100000) expect_status 200 ;;
    100353) expect_error 413 'larger than the limit' ;;
    *) expect_error 413 'more than 100000 bytes' ;;
    esac
done
expect_stored 1
