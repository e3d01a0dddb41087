# shellcheck shell=bash
# The search engines: Java, a configuration folder of their own, never as root, and sign-in where it is wanted.

# The one behind every hash in `security/users`: of a server on loopback that lives for an hour, so not a secret.
PASSWORD=a360-password

elasticsearch_java() {
    case $1 in
    *-7.17*) find_java 11 21 ;;
    *) find_java 21 25 ;;
    esac
}

opensearch_java() {
    case $1 in
    *-1.3) find_java 11 17 ;;
    *-2.19) find_java 11 21 ;;
    *) find_java 21 25 ;;
    esac
}

elasticsearch_prepare() {
    local config
    engine_prepare "$1" elasticsearch
    config=$(run_dir "$1")/engine/config
    case $1 in
    *-security)
        printf 'xpack.security.enabled: true\n' >>"$config/elasticsearch.yml"
        cp "$HERE"/security/* "$config/"
        ;;
    *) printf 'xpack.security.enabled: false\n' >>"$config/elasticsearch.yml" ;;
    esac
    give_to_engine "$1"
}

opensearch_prepare() {
    engine_prepare "$1" opensearch
    give_to_engine "$1"
}

engine_prepare() { # name, program
    local place
    place_engine "$1"
    place=$(readlink -f "$(run_dir "$1")/engine")
    mkdir -p "$place/config" "$place/data" "$place/logs" "$place/tmp"
    cp -r "$(cached "$(artifact_of "$1")")/config/." "$place/config/"
    # Where its virtual machine writes is relative, to a folder that is not its own; not every Java has the module,
    # which only makes vectors quick.
    sed -i -e "s#\([:=]\)\(logs\|data\)#\1$place/\2#" -e '/jdk.incubator.vector/d' "$place/config/jvm.options"
    # The disk of a machine that builds is often nearly full; that must not make an index read-only.
    cat >"$place/config/$2.yml" <<END
cluster.name: stack
node.name: $1
network.host: 127.0.0.1
http.port: $(port "$1" http)
transport.port: $(port "$1" transport)
discovery.type: single-node
path.data: $place/data
path.logs: $place/logs
cluster.routing.allocation.disk.threshold_enabled: false
END
}

# Makes `engine` in its folder, with the program in `dist`. Search engines refuse to run as root; as root they run as
# `nobody`, and what lies in a home that is closed to others is copied to where nobody can reach it. Their scripts fail
# in a folder with a blank in its name, so there they are elsewhere, too.
place_engine() { # name
    local engine place from
    engine=$(run_dir "$1")/engine from=$(cached "$(artifact_of "$1")")
    [ ! -e "$engine/dist" ] || return 0
    # What a run that was killed left half done.
    discard_engine "$1"
    as_engine
    if [[ ! $engine =~ [^A-Za-z0-9./_-] ]] && engine_reads "$from"; then
        mkdir "$engine"
    else
        place=$(mktemp -d "$(short_folder)/a360-stack.XXXXXX")
        chmod 755 "$place"
        ln -s "$place" "$engine"
    fi
    if engine_reads "$from"; then
        ln -s "$from" "$engine/dist"
    else
        copy_for_engine "$from" "$engine/dist"
    fi
}

# Whether a program's folder can be read by whom the engines run as; the configuration in it they get as a copy.
engine_reads() { # folder
    local unread
    unread=$("${as_engine[@]}" find "$1/" -name config -prune -o ! -readable -print -quit 2>/dev/null) && [ -z "$unread" ]
}

# All of it or nothing.
copy_for_engine() { # from, to
    rm -rf "$2.new"
    cp -r "$1/." "$2.new"
    chmod -R a+rX "$2.new"
    mv "$2.new" "$2"
}

# For what must lie in a path without blanks.
short_folder() {
    [[ ${TMPDIR:-/tmp} =~ [^A-Za-z0-9./_-] ]] && echo /tmp || printf '%s\n' "${TMPDIR:-/tmp}"
}

discard_engine() { # name
    local engine
    engine=$(run_dir "$1")/engine
    [ ! -L "$engine" ] || rm -rf "$(readlink -f "$engine")"
    rm -rf "$engine"
}

give_to_engine() { # name
    local place
    place=$(readlink -f "$(run_dir "$1")/engine")
    [ "$(id -u)" != 0 ] || chown -R 65534:65534 "$place/config" "$place/data" "$place/logs" "$place/tmp"
}

elasticsearch_command() { engine_command "$1" elasticsearch ES; }
opensearch_command() { engine_command "$1" opensearch OPENSEARCH; }

engine_command() { # name, program, prefix of its variables
    local place java
    place=$(readlink -f "$(run_dir "$1")/engine")
    java=$("$2_java" "$1")
    as_engine
    # It lies beside the engines where the machine has none of its own.
    if ! "${as_engine[@]}" test -r "$java/lib/modules"; then
        [ -e "$place/java" ] || copy_for_engine "$java" "$place/java"
        java=$place/java
    elif [[ $java =~ [^A-Za-z0-9./_-] ]]; then
        ln -sfn "$java" "$place/java"
        java=$place/java
    fi
    command=("${as_engine[@]}" env "$3_JAVA_HOME=$java" "$3_JAVA_OPTS=-Xms512m -Xmx512m" "$3_PATH_CONF=$place/config"
        "$3_TMPDIR=$place/tmp" CLI_JAVA_OPTS=-Xmx64m "HOME=$place" "$place/dist/bin/$2")
}

# Fills `as_engine` with what must stand before a command.
as_engine() {
    as_engine=()
    # shellcheck disable=SC2054 # no list of words
    [ "$(id -u)" != 0 ] || as_engine=(setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all)
}
