# shellcheck shell=bash
# What stands behind the numbers is not passed over, be it behind a NUL.
start_server
for text in '{"failed_logins":5} trailing' '{"failed_logins":5}{"failed_logins":6}' \
    '{"failed_logins":5}\0trailing'; do
    # shellcheck disable=SC2059 # the text is a format
    printf "$text" >"$T/body"
    request ml POST /score --data-binary "@$T/body"
    expect_status 400
done
