# shellcheck shell=bash
# 500 failed logins score higher than 20, and more always more than fewer. (Far out the
# score is 1: a double has no digits left.)
start_server
last=0
for n in 3 5 20 100 500; do
    ingest "[$(records $n 'authentication failed login for user admin' ERROR auth)]"
    expect_json .features.failed_login_count $n
    expect_true ".score > $last and .score <= 1"
    last=$(json .score)
done
