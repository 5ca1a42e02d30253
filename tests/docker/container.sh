# shellcheck shell=bash
# container.sh - runs the image as docker-compose.yml says, each service in namespaces of
# its own for processes, mounts and network; the two networks are joined by a cable.
#
# COMPOSE is the compose file as JSON. A service is known to the other by its name.

declare -A ADDRESS=([ml-service]=192.0.2.1 [backend]=192.0.2.2) # TEST-NET-1, nobody's
declare -A RUNNER=() # pid of the process that waits for the container's first

network() {
    echo "loganalyzer-test-$$-$1"
}

make_networks() {
    local name
    for name in "${!ADDRESS[@]}"; do
        ip netns add "$(network "$name")" || return 1
    done
    ip link add eth0 netns "$(network backend)" type veth peer name eth0 \
        netns "$(network ml-service)" || return 1
    for name in "${!ADDRESS[@]}"; do
        ip -n "$(network "$name")" address add "${ADDRESS[$name]}/24" dev eth0 &&
            ip -n "$(network "$name")" link set lo up &&
            ip -n "$(network "$name")" link set eth0 up || return 1
    done
    printf '127.0.0.1 localhost\n' >"$WORK/hosts"
    for name in "${!ADDRESS[@]}"; do
        printf '%s %s\n' "${ADDRESS[$name]}" "$name" >>"$WORK/hosts"
    done
}

# compose SERVICE FILTER: values from the compose file, one a line.
compose() {
    jq -r ".services[\"$1\"] | $2" "$COMPOSE"
}

# What a process of the service is started with: rights as the compose file has them.
# shellcheck disable=SC2034 # INSIDE is for the caller
set_inside() {
    local group
    local -a rights=() environment
    group=$(chroot "$IMAGE_ROOT" id -g "$IMAGE_USER")
    [[ $(compose "$1" '.cap_drop | index("ALL")') == null ]] || rights+=(--bounding-set=-all)
    [[ $(compose "$1" '.security_opt | index("no-new-privileges:true")') == null ]] ||
        rights+=(--no-new-privs)
    mapfile -t environment < <(compose "$1" '.environment | to_entries[] | "\(.key)=\(.value)"')
    INSIDE=(setpriv --reuid "$IMAGE_USER" --regid "$group" --init-groups --inh-caps=-all
        "${rights[@]}" env -i -C "$IMAGE_DIR" "${IMAGE_ENV[@]}" "${environment[@]}")
}

# container SERVICE COMMAND...: becomes a container of the service whose first process is
# this; call it in a subshell.
container() {
    local name=$1 volume=$WORK/volume-$1 folder
    local -a tmpfs INSIDE
    mapfile -t tmpfs < <(compose "$name" '.tmpfs[]')
    # A new volume takes what the image has there.
    folder=$(compose "$name" '.volumes[0] | split(":")[1]')
    [[ -e $volume ]] || cp -a "$IMAGE_ROOT$folder" "$volume" || exit 1
    touch "$IMAGE_ROOT/etc/hosts" || exit 1
    set_inside "$name"
    # shellcheck disable=SC2016 # for the shell inside
    exec nsenter --net="/run/netns/$(network "$name")" \
        unshare --mount --uts --ipc --pid --fork --kill-child bash -euc "$OWN_MOUNTS"'
        hosts=$2 volume=$3 folder=$4 read_only=$5 n=$6
        mount --bind "$hosts" "$root/etc/hosts"
        mount --bind "$volume" "$root$folder"
        for tmpfs in "${@:7:n}"; do
            options=${tmpfs#"${tmpfs%%:*}"}
            mount -t tmpfs -o "nosuid,nodev,noexec,mode=1777${options/:/,}" tmpfs "$root${tmpfs%%:*}"
        done
        [[ $read_only != true ]] || mount -o remount,bind,ro "$root"
        shift $((6 + n))
        exec chroot "$root" "$@"' \
        bash "$IMAGE_ROOT" "$WORK/hosts" "$volume" "$folder" "$(compose "$name" .read_only)" \
        "${#tmpfs[@]}" "${tmpfs[@]}" "${INSIDE[@]}" "${@:2}"
}

# start SERVICE: `docker compose up`.
start() {
    local -a command
    read -ra command < <(compose "$1" '.command // ""')
    ((${#command[@]} > 0)) || command=("${IMAGE_COMMAND[@]}")
    container "$1" "${IMAGE_ENTRYPOINT[@]}" "${command[@]}" >>"$WORK/log-$1" 2>&1 </dev/null &
    RUNNER[$1]=$!
}

# first SERVICE: the pid, here, of the service's first process.
first() {
    local pid=''
    read -r pid <"/proc/${RUNNER[$1]}/task/${RUNNER[$1]}/children"
    [[ $pid ]] && echo "$pid"
}

# processes SERVICE: their pids, here.
processes() {
    local space link
    space=$(readlink "/proc/$(first "$1")/ns/pid") || return
    for link in /proc/[0-9]*/ns/pid; do
        [[ $(readlink "$link") != "$space" ]] || cut -d/ -f3 <<<"$link"
    done
} 2>/dev/null

# process_named SERVICE NAME: the pid, here, of the first one.
process_named() {
    local pid
    for pid in $(processes "$1"); do
        [[ $(</proc/"$pid"/comm) != "$2" ]] || { echo "$pid" && return; }
    done
    return 1
} 2>/dev/null

# inside SERVICE COMMAND...: as `docker exec` does it.
inside() {
    local name=$1
    local -a INSIDE
    shift
    set_inside "$name"
    nsenter --target "$(first "$name")" --mount --uts --ipc --net --pid --root --wd=/ \
        -- "${INSIDE[@]}" "$@"
}

# healthy SERVICE: what the compose file's health check says.
healthy() {
    local -a test
    mapfile -t test < <(compose "$1" '.healthcheck.test[]')
    [[ ${test[0]} == CMD ]] && inside "$1" "${test[@]:1}" >"$WORK/health-$1" 2>&1
}

# end SERVICE SIGNAL: the status of its first process into ENDED.
# shellcheck disable=SC2034 # ENDED is for the caller
end() {
    ENDED=0
    kill "-$2" "$(first "$1")" || return 1
    wait "${RUNNER[$1]}" || ENDED=$?
    unset "RUNNER[$1]"
}

remove_all() {
    local name
    for name in "${!RUNNER[@]}"; do
        kill -KILL "$(first "$name")" "${RUNNER[$name]}"
    done
    wait
    for name in "${!ADDRESS[@]}"; do
        [[ ! -e /run/netns/$(network "$name") ]] || ip netns delete "$(network "$name")"
    done
} 2>/dev/null
