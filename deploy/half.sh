# shellcheck shell=bash
# One half of the server, or both: its settings, and whether it answers. deploy/serve and
# deploy/healthcheck source it.

# use_half [HALF]: from here on all programs are those of this half; reads its settings.
# False if there is no such half.
# shellcheck disable=SC2034 # they are for the script that calls
use_half() {
    local settings
    half=${1-}
    [[ $# -le 1 && $half =~ ^(|backend|ml-service)$ ]] || return 2
    export LOGANALYZER_HALF=$half
    tool=${LOGANALYZER_BUILD:-build}/loganalyzer
    settings=$("$tool" config) || exit 1 # it says what is wrong
    port=$(setting PORT) ml_port=$(setting ML_PORT) run_dir=$(setting RUN_DIR)
    address=$(setting BIND) database=$(setting DATABASE)
    case $address in # where we ask for an answer
    0.0.0.0) address=127.0.0.1 ;;
    ::) address=::1 ;;
    esac
}

setting() {
    sed -n "s/^$1=\(.*\)  # .*/\1/p" <<<"$settings"
}

# Where a browser finds the page.
page_address() {
    local host=$address
    [[ $host != *:* ]] || host="[$host]"
    printf 'http://%s:%s/' "$host" "$port"
}

# http_status SOCKET PORT PATH: the status of the answer, nothing if there is none.
http_status() {
    local request="GET $3 HTTP/1.0"$'\r\nHost: localhost\r\n\r\n' status
    {
        if [[ $address == /* ]]; then # bash cannot; perl is on every Debian
            perl -MIO::Socket::UNIX -e 'alarm 1; $s = IO::Socket::UNIX->new($ARGV[0]);
                syswrite $s, $ARGV[1]; <$s> =~ m{^HTTP/\S+ (\d+)} and print $1' \
                "$address/$1" "$request"
        else
            exec 3<>"/dev/tcp/$address/$2" && printf %s "$request" >&3 &&
                read -r -t 1 _ status _ <&3 && echo "$status"
        fi
    } 2>/dev/null
}

# What the half's programs say: "up" when each has answered, "failing" if the web server
# answers that one of them is not there, else nothing. We have no API key: who asks for one
# (401) has answered.
half_status() {
    local got='' wanted=''
    if [[ $half != ml-service ]]; then # ingest's own answer: POST is what it takes
        got+=" $(http_status http "$port" /meta) $(http_status http "$port" /ingest)"
        wanted+=' (200|401) (405|401)'
    fi
    if [[ $half != backend ]]; then
        got+=" $(http_status ml "$ml_port" /model-info)"
        wanted+=' (200|401)'
    fi
    if [[ $got =~ ^$wanted$ ]]; then
        echo up
    elif [[ $got == *' 5'* ]]; then
        echo failing
    fi
}
