# shellcheck shell=bash
# One in work, one waits, more are refused at once: with the store locked, two of five are
# answered when it is free, and three 503 before.
five() {
    local i
    for i in 1 2 3 4 5; do
        (R=q$i post /ingest "$(record "number $i")" && printf '%s\n' "$STATUS" >"$T/status.$i") &
        CLIENTS+=($!)
    done
}
answered() {
    compgen -G "$T/status.*" >"$T/answered" || true
    (($(wc -l <"$T/answered") >= $1))
}
CLIENTS=()
start_server INGEST_WORKERS=1 INGEST_QUEUE=1 STORE_WAIT_MS=10000
lock_store
five
poll 20 answered 3 || fail 'fewer than three were refused'
expect_equal 'replies before the store was free' "$(sort "$T"/status.* | uniq -c | tr -s ' ')" ' 3 503'
while read -r refused; do
    reply "q${refused##*.}"
    expect_json .error 'too many requests are waiting; try again'
    expect_header Retry-After 1
done <"$T/answered"
unlock_store
wait "${CLIENTS[@]}"
expect_equal 'all replies' "$(sort "$T"/status.* | uniq -c | tr -s ' ' | tr '\n' ';')" ' 2 200; 3 503;'
expect_stored 2
