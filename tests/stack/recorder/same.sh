# shellcheck shell=bash
# Makes two recordings of the same data the same.

# What one run alone knows, then what `same.sed` knows of every run.
same() {
    sed -E -f <(own_rules) -f "$HERE/recorder/same.sed"
}

own_rules() {
    local key word day host
    host=$(uname -n)
    [ "$host" = localhost ] || printf 's#//%s:#//localhost:#g\n' "$(escaped "$host")"
    for key in $(ports_of "$(kind_of "$NAME")"); do
        printf 's/(127\\.0\\.0\\.1|localhost):%s\\b/\\1:%s/g\n' "$(port "$NAME" "$key")" "$(usual_port "$NAME" "$key")"
    done
    for word in "${!REAL[@]}"; do
        [ "$word" = huge ] || printf 's/%s/%s/g\n' "$(escaped "${REAL[$word]}")" "$(escaped "${SAME[$word]}")"
    done
    # The moments of the recording; what was sent has other days.
    for day in "$(date +%F)" "$(date -d yesterday +%F)"; do
        printf 's/\\b%sT[0-9:]{8}(Z|\\.[0-9]+)/2026-11-20T13:00:00\\1/g\n' "$day"
    done
    printf 's#%s#/stack#g\ns#%s#/a360#g\n' "$BASE" "$ROOT"
}

# Many servers list things in the order of a hash table. An answer that says the same as the last recording did, only in
# another order, is that recording.
keep_order() { # new file, old file
    if [ -e "$2" ] && [ "$(parts_of "$1")" = "$(parts_of "$2")" ]; then
        cp "$2" "$1"
    fi
}

# The sum of all that a file says, in whatever order; Jaeger numbers the processes of a trace as they come.
parts_of() {
    sed -E '/^content-length: /d; s/"p[0-9]+"/"p"/g' "$1" | tr '{}[],' '\n' | sort | cksum
}

escaped() { printf '%s' "$1" | sed 's/[]\/$*.^&+?(){}|[]/\\&/g'; }

# The port that a server is known by.
usual_port() { # name, which
    case $2:$1 in
    http:prometheus-*) echo 9090 ;;
    http:victoria-metrics) echo 8428 ;;
    http:alertmanager-*) echo 9093 ;;
    http:elasticsearch-* | http:opensearch-*) echo 9200 ;;
    transport:*) echo 9300 ;;
    http:jaeger-*) echo 16686 ;;
    *) echo 1 ;;
    esac
}

# What stands for a value that a server made up.
same_value() { # word, value
    local changed
    case $2 in
    ????????-????-????-????-????????????) printf '00000000-0000-4000-8000-%012d' "$((${#REAL[@]}))" ;;
    # An id of an index, by its word.
    ??????????????????????) printf '%s%.*s' "$1" "$((22 - ${#1}))" AAAAAAAAAAAAAAAAAAAAAA ;;
    *)
        changed=$(same <<<"$2")
        [ "$changed" != "$2" ] || changed=$1
        printf '%s' "$changed"
        ;;
    esac
}
