# shellcheck shell=bash
# Which processes are a server's: only those are ended, and all of them.

# When a process began, so that a number used again is not taken for it; nothing for one that only waits to be reaped,
# which lasts where the first process of a container reaps nobody.
began() { awk '{ sub(/.*\) /, "") } $1 !~ /[ZX]/ { print $20 }' "/proc/$1/stat" 2>/dev/null; }

pid_of() {
    local pid began
    [ -s "$(run_dir "$1")/pid" ] || return 1
    read -r pid began <"$(run_dir "$1")/pid"
    [[ $pid =~ ^[1-9][0-9]*$ && -n $began ]] && [ "$(began "$pid")" = "$began" ] && printf '%s\n' "$pid"
}

# All processes of a server: those of its session and those that carry its mark, as a child does that became a daemon or
# outlived its parent.
processes_of() { # name
    local pid
    ! pid=$(pid_of "$1") || session_of "$pid"
    marked -x "$(run_dir "$1")"
}

# The processes that `start` has marked with a folder; without -x, with one that begins like it.
marked() {
    local folder=${*: -1}
    { grep -slzF "${@:1:$#-1}" -- "A360_STACK_SERVER=$folder" /proc/[0-9]*/environ || true; } | cut -d/ -f3
}

is_alive() { pid_of "$1" >/dev/null; }

# The processes of a session, without those that only wait to be reaped.
session_of() {
    { cat /proc/[0-9]*/stat 2>/dev/null || true; } |
        awk -v leader="$1" '{ pid = $1; sub(/.*\) /, ""); if ($4 == leader && $1 != "Z") print pid }'
}

signal() { # signal, name
    local all
    mapfile -t all < <(processes_of "$2")
    [ "${#all[@]}" = 0 ] || kill "-$1" "${all[@]}" 2>/dev/null || true
}
