# shellcheck shell=bash
# failed_login_count is the prototype's rule, in any case and with any white space; the
# detector knows more wordings than that field counts.
start_server
for message in 'failed login' 'FAILED LOGIN x' 'failed \t login' 'failedlogin' 'auth failure' \
    'AuthFail' 'pam: auth  failed' 'invalid password' 'Invalid  Password for bob'; do
    ingest "$(record "$message")"
    expect_json .features.failed_login_count 1
done
for message in 'login failed' 'Failed password for root' 'authentication failure' 'invalid user' \
    'failed to login' 'author failed' 'password is invalid'; do
    ingest "$(record "$message")"
    expect_json .features.failed_login_count 0
done
ingest "[$(records 10 'Failed password for root from 10.0.0.1 port 22 ssh2' INFO sshd)]"
expect_json .features.failed_login_count 0
expect_json '.reasons[0].channel' failed_logins
expect_json '.reasons[0].observed' 10
