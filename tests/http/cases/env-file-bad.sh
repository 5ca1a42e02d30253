# shellcheck shell=bash
# A line that cannot be read is said to be so, with its number; none is passed over.
for text in 'PORT\n' 'THRESHOLD=0.5\nMODEL_VERSION="open\n' 'PORT=3000\n=5\n' 'A="x" y\n' \
    '<html>\n'; do
    # shellcheck disable=SC2059 # the text is a format
    make_home && printf "$text" >"$T/home/.env"
    tool check && fail "accepted: $text"
    grep -q '\.env, line [12]' "$T/tool.out" || fail "no line is named: $(cat "$T/tool.out")"
done
printf 'THRESHOLD=0,8\n' >"$T/home/.env"
tool check && fail 'a comma was accepted'
grep -q 'THRESHOLD is "0,8"' "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"
