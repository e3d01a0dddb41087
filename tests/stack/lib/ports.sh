# shellcheck shell=bash
# The ports of a server, which are its own from its first start until it is ended for good.

port() { # name, which
    awk -F= -v key="$2" '$1 == key { print $2 }' "$(run_dir "$1")/ports"
}

is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below the ports that the system gives out, so that none is taken before its server starts.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 10000))
        if [ -z "$(port_owner "$port")" ] && is_free "$port"; then
            printf '%s\n' "$port"
            return
        fi
    done
}

# The server of any set that has been given a port, as SET/NAME, whether it runs or not.
port_owner() { # port
    local file
    file=$({ grep -slx "[a-z_]*=$1" "$BASE"/run/*/*/ports* || true; } | head -n 1)
    file=${file#"$BASE/run/"}
    printf '%s\n' "${file%/ports*}"
}

give_ports() { # name, the port that its users speak to, if one was asked for
    local key given=${2:-} file owner=''
    [ -z "$given" ] || owner=$(port_owner "$given")
    [ -z "$owner" ] || die "$1: port $given has been given to $owner; take another: stack up $1=PORT"
    file=$(run_dir "$1")/ports.new
    mkdir -p "$(run_dir "$1")"
    : >"$file"
    for key in $(ports_of "$(kind_of "$1")"); do
        printf '%s=%s\n' "$key" "${given:-$(free_port)}" >>"$file"
        given=''
    done
    # All of them or none, should it be killed now.
    mv "$file" "${file%.new}"
}

check_ports() { # name
    local key port
    while IFS='=' read -r key port; do
        is_free "$port" || case $key in
        http) die "$1: port $port is in use; take another: stack up $1=PORT" ;;
        *) die "$1: its port $port ($key) is in use by another; to get new ones: stack down $1" ;;
        esac
    done <"$(run_dir "$1")/ports"
}
