//! What a Cassandra cluster shows through an exporter: latency, timeouts and compactions.

use super::Sim;
use super::flow::Flow;
use super::noise::{wander, word};
use super::scrape::CASSANDRA;
use super::series::{Kind, Member, Metric};
use super::story;

pub const METRICS: [Metric; 3] = [
    Metric {
        name: "cassandra_client_request_latency_seconds",
        family: "cassandra_client_request_latency_seconds",
        kind: Kind::Summary,
        help: "Client request latency.",
        members: latency,
    },
    Metric {
        name: "cassandra_client_request_timeouts_total",
        family: "cassandra_client_request_timeouts_total",
        kind: Kind::Counter,
        help: "Number of timeouts encountered.",
        members: timeouts,
    },
    Metric {
        name: "cassandra_compaction_pending_tasks",
        family: "cassandra_compaction_pending_tasks",
        kind: Kind::Gauge,
        help: "Number of pending compaction tasks.",
        members: compactions,
    },
];

/// Operation, quantile, seconds on a good day.
const LATENCIES: [(&str, &str, f64); 6] = [
    ("read", "0.5", 0.0019),
    ("read", "0.95", 0.0068),
    ("read", "0.99", 0.012),
    ("write", "0.5", 0.0007),
    ("write", "0.95", 0.0022),
    ("write", "0.99", 0.004),
];

impl Sim {
    /// How slow the database is at a moment, 0 to 1.
    fn database_trouble(&self, t: i64) -> f64 {
        let slow = self.story.around(t).filter(|i| i.kind == story::Kind::Database);
        slow.map(|i| i.level(t)).sum::<f64>().min(1.0)
    }
}

fn latency(sim: &Sim, node: usize) -> Vec<Member<'_>> {
    let member = |(operation, quantile, calm): (&'static str, &'static str, f64)| {
        let key = word(sim.seed, &[CASSANDRA[node], operation, quantile]);
        let slower = if operation == "read" { 45.0 } else { 12.0 };
        Member::gauge(vec![("operation", operation), ("quantile", quantile)], move |t, _| {
            let noise = 1.0 + 0.12 * wander(key, sim.story.seconds(t), 60.0);
            let seconds = calm * noise * (1.0 + slower * sim.database_trouble(t));
            (seconds * 1e6).round() / 1e6
        })
    };
    LATENCIES.into_iter().map(member).collect()
}

fn timeouts(sim: &Sim, node: usize) -> Vec<Member<'_>> {
    let member = |operation, rate: f64| {
        let key = word(sim.seed, &[CASSANDRA[node], operation, "timeouts"]);
        let hit = move |i: &story::Incident| if i.kind == story::Kind::Database { rate } else { 0.0 };
        let flow = Flow { hit: Box::new(hit), ..Flow::daily(key, rate / 50_000.0) };
        Member::counter(vec![("operation", operation)], flow)
    };
    vec![member("read", 2.6), member("write", 0.3)]
}

fn compactions(sim: &Sim, node: usize) -> Vec<Member<'_>> {
    let key = word(sim.seed, &[CASSANDRA[node], "compactions"]);
    vec![Member::gauge(Vec::new(), move |t, _| {
        let wave = 1.4 + 1.6 * wander(key, sim.story.seconds(t), 300.0);
        (wave.max(0.0) + 38.0 * sim.database_trouble(t)).round()
    })]
}
