# shellcheck shell=bash
# More failed logins or errors never score lower; the sample's numbers are unusual, one
# failed login in ten is not.
score() {
    request ml POST /score --data-binary "$1"
    expect_status 200
}
start_server
last=0
for n in 1 2 3 5 8 13 40 200; do
    score "{\"features\":{\"failed_logins\":$n,\"error_rate\":0}}"
    expect_true ".score >= $last"
    last=$(json .score)
done
last=0
for rate in 0.01 0.1 0.2 0.3 0.5 0.8 1; do
    score "{\"features\":{\"failed_logins\":0,\"error_rate\":$rate,\"count\":100}}"
    expect_true ".score >= $last"
    last=$(json .score)
done
score '{"features":{"failed_logins":1,"error_rate":0.1}}'
expect_true '.score < 0.8 and .anomaly == false'
score '{"features":{"failed_logins":0,"error_rate":0.02,"count":50}}'
expect_true '.score < 0.5'
