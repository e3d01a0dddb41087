# shellcheck shell=bash
# What a server that is recorded reads in place of what the others of the stack do, and how it gets its data.
# These take the place of functions of the same names in lib/servers.sh.

SEEDS=$HERE/seeds

# The file of questions/ that a server is asked.
family_of() {
    case $1 in
    *-security) echo security ;;
    prometheus-* | victoria-metrics) echo prometheus ;;
    alertmanager-*) echo alertmanager ;;
    elasticsearch-* | opensearch-*) echo search-engine ;;
    jaeger-*) echo jaeger ;;
    esac
}

# The configuration scrapes the server itself: its port is known now.
prometheus_prepare() {
    sed -e "s#{port}#$(port "$1" http)#" -e "s#{seeds}#$SEEDS#" "$SEEDS/prometheus.yml" >"$(run_dir "$1")/prometheus.yml"
}

prometheus_command() {
    local dir
    dir=$(run_dir "$1")
    command=("$(cached "$1")/prometheus" "--config.file=$dir/prometheus.yml" "--storage.tsdb.path=$dir/data"
        "--storage.tsdb.retention.time=100y" "--web.listen-address=127.0.0.1:$(port "$1" http)"
        --enable-feature=exemplar-storage)
    [ "$1" = prometheus-2.42 ] || command+=(--web.enable-otlp-receiver)
}

victoria-metrics_prepare() { printf 'scrape_configs: []\n' >"$(run_dir "$1")/scrape.yml"; }

victoria-metrics_command() {
    local dir
    dir=$(run_dir "$1")
    command=("$(cached "$1")/victoria-metrics" "-promscrape.config=$dir/scrape.yml" "-storageDataPath=$dir/data"
        "-httpListenAddr=127.0.0.1:$(port "$1" http)" -retentionPeriod=100y -memory.allowedBytes=256MB)
}

alertmanager_prepare() { cp "$SEEDS/alertmanager.yml" "$(run_dir "$1")/alertmanager.yml"; }

# Data that must lie there before a server starts.
seed_files() { # name
    local dir
    dir=$(run_dir "$1")
    case $1 in
    prometheus-*)
        mkdir -p "$dir/data"
        "$(cached "$1")/promtool" tsdb create-blocks-from openmetrics "$SEEDS/metrics.om" "$dir/data" >/dev/null
        ;;
    esac
}

# Data that only a running server takes; other servers get theirs by `seed` lines among their questions.
seed_server() { # name
    case $1 in
    victoria-metrics)
        # The same samples; it wants milliseconds.
        awk '/^#/ { next } { $NF = $NF * 1000; print }' CONVFMT='%.0f' OFMT='%.0f' "$SEEDS/metrics.om" |
            curl -fsS --data-binary @- "$(url_of "$1")/api/v1/import/prometheus"
        ;;
    esac
}
