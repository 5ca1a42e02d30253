# shellcheck shell=bash
# .env in the project's folder, as people write it; the environment beats it.
home() {
    # shellcheck disable=SC2059 # the text is a format
    make_home && printf "$@" >"$T/home/.env"
}
check() { # check KEY VALUE
    tool config || fail "the settings are refused: $(cat "$T/tool.out")"
    grep -q "^$1=$2  #" "$T/tool.out" || fail "expected $1=$2: $(grep "^$1=" "$T/tool.out")"
}
home ''
check THRESHOLD 0.8
check PORT 3000
check ML_PORT 8000
home '\xef\xbb\xbfTHRESHOLD=0.5\r\nPORT = 3100 # web\r\n\r\n# comment\r\nexport ML_PORT="8100"  # more\r\nMODEL_VERSION='\''a # b'\'
check THRESHOLD 0.5
check PORT 3100
check ML_PORT 8100
check MODEL_VERSION 'a # b'
# shellcheck disable=SC2016 # nothing is to be expanded
home 'MODEL_VERSION="say \\"hi\\" \\\\ \\$x"\nNODE_ENV=production\n\nSECRET=unknown keys are of others\n'
# shellcheck disable=SC2016 # nothing is to be expanded
check MODEL_VERSION 'say "hi" \\ $x'
# Keys of others may have values of several lines, in which nothing is ours.
home 'KEY="-----BEGIN\r\nTHRESHOLD=0.1\r\n\\" # no end\r\nEND-----" # now\r\nTHRESHOLD=0.4\r\n'
check THRESHOLD 0.4
home "A='x\\ny\\\\'\nexport B=\"\n\n\"\n# it's a comment\nTHRESHOLD=0.3\n"
check THRESHOLD 0.3
home 'THRESHOLD=0.5\nMODEL_VERSION=v1'
settings THRESHOLD=0.7
check THRESHOLD 0.7
check MODEL_VERSION v1
settings

# Relative paths begin at the project's folder and not where the process stands.
home 'DATABASE=kept/here.sqlite\n'
settings DATABASE=sub/x.sqlite
check DATABASE "$T/home/sub/x.sqlite"
check RUN_DIR "$T/home/sub/x.sqlite-run"
settings

# And the server reads the same.
home 'THRESHOLD=0.65\nMODEL_VERSION=from-env-file\n'
start_server
request ml GET /model-info
expect_json .threshold 0.65
request GET /meta
expect_json .model from-env-file
ingest '[]'
expect_json .threshold 0.65
