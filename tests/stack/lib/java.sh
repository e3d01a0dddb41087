# shellcheck shell=bash
# A Java that a search engine runs on.

# The major version that stands in the `release` file of a Java home.
java_version() {
    [ ! -r "$1/release" ] || sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" | head -n 1
}

# The home of the oldest Java within bounds; where the machine has none, the one of Python's package index.
find_java() { # lowest, highest
    local home version best='' best_version=999 wheel=java-17
    for home in "${JAVA_HOME:-}" ${A360_STACK_JAVAS:-/usr/lib/jvm/* /opt/java/*}; do
        version=$(java_version "$home")
        [ -n "$version" ] && [ -x "$home/bin/java" ] || continue
        if [ "$version" -ge "$1" ] && [ "$version" -le "$2" ] && [ "$version" -lt "$best_version" ]; then
            best=$home best_version=$version
        fi
    done
    if [ -z "$best" ]; then
        [ "$1" -le 17 ] || wheel=java-21
        install "$wheel" || die "Java $1 is missing: install openjdk-$1-jre-headless, or set JAVA_HOME"
        best=$(find "$(cached "$wheel")" -type d -name java-runtime)
    fi
    printf '%s\n' "$best"
}
