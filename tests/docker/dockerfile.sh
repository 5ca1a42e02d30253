# shellcheck shell=bash
# dockerfile.sh - runs the steps of a Dockerfile in plain folders, for machines without
# Docker. Knows the instructions that ours uses and fails at any other, so that a step is
# never left out.
#
# After build_image the image is the folder $IMAGE_ROOT with IMAGE_ENV, IMAGE_USER,
# IMAGE_DIR, IMAGE_ENTRYPOINT and IMAGE_COMMAND.

# Devices and /proc of its own for root $1, in the mount namespace that this runs in.
# shellcheck disable=SC2016 # for the shell inside
OWN_MOUNTS='
    root=$1
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount -t tmpfs -o mode=755 dev "$root/dev"
    for device in null zero full random urandom tty; do
        : >"$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
    done
    mkdir -m 1777 "$root/dev/shm"
    ln -s /proc/self/fd "$root/dev/fd"
    ln -s fd/0 "$root/dev/stdin"
    ln -s fd/1 "$root/dev/stdout"
    ln -s fd/2 "$root/dev/stderr"'

# The lines of instructions: joined where they end with a backslash, without comments.
instructions() {
    sed -E '/^[[:space:]]*(#|$)/d' "$1" | sed -E ':a; /\\$/ { N; s/\\\n[[:space:]]*//; ba }'
}

# make_context FROM TO: copies what .dockerignore lets through. The last pattern that fits a
# path or a folder above it decides.
make_context() {
    local from=$1 to=$2 path pattern keep
    local -a patterns
    mapfile -t patterns < <(sed -E '/^[[:space:]]*(#|$)/d' "$from/.dockerignore")
    while IFS= read -r path; do
        keep=1
        for pattern in "${patterns[@]}"; do
            # shellcheck disable=SC2053 # they are patterns; * does not cross a folder in
            # Docker, and ours are plain names or * alone
            if [[ ${pattern#!} == '*' || $path == "${pattern#!}" || $path == "${pattern#!}"/* ]]; then
                [[ $pattern == '!'* ]] && keep=1 || keep=
            fi
        done
        [[ ! $keep ]] || printf '%s\0' "$path"
    done < <(cd "$from" && find . \( -type f -o -type l \) -printf '%P\n') |
        (cd "$from" && xargs -0 cp -a --parents -t "$to")
}

step_from() {
    local as=
    [[ $# == 1 || ($# == 3 && ${2^^} == AS) ]] || return 1
    [[ $1 == debian:bookworm-slim ]] || {
        echo "FROM $1: only debian:bookworm-slim is known here"
        return 1
    }
    as=${3:-}
    IMAGE_ROOT=$WORK/stage$((++STAGES))
    [[ ! $as ]] || STAGE[$as]=$IMAGE_ROOT
    cp -a --reflink=auto "$BASE" "$IMAGE_ROOT" || return 1
    IMAGE_ENV=(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
    IMAGE_USER=root IMAGE_DIR=/ IMAGE_ENTRYPOINT=() IMAGE_COMMAND=()
}

step_workdir() {
    [[ $# == 1 ]] || return 1
    [[ $1 == /* ]] && IMAGE_DIR=$1 || IMAGE_DIR=${IMAGE_DIR%/}/$1
    mkdir -p "$IMAGE_ROOT$IMAGE_DIR"
}

# A folder's contents go to the target; all becomes root's.
step_copy() {
    local from=$CONTEXT target pattern source found=$WORK/copy
    if [[ $1 == --from=* ]]; then
        from=${STAGE[${1#--from=}]} || return 1
        shift
    fi
    [[ $# -ge 2 && $1 != --* ]] || return 1
    target=${!#}
    [[ $target == /* ]] || target=${IMAGE_DIR%/}/$target
    rm -rf "$found" && mkdir "$found" || return 1
    for pattern in "${@:1:$#-1}"; do
        # shellcheck disable=SC2231 # patterns are allowed
        for source in $from/${pattern#/}; do
            if [[ -d $source ]]; then
                cp -a "$source/." "$found/"
            elif [[ $# -gt 2 || $target == */ || $target == */. ]]; then
                cp -a "$source" "$found/"
            else
                echo "COPY $source: the target must end with / or be ."
                false
            fi || return 1
        done
    done
    chown -R 0:0 "$found" && mkdir -p "$IMAGE_ROOT$target" && cp -a "$found/." "$IMAGE_ROOT$target/"
}

step_run() {
    [[ $1 != '['* && $1 != --* ]] || return 1
    # shellcheck disable=SC2016 # for the shell inside
    unshare --mount --pid --fork --kill-child bash -euc "$OWN_MOUNTS"'
        mount --bind /etc/resolv.conf "$root/etc/resolv.conf"
        shift
        exec chroot "$root" env -i -C "$1" "${@:3}" setpriv --reuid "$2" --init-groups \
            --regid "$(chroot "$root" id -g "$2")" sh -c "$STEP"' \
        bash "$IMAGE_ROOT" "$IMAGE_DIR" "$IMAGE_USER" "${IMAGE_ENV[@]}"
}

step_env() {
    local word
    for word; do
        [[ $word =~ ^[A-Z_]+=[^\'\"\$]*$ ]] || return 1
        IMAGE_ENV+=("$word")
    done
}

step_user() {
    [[ $# == 1 ]] || return 1
    IMAGE_USER=$1
    chroot "$IMAGE_ROOT" id -u "$1" >/dev/null
}

step_entrypoint() {
    mapfile -t IMAGE_ENTRYPOINT < <(jq -r '.[]' <<<"$*") && ((${#IMAGE_ENTRYPOINT[@]} > 0))
}

step_cmd() {
    mapfile -t IMAGE_COMMAND < <(jq -r '.[]' <<<"$*") && ((${#IMAGE_COMMAND[@]} > 0))
}

# build_image DOCKERFILE: false, and why on standard output, if a step fails.
build_image() {
    local name rest
    local -a words lines
    declare -gA STAGE=()
    declare -g STAGES=0 IMAGE_ROOT=''
    declare -gx STEP
    mapfile -t lines < <(instructions "$1")
    for STEP in "${lines[@]}"; do
        read -r name rest <<<"$STEP"
        read -ra words <<<"$rest"
        declare -F "step_${name,,}" >/dev/null || {
            echo "$name: an instruction that is not known here"
            return 1
        }
        [[ $IMAGE_ROOT || ${name^^} == FROM ]] || return 1
        STEP=$rest
        printf '%4d s  %s %s\n' "$SECONDS" "$name" "$rest"
        "step_${name,,}" "${words[@]}" >"$WORK/step" 2>&1 || {
            tail -n 30 "$WORK/step"
            echo "failed: $name $rest"
            return 1
        }
    done
}
