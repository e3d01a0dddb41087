//! What the kubelet of a node shows of Agent360's containers on it.

use super::Sim;
use super::noise::{wander, word};
use super::series::{Kind, Member, Metric, Tags};
use super::service::INSTANCES;
use super::story;

pub const PODS: [&str; INSTANCES.len()] = ["agent360-0", "agent360-1", "agent360-2"];
/// The node that each runs on.
pub const PLACED: [usize; INSTANCES.len()] = [0, 1, 0];
/// Bytes.
pub const LIMIT: f64 = 2.0 * 1024.0 * 1024.0 * 1024.0;
const CALM: f64 = 0.40;
const WORST: f64 = 0.955;
/// What is left where the process is gone.
const EMPTY: f64 = 0.004;

pub const METRICS: [Metric; 2] = [
    Metric {
        name: "container_memory_usage_bytes",
        family: "container_memory_usage_bytes",
        kind: Kind::Gauge,
        help: "Current memory usage in bytes, including all memory regardless of when it was accessed",
        members: usage,
    },
    Metric {
        name: "container_spec_memory_limit_bytes",
        family: "container_spec_memory_limit_bytes",
        kind: Kind::Gauge,
        help: "Memory limit for the container.",
        members: limits,
    },
];

/// The pods on a node.
pub fn pods(node: usize) -> impl Iterator<Item = usize> {
    (0..PODS.len()).filter(move |&pod| PLACED[pod] == node)
}

/// What tells a container's series from others, beside the target's own labels.
pub fn labels(pod: usize) -> Tags {
    vec![("container", "agent360"), ("namespace", "production"), ("pod", PODS[pod])]
}

impl Sim {
    /// How much of the memory that can leak has leaked at one instance.
    pub(super) fn leaked(&self, instance: usize, t: i64) -> f64 {
        self.story.around(t).map(|incident| incident.leaked(instance, t)).sum()
    }

    /// Bytes that the container of one instance uses.
    pub(super) fn container_memory(&self, instance: usize, t: i64) -> f64 {
        let gone = |i: story::Incident| i.kind == story::Kind::Down && i.instance == instance && i.level(t) > 0.0;
        if self.story.around(t).any(gone) {
            return page(LIMIT * EMPTY);
        }
        let at = self.story.seconds(t);
        let key = word(self.seed, &["memory", INSTANCES[instance]]);
        let leaked = self.leaked(instance, t);
        let noise = 0.0015 * wander(key, at, 50.0) + 0.008 * (1.0 - leaked) * wander(key ^ 1, at, 1_500.0);
        let busy = 0.02 * (1.0 - leaked) * (self.curve.height(at) - 1.0);
        page(LIMIT * (CALM + (WORST - CALM) * leaked + busy + noise))
    }
}

/// Memory comes in pages.
pub fn page(bytes: f64) -> f64 {
    (bytes / 4096.0).floor() * 4096.0
}

fn usage(sim: &Sim, node: usize) -> Vec<Member<'_>> {
    pods(node).map(|pod| Member::gauge(labels(pod), move |t, _| sim.container_memory(pod, t))).collect()
}

fn limits(_: &Sim, node: usize) -> Vec<Member<'_>> {
    pods(node).map(|pod| Member::gauge(labels(pod), |_, _| LIMIT)).collect()
}
