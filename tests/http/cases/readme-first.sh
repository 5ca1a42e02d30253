# shellcheck shell=bash
# README's first incident, and what it says of "that is normal", as they stand there.
start_server
# shellcheck disable=SC2016 # the marks of the blocks
blocks() { # blocks HEADING: the sh blocks of a section
    sed -n "/^##* $1\$/,/^##* [^#]/p" README.md | sed -n '/^```sh/,/^```/{/^```/d;p;}' |
        sed 's/ *# .*$//'
}
carry_out() { # at the case's sockets
    sed "s|http://127.0.0.1:3000|--unix-socket $T/http http://test|" >"$T/commands"
    env -i PATH="$PATH" HOME="$T" bash -e "$T/commands" >"$T/out" 2>&1 ||
        fail "$(cat "$T/commands" "$T/out")"
}
cd "$ROOT" || exit
blocks 'A first incident, in a minute' | carry_out
grep -q '"stored":3,' "$T/out" || fail "$(cat "$T/out")"
grep -q '"summary":"2 failed logins in 3 records' "$T/out" || fail "$(cat "$T/out")"

blocks '"That is normal"' >"$T/normal"
grep -v DELETE "$T/normal" | carry_out
expect_equal 'previewed and declared' "$(grep -o 'would have hidden 1 of the 1 incident of' "$T/out" | wc -l)" 2
request GET /incidents/1
expect_json .incident.status resolved
expect_json .incident.verdict normal
ingest "$(sample)"
expect_json .incident_id null
grep DELETE "$T/normal" | carry_out
grep -q '"undone_at":"' "$T/out" || fail "$(cat "$T/out")"
request GET /incidents/1
expect_json .incident.status open

# Malformed bodies are refused, and the program goes on.
for body in '{' '[' '{"status":"open"' '"' '{"a":}' '' 'nul' '{"status":"open"}}'; do
    request PATCH /incidents/1 -H 'Content-Type: application/json' --data-binary "$body"
    expect_status 400
    request POST /normals -H 'Content-Type: application/json' --data-binary "$body"
    expect_status 400
done
stop_server
