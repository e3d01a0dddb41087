# shellcheck shell=bash
# What differs between the servers: their ports, configuration, command line and first answer.
# Each kind has `KIND_prepare`, which writes what it reads, and `KIND_command`, which fills `command` and `environment`.

# prometheus-3.14 is a prometheus; elasticsearch-9.2-security is an elasticsearch.
kind_of() {
    local name=${1%-security}
    case $name in
    node-exporter | victoria-metrics | agent360 | jaeger-v?) printf '%s\n' "$name" ;;
    *) printf '%s\n' "${name%-*}" ;;
    esac
}

# The entry in the cache that a server runs from.
artifact_of() { printf '%s\n' "${1%-security}"; }

# Names that are short for another.
full_name() {
    case $1 in
    prometheus) echo prometheus-3.14 ;;
    alertmanager) echo alertmanager-0.31 ;;
    elasticsearch) echo elasticsearch-9.2 ;;
    opensearch) echo opensearch-3.4 ;;
    jaeger) echo jaeger-v2 ;;
    *) printf '%s\n' "$1" ;;
    esac
}

# The first is the one that users speak to.
ports_of() {
    case $1 in
    elasticsearch | opensearch) echo http transport ;;
    jaeger-v1) echo http grpc otlp otlp_grpc collector collector_grpc admin ;;
    jaeger-v2) echo http grpc otlp otlp_grpc health ;;
    # Its own page, and where mails are taken in, with STARTTLS and with TLS at once.
    chasquid) echo http submission tls smtp ;;
    *) echo http ;;
    esac
}

# The path that answers 2xx, or 401 where one must sign in, once a server is ready.
ready_path() {
    case $1 in
    prometheus | alertmanager) echo /-/ready ;;
    victoria-metrics) echo /health ;;
    elasticsearch | opensearch) echo '/_cluster/health?wait_for_status=yellow&timeout=1s' ;;
    jaeger-v?) echo /api/services ;;
    *) echo / ;;
    esac
}

# MiB of memory that a server takes.
memory_of() {
    case $1 in
    elasticsearch | opensearch) echo 1000 ;;
    prometheus | victoria-metrics | jaeger-v?) echo 150 ;;
    *) echo 50 ;;
    esac
}

url_of() { printf 'http://127.0.0.1:%s\n' "$(port "$1" http)"; }

# Every member of the set whose kind is one of these.
members() {
    local name kind
    for name in $(set_names); do
        for kind; do
            [ "$(kind_of "$name")" != "$kind" ] || printf '%s\n' "$name"
        done
    done
}

scrape_jobs() { # VictoriaMetrics knows fewer keys
    local name refresh=''
    [ "$1" = victoria-metrics ] || refresh=', refresh_interval: 2s'
    printf 'scrape_configs:\n'
    for name in $(members agent360); do
        printf -- '- job_name: agent360\n  http_sd_configs: [{url: "%s/targets"%s}]\n' "$(url_of "$name")" "$refresh"
    done
    for name in $(members node-exporter); do
        printf -- '- job_name: node\n  static_configs: [{targets: ["127.0.0.1:%s"]}]\n' "$(port "$name" http)"
    done
    for name in $(members alertmanager); do
        printf -- '- job_name: %s\n  static_configs: [{targets: ["127.0.0.1:%s"]}]\n' "$name" "$(port "$name" http)"
    done
}

prometheus_prepare() {
    local name alertmanagers=''
    for name in $(members alertmanager); do
        alertmanagers+="\"127.0.0.1:$(port "$name" http)\", "
    done
    {
        printf 'global: {scrape_interval: 1s, evaluation_interval: 5s}\n'
        # A quote within quotes is written twice.
        printf "rule_files: ['%s/monitoring/prometheus/alert-rules.yml'%s]\n" "${ROOT//\'/\'\'}" \
            "${A360_STACK_RULES:+, '$A360_STACK_RULES'}"
        [ -z "$alertmanagers" ] || printf 'alerting: {alertmanagers: [{static_configs: [{targets: [%s]}]}]}\n' "${alertmanagers%, }"
        scrape_jobs prometheus
    } >"$(run_dir "$1")/prometheus.yml"
    [ -z "${A360_STACK_HISTORY:-}" ] || [ -d "$(run_dir "$1")/data" ] ||
        "$(cached "$1")/promtool" tsdb create-blocks-from openmetrics --max-block-duration=1536h "$A360_STACK_HISTORY" \
            "$(run_dir "$1")/data" >/dev/null
}

prometheus_command() {
    local dir
    dir=$(run_dir "$1")
    command=("$(cached "$1")/prometheus" "--config.file=$dir/prometheus.yml" "--storage.tsdb.path=$dir/data"
        "--web.listen-address=127.0.0.1:$(port "$1" http)" --enable-feature=exemplar-storage)
}

# The shipped routing, but nobody outside is told.
alertmanager_prepare() {
    sed -e 's#^\( *slack_api_url:\).*#\1 http://127.0.0.1:9/slack\n  pagerduty_url: http://127.0.0.1:9/pagerduty#' \
        "$ROOT/monitoring/alertmanager/alertmanager.yml" >"$(run_dir "$1")/alertmanager.yml"
}

alertmanager_command() {
    local dir program=alertmanager
    dir=$(run_dir "$1")
    [ -x "$(cached "$1")/$program" ] || program=prometheus-alertmanager
    command=(env -C "$(cached "$1")" "./$program" "--config.file=$dir/alertmanager.yml" "--storage.path=$dir/data"
        "--web.listen-address=127.0.0.1:$(port "$1" http)" --cluster.listen-address=)
}

node-exporter_prepare() { :; }

node-exporter_command() {
    command=("$(cached "$1")/prometheus-node-exporter" "--web.listen-address=127.0.0.1:$(port "$1" http)")
}

victoria-metrics_prepare() {
    {
        printf 'global: {scrape_interval: 1s}\n'
        scrape_jobs victoria-metrics
    } >"$(run_dir "$1")/scrape.yml"
}

victoria-metrics_command() {
    local dir
    dir=$(run_dir "$1")
    command=("$(cached "$1")/victoria-metrics" "-promscrape.config=$dir/scrape.yml" "-storageDataPath=$dir/data"
        "-httpListenAddr=127.0.0.1:$(port "$1" http)" -search.latencyOffset=1s -memory.allowedBytes=256MB
        -promscrape.httpSDCheckInterval=2s)
}

jaeger-v1_prepare() { :; }

jaeger-v1_command() {
    local at="host-port=127.0.0.1"
    command=("$(cached "$1")/all-in-one" --memory.max-traces=20000
        "--query.http-server.$at:$(port "$1" http)" "--query.grpc-server.$at:$(port "$1" grpc)"
        "--collector.otlp.http.$at:$(port "$1" otlp)" "--collector.otlp.grpc.$at:$(port "$1" otlp_grpc)"
        "--collector.http-server.$at:$(port "$1" collector)" "--collector.grpc-server.$at:$(port "$1" collector_grpc)"
        "--admin.http.$at:$(port "$1" admin)")
}

# Its built-in configuration listens on every interface and on fixed ports.
jaeger-v2_prepare() {
    sed -e "s/{http}/$(port "$1" http)/" -e "s/{grpc}/$(port "$1" grpc)/" -e "s/{otlp}/$(port "$1" otlp)/" \
        -e "s/{otlp_grpc}/$(port "$1" otlp_grpc)/" -e "s/{health}/$(port "$1" health)/" \
        "$HERE/jaeger-v2.yaml" >"$(run_dir "$1")/jaeger.yaml"
}

jaeger-v2_command() {
    command=("$(cached "$1")/jaeger" --config "$(run_dir "$1")/jaeger.yaml")
}

# A mail server with one mailbox, oncall@example.test, and an authority of its own. Each mail it delivers is a file.
chasquid_prepare() {
    local dir config
    dir=$(run_dir "$1") config=$(run_dir "$1")/config
    need openssl 'it makes the certificate of the mail server'
    mkdir -p "$config/certs/localhost" "$config/domains/example.test" "$dir/data" "$dir/mails"
    {
        printf 'hostname: "localhost"\nsmtp_address: "127.0.0.1:%s"\n' "$(port "$1" smtp)"
        printf 'submission_address: "127.0.0.1:%s"\n' "$(port "$1" submission)"
        printf 'submission_over_tls_address: "127.0.0.1:%s"\n' "$(port "$1" tls)"
        printf 'monitoring_address: "127.0.0.1:%s"\n' "$(port "$1" http)"
        printf 'mail_delivery_agent_bin: "%s/deliver"\n' "$dir"
        printf 'data_dir: "%s/data"\nmail_log_path: "<stderr>"\n' "$dir"
    } >"$config/chasquid.conf"
    # Whole or not there.
    # shellcheck disable=SC2016 # for the other shell
    printf '#!/bin/sh\ncat >"%s/mails/$$.new" && mv "%s/mails/$$.new" "%s/mails/$$.eml"\n' "$dir" "$dir" "$dir" >"$dir/deliver"
    chmod +x "$dir/deliver"
    [ -e "$dir/ca.pem" ] || mail_certificate "$dir" >/dev/null 2>&1
    "$(cached "$1")/chasquid-util" "-C=$config" user-add oncall@example.test "--password=$PASSWORD" >/dev/null
}

mail_certificate() { # folder
    local certs=$1/config/certs/localhost new=(openssl req -newkey rsa:2048 -nodes -days 2)
    "${new[@]}" -x509 -subj '/CN=authority of a test' -keyout "$1/ca.key" -out "$1/ca.pem" \
        -addext basicConstraints=critical,CA:TRUE
    "${new[@]}" -subj /CN=localhost -keyout "$certs/privkey.pem" -out "$1/request.pem"
    openssl x509 -req -in "$1/request.pem" -CA "$1/ca.pem" -CAkey "$1/ca.key" -CAcreateserial -days 2 \
        -extfile <(printf 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n') -out "$certs/fullchain.pem"
}

chasquid_command() {
    command=("$(cached "$1")/chasquid" "-config_dir=$(run_dir "$1")/config")
}

agent360_prepare() { :; }

# It writes its logs to every search engine of the set, and its spans to every Jaeger. Lines arrive as fluentd brings
# them: some late, some out of order, some of the same millisecond.
agent360_command() {
    local name program
    program=$(service_program)
    command=(env "AGENT360_LOGS_PASSWORD=$PASSWORD" "$program" --port "$(port "$1" http)")
    for name in $(members elasticsearch opensearch); do
        command+=(--logs-to "$(url_of "$name")")
        [ "$name" = "${name%-security}" ] || command+=(--logs-user a360-writer)
    done
    for name in $(members jaeger-v1 jaeger-v2); do
        command+=(--traces-to "http://127.0.0.1:$(port "$name" otlp)/v1/traces")
    done
    # shellcheck disable=SC2206 # several words are meant
    command+=(${A360_STACK_AGENT360_FLAGS---layout both --late 0.02 --reorder --ties 0.05})
}

# Built from this tree, unless the caller has done it.
service_program() {
    if [ -n "${A360_STACK_AGENT360:-}" ]; then
        [ -x "$A360_STACK_AGENT360" ] || die "$A360_STACK_AGENT360 is no program; cargo build --examples makes it"
        realpath -s "$A360_STACK_AGENT360"
    else
        (cd "$ROOT" && cargo build --quiet --release --example agent360 >&2) || die 'agent360: it cannot be built'
        printf '%s/release/examples/agent360\n' "${CARGO_TARGET_DIR:-$ROOT/target}"
    fi
}
