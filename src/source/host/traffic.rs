//! Bytes a second from the counters of network interfaces.

use std::collections::HashMap;

use crate::time::Timestamp;

/// Closer readings than this say more about the clock than about the network.
const LEAST_MS: i64 = 200;

/// Names of interfaces, or what they begin with, that repeat what passes through another one.
const REPEATING: [&str; 19] = [
    "lo", "veth", "docker", "br", "virbr", "vnet", "cali", "flannel", "cni", "cilium", "lxc", "kube-", "tun", "tap",
    "wg", "vxlan", "bond", "team", "ifb",
];

/// Bytes received and sent since boot, of one interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counters {
    pub received: u64,
    pub sent: u64,
}

/// Bytes a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    pub received: f64,
    pub sent: f64,
}

#[derive(Default)]
pub struct Traffic {
    last: Option<(Timestamp, HashMap<String, Counters>)>,
    rates: Option<Rates>,
}

/// Whether an interface's bytes enter or leave the machine there. A VLAN (`eth0.7`) repeats its parent.
pub fn is_outward(name: &str) -> bool {
    !name.contains('.') && !REPEATING.iter().any(|begin| name.starts_with(begin))
}

impl Traffic {
    /// Unknown until two readings lie apart. An interface that came or was reset counts from the next reading on.
    pub fn rates(&mut self, counters: HashMap<String, Counters>, now: Timestamp) -> Option<Rates> {
        if let Some((at, before)) = &self.last {
            let ms = now.since(*at);
            if (0..LEAST_MS).contains(&ms) {
                return self.rates;
            }
            self.rates = (ms > 0).then(|| between(before, &counters, ms));
        }
        self.last = Some((now, counters));
        self.rates
    }
}

fn between(before: &HashMap<String, Counters>, after: &HashMap<String, Counters>, ms: i64) -> Rates {
    let mut rates = Rates { received: 0.0, sent: 0.0 };
    for (name, now) in after {
        let Some(then) = before.get(name) else { continue };
        rates.received += now.received.saturating_sub(then.received) as f64;
        rates.sent += now.sent.saturating_sub(then.sent) as f64;
    }
    let seconds = ms as f64 / 1_000.0;
    Rates { received: rates.received / seconds, sent: rates.sent / seconds }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counters(of: &[(&str, u64, u64)]) -> HashMap<String, Counters> {
        of.iter()
            .map(|(name, received, sent)| ((*name).to_owned(), Counters { received: *received, sent: *sent }))
            .collect()
    }

    fn known(received: f64, sent: f64) -> Option<Rates> {
        Some(Rates { received, sent })
    }

    #[test]
    fn a_rate_needs_two_readings_that_lie_apart() {
        let mut traffic = Traffic::default();
        assert_eq!(traffic.rates(counters(&[("eth0", 1_000, 10)]), Timestamp(0)), None);
        assert_eq!(traffic.rates(counters(&[("eth0", 9_000, 90)]), Timestamp(199)), None);
        assert_eq!(traffic.rates(counters(&[("eth0", 11_000, 30)]), Timestamp(2_000)), known(5_000.0, 10.0));
        assert_eq!(traffic.rates(counters(&[("eth0", 99_000, 99)]), Timestamp(2_100)), known(5_000.0, 10.0));
    }

    #[test]
    fn interfaces_that_come_go_or_start_anew_do_not_leap() {
        let mut traffic = Traffic::default();
        traffic.rates(counters(&[("eth0", 1_000, 0), ("eth1", 500, 0), ("usb0", 7, 7)]), Timestamp(0));
        let rates =
            traffic.rates(counters(&[("eth0", 2_000, 0), ("eth1", 3, 0), ("eth2", 9_999, 0)]), Timestamp(1_000));
        assert_eq!(rates, known(1_000.0, 0.0));
    }

    #[test]
    fn a_clock_set_back_makes_it_unknown_once() {
        let mut traffic = Traffic::default();
        traffic.rates(counters(&[("eth0", 0, 0)]), Timestamp(10_000));
        assert_eq!(traffic.rates(counters(&[("eth0", 5, 0)]), Timestamp(5_000)), None);
        assert_eq!(traffic.rates(counters(&[("eth0", 10, 0)]), Timestamp(6_000)), known(5.0, 0.0));
    }

    #[test]
    fn only_outward_interfaces_count() {
        for name in ["eth0", "ens5", "enp3s0", "wlan0", "en0", "ib0", "eno1np0"] {
            assert!(is_outward(name), "{name}");
        }
        for name in
            ["lo", "lo0", "docker0", "br-1a2b", "br0", "veth1@if2", "virbr0", "cali12", "bond0", "eth0.7", "wg0"]
        {
            assert!(!is_outward(name), "{name}");
        }
    }
}
