//! What is watched of a service: the questions of the overview and the report, with the limits drawn on them.
//!
//! The built-in ones fit Agent360's metrics; each can be changed in the config.

use super::log::Filter;

#[derive(Debug, Clone, PartialEq)]
pub struct Watch {
    /// Requests a second, by endpoint.
    pub requests: String,
    /// Failed requests as a ratio of all, 0 to 1. Empty while no 5xx series exists.
    pub errors: String,
    /// The same by endpoint.
    pub errors_by_endpoint: String,
    /// 95th percentile of the request time by endpoint, in seconds.
    pub latency: String,
    /// The bounds of the latency histogram's buckets, as the label `le`.
    pub buckets: String,
    /// Bytes, by instance.
    pub memory: String,
    /// Percent, by instance.
    pub cpu: String,
    /// Memory used as a ratio of the container's limit; +Inf where there is no limit.
    pub memory_ratio: String,
    /// 1 for each target that was scraped, 0 for each that was not.
    pub up: String,
    /// Unix time in seconds at which each instance started.
    pub started: String,
    /// What every log line has; none is no condition.
    pub logs: Option<Filter>,
    /// The service whose traces are sought; none is every service.
    pub service: Option<String>,
    pub limits: Limits,
    /// The part of all requests that must not fail, above 0 and below 1; none is no promise.
    pub slo: Option<f64>,
    pub hosts: Hosts,
    pub database: Database,
}

/// A named part of what is watched, such as one shop of many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    pub name: String,
    /// PromQL matchers, such as `namespace="shop", cluster=~"eu-.*"`; empty for everything.
    pub matcher: String,
    /// The field of its log lines and the value there; none for every line.
    pub logs: Option<Filter>,
    /// The service whose traces it is about; none is that of the whole context.
    pub traces: Option<String>,
}

/// Where a value becomes an alarm; drawn as a line on the chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    pub error_ratio: f64,
    pub latency_seconds: f64,
    pub memory_ratio: f64,
}

impl Limits {
    /// From so many ns on a trace is slow.
    pub fn slow_ns(&self) -> i64 {
        let ns = self.latency_seconds * 1e9;
        // Of a limit that is none the usual one stands for it.
        if ns.is_finite() && ns >= 1.0 { ns as i64 } else { 2_000_000_000 }
    }
}

/// Machines, by node-exporter; each by `instance`.
#[derive(Debug, Clone, PartialEq)]
pub struct Hosts {
    /// Ratios, 0 to 1.
    pub cpu: String,
    pub memory: String,
    /// Ratio used of each file system, with `mountpoint`.
    pub disk: String,
    pub inodes: String,
    /// Bytes a second.
    pub received: String,
    pub sent: String,
    pub load: String,
    pub cores: String,
    /// Seconds ahead of the Prometheus server, positive or negative.
    pub clock_skew: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Database {
    /// What the tile is called.
    pub name: String,
    /// A PromQL matcher for its targets.
    pub matcher: String,
}

impl Default for Watch {
    fn default() -> Self {
        let own = |text: &str| text.to_owned();
        Self {
            requests: own("sum by (endpoint) (rate(agent360_requests_total[5m]))"),
            errors: own(
                r#"sum(rate(agent360_requests_total{status=~"5.."}[5m])) / sum(rate(agent360_requests_total[5m]))"#,
            ),
            errors_by_endpoint: own(
                r#"sum by (endpoint) (rate(agent360_requests_total{status=~"5.."}[5m])) / sum by (endpoint) (rate(agent360_requests_total[5m]))"#,
            ),
            latency: own(
                "histogram_quantile(0.95, sum by (le, endpoint) (rate(agent360_request_duration_seconds_bucket[5m])))",
            ),
            buckets: own("count by (le) (agent360_request_duration_seconds_bucket)"),
            memory: own("agent360_memory_usage_bytes"),
            cpu: own("agent360_cpu_usage_percent"),
            memory_ratio: own(
                r#"container_memory_usage_bytes{container="agent360"} / container_spec_memory_limit_bytes{container="agent360"}"#,
            ),
            up: own(r#"up{job=~".*agent360.*"}"#),
            started: own(r#"process_start_time_seconds{job=~".*agent360.*"}"#),
            logs: None,
            service: None,
            limits: Limits { error_ratio: 0.1, latency_seconds: 2.0, memory_ratio: 0.85 },
            slo: Some(0.999),
            hosts: Hosts::default(),
            database: Database { name: own("cassandra"), matcher: own(r#"job=~".*cassandra.*""#) },
        }
    }
}

impl Default for Hosts {
    fn default() -> Self {
        const REAL: &str = r#"{fstype!~"tmpfs|ramfs|overlay|squashfs|fuse.*|iso9660|nsfs|autofs"}"#;
        const NIC: &str = r#"{device!~"lo|veth.*|docker.*|br-.*|cali.*|flannel.*|cni.*"}"#;
        Self {
            cpu: r#"1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))"#.to_owned(),
            memory: "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes".to_owned(),
            disk: format!(
                "max by (instance, mountpoint) (1 - node_filesystem_avail_bytes{REAL} / node_filesystem_size_bytes{REAL})"
            ),
            inodes: format!(
                "max by (instance, mountpoint) (1 - node_filesystem_files_free{REAL} / (node_filesystem_files{REAL} > 0))"
            ),
            received: format!("sum by (instance) (rate(node_network_receive_bytes_total{NIC}[5m]))"),
            sent: format!("sum by (instance) (rate(node_network_transmit_bytes_total{NIC}[5m]))"),
            load: "node_load1".to_owned(),
            cores: r#"count by (instance) (node_cpu_seconds_total{mode="idle"})"#.to_owned(),
            clock_skew: "node_time_seconds - timestamp(node_time_seconds)".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_is_none_makes_no_trace_slow() {
        let of = |latency_seconds| Limits { latency_seconds, ..Watch::default().limits }.slow_ns();
        assert_eq!(of(0.5), 500_000_000);
        assert!([0.0, -1.0, f64::NAN, f64::INFINITY].into_iter().all(|none| of(none) == 2_000_000_000));
    }
}
