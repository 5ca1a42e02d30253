# shellcheck shell=bash
# "anomaly" is the score above THRESHOLD, as for incidents; the score itself does not move.
start_server THRESHOLD=0.95
request ml POST /score --data-binary '{"failed_logins":5,"error_rate":0.4}'
expect_true '.score > 0.9 and .score < 0.95 and .anomaly == false and .threshold == 0.95'
request ml POST /score --data-binary '{"failed_logins":9,"error_rate":0.4}'
expect_true '.score > 0.95 and .anomaly == true'
