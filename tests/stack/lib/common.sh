# shellcheck shell=bash
# Words, temporary folders and locks that the other parts share.

say() { printf '%s\n' "$*" >&2; }

# One line that says what is wrong; whoever fails has said it.
die() {
    say "stack: $*"
    exit 1
}

# The value in the column of a server's line in `versions`: 2 from where, 3 what, 4 version, 5 checksum.
entry() { # name, column
    awk -v name="$1" -v column="$2" '$1 == name { print $column }' "$HERE/versions"
}

# Whether a server goes by this name, in full.
is_server() {
    case $1 in
    *[!a-z0-9.-]* | '') false ;;
    agent360 | elasticsearch-9.2-security | elasticsearch-7.17-security) true ;;
    *) [[ " $(all_servers | paste -sd' ') " == *" $1 "* ]] ;;
    esac
}

all_servers() { awk '/^[a-z]/ && $2 != "wheel" { print $1 }' "$HERE/versions"; }

have() { command -v "$1" >/dev/null 2>&1; }

need() { # program, how to get it
    have "$1" || die "$1 is needed and not there: $2"
}

# The locks that are held, as file descriptors: a server that is started must not inherit them.
LOCKS=()

# Runs a function while nobody else does what has the same name.
alone() { # name, function…
    local lock error
    error=$({ mkdir -p "$BASE/locks" && : >>"$BASE/locks/$1"; } 2>&1) ||
        die "nothing can be written to $BASE: ${error##*: }; A360_STACK_DIR names another folder"
    exec {lock}>>"$BASE/locks/$1"
    flock --wait 2 "$lock" || {
        say "another stack is at it; waiting for its end ($BASE/locks/$1) …"
        flock "$lock" || die "cannot lock $BASE/locks/$1"
    }
    LOCKS+=("$lock")
    shift
    "$@"
    unset 'LOCKS[-1]'
    exec {lock}>&-
}

# The end of a log, however long its lines are.
show_tail() { tail -c 8000 "$1" | tail -n 15 >&2; }

# A command so that it can be typed and compared, the same in every language.
as_typed() {
    local LC_ALL=C
    printf '%q ' "$@"
}

# MiB that are free on the disk of a folder.
disk_free() { df -Pm "$1" | awk 'NR == 2 { print $4 }'; }

memory_free() { awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo; }
