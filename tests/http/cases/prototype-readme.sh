# shellcheck shell=bash disable=SC2034 # SERVES is of serving.sh
# README's table "From the prototype": each command on the right is carried out as it stands
# there, in the table's order, with the prototype's own settings but for the ports. Of
# PowerShell, which Debian does not have, what it sends and what it can show of the reply.
# Docker's rows are carried out by tests/docker.
# shellcheck source=tests/readme.sh
. "$ROOT/tests/readme.sh"

free_ports() {
    PORT=$((20000 + RANDOM % 20000))
    settings BIND=127.0.0.1 "PORT=$PORT" "ML_PORT=$((PORT + 1))" \
        "ML_URL=http://127.0.0.1:$((PORT + 1))/score"
    tool check
}

half() {
    make_home
    set_environment
    env -i "${ENVIRONMENT[@]}" CI=true "$ROOT/deploy/run" "$1" >"$T/said-$1" 2>>"$T/log" \
        </dev/null &
    SERVES[$1]=$!
    serving "$1" port
}

# The prototype's sample as PowerShell 7 sends it: indented, with CRLF, seven digits and the
# sender's zone.
powershell_sample() {
    local one='  {\r\n    "timestamp": "%s",\r\n    "service": "%s",\r\n    "level": "%s",\r\n'
    one+='    "message": "%s",\r\n    "metadata": {\r\n      "%s": "%s"\r\n    }\r\n  }'
    # shellcheck disable=SC2059 # the format is above
    printf "[\r\n$one,\r\n$one,\r\n$one\r\n]" \
        2026-01-01T13:00:20.1234567+01:00 auth ERROR \
        'authentication failed login for user admin' ip 10.0.0.10 \
        2026-01-01T13:00:10.1234567+01:00 web WARN 'cache miss' path /home \
        2026-01-01T13:00:00.1234567+01:00 auth ERROR 'invalid password' ip 10.0.0.11
}

# shows DEPTH: does ConvertTo-Json -Depth DEPTH print all of the reply? What lies deeper
# becomes a word.
shows() {
    expect_true "([paths(type == \"object\" or type == \"array\") | length] | max // 0) <= $1"
}

# invoke COMMAND: an Invoke-RestMethod.
invoke() {
    local path to=()
    path=$(sed -n 's|.*-Uri http://[a-z0-9.]*:[0-9]*\(/[a-z-]*\).*|\1|p' <<<"$1")
    [[ $path != /model-info ]] || to=(ml)
    if [[ $1 == *'-Method Post'* ]]; then
        post "$path" "$(powershell_sample)" -H 'Content-Type: application/json'
    else
        request "${to[@]}" GET "$path"
    fi
    expect_status 200
    shows "${1##* -Depth }"
    known_members "$path"
}

# What a client of the prototype reads.
known_members() {
    case $1 in
    /meta) # that the service's model is known, a moment after both have started
        poll 20 meta_says '.git.commit and (.model | type) == "string" and .started_at' ||
            fail "not so: $(cat "$T/$R.body")"
        ;;
    /model-info) expect_true '.version and has("trained_at")' ;;
    /ingest)
        expect_true '.stored == 3 and .threshold == 0.8 and .score > 0.8 and .incident_id == 1'
        expect_json '.features | [.count, .warn_count, .error_count, .failed_login_count] | join(" ")' \
            '3 1 2 2'
        expect_json '.features.services | sort | join(" ")' 'auth web'
        expect_json .scorer http
        ;;
    /incidents)
        expect_true '.incidents[0] | .id == 1 and .detected_at and .service == "auth" and
            .severity > 0.8 and .summary and .features.count == 3'
        ;;
    *) fail "nobody has $1" ;;
    esac
}

# The prototype's three settings, as its README has them, are what comes of ours.
settings_are_the_prototypes() {
    local home=$T/env-home line
    mkdir "$home"
    (cd "$ROOT" && bash -c "${1% .env} \"\$0\"" "$home/.env")
    CASE_ENV=("LOGANALYZER_HOME=$home")
    tool config
    for line in PORT=3000 THRESHOLD=0.8 ML_URL=http://localhost:8000/score; do
        grep -q "^$line  #" "$T/tool.out" || fail "$line is not in what follows from $1"
    done
}

rows=0 docker=0
while IFS= read -r row; do
    rows=$((rows + 1))
    case $row in
    'docker '*) docker=$((docker + 1)) ;;
    'deploy/run '*)
        [[ ${PORT-} ]] || poll 10 free_ports || fail 'no free ports'
        listens_on "$PORT" "$((PORT + 1))"
        half "${row#deploy/run }"
        ;;
    'Invoke-RestMethod '*) invoke "$row" ;;
    'cp '*)
        kept=("${CASE_ENV[@]}")
        settings_are_the_prototypes "$row"
        CASE_ENV=("${kept[@]}")
        ;;
    'sqlite3 '*)
        (cd "$T/store" && bash -c "$row") >"$T/rows"
        expect_equal 'rows of both tables' "$(grep -cE '^[0-9]+[|]' "$T/rows")" 4
        ;;
    *) fail "a row that this test does not know how to carry out: $row" ;;
    esac
done < <(prototype_rows)
expect_equal 'rows, and those for tests/docker' "$rows $docker" '12 4'
stop_serving backend
stop_serving ml-service
