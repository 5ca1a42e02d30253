# shellcheck shell=bash
# What the scripts here share. They source it; it goes to the project's folder.

# `deploy/run &` in a script leaves SIGINT ignored, and bash cannot trap what was ignored
# when it began. HUP stays as it is: nohup means it.
if [[ $(trap -p INT TERM) ]]; then
    exec env --default-signal=INT,TERM "$0" "$@"
fi

cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." || exit
PATH=$PATH:/usr/sbin:/sbin # where lighttpd is, and not in an ordinary user's PATH

say() {
    printf '%s\n' "$*" || true # a terminal that is gone is no reason to end half way
}

die() {
    printf 'deploy/%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# usage_end STATUS: how the scripts that take a half are called.
usage_end() {
    ((${1} == 0)) || exec >&2
    say "usage: deploy/${0##*/} [backend|ml-service]"
    say '  Without an argument both halves: the backend (/ingest, /incidents, /meta) on PORT and'
    say '  scoring (/score, /model-info) on ML_PORT.'
    exit "$1"
}

# Run by root, building and testing are done as the owner of the project's folder: no
# files of root's are left in a user's checkout.
owner=$(stat -c %u .) group=$(stat -c %g .)
as_owner() {
    if ((EUID != 0 || owner == 0)); then
        "$@"
    elif getent passwd "$owner" >/dev/null; then
        setpriv --reuid "$owner" --regid "$group" --init-groups -- "$@"
    else
        setpriv --reuid "$owner" --regid "$group" --clear-groups -- "$@"
    fi
}

# install_packages FILE...: lists of Debian packages, one a line.
install_packages() {
    local names name installed provided missing='' reply root=()
    command -v dpkg-query >/dev/null || return 0 # not Debian: the build says what it lacks
    names=$(sed 's/#.*//' "$@")
    # shellcheck disable=SC2086 # names of packages, one word each
    installed=$(dpkg-query -W -f ' ${Package}:${db:Status-Status} ' $names 2>/dev/null) || true
    # Another's package may have it too: a Node.js that is not Debian's brings its npm.
    provided=$(dpkg-query -W -f '${db:Status-Status} ${Provides}\n' 2>/dev/null |
        sed -n '/^installed /{ s///; s/ *([^)]*)//g; s/,/ /g; p; }' | tr '\n' ' ') || true
    for name in $names; do
        [[ $installed == *" $name:installed "* || " $provided " == *" $name "* ]] || missing+=" $name"
    done
    [[ $missing ]] || return 0
    say "Debian packages to install:$missing"
    if [[ -t 0 && -t 1 && -z ${CI:-} ]]; then
        read -r -p 'Install them now? [Y/n] ' reply || reply=n
        [[ ${reply,,} =~ ^(y|yes|)$ ]] ||
            die "not installed. By hand: apt-get install --no-install-recommends$missing"
    fi
    if ((EUID != 0)); then
        command -v sudo >/dev/null || die "there is no sudo; as root: apt-get install$missing"
        root=(sudo)
    fi
    # shellcheck disable=SC2086 # names of packages, one word each
    "${root[@]}" deploy/apt-install $missing || die 'the packages could not be installed'
}

# Quiet when there is nothing to compile.
build() {
    if ! as_owner test -w . 2>/dev/null; then
        ((EUID == 0)) || die "you may not write in $PWD"
        say "The owner of $PWD cannot write there: building as root."
        owner=0
    fi
    [[ ! -e build ]] || as_owner test -w build ||
        die "build/ belongs to another user; remove it, it is made anew"
    as_owner make -s --no-print-directory -j"$(nproc)" "$@"
}

# Builds the programs, unless LOGANALYZER_BUILD says where some are.
build_programs() {
    [[ ${LOGANALYZER_BUILD-} ]] || build all || die 'the build failed'
}
