# shellcheck shell=bash
# A line that cannot be read is said to be so, with its number; none is passed over.
for text in 'PORT\n' 'THRESHOLD=0.5\nMODEL_VERSION="open\n' 'PORT=3000\n=5\n' 'A="x" y\n' \
    '<html>\n' 'A=1\nB="open\nPORT=3000\n' 'A="one\ntwo" three\n'; do
    # shellcheck disable=SC2059 # the text is a format
    make_home && printf "$text" >"$T/home/.env"
    tool check && fail "accepted: $text"
    grep -q '\.env, line [12]' "$T/tool.out" || fail "no line is named: $(cat "$T/tool.out")"
done
printf 'THRESHOLD=0,8\n' >"$T/home/.env"
tool check && fail 'a comma was accepted'
grep -q 'THRESHOLD is "0,8"' "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"
# A value of ours is one line.
printf 'PORT=3000\nMODEL_VERSION="one\ntwo"\n' >"$T/home/.env"
tool check && fail 'two lines were accepted'
grep -q 'MODEL_VERSION holds a line break' "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"
printf 'A="\n\n"\nB="\n"\n=\n' >"$T/home/.env"
tool check && fail 'a bad line was accepted'
grep -q '\.env, line 6' "$T/tool.out" || fail "another line: $(cat "$T/tool.out")"
