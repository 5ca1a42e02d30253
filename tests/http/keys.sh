# shellcheck shell=bash
# keys.sh - API keys for the cases: makes them, and asks with each of them.

# make_key NAME [arguments of key add...]: the key goes into the variable NAME.
make_key() {
    local -n key=$1
    shift
    tool key add "$@" || fail "key add: $(cat "$T/tool.out")"
    # shellcheck disable=SC2034 # the caller's
    key=$(grep '^loganalyzer_' "$T/tool.out")
    [[ $key =~ ^loganalyzer_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$ ]] || fail "no key: $(cat "$T/tool.out")"
}

id_of() {
    cut -d_ -f2 <<<"$1"
}

# The header of who asks, for curl's configuration.
header_of() {
    case $1 in
    none) ;;
    wrong) printf 'header = "Authorization: Bearer %sAA"\n' "${INGEST:0:-2}" ;;
    *)
        local -n key=${1^^}
        printf 'header = "Authorization: Bearer %s"\n' "$key"
        ;;
    esac
}

# One request as curl's configuration has it; what is sent is little, and mostly not
# understood: who is let through gets another answer than 401 and 403.
request_of() {
    local who=$1 at=("${HTTP[@]}") url=$HTTP_URL
    shift
    if [[ $1 == ml ]]; then
        at=("${ML[@]}") url=$ML_URL
        shift
    fi
    [[ ${at[0]-} != --unix-socket ]] || printf 'unix-socket = "%s"\n' "${at[1]}"
    printf 'url = "%s"\noutput = "/dev/null"\nsilent\nnoproxy = "*"\nmax-time = 30\nwrite-out = "%%{http_code}\\n"\n' "$url$2"
    [[ $1 == HEAD ]] && echo head || printf 'request = "%s"\n' "$1"
    case $1 in
    POST | PUT | PATCH) printf 'header = "Content-Type: application/json"\ndata-binary = "@%s"\n' \
        "$T/$([[ $2 == *ingest ]] && echo one-record || echo nothing)" ;;
    esac
    header_of "$who"
    echo next
}

make_keys() {
    make_key INGEST --label 'the web server'
    make_key READ --scope read
    make_key ADMIN --scope admin --label 'Büro'
    make_key SCORE --scope score
}

# Who may do what, of all that there is: rows of expect_matrix.
matrix() {
    cat <<'MATRIX'
POST   /ingest             ingest admin
PUT    /ingest             ingest admin
POST   /imports            ingest admin
GET    /imports            ingest read admin
GET    /incidents          read admin
HEAD   /incidents          read admin
GET    /incidents/7        read admin
PATCH  /incidents/7        admin
GET    /services           read admin
GET    /rejected           read admin
GET    /normals            read admin
POST   /normals            admin
DELETE /normals/7          admin
GET    /notifications      read admin
POST   /notifications/test admin
GET    /meta               read admin
GET    /healthz            none wrong ingest read admin score
POST   /healthz            ingest read admin score
GET    /readyz?check=store read admin
GET    /metrics            read admin
HEAD   /metrics            read admin
ml POST   /score           score admin
ml GET    /model-info      read score admin
ml GET    /learn           ingest read admin score
GET    /nothing            ingest read admin score
DELETE /ingest             ingest read admin score
OPTIONS /ingest            ingest read admin score
GET    /ingest/more        ingest read admin score
MATRIX
}

# The same for the scoring service where it is a half of its own.
matrix_scoring() {
    cat <<'MATRIX'
ml POST   /score           score admin
ml GET    /model-info      read score admin
ml GET    /learn           score admin
ml POST   /learn           score admin
ml GET    /healthz         none wrong ingest read admin score
ml POST   /healthz         ingest read admin score
ml GET    /readyz          read score admin
ml GET    /metrics         read score admin
ml HEAD   /metrics         read score admin
ml GET    /score           ingest read admin score
ml POST   /ingest          ingest read admin score
ml GET    /nothing         ingest read admin score
MATRIX
}

WHO=(none wrong ingest read admin score)

# expect_matrix: lines "[ml] METHOD PATH WHO...", each asked as everybody, by one curl: those
# who are named are let through, all others get 401 (none, wrong) or 403.
expect_matrix() {
    local words n who i=0 asked=() wanted=() got=()
    record m >"$T/one-record"
    echo '{}' >"$T/nothing"
    while read -r -a words; do
        n=2
        [[ ${words[0]} != ml ]] || n=3
        for who in "${WHO[@]}"; do
            request_of "$who" "${words[@]:0:n}"
            asked+=("${words[*]:0:n} as $who")
            if [[ " ${words[*]:n} " == *" $who "* ]]; then
                wanted+=(through)
            elif [[ $who == none || $who == wrong ]]; then
                wanted+=(401)
            else
                wanted+=(403)
            fi
        done
    done >"$T/matrix"
    sed -i '$d' "$T/matrix" # nothing comes next
    mapfile -t got < <(curl -q -K "$T/matrix")
    expect_equal 'answers' "${#got[@]}" "${#asked[@]}"
    for ((i = 0; i < ${#asked[@]}; i++)); do
        if [[ ${wanted[i]} == through ]]; then
            [[ ${got[i]} != 401 && ${got[i]} != 403 && ${got[i]} != 5* && ${got[i]} != 000 ]]
        else
            [[ ${got[i]} == "${wanted[i]}" ]]
        fi || fail "${asked[i]}: ${got[i]}, expected ${wanted[i]}"
    done
}
