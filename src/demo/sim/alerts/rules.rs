//! The rules themselves, and how Prometheus shows them.

use super::super::kubelet::{self, PODS, pods};
use super::super::scrape::{INTERVAL, Job, KUBELETS};
use super::super::series::Tags;
use super::super::service::ENDPOINTS;
use super::super::{Labels, Plain, Sim, Timestamp};
use super::Rates;
use crate::model::alert::Alert;
use crate::model::rule::{self, Alerting, Health, RuleGroup};
use crate::time::MINUTE;

pub struct Rule {
    pub name: &'static str,
    pub severity: &'static str,
    /// As Prometheus writes it.
    expr: &'static str,
    /// Milliseconds that it takes to evaluate.
    took: f64,
    pub above: f64,
    pub hold: i64,
    summary: &'static str,
    description: &'static str,
    /// Each label set of the expression's left side, with its value.
    pub values: fn(&Rates<'_>, i64) -> Vec<(Tags, f64)>,
}

pub const RULES: [Rule; 3] = [
    Rule {
        name: "HighErrorRate",
        severity: "critical",
        expr: "sum(rate(agent360_requests_total{status=~\"5..\"}[5m])) / sum(rate(agent360_requests_total[5m])) > 0.1",
        took: 0.7,
        above: 0.1,
        hold: 5 * MINUTE,
        summary: "High error rate detected",
        description: "More than 10% of all requests have failed for 5 minutes",
        values: |rates, t| vec![(Vec::new(), rates.error_ratio(t))],
    },
    Rule {
        name: "HighLatency",
        severity: "warning",
        expr: "histogram_quantile(0.95, sum by (le, endpoint) (rate(agent360_request_duration_seconds_bucket[5m]))) > 2",
        took: 1.2,
        above: 2.0,
        hold: 5 * MINUTE,
        summary: "High latency detected",
        description: "The 95th percentile of the request time has been above 2 seconds for 5 minutes",
        values: |rates, t| {
            (0..ENDPOINTS.len()).map(|e| (vec![("endpoint", ENDPOINTS[e].path)], rates.p95(e, t))).collect()
        },
    },
    Rule {
        name: "HighMemoryUsage",
        severity: "warning",
        expr: "container_memory_usage_bytes{container=\"agent360\"} / container_spec_memory_limit_bytes{container=\"agent360\"} > 0.85",
        took: 0.2,
        above: 0.85,
        hold: 15 * MINUTE,
        summary: "High memory usage",
        description: "Memory usage has been above 85% of the limit for 15 minutes",
        values: |rates, t| (0..PODS.len()).map(|pod| (container(pod), rates.memory(pod, t))).collect(),
    },
];

fn container(pod: usize) -> Tags {
    let mut labels = kubelet::labels(pod);
    let on = (0..KUBELETS.len()).find(|&node| pods(node).any(|p| p == pod));
    labels.push(("job", Job::Kubelet.name()));
    labels.extend(on.map(|node| ("instance", KUBELETS[node])));
    labels
}

impl Rule {
    pub fn annotations(&self) -> Labels {
        Labels::of(&[("description", self.description), ("summary", self.summary)])
    }

    fn shown(&self, alerts: Vec<Alert>, evaluated: Timestamp) -> rule::Rule {
        let alerting = Alerting { hold: self.hold, keep: 0, annotations: self.annotations(), alerts };
        rule::Rule {
            name: Plain::new(self.name),
            expr: self.expr.to_owned(),
            health: Health::Ok,
            last_error: Plain::default(),
            took: self.took,
            evaluated: Some(evaluated),
            labels: Labels::of(&[("severity", self.severity)]),
            alerting: Some(alerting),
        }
    }
}

impl Sim {
    /// The group of the rules at `now`, with its alerts.
    pub fn rules(&self, now: Timestamp) -> RuleGroup {
        let evaluated = now.floor_to(INTERVAL);
        let alerts = self.alerts(now);
        let of = |rule: &Rule| alerts.iter().filter(|alert| alert.name() == rule.name).cloned().collect();
        RuleGroup {
            name: Plain::new("agent360"),
            file: Plain::new("/etc/prometheus/alert-rules.yml"),
            interval: INTERVAL,
            took: RULES.iter().map(|rule| rule.took).sum(),
            evaluated: Some(evaluated),
            rules: RULES.iter().map(|rule| rule.shown(of(rule), evaluated)).collect(),
        }
    }
}
