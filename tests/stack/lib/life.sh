# shellcheck shell=bash
# Starts, watches and ends the servers of a set. A server's folder holds its ports, its process, its log and its data.

run_dir() { printf '%s/run/%s/%s\n' "$BASE" "$SET" "$1"; }

# The set's servers; who sends to others comes last.
set_names() {
    local file name last=''
    for file in "$BASE/run/$SET"/*/ports; do
        name=${file%/ports} name=${name##*/}
        if [ "$name" = agent360 ] && [ -s "$file" ]; then
            last=$name
        elif [ -s "$file" ] && is_server "$name"; then
            printf '%s\n' "$name"
        fi
    done
    [ -z "$last" ] || printf '%s\n' "$last"
}

# Fails unless the machine has room for these servers together and a build beside them.
check_memory() { # names
    local name needed=0 free
    free=$(memory_free)
    for name; do
        needed=$((needed + $(memory_of "$(kind_of "$name")")))
    done
    [ "$free" -ge $((needed + 2000)) ] ||
        die "$(printf '%s ' "$@")would take $needed MiB and 2000 must stay for a build, but $free are free; end others first: stack down NAME"
}

# What a server begins as: the leader of a session, which writes down its number and when it began before it becomes the
# server. So it is known even if whoever starts it is killed now, and it does not begin once its folder is gone.
# shellcheck disable=SC2016 # for the other shell
LEADER='stat=$(</proc/$$/stat) && read -ra fields <<<"${stat##*) }" && printf "%s %s\n" "$$" "${fields[19]}" >"$0.new" &&
    mv "$0.new" "$0" && exec "$@"'

start() { # name
    local dir kind command=()
    failing=$1
    dir=$(run_dir "$1") kind=$(kind_of "$1")
    # Its children may be left, or all of it, after an accident.
    crash "$1"
    check_ports "$1"
    "${kind}_prepare" "$1"
    "${kind}_command" "$1"
    as_typed "${command[@]}" >"$dir/command"
    # A session of its own: a key that ends the script must not end it, and all its children end with it.
    (
        for lock in "${LOCKS[@]}"; do
            exec {lock}>&-
        done
        export "A360_STACK_SERVER=$dir"
        exec setsid "$BASH" -c "$LEADER" "$dir/pid" "${command[@]}"
    ) >"$dir/log" 2>&1 </dev/null &
    # How it ends is told here, not by the shell.
    disown
    until [ -e "$dir/pid" ] || ! kill -0 "$!" 2>/dev/null; do
        sleep 0.01
    done
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
            show_tail "$(run_dir "$1")/log"
            die "$1: $(url_of "$1")$path does not answer${status:+, its last status was $status}"
        fi
        sleep 0.1
    done
    show_tail "$(run_dir "$1")/log"
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
        [ "$(as_typed "${command[@]}")" != "$(cat "$dir/command")" ] || return 0
        stop "$1"
        start "$1"
        await "$1"
        ;;
    esac
}

up() { # names, each perhaps with =PORT
    local wish name
    for wish; do
        provide "${wish%%=*}"
    done
    alone "set-$SET" up_alone "$@"
}

up_alone() {
    local wish name given wanted=()
    new=() started=() failing=''
    trap 'give_up "$?"' EXIT
    trap 'exit 130' INT TERM HUP
    for wish; do
        name=${wish%%=*} given=${wish#"$name"}
        if [ ! -s "$(run_dir "$name")/ports" ]; then
            new+=("$name")
            alone ports give_ports "$name" "${given#=}"
        elif [ -n "$given" ] && [ "${given#=}" != "$(port "$name" http)" ]; then
            die "$name: this set has it on port $(port "$name" http); end it first: stack down $name"
        fi
    done
    for name in $(set_names); do
        [[ " ${*%%=*} " != *" $name "* ]] || is_alive "$name" || wanted+=("$name")
    done
    # Together: what has just been started has not taken its memory yet.
    [ "${#wanted[@]}" = 0 ] || check_memory "${wanted[@]}"
    for name in $(set_names); do
        if [[ " ${wanted[*]} " == *" $name "* ]]; then
            started+=("$name")
            start "$name"
        elif is_alive "$name"; then
            refresh "$name"
        fi
    done
    for name in "${started[@]}"; do
        await "$name"
        say "$name: ready"
    done
    trap - EXIT INT TERM HUP
}

# Whoever fails leaves nothing running of what it started, and the log of the one that failed. An impatient second
# signal must not stop it half way, nor that nobody reads what it says.
give_up() { # status; 0 when a signal ended it that is not caught
    local name
    trap '' INT TERM HUP PIPE
    trap - EXIT
    for name in "${started[@]}"; do
        signal TERM "$name"
    done
    for name in "${started[@]}"; do
        stop "$name"
    done
    for name in "${new[@]}"; do
        [ "$name" != "$failing" ] || mv "$(run_dir "$name")/log" "$BASE/failed-$name.log" 2>/dev/null || true
        forget "$name"
    done
    rmdir "$BASE/run/$SET" 2>/dev/null || true
    exit $(($1 == 0 ? 1 : $1))
}

# A server's folder, and what of it lies elsewhere.
forget() { # name
    discard_engine "$1"
    rm -rf "$(run_dir "$1")"
}

stop() { # name; its data may go, so it has only seconds to write them
    local patience=50
    signal TERM "$1"
    while [ -n "$(processes_of "$1")" ] && [ "$patience" -gt 0 ]; do
        sleep 0.1
        patience=$((patience - 1))
    done
    crash "$1"
}

# Ends a server as an accident does, and keeps its ports and data.
crash() { # name
    local patience=100
    while [ -n "$(processes_of "$1")" ]; do
        [ "$patience" -gt 0 ] || die "$1: it cannot be ended: process $(processes_of "$1" | sort -nu | paste -sd' ')"
        signal KILL "$1"
        sleep 0.05
        patience=$((patience - 1))
    done
    rm -f "$(run_dir "$1")/pid"
}

# Fails unless all of these are in the set.
in_set() {
    local name
    for name; do
        [ -s "$(run_dir "$name")/ports" ] || die "$name: not in the set $SET, which has: $(set_names | paste -sd' ')"
    done
}

down() { # names, or none for all of the set
    local name whole=$#
    # shellcheck disable=SC2046 # names have no blanks
    [ $# -gt 0 ] || set -- $(set_names)
    in_set "$@"
    for name; do
        # All at once; then each is waited for.
        signal TERM "$name"
    done
    for name; do
        stop "$name"
        forget "$name"
        say "$name: ended"
    done
    [ "$whole" != 0 ] || sweep
    rm -f "$BASE/run/$SET/a360.toml"
    rmdir "$BASE/run/$SET" 2>/dev/null || true
}

# What a set should not have: folders of a run that was killed as it began, processes whose folder somebody has removed.
sweep() {
    local all
    rm -f "$BASE/run/$SET"/*/ports.new
    rmdir "$BASE/run/$SET"/*/ 2>/dev/null || true
    mapfile -t all < <(marked "$BASE/run/$SET/")
    [ "${#all[@]}" = 0 ] || {
        kill -KILL "${all[@]}" 2>/dev/null || true
        say "ended, though its folder was gone: process ${all[*]}"
    }
}
