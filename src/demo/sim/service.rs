//! What the simulated Agent360 serves: its endpoints with their usual traffic, and what each kind of incident does to one.

use super::story::Kind;

pub const INSTANCES: [&str; 3] = ["agent360-0:8000", "agent360-1:8000", "agent360-2:8000"];
/// The part of the traffic that each instance serves.
pub const SHARES: [f64; INSTANCES.len()] = [0.34, 0.33, 0.33];

/// Upper bounds of the latency buckets as prometheus_client writes them.
pub const BOUNDS: [&str; 6] = ["0.1", "0.5", "1.0", "2.0", "5.0", "+Inf"];
/// The same in seconds; the last has none.
pub const UPPER: [f64; 5] = [0.1, 0.5, 1.0, 2.0, 5.0];
/// Seconds that a request in each bucket took, for the sum.
pub const TYPICAL: [f64; 6] = [0.05, 0.22, 0.7, 1.4, 3.2, 7.0];

pub struct Endpoint {
    pub path: &'static str,
    /// Requests a second of all instances, averaged over the week.
    pub rate: f64,
    /// Method, status when all is well, part of the traffic.
    pub methods: &'static [(&'static str, &'static str, f64)],
    pub not_found: f64,
    /// Part that ends in a 500 on a good day; an endpoint with none never fails.
    pub failing: f64,
    /// Part that is done within each bound; all are done within the last.
    pub within: [f64; 5],
}

const fn endpoint(
    path: &'static str,
    rate: f64,
    methods: &'static [(&'static str, &'static str, f64)],
    [not_found, failing]: [f64; 2],
    within: [f64; 5],
) -> Endpoint {
    Endpoint { path, rate, methods, not_found, failing, within }
}

const READ: &[(&str, &str, f64)] = &[("GET", "200", 1.0)];
const CREATE: &[(&str, &str, f64)] = &[("POST", "201", 1.0)];
const CART: &[(&str, &str, f64)] = &[("GET", "200", 0.6), ("POST", "201", 0.4)];
const LOGIN: &[(&str, &str, f64)] = &[("POST", "200", 1.0)];

/// So many of them, the first ones, are those that can fail.
pub const FRAGILE: usize = 6;
pub const CHECKOUT: usize = 2;
/// Asked by the kubelet at an even pace, by day and by night.
pub const HEALTH: usize = 7;

pub const ENDPOINTS: [Endpoint; 8] = [
    endpoint("/api/search", 112.0, READ, [0.004, 0.0025], [0.92, 0.995, 0.999, 0.9997, 0.9999]),
    endpoint("/api/products", 62.0, READ, [0.021, 0.002], [0.94, 0.99, 0.997, 0.9995, 0.9999]),
    endpoint("/api/checkout", 54.0, CREATE, [0.0, 0.004], [0.83, 0.99, 0.997, 0.9995, 0.9999]),
    endpoint("/api/cart", 30.0, CART, [0.006, 0.003], [0.93, 0.9967, 0.999, 0.9997, 0.9999]),
    endpoint("/api/login", 22.0, LOGIN, [0.0, 0.003], [0.90, 0.995, 0.998, 0.9995, 0.9999]),
    endpoint("/api/pay", 14.0, CREATE, [0.0, 0.008], [0.45, 0.92, 0.995, 0.999, 0.9998]),
    endpoint("/api/profile", 16.0, READ, [0.012, 0.0], [0.965, 0.998, 0.9995, 0.9999, 1.0]),
    endpoint("/health", 0.6, READ, [0.0, 0.0], [0.9995, 1.0, 1.0, 1.0, 1.0]),
];

/// Their paths, by number.
pub const ENDPOINT_PATHS: [&str; ENDPOINTS.len()] = {
    let mut paths = [""; ENDPOINTS.len()];
    let mut number = 0;
    while number < paths.len() {
        paths[number] = ENDPOINTS[number].path;
        number += 1;
    }
    paths
};

/// What a full incident makes of its endpoint's traffic.
pub struct Effect {
    /// Part of the usual traffic that still comes.
    pub traffic: f64,
    /// Parts of it that end in 500 and in 503.
    pub failing: f64,
    pub refused: f64,
    pub within: [f64; 5],
}

pub fn effect(kind: Kind) -> Effect {
    let (traffic, failing, refused, within) = match kind {
        Kind::Upstream => (0.8, 0.16, 0.72, [0.05, 0.15, 0.45, 0.922, 0.998]),
        Kind::Database => (0.9, 0.05, 0.01, [0.30, 0.60, 0.75, 0.88, 0.985]),
        Kind::Stuck => (0.6, 0.05, 0.45, [0.01, 0.03, 0.05, 0.08, 0.30]),
        // The last two leave requests alone; nothing asks what they do to one.
        Kind::Leak | Kind::LogStorm | Kind::Down => (1.0, 0.02, 0.0, [0.60, 0.93, 0.985, 0.998, 0.9998]),
    };
    Effect { traffic, failing, refused, within }
}

/// Method, its part of the traffic, and status.
pub type Answers = (&'static str, f64, &'static str);

impl Endpoint {
    /// Requests a second that end in this status, as usual.
    pub fn usual(&self, part: f64, status: &str) -> f64 {
        let share = match status {
            "404" => self.not_found,
            "500" => self.failing,
            "503" => 0.0,
            _ => 1.0 - self.not_found - self.failing,
        };
        self.rate * part * share
    }

    /// The same in a full incident.
    pub fn in_incident(&self, part: f64, status: &str, kind: Kind) -> f64 {
        let effect = effect(kind);
        let spared = (1.0 - effect.failing - effect.refused) / (1.0 - self.failing);
        match status {
            "500" => self.rate * part * effect.traffic * effect.failing,
            "503" => self.rate * part * effect.traffic * effect.refused,
            _ => self.usual(part, status) * effect.traffic * spared,
        }
    }

    /// Seconds that all but one in a hundred take at most, as usual.
    pub fn usual_worst(&self) -> f64 {
        let bucket = self.within.iter().position(|&part| part >= 0.99);
        bucket.map_or(UPPER[4], |bucket| UPPER[bucket])
    }

    /// Everything it can answer.
    pub fn answers(&self) -> Vec<Answers> {
        let mut answers = Vec::new();
        for &(method, well, part) in self.methods {
            answers.push((method, part, well));
            if self.not_found > 0.0 {
                answers.push((method, part, "404"));
            }
            if self.failing > 0.0 {
                answers.extend([(method, part, "500"), (method, part, "503")]);
            }
        }
        answers
    }
}

/// The part that takes longer than the bound before number `bucket`, and no longer than that; the last is infinite.
pub fn part_between(within: &[f64; 5], bucket: usize) -> f64 {
    let upper = within.get(bucket).copied().unwrap_or(1.0);
    upper - bucket.checked_sub(1).map_or(0.0, |before| within[before])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_a_good_day_three_in_a_thousand_fail() {
        let all: f64 = ENDPOINTS.iter().map(|e| e.rate).sum();
        let failed: f64 = ENDPOINTS.iter().map(|e| e.usual(1.0, "500")).sum();
        assert!((0.0025..0.0035).contains(&(failed / all)), "{}", failed / all);
    }

    #[test]
    fn a_full_upstream_incident_at_checkout_fails_an_eighth_of_everything() {
        let checkout = &ENDPOINTS[CHECKOUT];
        let bad: f64 = ["500", "503"].map(|s| checkout.in_incident(1.0, s, Kind::Upstream)).iter().sum();
        let good = checkout.in_incident(1.0, "201", Kind::Upstream);
        assert!((bad / (bad + good) - 0.88).abs() < 1e-9);
        let all: f64 = ENDPOINTS.iter().map(|e| e.rate).sum::<f64>() - checkout.rate + bad + good;
        assert!((0.12..0.135).contains(&(bad / all)), "{}", bad / all);
    }

    #[test]
    fn buckets_rise_and_answers_add_up() {
        let effects = [Kind::Upstream, Kind::Database, Kind::Stuck, Kind::Leak].map(|kind| effect(kind).within);
        for within in ENDPOINTS.iter().map(|e| e.within).chain(effects) {
            assert!(within.is_sorted() && within[0] > 0.0 && within[4] <= 1.0);
        }
        for endpoint in &ENDPOINTS {
            let sum: f64 = endpoint.answers().iter().map(|(_, part, status)| endpoint.usual(*part, status)).sum();
            assert!((sum - endpoint.rate).abs() < 1e-9, "{}", endpoint.path);
        }
    }
}
