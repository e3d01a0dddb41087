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
    local dir
    dir=$(run_dir "$1")
    engine_prepare "$1" elasticsearch
    case $1 in
    *-security)
        printf 'xpack.security.enabled: true\n' >>"$dir/config/elasticsearch.yml"
        cp "$HERE"/security/* "$dir/config/"
        ;;
    *) printf 'xpack.security.enabled: false\n' >>"$dir/config/elasticsearch.yml" ;;
    esac
    owned_by_engine "$dir"
}

opensearch_prepare() {
    engine_prepare "$1" opensearch
    owned_by_engine "$(run_dir "$1")"
}

engine_prepare() { # name, program
    local dir
    dir=$(run_dir "$1")
    mkdir -p "$dir/config" "$dir/data" "$dir/logs" "$dir/tmp"
    cp -r "$(cached "$(artifact_of "$1")")/config/." "$dir/config/"
    # Where its virtual machine writes is relative, to a folder that is not its own.
    sed -i "s#\([:=]\)\(logs\|data\)#\1$dir/\2#" "$dir/config/jvm.options"
    # The disk of a machine that builds is often nearly full; that must not make an index read-only.
    cat >"$dir/config/$2.yml" <<END
cluster.name: stack
node.name: $1
network.host: 127.0.0.1
http.port: $(port "$1" http)
transport.port: $(port "$1" transport)
discovery.type: single-node
path.data: $dir/data
path.logs: $dir/logs
cluster.routing.allocation.disk.threshold_enabled: false
END
}

elasticsearch_command() { engine_command "$1" elasticsearch ES; }
opensearch_command() { engine_command "$1" opensearch OPENSEARCH; }

engine_command() { # name, program, prefix of its variables
    local dir java
    dir=$(run_dir "$1")
    java=$("$2_java" "$1")
    as_engine
    command=("${as_engine[@]}" env "$3_JAVA_HOME=$java" "$3_JAVA_OPTS=-Xms512m -Xmx512m" "$3_PATH_CONF=$dir/config"
        "$3_TMPDIR=$dir/tmp" CLI_JAVA_OPTS=-Xmx64m "HOME=$dir" "$(cached "$(artifact_of "$1")")/bin/$2")
}

# Fills `as_engine` with what must stand before a command: search engines refuse to run as root. `nobody` needs no
# account of ours; the one capability lets it read the cache and reach its folder wherever the checkout lies, so that
# nobody's home is opened to others.
as_engine() {
    as_engine=()
    [ "$(id -u)" != 0 ] || as_engine=(setpriv --reuid=65534 --regid=65534 --clear-groups
        --inh-caps=-all,+dac_read_search --ambient-caps=+dac_read_search --bounding-set=-all,+dac_read_search)
}

owned_by_engine() { # the folder of a server
    [ "$(id -u)" != 0 ] || chown -R 65534:65534 "$1/config" "$1/data" "$1/logs" "$1/tmp"
}
