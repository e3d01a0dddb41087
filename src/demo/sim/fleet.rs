//! Who takes part in a request: the services, the pods they run in and the machines these run on.

use super::kubelet::{PLACED, PODS};
use super::scrape::NODES;

/// A service in one of its pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub service: &'static str,
    pub pod: &'static str,
    /// Where it runs.
    pub node: &'static str,
    pub container: &'static str,
}

/// The machines' names, without the port of their exporter.
const HOSTS: [&str; NODES.len()] = ["node-a", "node-b"];

/// A service, its container and its pods, each with the number of its node.
type Behind = (&'static str, &'static str, &'static [(&'static str, usize)]);

/// The services behind Agent360. Their containers bear its name, by which fluentd chooses what it ships.
const BEHIND: [Behind; 4] = [
    ("payment", "agent360-payment", &[("payment-6c9d7f4b8-x2lqv", 0), ("payment-6c9d7f4b8-7fh2p", 1)]),
    ("inventory", "agent360-inventory", &[("inventory-5d8b6c7f9-kq4wz", 0), ("inventory-5d8b6c7f9-m8r2c", 1)]),
    ("notify", "agent360-notify", &[("notify-7b4f5d6c8-t9xgn", 1)]),
    ("cassandra", "agent360-cassandra", &[("cassandra-0", 0), ("cassandra-1", 1), ("cassandra-2", 0)]),
];

/// A service of Agent360 itself, at one of its instances.
pub fn own(service: &'static str, instance: usize) -> Place {
    let pod = PODS.get(instance).copied().unwrap_or("?");
    let node = PLACED.get(instance).and_then(|&node| HOSTS.get(node)).copied().unwrap_or("?");
    Place { service, pod, node, container: "agent360" }
}

/// One of the pods of a service: of one behind Agent360 any, of one of its own that of the instance.
pub fn of(service: &'static str, instance: usize, chance: u64) -> Place {
    let behind = BEHIND.iter().find(|(name, ..)| *name == service);
    behind.map_or_else(|| own(service, instance), |&behind| place(behind, (chance % behind.2.len() as u64) as usize))
}

/// Every pod of the services behind Agent360.
pub fn behind() -> impl Iterator<Item = Place> {
    BEHIND.into_iter().flat_map(|behind| (0..behind.2.len()).map(move |pod| place(behind, pod)))
}

fn place((service, container, pods): Behind, pod: usize) -> Place {
    let (pod, node) = pods[pod];
    Place { service, pod, node: HOSTS[node], container }
}
