# shellcheck shell=bash
# Reads a file of questions, asks them and writes down the answers.

# Values that an answer gave and later questions need, and what stands for them in the files.
declare -A REAL=() SAME=()
SIGN_IN=()
# The question whose answer is not yet written down: name, method, path, body.
ASKED=()
# How many answers had another status than the questions say.
WRONG=0

# Seconds until what was sent must show.
PATIENCE=60

ask_all() { # file
    local line applies=1 word rest
    # A line too long to be written down by hand.
    REAL[huge]=$(printf 'x%.0s' {1..20000}) SAME[huge]=${REAL[huge]}
    while IFS= read -r line <&4 || [ -n "$line" ]; do
        read -r word rest <<<"$line"
        case $word in
        '' | '#'*) continue ;;
        only) applies=$(is_for "$rest") && continue ;;
        esac
        [ "$applies" = 1 ] || continue
        # What is kept of an answer has its name in that answer too.
        [ "$word" = keep ] || write_answer
        case $word in
        seed) seed "$rest" ;;
        await) await_answer "$rest" ;;
        keep) keep "$rest" ;;
        user) sign_in "$rest" ;;
        *) ask_one "$word" "$rest" ;;
        esac
    done 4<"$1"
    write_answer
    # shellcheck disable=SC2153 # it is the name of the server
    [ "$WRONG" = 0 ] || die "$NAME: $WRONG answers are not what was expected"
}

# 1 if the server is one of these, 0 if not.
is_for() { # patterns
    local pattern patterns
    read -ra patterns <<<"$1"
    for pattern in "${patterns[@]}"; do
        # shellcheck disable=SC2053 # a pattern is meant
        [[ $NAME == $pattern ]] && echo 1 && return
    done
    echo 0
}

sign_in() { # user, user:password or -
    case $1 in
    -) SIGN_IN=() ;;
    *:*) SIGN_IN=(--user "$1") ;;
    *) SIGN_IN=(--user "$1:$PASSWORD") ;;
    esac
}

filled() { # text, name of the array that has the values
    local text=$1 word
    local -n values=$2
    for word in "${!values[@]}"; do
        text=${text//"{$word}"/"${values[$word]}"}
    done
    printf '%s' "$text"
}

# Sends one request; leaves `head`, `body` and the status in $status.
send() { # method, path, body
    local base path body parameter arguments=()
    base=$(url_of "$NAME") path=$(filled "$2" REAL) body=$(filled "$3" REAL)
    case $path in
    :*)
        # Another port of the server: :otlp/v1/traces
        base=http://127.0.0.1:$(port "$NAME" "$(expr "$path" : ':\([a-z_]*\)')") path=/${path#*/}
        ;;
    esac
    case $body in
    '') ;;
    @*) filled "$(cat "$SEEDS/${body#@}")"$'\n' REAL >"$WORK/sent" ;;
    *) printf '%s' "${body//⏎/$'\n'}" >"$WORK/sent" ;;
    esac
    TYPE=$(type_of "$path" "$body")
    case $TYPE in
    '') ;;
    *form*)
        while IFS= read -r parameter; do
            arguments+=(--data-urlencode "$parameter")
        done <<<"${body// & /$'\n'}"
        ;;
    *) arguments+=(--data-binary "@$WORK/sent" -H "Content-Type: $TYPE") ;;
    esac
    status=$(curl -sS --globoff --http1.1 --max-time 30 -X "$1" -H 'Expect:' "${SIGN_IN[@]}" "${arguments[@]}" \
        -o "$WORK/body" -D "$WORK/head" -w '%{http_code}' "$base$path") || die "$NAME: no answer to $1 $2"
    [ -e "$WORK/body" ] || : >"$WORK/body"
}

# The media type of what is sent.
type_of() { # path, body
    case $1:$2 in
    *:) ;;
    */_bulk*:* | */_msearch*:*) echo application/x-ndjson ;;
    *:'{'* | *:'['* | *:@*) echo application/json ;;
    *) echo application/x-www-form-urlencoded ;;
    esac
}

seed() { # METHOD PATH BODY
    local method path body status
    read -r method path body <<<"$1"
    send "$method" "$path" "$body"
    case $status in
    2??) ;;
    *) die "$NAME: $method $path: $status: $(head -c 1000 "$WORK/body")" ;;
    esac
    ! grep -q '"errors" *: *true' "$WORK/body" || die "$NAME: $path refused some of it: $(head -c 2000 "$WORK/body")"
}

await_answer() { # PATTERN METHOD PATH BODY
    local pattern method path body status until=$((SECONDS + PATIENCE))
    read -r pattern method path body <<<"$1"
    while send "$method" "$path" "$body" && ! grep -Eq -- "$pattern" "$WORK/body"; do
        [ "$SECONDS" -lt "$until" ] || die "$NAME: $method $path never had $pattern: $(head -c 1000 "$WORK/body")"
        sleep 0.2
    done
}

keep() { # WORD KEY
    local word key value shown
    read -r word key <<<"$1"
    value=$(grep -Eo "\"$key\" *: *\"[^\"]*\"" "$WORK/body" | head -n 1 | sed 's/.*: *"//; s/"$//')
    [ -n "$value" ] || die "$NAME: no $key to keep in $(head -c 1000 "$WORK/body")"
    shown=$(same_value "$word" "$value")
    # shellcheck disable=SC2034 # `filled` reads it by its name
    REAL[$word]=$value SAME[$word]=$shown
}

ask_one() { # NAME, STATUS METHOD PATH BODY
    local expected method path body status
    read -r expected method path body <<<"$2"
    [ ! -e "$WORK/answers/$1.http" ] || die "$NAME: two questions are called $1"
    send "$method" "$path" "$body"
    if [ "$status" != "$expected" ]; then
        say "$NAME: $1: $status, not $expected: $(head -c 2000 "$WORK/body")"
        WRONG=$((WRONG + 1))
        return
    fi
    ASKED=("$1" "$method" "$path" "$body")
}

# Writes down the last answer, unless that has been done.
write_answer() {
    [ "${#ASKED[@]}" -gt 0 ] || return 0
    local method=${ASKED[1]} path=${ASKED[2]} body=${ASKED[3]}
    same <"$WORK/body" >"$WORK/same"
    {
        printf '# server: %s %s\n' "$NAME" "$(version_of "$NAME")"
        printf '# request: %s %s\n' "$method" "$(filled "$path" SAME)"
        [ "${#SIGN_IN[@]}" = 0 ] || printf '# user: %s\n' "${SIGN_IN[1]%%:*}"
        if [ -n "$body" ]; then
            printf '# type: %s\n' "$TYPE"
            printf '# body: %s\n' "$(filled "$body" SAME)"
        fi
        kept_head "$WORK/head" | same
        printf 'content-length: %s\n\n' "$(wc -c <"$WORK/same")"
        cat "$WORK/same"
    } >"$WORK/answers/${ASKED[0]}.http"
    ASKED=()
}

version_of() {
    local version
    version=$(entry "$(artifact_of "$1")" 4)
    printf '%s\n' "${version#v}"
}

# The status line and the headers that a client may read, without those that differ from answer to answer.
kept_head() { # file
    tr -d '\r' <"$1" | awk '
        /^HTTP\// { text = $0; next }
        tolower($0) ~ /^(content-type|warning|retry-after|www-authenticate|location|x-elastic-product|x-opensearch-version|x-prometheus-stopping|x-server-hostname|x-content-type-options|deprecation|allow):/ {
            name = tolower($0); sub(/:.*/, "", name); sub(/^[^:]*/, ""); text = text "\n" name $0
        }
        END { print text }'
}
