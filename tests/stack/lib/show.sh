# shellcheck shell=bash
# What a user of the servers wants to know.

# Name and address a line, for people and programs; a Jaeger's second address takes spans. A mail server
# has its ports with STARTTLS and with TLS, and the folder with ca.pem and the mails.
show_addresses() {
    local name
    for name in $(set_names); do
        printf '%-26s %s' "$name" "$(url_of "$name")"
        case $name in
        jaeger-*) printf ' http://127.0.0.1:%s/v1/traces' "$(port "$name" otlp)" ;;
        chasquid) printf ' %s %s %s' "$(port "$name" submission)" "$(port "$name" tls)" "$(run_dir "$name")" ;;
        *-security) printf ' a360-reader:%s' "$PASSWORD" ;;
        esac
        printf '\n'
    done
}

# A config with a context for each server of metrics, if there are any, with every Alertmanager of the set, its first
# search engine and its first Jaeger; prints its path.
write_config() {
    local name alertmanagers='' engine='' jaeger='' file=$BASE/run/$SET/a360.toml
    [ -n "$(members prometheus victoria-metrics)" ] || return 0
    for name in $(members alertmanager); do
        alertmanagers+="\"$(url_of "$name")\", "
    done
    for name in $(members elasticsearch opensearch); do
        case $name in *-security) ;; *) engine=${engine:-$name} ;; esac
    done
    for name in $(members jaeger-v1 jaeger-v2); do
        jaeger=${jaeger:-$name}
    done
    for name in $(members prometheus victoria-metrics); do
        printf '[contexts."%s".prometheus]\nurl = "%s"\n\n' "$name" "$(url_of "$name")"
        [ -z "$alertmanagers" ] || printf '[contexts."%s".alertmanager]\nurl = [%s]\n\n' "$name" "${alertmanagers%, }"
        [ -z "$engine" ] || printf '[contexts."%s".elasticsearch]\nurl = "%s"\n\n' "$name" "$(url_of "$engine")"
        [ -z "$jaeger" ] || printf '[contexts."%s".jaeger]\nurl = "%s"\n\n' "$name" "$(url_of "$jaeger")"
    done >"$file"
    printf '%s\n' "$file"
}

show_status() {
    local name pid
    for name in $(set_names); do
        if pid=$(pid_of "$name"); then
            printf '%-26s up   pid %-7s %5s MiB  %s\n' "$name" "$pid" "$(memory_used "$pid")" "$(tr '\n' ' ' <"$(run_dir "$name")/ports")"
        else
            printf '%-26s dead, see: stack logs %s\n' "$name" "$name"
        fi
    done
    [ -n "$(set_names)" ] || say "nothing is up in the set $SET"
}

# MiB of all processes of a session.
memory_used() {
    local pid
    for pid in $(session_of "$1"); do
        cat "/proc/$pid/status" 2>/dev/null
    done | awk '/^VmRSS:/ { sum += $2 } END { print int(sum / 1024) }'
}

show_log() {
    local name
    [ $# -eq 1 ] || die 'one name is needed: stack logs NAME'
    name=$(checked "$1")
    if [ -e "$(run_dir "$name")/log" ]; then
        cat "$(run_dir "$name")/log"
    elif [ -e "$BASE/failed-$name.log" ]; then
        cat "$BASE/failed-$name.log"
    else
        die "$name: there is no log; it is not in the set $SET, which has: $(set_names | paste -sd' ')"
    fi
}

show_path() {
    local place name
    [ $# -eq 2 ] || die 'a name and a program are needed: stack path prometheus-2.42 promtool'
    name=$(checked "$1")
    name=$(artifact_of "$name")
    [ "$name" != agent360 ] || die 'agent360 is built by cargo, it does not lie here'
    install "$name"
    place=$(cached "$name")/$2
    [ -x "$place" ] || die "$1 has no program \`$2\`; it has: $(find "$(dirname "$place")" -maxdepth 1 -type f -perm -100 -printf '%f ')"
    printf '%s\n' "$place"
}
