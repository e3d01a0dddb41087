//! The demo's Alertmanager: it holds what fires, knows a few silences, and tells whom the shipped configuration says.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::silences::Silences;
use crate::model::alert::{Alert, AlertState, Severity};
use crate::model::delivery::{Held, Holdings, Routing};
use crate::model::fault::FetchError;
use crate::model::labels::Labels;
use crate::model::matcher::{self, Compiled};
use crate::model::rule::{Alerting, Rule, RuleGroup};
use crate::model::silence::{Silence, SilenceState};
use crate::model::write::{Write, Written};
use crate::text::Plain;
use crate::time::Timestamp;

const CONFIG: &str = include_str!("../../monitoring/alertmanager/alertmanager.yml");
/// Keys whose values a server never shows.
const SECRET: [&str; 2] = ["slack_api_url", "service_key"];
/// Where the demo's Prometheus would be.
const PROMETHEUS: &str = "http://prometheus.demo.invalid:9090";
/// What Prometheus adds to each alert that it sends.
const CLUSTER: (&str, &str) = ("cluster", "demo");

pub struct Alertmanager {
    /// Held for moments only.
    silences: Mutex<Silences>,
}

impl Alertmanager {
    pub fn new(started: Timestamp) -> Self {
        Self { silences: Mutex::new(Silences::new(started)) }
    }

    /// What fires at `now`. It is held as soon as it fires.
    pub fn held(&self, group: &RuleGroup, now: Timestamp) -> Holdings {
        let mut silences = self.silences(now);
        silences.retain(|silence| silence.state == SilenceState::Active);
        let active: Vec<(String, Vec<Compiled>)> =
            silences.into_iter().filter_map(|s| Some((s.id, matcher::compile(&s.matchers).ok()?))).collect();
        let mut alerts = Vec::new();
        for rule in &group.rules {
            let Some(alerting) = &rule.alerting else { continue };
            let firing = alerting.alerts.iter().filter(|alert| alert.state == AlertState::Firing);
            for held in firing.map(|alert| held(rule, alerting, alert, group.evaluated)) {
                let hits = active.iter().filter(|(_, matchers)| matcher::all_match(matchers, &held.labels));
                alerts.push(Held { silenced_by: hits.map(|(id, _)| id.clone()).collect(), ..held });
            }
        }
        alerts.sort_by(|a, b| a.fingerprint.cmp(&b.fingerprint));
        Holdings { alerts, notes: Vec::new() }
    }

    /// All silences with their states at `now`, what silences now first.
    pub fn silences(&self, now: Timestamp) -> Vec<Silence> {
        self.held_silences().at(now)
    }

    pub fn write(&self, write: &Write, now: Timestamp) -> Result<Written, FetchError> {
        self.held_silences().write(write, now)
    }

    fn held_silences(&self) -> MutexGuard<'_, Silences> {
        // No change of them is ever left half done.
        self.silences.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The shipped configuration, as a server shows it: without comments and secrets.
    pub fn routing(&self) -> Routing {
        let lines = CONFIG.lines().filter(|line| !line.trim_start().starts_with('#')).map(|line| {
            let key = line.split(':').next().unwrap_or_default();
            let secret = SECRET.contains(&key.trim_start().trim_start_matches("- "));
            if secret { format!("{key}: <secret>\n") } else { format!("{line}\n") }
        });
        Routing { version: Plain::new("0.31.1"), config: lines.collect() }
    }
}

fn held(rule: &Rule, alerting: &Alerting, alert: &Alert, evaluated: Option<Timestamp>) -> Held {
    let labels = alert.labels.with(CLUSTER.0, CLUSTER.1);
    let receiver = if alert.severity() == Severity::Critical { "team-agent360-critical" } else { "team-agent360" };
    Held {
        fingerprint: fingerprint(&labels),
        labels,
        annotations: alert.annotations.clone(),
        starts_at: alert.active_at.map(|since| since.plus(alerting.hold)),
        updated_at: evaluated,
        receivers: vec![Plain::new(receiver)],
        generator: Plain::from(format!("{PROMETHEUS}/graph?g0.expr={}&g0.tab=1", escaped(&rule.expr))),
        silenced_by: Vec::new(),
        inhibited_by: Vec::new(),
        muted_by: Vec::new(),
    }
}

/// As Alertmanager has it: FNV-1a over names and values, each with a byte after it that no text has.
fn fingerprint(labels: &Labels) -> Plain {
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let texts = labels.iter().flat_map(|(name, value)| [name, value]);
    let bytes = texts.flat_map(|text| text.bytes().chain([0xff]));
    let hash = bytes.fold(START, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    Plain::from(format!("{hash:016x}"))
}

/// As part of an address.
fn escaped(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(byte);
    let escape = |byte: u8| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::sim::Sim;
    use crate::model::matcher::{Matcher, Op};
    use crate::model::write::{Draft, Ends};
    use crate::time::MINUTE;

    const START: Timestamp = Timestamp(1_763_901_234_567);

    fn holdings(alertmanager: &Alertmanager, now: Timestamp) -> Vec<Held> {
        alertmanager.held(&Sim::new(360, START).rules(now), now).alerts
    }

    #[test]
    fn fingerprints_are_those_of_alertmanager() {
        let labels =
            [("alertname", "HighErrorRate"), ("cluster", "eu"), ("service", "agent360"), ("severity", "critical")];
        // As recorded from a real one.
        assert_eq!(fingerprint(&Labels::of(&labels)), "2527fd1857dc60a3");
    }

    #[test]
    fn it_holds_what_fires_from_when_it_fired() {
        let now = START.plus(2 * MINUTE);
        let group = Sim::new(360, START).rules(now);
        let held = holdings(&Alertmanager::new(START), now);
        let firing: Vec<_> = group
            .rules
            .iter()
            .flat_map(|rule| {
                let alerting = rule.alerting.as_ref().unwrap();
                alerting
                    .alerts
                    .iter()
                    .filter(|alert| alert.state == AlertState::Firing)
                    .map(|alert| (alert, alerting.hold))
            })
            .collect();
        assert!(firing.len() >= 2 && held.len() == firing.len());
        for (alert, hold) in firing {
            let held = held.iter().find(|held| held.labels == alert.labels.with("cluster", "demo")).unwrap();
            assert_eq!(held.starts_at, Some(alert.active_at.unwrap().plus(hold)));
            assert!(held.starts_at <= held.updated_at && held.updated_at <= Some(now));
            let critical = alert.severity() == Severity::Critical;
            assert_eq!(held.receivers, [if critical { "team-agent360-critical" } else { "team-agent360" }]);
            assert!(held.silenced_by.is_empty() && held.inhibited_by.is_empty() && held.muted_by.is_empty());
            assert!(held.generator.contains("/graph?g0.expr=") && !held.generator.contains(['"', ' ', '{']));
        }
        assert!(held.is_sorted_by(|a, b| a.fingerprint < b.fingerprint));
        assert!(holdings(&Alertmanager::new(START), START.plus(25 * MINUTE)).is_empty());
    }

    #[test]
    fn a_silence_that_fits_is_named() {
        let alertmanager = Alertmanager::new(START);
        let now = START.plus(2 * MINUTE);
        let draft = Draft {
            id: None,
            matchers: vec![Matcher::new("severity", Op::Equal, "critical")],
            starts_at: None,
            ends: Ends::After(MINUTE),
            created_by: "mara".into(),
            comment: "known".into(),
        };
        let Ok(Written::Silenced(id)) = alertmanager.write(&Write::Silence(draft), now) else { panic!("refused") };
        for held in holdings(&alertmanager, now) {
            let critical = held.labels.get("severity").is_some_and(|severity| severity == "critical");
            assert_eq!(held.silenced_by, if critical { vec![id.clone()] } else { Vec::new() });
        }
        let after = holdings(&alertmanager, now.plus(MINUTE));
        assert!(!after.is_empty() && after.iter().all(|held| held.silenced_by.is_empty()));
    }

    #[test]
    fn the_configuration_is_shown_without_secrets() {
        let config = Alertmanager::new(START).routing().config;
        assert!(config.contains("slack_api_url: <secret>") && config.contains("- service_key: <secret>"));
        for secret in ["slack.invalid", "<pagerduty-key>"] {
            assert!(CONFIG.contains(secret) && !config.contains(secret));
        }
        assert!(config.starts_with("global:") && config.contains("channel: '#agent360-critical'"));
    }
}
