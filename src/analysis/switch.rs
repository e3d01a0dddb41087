//! The dead man's switch: an alert that always fires, so that its absence tells that alerting is broken, and its absence
//! from Alertmanager that nobody would be told.

use crate::model::alert::{Alert, AlertState};
use crate::model::delivery::Holdings;
use crate::model::labels::Labels;
use crate::model::rule::RuleGroup;
use crate::text::Plain;
use crate::time::{SECOND, Timestamp};

/// What it is called where nobody has named it: it is believed in only if something says that there is one.
const USUAL: &str = "Watchdog";
/// An Alertmanager that was started anew knows nothing until Prometheus sends what fires again, which it does each
/// minute with its next evaluation.
const PATIENCE: i64 = 90 * SECOND;

/// What can be said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// There is none, or it is not known whether it fires.
    Nothing,
    Alive,
    /// It does not fire: no other alert can be relied on.
    Missing,
    /// It fires, and Alertmanager does not hold it: alerts do not get there.
    Unsent,
}

#[derive(Debug, Clone)]
pub struct Switch {
    /// None where the context is not to have one.
    name: Option<Plain>,
    /// There is one, or there should be.
    is_wanted: bool,
    /// Whether its past has been asked for, if that needs to be.
    is_asked: bool,
    /// As of the last answer.
    fires: Option<bool>,
    /// Since when it fires and is known not to be held.
    unheld: Option<Timestamp>,
}

impl Default for Switch {
    fn default() -> Self {
        Self::new(None)
    }
}

impl Switch {
    /// `configured` is what the config says: a name, an empty one for none, or nothing.
    pub fn new(configured: Option<&Plain>) -> Self {
        let name = configured.cloned().unwrap_or_else(|| Plain::new(USUAL));
        let is_wanted = configured.is_some();
        let name = Some(name).filter(|name| !name.is_empty());
        Self { name, is_wanted, is_asked: is_wanted, fires: None, unheld: None }
    }

    /// What it is, or would be, called.
    pub fn name(&self) -> Option<&Plain> {
        self.name.as_ref()
    }

    /// What tells whether it was there within the last day; nothing once that is known.
    pub fn question(&self) -> Option<String> {
        let name = self.name.as_ref().filter(|_| !self.is_wanted && !self.is_asked)?;
        let matchers = Labels::of(&[("alertname", name)]);
        Some(format!("count(last_over_time(ALERTS{matchers}[1d]))"))
    }

    /// What its past says: whether it was there.
    pub fn learn_past(&mut self, was_there: bool) {
        self.is_asked = true;
        self.is_wanted |= was_there;
    }

    pub fn learn_rules(&mut self, groups: &[RuleGroup]) {
        let is_it = |rule: &crate::model::rule::Rule| rule.alerting.is_some() && Some(&rule.name) == self.name.as_ref();
        self.is_wanted |= self.name.is_some() && groups.iter().flat_map(|group| &group.rules).any(is_it);
    }

    pub fn learn_alerts(&mut self, alerts: &[Alert]) {
        let fires = |alert: &Alert| alert.state == AlertState::Firing && self.is_it(&alert.labels);
        let fires = self.name.is_some() && alerts.iter().any(fires);
        self.is_wanted |= fires;
        self.fires = Some(fires);
    }

    /// `held` is nothing while it is not known for sure what Alertmanager holds.
    pub fn learn_held(&mut self, held: Option<&Holdings>, now: Timestamp) {
        let is_missing = held.is_some_and(|held| !held.alerts.iter().any(|held| self.is_it(&held.labels)));
        self.unheld = (is_missing && self.fires == Some(true)).then(|| self.unheld.unwrap_or(now));
    }

    fn is_it(&self, labels: &Labels) -> bool {
        labels.get("alertname") == self.name.as_ref()
    }

    pub fn verdict(&self, now: Timestamp) -> Verdict {
        match (self.fires.filter(|_| self.name.is_some() && self.is_wanted), self.unheld) {
            (None, _) => Verdict::Nothing,
            (Some(false), _) => Verdict::Missing,
            (Some(true), Some(since)) if now.since(since) > PATIENCE => Verdict::Unsent,
            (Some(true), _) => Verdict::Alive,
        }
    }

    /// What is wrong, in one sentence.
    pub fn alarm(&self, now: Timestamp) -> Option<String> {
        let name = self.name.as_ref()?;
        match self.verdict(now) {
            Verdict::Missing => {
                Some(format!("dead man's switch {name} does not fire: alerting is broken, silence proves nothing"))
            }
            Verdict::Unsent => Some(format!("alerts do not reach Alertmanager: {name} fires, and it does not hold it")),
            Verdict::Nothing | Verdict::Alive => None,
        }
    }

    /// What that means for whoever reads a list of alerts.
    pub fn caution(&self, now: Timestamp) -> Option<String> {
        let name = self.name.as_ref()?;
        match self.verdict(now) {
            Verdict::Missing => {
                Some(format!("{name} is missing from this list: others that should fire may be missing, too"))
            }
            Verdict::Unsent => Some(format!("Alertmanager does not hold {name}: nobody may be told of what fires")),
            Verdict::Nothing | Verdict::Alive => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::delivery::Held;
    use crate::model::rule::{Alerting, Health, Rule};

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn alert(name: &str, state: AlertState) -> Alert {
        Alert {
            labels: Labels::of(&[("alertname", name)]),
            annotations: Labels::default(),
            state,
            active_at: None,
            value: None,
        }
    }

    fn firing() -> [Alert; 1] {
        [alert("Watchdog", AlertState::Firing)]
    }

    fn rules(name: &str) -> [RuleGroup; 1] {
        let alerting = Alerting { hold: 0, keep: 0, annotations: Labels::default(), alerts: Vec::new() };
        let rule = Rule {
            name: name.into(),
            expr: "vector(1)".to_owned(),
            health: Health::Ok,
            last_error: "".into(),
            took: 0.0,
            evaluated: None,
            labels: Labels::default(),
            alerting: Some(alerting),
        };
        [RuleGroup { name: "".into(), file: "".into(), interval: 0, took: 0.0, evaluated: None, rules: vec![rule] }]
    }

    #[test]
    fn without_a_word_in_the_config_it_is_missed_only_if_something_says_that_there_is_one() {
        let told = |learn: &dyn Fn(&mut Switch)| {
            let mut switch = Switch::new(None);
            learn(&mut switch);
            switch.learn_alerts(&[alert("Other", AlertState::Firing)]);
            switch.verdict(NOW)
        };
        assert_eq!(told(&|_| ()), Verdict::Nothing);
        assert_eq!(told(&|switch| switch.learn_past(false)), Verdict::Nothing);
        assert_eq!(told(&|switch| switch.learn_rules(&rules("Other"))), Verdict::Nothing);
        assert_eq!(told(&|switch| switch.learn_past(true)), Verdict::Missing);
        assert_eq!(told(&|switch| switch.learn_rules(&rules("Watchdog"))), Verdict::Missing);
        assert_eq!(told(&|switch| switch.learn_alerts(&firing())), Verdict::Missing);
    }

    #[test]
    fn the_config_names_it_or_says_that_there_is_none() {
        let verdict = |name: &str, alerts: &[Alert]| {
            let mut switch = Switch::new(Some(&name.into()));
            switch.learn_rules(&rules("Watchdog"));
            switch.learn_alerts(alerts);
            switch.verdict(NOW)
        };
        assert_eq!(verdict("DeadMan", &firing()), Verdict::Missing);
        assert_eq!(verdict("DeadMan", &[alert("DeadMan", AlertState::Firing)]), Verdict::Alive);
        assert_eq!(verdict("DeadMan", &[alert("DeadMan", AlertState::Pending)]), Verdict::Missing);
        assert_eq!(verdict("", &[]), Verdict::Nothing);
        assert_eq!(verdict("", &[alert("", AlertState::Firing)]), Verdict::Nothing);
        // Before the first answer nobody knows.
        assert_eq!(Switch::new(Some(&"DeadMan".into())).verdict(NOW), Verdict::Nothing);
    }

    #[test]
    fn its_past_is_asked_for_once_and_only_if_nothing_else_tells() {
        let mut switch = Switch::new(None);
        let expr = r#"count(last_over_time(ALERTS{alertname="Watchdog"}[1d]))"#;
        assert_eq!(switch.question().as_deref(), Some(expr));
        switch.learn_past(false);
        assert_eq!(switch.question(), None);
        let mut seen = Switch::new(None);
        seen.learn_alerts(&firing());
        let others = [seen, Switch::new(Some(&"X".into())), Switch::new(Some(&"".into()))];
        assert!(others.iter().all(|switch| switch.question().is_none()));
    }

    #[test]
    fn it_is_unsent_when_alertmanager_is_known_not_to_hold_it_for_a_while() {
        let mut switch = Switch::new(None);
        switch.learn_alerts(&firing());
        let nothing = Holdings::default();
        let mut after = |held: Option<&Holdings>, seconds: i64| {
            let now = NOW.plus(seconds * SECOND);
            switch.learn_held(held, now);
            switch.verdict(now)
        };
        assert_eq!(after(Some(&nothing), 0), Verdict::Alive);
        assert_eq!(after(Some(&nothing), 90), Verdict::Alive);
        assert_eq!(after(Some(&nothing), 91), Verdict::Unsent);
        // It answers no more: what it holds is not known.
        assert_eq!(after(None, 105), Verdict::Alive);
        assert_eq!(after(Some(&nothing), 120), Verdict::Alive);
        assert_eq!(after(Some(&nothing), 211), Verdict::Unsent);
        let held = Held {
            fingerprint: "".into(),
            labels: Labels::of(&[("alertname", "Watchdog"), ("cluster", "eu")]),
            annotations: Labels::default(),
            starts_at: None,
            updated_at: None,
            receivers: Vec::new(),
            generator: "".into(),
            silenced_by: Vec::new(),
            inhibited_by: Vec::new(),
            muted_by: Vec::new(),
        };
        assert_eq!(after(Some(&Holdings { alerts: vec![held], notes: Vec::new() }), 225), Verdict::Alive);
        assert_eq!(after(Some(&nothing), 240), Verdict::Alive);
    }

    #[test]
    fn the_alarm_says_what_it_means() {
        let mut switch = Switch::new(Some(&"DeadMan".into()));
        switch.learn_alerts(&[]);
        let said = switch.alarm(NOW).unwrap();
        assert_eq!(said, "dead man's switch DeadMan does not fire: alerting is broken, silence proves nothing");
    }
}
