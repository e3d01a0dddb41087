# shellcheck shell=bash
# Starts, watches and ends the servers of a set. A server's folder holds its ports, its process, its log and its data.

run_dir() { printf '%s/run/%s/%s\n' "$BASE" "$SET" "$1"; }

# The set's servers; who sends to others comes last.
set_names() {
    local names
    names=$(cd "$BASE/run/$SET" 2>/dev/null && ls -d -- */ 2>/dev/null | tr -d /) || return 0
    grep -vx agent360 <<<"$names" || true
    grep -x agent360 <<<"$names" || true
}

port() { # name, which
    awk -F= -v key="$2" '$1 == key { print $2 }' "$(run_dir "$1")/ports"
}

# When a process began, so that a number used again is not taken for it.
began() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

pid_of() {
    local pid began
    [ -e "$(run_dir "$1")/pid" ] || return 1
    read -r pid began <"$(run_dir "$1")/pid"
    [ -n "$began" ] && [ "$(began "$pid")" = "$began" ] && printf '%s\n' "$pid"
}

is_alive() { pid_of "$1" >/dev/null; }

is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below the ports that the system gives out, so that none is taken before its server starts.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 10000))
        if ! grep -qsx "[a-z_]*=$port" "$BASE"/run/*/*/ports && is_free "$port"; then
            printf '%s\n' "$port"
            return
        fi
    done
}

give_ports() { # name, the port that its users speak to, if one was asked for
    local key given=${2:-} file
    file=$(run_dir "$1")/ports
    mkdir -p "$(run_dir "$1")"
    : >"$file"
    for key in $(ports_of "$(kind_of "$1")"); do
        printf '%s=%s\n' "$key" "${given:-$(free_port)}" >>"$file"
        given=''
    done
}

# Fails unless the machine has room for a server and a build beside it.
check_memory() { # name
    local needed free
    needed=$(memory_of "$(kind_of "$1")") free=$(memory_free)
    [ "$free" -ge $((needed + 2000)) ] ||
        die "$1: it takes $needed MiB and 2000 must stay for a build, but $free are free; end others first: stack down NAME"
}

start() { # name
    local dir kind command=()
    failing=$1
    dir=$(run_dir "$1") kind=$(kind_of "$1")
    check_memory "$1"
    is_free "$(port "$1" http)" || die "$1: port $(port "$1" http) is in use; take another: stack up $1=PORT"
    "${kind}_prepare" "$1"
    "${kind}_command" "$1"
    printf '%q ' "${command[@]}" >"$dir/command"
    # A session of its own: a key that ends the script must not end it, and all its children end with it.
    (
        for lock in "${LOCKS[@]}"; do
            exec {lock}>&-
        done
        exec setsid "${command[@]}"
    ) >"$dir/log" 2>&1 </dev/null &
    printf '%s %s\n' "$!" "$(began "$!")" >"$dir/pid"
}

# Waits until a server answers.
await() { # name
    failing=$1
    local status path until=$((SECONDS + ${A360_STACK_PATIENCE:-120}))
    path=$(ready_path "$(kind_of "$1")")
    while is_alive "$1"; do
        status=$(status_of "$(port "$1" http)" "$path")
        case $status in
        2?? | 401) return ;;
        esac
        if [ "$SECONDS" -ge "$until" ]; then
            tail -n 15 "$(run_dir "$1")/log" >&2
            die "$1: $(url_of "$1")$path does not answer${status:+, its last status was $status}"
        fi
        sleep 0.1
    done
    tail -n 15 "$(run_dir "$1")/log" >&2
    die "$1: it died while it started; all of its log: stack logs $1"
}

# The HTTP status of a page on loopback; nothing when there is none.
status_of() ( # port, path
    exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 0
    printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "$2" >&3
    read -r -t 3 _ status _ <&3 && printf '%s\n' "$status"
    true
) 2>/dev/null

# What a running server should know of those that came: a new configuration is read again, a new command line needs
# a new process.
refresh() { # name
    local dir kind command=()
    dir=$(run_dir "$1") kind=$(kind_of "$1")
    case $kind in
    prometheus | victoria-metrics)
        "${kind}_prepare" "$1"
        kill -HUP "$(pid_of "$1")"
        ;;
    agent360)
        agent360_command "$1"
        [ "$(printf '%q ' "${command[@]}")" != "$(cat "$dir/command")" ] || return 0
        stop "$1"
        start "$1"
        await "$1"
        ;;
    esac
}

up() { # names, each perhaps with =PORT
    local wish name
    for wish; do
        name=${wish%%=*}
        [ "$name" = agent360 ] || install "$(artifact_of "$name")"
    done
    alone "set-$SET" up_alone "$@"
}

up_alone() {
    local wish name given
    new=() started=() failing=''
    trap 'give_up "$?"' EXIT
    trap 'exit 130' INT TERM HUP
    for wish; do
        name=${wish%%=*} given=${wish#"$name"}
        if [ ! -e "$(run_dir "$name")/ports" ]; then
            new+=("$name")
            alone ports give_ports "$name" "${given#=}"
        elif [ -n "$given" ] && [ "${given#=}" != "$(port "$name" http)" ]; then
            die "$name: this set has it on port $(port "$name" http); end it first: stack down $name"
        fi
    done
    for name in $(set_names); do
        if is_alive "$name"; then
            refresh "$name"
        elif printf '%s\n' "${@%%=*}" | grep -qx "$name"; then
            started+=("$name")
            start "$name"
        fi
    done
    for name in "${started[@]}"; do
        await "$name"
        say "$name: ready"
    done
    trap - EXIT INT TERM HUP
}

# Whoever fails leaves nothing running of what it started, and the log of the one that failed.
give_up() { # status
    local name
    trap - EXIT INT TERM HUP
    [ "$1" != 0 ] || return 0
    for name in "${started[@]}"; do
        stop "$name"
    done
    for name in "${new[@]}"; do
        [ "$name" != "$failing" ] || mv "$(run_dir "$name")/log" "$BASE/failed-$name.log" 2>/dev/null || true
        forget "$name"
    done
    exit "$1"
}

# A server's folder, and what of it lies elsewhere.
forget() { # name
    [ ! -L "$(run_dir "$1")/engine" ] || rm -rf "$(readlink -f "$(run_dir "$1")/engine")"
    rm -rf "$(run_dir "$1")"
}

stop() { # name; its data may go, so it has only seconds to write them
    local pid patience=50
    pid=$(pid_of "$1") || return 0
    kill -TERM -- "-$pid" 2>/dev/null || true
    while [ -n "$(session_of "$pid")" ] && [ "$patience" -gt 0 ]; do
        sleep 0.1
        patience=$((patience - 1))
    done
    crash "$1"
}

# Ends a server as an accident does, and keeps its ports and data.
crash() { # name
    local pid
    pid=$(pid_of "$1") || pid=''
    [ -z "$pid" ] || kill -KILL -- "-$pid" 2>/dev/null || true
    rm -f "$(run_dir "$1")/pid"
}

# The processes of a session, without those that only wait to be reaped.
session_of() {
    cat /proc/[0-9]*/stat 2>/dev/null |
        awk -v leader="$1" '{ pid = $1; sub(/.*\) /, ""); if ($4 == leader && $1 != "Z") print pid }'
}

down() { # names
    alone "set-$SET" down_alone "$@"
}

down_alone() {
    local name pid
    for name; do
        # All at once; then each is waited for.
        pid=$(pid_of "$name") || continue
        kill -TERM -- "-$pid" 2>/dev/null || true
    done
    for name; do
        stop "$name"
        forget "$name"
        say "$name: ended"
    done
    rm -f "$BASE/run/$SET/a360.toml"
    rmdir "$BASE/run/$SET" 2>/dev/null || true
}
