//! What runs in the cluster: node-exporter, the database's monitor and the log shipper.

use std::collections::BTreeSet;

use yaml_rust2::Yaml;

use super::files::{list, word, words, yaml};

const NODE_EXPORTER: &str = "prometheus/kubernetes/node-exporter.yaml";
const DATABASE: &str = "prometheus/kubernetes/database-monitor.yaml";
const FLUENTD: &str = "fluentd/fluentd-configmap.yaml";

fn kind(document: &Yaml) -> [&str; 3] {
    [word(&document["apiVersion"]), word(&document["kind"]), word(&document["metadata"]["name"])]
}

#[test]
fn node_exporter_runs_in_the_hosts_network_on_its_port() {
    let set = yaml(NODE_EXPORTER);
    assert_eq!(kind(&set), ["apps/v1", "DaemonSet", "node-exporter"]);
    let spec = &set["spec"];
    assert_eq!(word(&spec["selector"]["matchLabels"]["app"]), "node-exporter");
    assert_eq!(spec["selector"]["matchLabels"], spec["template"]["metadata"]["labels"]);
    let pod = &spec["template"]["spec"];
    assert_eq!(pod["hostNetwork"].as_bool(), Some(true));
    let containers = list(&pod["containers"]);
    assert_eq!(containers.len(), 1);
    assert!(word(&containers[0]["image"]).starts_with("prom/node-exporter:v"));
    assert_eq!(containers[0]["ports"][0]["containerPort"].as_i64(), Some(9100));
}

#[test]
fn node_exporter_reads_every_mount_and_writes_none() {
    let set = yaml(NODE_EXPORTER);
    let pod = &set["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    let read: BTreeSet<_> = words(&container["args"])
        .into_iter()
        .filter(|arg| arg.starts_with("--path."))
        .map(|arg| arg.split_once('=').unwrap())
        .collect();
    let facts = [
        ("--path.procfs", "/host/proc", "proc", "/proc"),
        ("--path.rootfs", "/host/root", "root", "/"),
        ("--path.sysfs", "/host/sys", "sys", "/sys"),
    ];
    assert_eq!(read, facts.iter().map(|(arg, inside, ..)| (*arg, *inside)).collect());
    let mounts: BTreeSet<_> = list(&container["volumeMounts"])
        .iter()
        .map(|mount| (word(&mount["name"]), word(&mount["mountPath"])))
        .collect();
    assert_eq!(mounts, facts.iter().map(|(_, inside, name, _)| (*name, *inside)).collect());
    assert!(list(&container["volumeMounts"]).iter().all(|mount| mount["readOnly"].as_bool() == Some(true)));
    let volumes: BTreeSet<_> =
        list(&pod["volumes"]).iter().map(|volume| (word(&volume["name"]), word(&volume["hostPath"]["path"]))).collect();
    assert_eq!(volumes, facts.iter().map(|(.., name, host)| (*name, *host)).collect());
}

#[test]
fn the_database_is_scraped_every_15_seconds_under_a_name_that_is_found() {
    let monitor = yaml(DATABASE);
    assert_eq!(kind(&monitor), ["monitoring.coreos.com/v1", "ServiceMonitor", "database-monitor"]);
    let spec = &monitor["spec"];
    assert_eq!(word(&spec["selector"]["matchLabels"]["app"]), "cassandra");
    assert_eq!(word(&spec["jobLabel"]), "app");
    let endpoints = list(&spec["endpoints"]);
    assert_eq!(endpoints.len(), 1);
    assert_eq!(word(&endpoints[0]["port"]), "metrics");
    assert_eq!(word(&endpoints[0]["interval"]), "15s");
}

/// The opening lines of sections that stand open, and the setting on each line.
fn settings(conf: &str) -> BTreeSet<(String, String)> {
    let mut open: Vec<&str> = Vec::new();
    let mut found = BTreeSet::new();
    for line in conf.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix("</").and_then(|rest| rest.strip_suffix('>')) {
            let opened = open.pop().unwrap_or_else(|| panic!("{line} closes nothing"));
            assert_eq!(opened.split(' ').next(), Some(name));
        } else if let Some(name) = line.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
            open.push(name);
        } else {
            assert!(found.insert((open.join(" / "), line.to_owned())), "{line} twice");
        }
    }
    assert!(open.is_empty(), "{open:?} stay open");
    found
}

#[test]
fn fluentd_tails_the_containers_and_writes_daily_indices() {
    let map = yaml(FLUENTD);
    assert_eq!(kind(&map), ["v1", "ConfigMap", "fluentd-config"]);
    let matched = "match kubernetes.var.log.containers.**agent360**.log";
    let buffer = format!("{matched} / buffer");
    let facts: [(&str, &[&str]); 5] = [
        (
            "source",
            &[
                "@type tail",
                "path /var/log/containers/*.log",
                "pos_file /var/log/fluentd-containers.log.pos",
                "tag kubernetes.*",
                "read_from_head true",
            ],
        ),
        ("source / parse", &["@type json", "time_key time", "time_format %Y-%m-%dT%H:%M:%S.%NZ"]),
        ("filter kubernetes.**", &["@type kubernetes_metadata", "@id filter_kube_metadata"]),
        (
            matched,
            &[
                "@type elasticsearch",
                "host elasticsearch-logging",
                "port 9200",
                "logstash_format true",
                "logstash_prefix agent360",
            ],
        ),
        (
            &buffer,
            &[
                "@type file",
                "path /var/log/fluentd-buffers/kubernetes.system.buffer",
                "flush_mode interval",
                "flush_interval 5s",
                "retry_type exponential_backoff",
                "retry_max_interval 30",
                "retry_forever false",
                "chunk_limit_size 2M",
                "queue_limit_length 8",
                "overflow_action block",
            ],
        ),
    ];
    let facts =
        facts.iter().flat_map(|(section, lines)| lines.iter().map(|line| ((*section).to_owned(), (*line).to_owned())));
    assert_eq!(settings(word(&map["data"]["fluent.conf"])), facts.collect());
}
