//! The demo's Alertmanager: it holds what fires, knows a few silences, and tells whom the shipped configuration says.

use crate::model::alert::{Alert, AlertState, Severity};
use crate::model::delivery::{Held, Holdings, Routing};
use crate::model::labels::Labels;
use crate::model::matcher::{self, Matcher, Op};
use crate::model::rule::{Alerting, Rule, RuleGroup};
use crate::model::silence::{Silence, SilenceState};
use crate::text::Plain;
use crate::time::{DAY, HOUR, MINUTE, Timestamp};

const CONFIG: &str = include_str!("../../monitoring/alertmanager/alertmanager.yml");
/// Keys whose values a server never shows.
const SECRET: [&str; 2] = ["slack_api_url", "service_key"];
/// Where the demo's Prometheus would be.
const PROMETHEUS: &str = "http://prometheus.demo.invalid:9090";
/// What Prometheus adds to each alert that it sends.
const CLUSTER: (&str, &str) = ("cluster", "demo");

pub struct Alertmanager {
    /// Their states are those of the time they were made.
    silences: Vec<Silence>,
}

impl Alertmanager {
    pub fn new(started: Timestamp) -> Self {
        Self { silences: silences(started) }
    }

    /// What fires at `now`. It is held as soon as it fires.
    pub fn held(&self, group: &RuleGroup, now: Timestamp) -> Holdings {
        let silences = self.silences(now);
        let active = || silences.iter().filter(|silence| silence.state == SilenceState::Active);
        let mut alerts = Vec::new();
        for rule in &group.rules {
            let Some(alerting) = &rule.alerting else { continue };
            let firing = alerting.alerts.iter().filter(|alert| alert.state == AlertState::Firing);
            for held in firing.map(|alert| held(rule, alerting, alert, group.evaluated)) {
                let hits = active().filter(|silence| matcher::hits(&silence.matchers, &held.labels));
                alerts.push(Held { silenced_by: hits.map(|silence| silence.id.clone()).collect(), ..held });
            }
        }
        alerts.sort_by(|a, b| a.fingerprint.cmp(&b.fingerprint));
        Holdings { alerts, notes: Vec::new() }
    }

    /// All silences with their states at `now`, what silences now first.
    pub fn silences(&self, now: Timestamp) -> Vec<Silence> {
        let mut silences = self.silences.clone();
        for silence in &mut silences {
            silence.state = state(silence, now);
        }
        silences.sort_by(|a, b| (a.state, a.ends_at, &a.id).cmp(&(b.state, b.ends_at, &b.id)));
        silences
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

fn silences(started: Timestamp) -> Vec<Silence> {
    let silence = |id: &str, matcher, (from, to), by: &str, comment: &str| Silence {
        id: id.to_owned(),
        state: SilenceState::Pending,
        matchers: vec![matcher],
        starts_at: started.plus(from),
        ends_at: started.plus(to),
        created_by: Plain::new(by),
        comment: Plain::new(comment),
    };
    vec![
        silence(
            "0c5f3a52-7d0e-4b7c-9a53-1f2e8d64b901",
            Matcher::new("service", Op::Equal, "reports"),
            (-40 * MINUTE, 3 * HOUR),
            "mara",
            "rebuilding the index, slow until it is done",
        ),
        silence(
            "3b9d61c4-2f18-4e0a-8c77-a4d05be3f712",
            Matcher::new("job", Op::Equal, "cassandra"),
            (DAY, DAY + 2 * HOUR),
            "jonas",
            "database upgrade",
        ),
        silence(
            "9e27f0b8-51aa-4d36-b1e9-6c38a7d2540f",
            Matcher::new("alertname", Op::Fits, "HighErrorRate|HighLatency"),
            (-150 * MINUTE, -2 * HOUR),
            "mara",
            "deploy",
        ),
    ]
}

fn state(silence: &Silence, now: Timestamp) -> SilenceState {
    match now {
        now if now < silence.starts_at => SilenceState::Pending,
        now if now < silence.ends_at => SilenceState::Active,
        _ => SilenceState::Expired,
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
    fn silences_come_and_go_with_the_time() {
        let alertmanager = Alertmanager::new(START);
        let states = |now: Timestamp| {
            let silences = alertmanager.silences(now);
            silences.iter().map(|silence| (silence.created_by.to_string(), silence.state)).collect::<Vec<_>>()
        };
        let said = |by: &str, state| (by.to_owned(), state);
        use SilenceState::{Active, Expired, Pending};
        assert_eq!(states(START), [said("mara", Active), said("jonas", Pending), said("mara", Expired)]);
        assert_eq!(
            states(START.plus(DAY + HOUR)),
            [said("jonas", Active), said("mara", Expired), said("mara", Expired)]
        );
        let deploy = alertmanager.silences(START).pop().unwrap();
        assert_eq!((deploy.comment.as_str(), START.since(deploy.ends_at)), ("deploy", 2 * HOUR));
    }

    #[test]
    fn a_silence_that_fits_is_named() {
        let mut alertmanager = Alertmanager::new(START);
        let now = START.plus(2 * MINUTE);
        alertmanager.silences[0].matchers = vec![Matcher::new("severity", Op::Equal, "critical")];
        let id = alertmanager.silences[0].id.clone();
        for held in holdings(&alertmanager, now) {
            let critical = held.labels.get("severity").is_some_and(|severity| severity == "critical");
            assert_eq!(held.silenced_by, if critical { vec![id.clone()] } else { Vec::new() });
        }
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
