# shellcheck shell=bash
# A web server that asks for passwords, ALLOW_ANONYMOUS and no key: who has the password is
# served by us, whoever it is; with a key in the file the password alone is not enough.
# shellcheck source=tests/http/places.sh
. "$ROOT/tests/http/places.sh"
# shellcheck source=tests/http/keys.sh
. "$ROOT/tests/http/keys.sh"
install_places
echo ALLOW_ANONYMOUS=1 >"$T/store/.env"
start_units
configure_apache site
printf 'me:%s\n' "$(openssl passwd -apr1 secret)" >"$T/passwords"
sed -i "s#^ *Require local#AuthType Basic\nAuthName logs\nAuthUserFile $T/passwords\nRequire valid-user#" \
    "$T/apache/sites-available/loganalyzer.conf"
start_web apache
send GET /meta
expect_status 401
expect_header WWW-Authenticate 'Basic realm="logs"'
request GET /meta -u me:secret -H 'Host: logs.example.org' -H 'X-Forwarded-For: 192.0.2.1'
expect_status 200
request POST /ingest -u me:secret --data-binary "$(record m)"
expect_json .stored 1
make_key KEY --scope admin
request GET /meta -u me:secret
expect_error 401 'an API key is needed'
stop_places
