# shellcheck shell=bash
# Commit and branch for /meta, wherever the sources come from: a clone in all the forms that
# git gives it, an archive, an image. git itself is not asked: it refuses a clone that
# another user owns.
id() {
    (cd "$1" && PATH=$T/no-git:$PATH "$ROOT/deploy/build-id")
}

# expect_id FOLDER COMMIT BRANCH
expect_id() {
    expect_equal "commit and branch in ${1##*/}" "$(id "$1")" \
        "$(printf '#define BUILD_COMMIT "%s"\n#define BUILD_BRANCH "%s"' "$2" "$3")"
}

g() {
    env -i "PATH=$PATH" "HOME=$T" GIT_CONFIG_NOSYSTEM=1 git -c user.name=Test -c user.email=test@localhost \
        -c init.defaultBranch=main "$@" >>"$T/log" 2>&1 || fail "git $*: $(tail -n 3 "$T/log")"
}

mkdir "$T/no-git" "$T/src"
printf '#!/bin/sh\necho called >>%s\nexit 128\n' "$T/git-called" >"$T/no-git/git"
chmod +x "$T/no-git/git"
cd "$T/src" || exit
mkdir deploy
# The shipped one, as it is in the repository: in an archive it is filled in.
# shellcheck disable=SC2016 # git's, not the shell's
echo '$Format:%H %D$' >deploy/archive-id
[[ ! -e $ROOT/.git ]] || cmp deploy/archive-id "$ROOT/deploy/archive-id"
cp "$ROOT/.gitattributes" .
g init .
expect_id "$T/src" unknown unknown # no commit yet
g add -A
g commit -m one
commit=$(git -C "$T/src" rev-parse HEAD)
expect_id "$T/src" "$commit" main
g pack-refs --all
expect_id "$T/src" "$commit" main
# shellcheck disable=SC2016 # a name
for branch in 'feature/it.s' "o'brien" 'say-"hi"' 'a$b|c&d' 'größe'; do
    g checkout -b "$branch"
    expect_id "$T/src" "$commit" "${branch//\"/\\\"}"
    g pack-refs --all
    expect_id "$T/src" "$commit" "${branch//\"/\\\"}"
done
g worktree add -b tree "$T/tree"
expect_id "$T/tree" "$commit" tree
g checkout --detach
expect_id "$T/src" "$commit" unknown
g checkout main
g clone --depth 1 "file://$T/src" "$T/shallow"
expect_id "$T/shallow" "$commit" main

# An archive: of the branch that is checked out, of another, of a tag (which is no branch).
g commit --allow-empty -m two
g checkout -b dev
g commit --allow-empty -m three
g tag v3
g checkout main
for name in main dev v3; do
    mkdir "$T/of-$name"
    git -C "$T/src" archive "$name" | tar -xC "$T/of-$name"
done
expect_id "$T/of-main" "$(git -C "$T/src" rev-parse main)" main
expect_id "$T/of-dev" "$(git -C "$T/src" rev-parse dev)" dev
expect_id "$T/of-v3" "$(git -C "$T/src" rev-parse dev)" dev # the branch that it is on

# An image: the sources, of .git only what says where HEAD is.
mkdir -p "$T/image/.git"
cp -r "$T/shallow/.git/HEAD" "$T/shallow/.git/refs" "$T/image/.git/"
expect_id "$T/image" "$commit" main
# Nothing at all: copied files, a .git that leads nowhere.
mkdir -p "$T/copied/deploy" "$T/astray"
cp deploy/archive-id "$T/copied/deploy/"
echo 'gitdir: ../not-there' >"$T/astray/.git"
expect_id "$T/copied" unknown unknown
expect_id "$T/astray" unknown unknown
[[ ! -e $T/git-called ]] || fail 'git was asked'

# What the programs were built with.
cd "$ROOT" || exit
start_server
request GET /meta
expect_equal commit "$(json .git.commit)" "$(sed -n 's/.*BUILD_COMMIT "\(.*\)"/\1/p' build/gen/build_id.h)"
[[ ! -e .git ]] || expect_true '.git.commit | test("^[0-9a-f]{40}$")'
