# shellcheck shell=bash
# casefile.sh - reads and runs NAME.case; cases/README.md describes the form.

# What changes from run to run, made the same.
mask() {
    sed -E -e 's/"(commit|branch|started_at|detected_at)":"[^"]*"/"\1":"*"/g' \
        -e 's/"(records|batches|services|templates|windows)":[0-9]+/"\1":"*"/g' \
        -e 's/"log_ids":\[[0-9,]*\]/"log_ids":["*"]/g'
}

# What follows from what the detector has learned before, where cases share a server.
SHARED_SERVER=false
mask_learned() {
    if $SHARED_SERVER; then
        sed -E -e 's/"(score|raw_score)":[0-9.e-]+/"\1":"*"/g' \
            -e 's/"ordinary_a_week":[0-9.e-]+,//g' \
            -e 's/"reasons":\[.*\],"scorer"/"reasons":["*"],"scorer"/' \
            -e 's/"per_service":\[.*\]/"per_service":["*"]/'
    else
        cat
    fi
}

# Reads one exchange from descriptor 3: the request's lines into REQUEST, ENV lines into
# CASE_ENV, body into $T/sent, the expectation into WANT (its lines). False at the end.
read_exchange() {
    local line part=start first=1
    REQUEST=() WANT=() HEADERS=() METHOD=() PREAMBLE=()
    : >"$T/sent"
    while IFS= read -r line <&3 || [[ -n $line ]]; do
        if [[ $part == expect ]]; then
            [[ $line != === ]] || return 0
            WANT+=("$line")
            continue
        fi
        if [[ $part == start ]]; then
            if [[ $line == '#'* || -z $line ]]; then
                PREAMBLE+=("$line")
            elif [[ $line == 'env '* ]]; then
                PREAMBLE+=("$line")
                CASE_ENV+=("${line#env }")
            else
                read -ra METHOD <<<"$line"
                REQUEST+=("$line")
                part=headers
            fi
            continue
        fi
        if [[ $line == --- ]]; then
            part=expect
            continue
        fi
        REQUEST+=("$line")
        if [[ $part == body ]]; then
            ((first)) || printf '\n' >>"$T/sent"
            first=0
            printf '%s' "$line" >>"$T/sent"
        elif [[ -z $line ]]; then
            part=body
        else
            HEADERS+=(-H "$line")
        fi
    done
    ((${#REQUEST[@]} > 0))
}

# The reply as an expectation: status, the headers that WANT lists (those of a new one:
# the content type), the masked body.
reply_lines() {
    local line name headers=()
    for line in "${WANT[@]:1}"; do
        [[ -n $line ]] || break
        headers+=("${line%%:*}")
    done
    ((${#WANT[@]} > 0)) || headers=(Content-Type)
    printf '%s\n' "$STATUS"
    for name in "${headers[@]}"; do
        printf '%s: %s\n' "$name" "$(header "$name")"
    done
    printf '\n'
    [[ ! -s $T/r.body ]] || { mask <"$T/r.body" | mask_learned && printf '\n'; }
}

# Long lines of JSON, a member a line, so that a difference can be seen.
unfold() {
    sed 's/,"/,\n  "/g; s/,{/,\n{/g'
}

run_exchange() {
    local body=()
    [[ ! -s $T/sent && ${METHOD[*]} != *P[OU][SU]T* && ${METHOD[*]} != *PUT* ]] ||
        body=(--data-binary "@$T/sent")
    request "${METHOD[@]}" "${HEADERS[@]}" "${body[@]}"
    reply_lines >"$T/got"
    if $ACCEPT; then
        { ((${#PREAMBLE[@]} == 0)) || printf '%s\n' "${PREAMBLE[@]}"; } >>"$T/accepted"
        { printf '%s\n' "${REQUEST[@]}" --- && cat "$T/got"; } >>"$T/accepted"
        return 0
    fi
    ((${#WANT[@]} > 0)) || fail "no expectation for ${REQUEST[0]}; --accept writes one"
    printf '%s\n' "${WANT[@]}" | mask_learned >"$T/want"
    if ! cmp -s "$T/want" "$T/got"; then
        diff -u --label expected --label got <(unfold <"$T/want") <(unfold <"$T/got") || true
        fail "another reply than expected to: ${REQUEST[0]}"
    fi
}

run_case_file() {
    local n=0
    exec 3<"$1"
    while read_exchange; do
        [[ -n $SERVER ]] || start_server
        if $ACCEPT && ((n > 0)); then printf '===\n' >>"$T/accepted"; fi
        run_exchange
        n=$((n + 1))
    done
    exec 3<&-
    ((n > 0)) || fail "the file has no request"
    if $ACCEPT; then
        cp "$T/accepted" "$1"
        cat "$1"
    fi
}
