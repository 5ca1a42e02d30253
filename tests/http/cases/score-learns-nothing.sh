# shellcheck shell=bash
# /score looks and forgets: nothing is stored, nothing is learned, however often.
start_server
logins=$(records 30 'Failed password for root' INFO sshd)
request ml POST /score --data-binary "[$logins]"
first=$(json .score)
expect_json .anomaly true
for _ in {1..5}; do
    request ml POST /score --data-binary "{\"logs\":[$logins]}"
    expect_json .score "$first"
done
for _ in {1..30}; do
    request ml POST /score --data-binary "$(record 'Failed password for root' INFO sshd)"
    expect_json .anomaly false
done
stop_server
expect_stored 0
expect_sql 'SELECT count(*) FROM incidents' 0
