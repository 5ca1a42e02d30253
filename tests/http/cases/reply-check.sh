# shellcheck shell=bash
# What looks at every reply of every case, reply_check.c, sees what it is there for.
json='application/json; charset=utf-8'
problem='application/problem+json; charset=utf-8'

GUARDS="Cache-Control: no-store
X-Content-Type-Options: nosniff
content-security-policy: default-src 'none'; frame-ancestors 'none'
Cross-Origin-Resource-Policy: same-origin
Referrer-Policy: no-referrer"
# says EXPECTED STATUS TYPE BODY [HEADER...]: "" is a reply without fault.
says() {
    local expected=$1 said
    printf '%s' "$4" >"$T/reply.body"
    printf 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 %s X\r\ncontent-type: %s\r\n' "$2" "$3" >"$T/reply.head"
    printf '%s\r\n' "${GUARDS//$'\n'/$'\r\n'}" >>"$T/reply.head"
    printf '%s\r\n' "${5-Content-Length: ${#4}}" '' >>"$T/reply.head"
    said=$(STATUS=$2 R=reply check_reply 2>&1) || true # in a shell of its own: fail ends it
    if [[ $expected ]]; then
        [[ $said == *"$expected"* ]] || fail "expected '$expected' of $4, got '$said'"
    else
        [[ -z $said ]] || fail "of $4: $said"
    fi
}
details() { # details ERROR DETAIL STATUS
    printf '{"type":"about:blank","title":"X","status":%s,"detail":"%s","error":"%s"}' "$3" "$2" "$1"
}

says '' 200 "$json" '{}'
says '' 200 "$json" '{"a":[[[[1,-2.5e+3,true,null,"\u00e9\n"]]]], "b":{}}'
says '' 200 "$json" '' 'Content-Length: 17' # HEAD
says '' 404 "$problem" "$(details gone gone 404)"
says 'Content-Type of a 200' 200 "$problem" '{}'
says 'Content-Type of a 400' 400 "$json" "$(details a a 400)"
says 'no Content-Length' 200 "$json" '{}' 'X: y'
says "Content-Length is not" 200 "$json" '{}' 'Content-Length: 3'
says 'plain ASCII' 200 "$json" '{"a":"<"}'
says 'plain ASCII' 200 "$json" $'{"a":"\xc3\xa9"}' 'Content-Length: 10'
says 'plain ASCII' 200 "$json" $'{"a":"\x7f"}'
says 'not an object' 200 "$json" '[1]'
says 'deeper than 4' 200 "$json" '{"a":[[[[[1]]]]]}'
says 'keys that' 200 "$json" '{"a":1,"b":2,"a":3}'
says 'keys that' 200 "$json" '{"x":{"ab":1,"aB":2}}'
for broken in '{"a":1' '{"a":1}x' '{"a":1,}' '{"a":01}' '{"a":1.}' '{"a":-}' '{"a":nul}' '{"a":"\q"}' \
    '{"a":"\u12g4"}' '{"a":"b}' '{"a" 1}' '{a:1}' '{"a":[1 2]}' $'{"a":"\n"}'; do
    says 'not JSON' 200 "$json" "$broken"
done
says 'problem details' 404 "$problem" "$(details gone lost 404)"
says 'problem details' 404 "$problem" "$(details gone gone 400)"
says 'problem details' 404 "$problem" '{"error":"gone"}'
all=$GUARDS
for name in Cache-Control X-Content-Type-Options content-security-policy Cross-Origin-Resource-Policy \
    Referrer-Policy; do
    GUARDS=$(grep -v "^$name" <<<"$all")
    says "is there 0 times" 200 "$json" '{}'
    GUARDS=$all$'\n'$name': x'
    says "is there 2 times" 200 "$json" '{}'
done
GUARDS=${all/no-referrer/origin}
says "Referrer-Policy is there 1 times, 'origin'" 200 "$json" '{}'
# Of lighttpd's own refusals those that come too early.
GUARDS='Server: lighttpd/1.4.69'
says '' 413 "$problem" "$(details gone gone 413)"
says 'Cache-Control is there 0 times' 404 "$problem" "$(details gone gone 404)"
GUARDS='Server: nginx'
says 'Cache-Control is there 0 times' 413 "$problem" "$(details gone gone 413)"
