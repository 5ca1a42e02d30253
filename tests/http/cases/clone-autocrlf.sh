# shellcheck shell=bash
# A clone made where git turns line ends into CR LF is the same as any other, to the byte, and
# starts.
g() {
    env -i "PATH=$PATH" "HOME=$T" GIT_CONFIG_NOSYSTEM=1 git -c user.name=Test -c user.email=test@localhost "$@" \
        >>"$T/log" 2>&1 || fail "git $*: $(tail -n 3 "$T/log")"
}
mkdir "$T/src"
tar -c --exclude=./.git --exclude=./build --exclude='./data.sqlite*' --exclude=./.env . | tar -xC "$T/src"
g -C "$T/src" init .
g -C "$T/src" add -A
g -C "$T/src" commit -m all
g -C "$T/src" clean -qfdX # what git ignores, it does not clone
g clone -c core.autocrlf=true -c core.eol=crlf "$T/src" "$T/clone"
rm -rf "$T/src/.git"
mv "$T/clone/.git" "$T/clone.git"
diff -r "$T/src" "$T/clone" >"$T/diff" || fail "the clone differs: $(head -n 5 "$T/diff")"
mv "$T/clone.git" "$T/clone/.git"
BUILD=$(readlink -f "$BUILD")
# shellcheck disable=SC2034 # of lib.sh
ROOT=$T/clone
start_server
ingest "$(sample)"
request GET /unknown
expect_status 404
id=$(cd "$T/clone" && deploy/build-id)
[[ $id =~ COMMIT\ \"[0-9a-f]{40}\" ]] || fail "no commit: $id"
