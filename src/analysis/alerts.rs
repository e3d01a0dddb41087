//! One list of alerts out of two: what Prometheus evaluates, and what Alertmanager holds and keeps quiet.

mod digest;
mod threshold;

use std::collections::{HashMap, HashSet};

use crate::model::alert::{Alert, AlertState, Severity};
use crate::model::delivery::{Held, Holdings};
use crate::model::labels::Labels;
use crate::model::rule::{Rule, RuleGroup};
use crate::text::Plain;
use crate::time::Timestamp;

pub use digest::{Digest, Standing, digest, digest_of_own};
pub use threshold::{Threshold, threshold};

/// Ordered by urgency: the worst comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Firing,
    Pending,
    Inhibited,
    Muted,
    Silenced,
    /// The dead man's switch, which fires as it must.
    Alive,
}

impl State {
    pub fn word(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Pending => "pending",
            Self::Inhibited => "inhibited",
            Self::Muted => "muted",
            Self::Silenced => "silenced",
            Self::Alive => "alive",
        }
    }

    /// Somebody has seen to it that nobody is told.
    pub fn is_quiet(self) -> bool {
        matches!(self, Self::Inhibited | Self::Muted | Self::Silenced)
    }

    /// Nobody needs to do anything about it now.
    pub fn is_hidden(self) -> bool {
        self.is_quiet() || self == Self::Alive
    }
}

/// Who is told of an alert.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// Alertmanager was not asked, or does not answer.
    Unknown,
    /// It has not fired yet.
    Nobody,
    /// It fires, and Alertmanager does not hold it: nobody is told.
    NotHeld,
    Receivers(Vec<Plain>),
}

/// One alert.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// As Alertmanager has them where it holds the alert, which are more than Prometheus' own.
    pub labels: Labels,
    /// As Prometheus has them; nothing where it does not have the alert.
    pub own: Option<Labels>,
    pub annotations: Labels,
    pub severity: Severity,
    pub state: State,
    /// Since when its expression holds.
    pub since: Option<Timestamp>,
    pub value: Option<f64>,
    pub told: Told,
    /// Of the alert in Alertmanager, and what keeps it quiet there.
    pub held: Option<Held>,
    /// The numbers of its group and of its rule in it.
    pub rule: Option<(usize, usize)>,
}

impl Row {
    pub fn name(&self) -> Plain {
        self.labels.get("alertname").filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| Plain::new("(no name)"))
    }

    /// By what it is known again: Alertmanager has more labels of it, from when it fires.
    pub fn identity(&self) -> &Labels {
        self.own.as_ref().unwrap_or(&self.labels)
    }

    /// Whether it has this identity, or had it before Prometheus told of it.
    pub fn is(&self, identity: &Labels) -> bool {
        self.identity() == identity || self.labels == *identity
    }

    /// The rule it comes from.
    pub fn rule<'a>(&self, groups: &'a [RuleGroup]) -> Option<(&'a RuleGroup, &'a Rule)> {
        let (group, rule) = self.rule?;
        let group = groups.get(group)?;
        Some((group, group.rules.get(rule)?))
    }
}

/// Every alert once, the most urgent first. `alerts` are those of Prometheus where its rules are not known; `held` is
/// nothing while Alertmanager is not known; `switch` is the name of the alert that must always fire.
pub fn rows(groups: &[RuleGroup], alerts: &[Alert], held: Option<&Holdings>, switch: Option<&str>) -> Vec<Row> {
    let of_rules = groups.iter().flat_map(|group| &group.rules).filter_map(|rule| rule.alerting.as_ref());
    let known = of_rules.flat_map(|alerting| &alerting.alerts).chain(alerts.iter().filter(|_| groups.is_empty()));
    let mut partners = Partners::new(held, known);
    let mut rows: Vec<Row> = Vec::new();
    for (g, group) in groups.iter().enumerate() {
        for (r, rule) in group.rules.iter().enumerate() {
            let Some(alerting) = &rule.alerting else { continue };
            rows.extend(alerting.alerts.iter().map(|alert| row(alert, Some((g, r)), partners.take(&alert.labels))));
        }
    }
    if groups.is_empty() {
        rows.extend(alerts.iter().map(|alert| row(alert, None, partners.take(&alert.labels))));
    }
    for row in rows.iter_mut().filter(|row| row.told == Told::NotHeld && held.is_none()) {
        row.told = Told::Unknown;
    }
    rows.extend(partners.rest().map(only_held));
    for row in rows.iter_mut().filter(|row| row.state != State::Pending && is_switch(&row.labels, switch)) {
        row.state = State::Alive;
    }
    rows.sort_by(|a, b| {
        let rank = |row: &Row| (row.state, row.severity);
        rank(a).cmp(&rank(b)).then_with(|| {
            a.labels.get("alertname").cmp(&b.labels.get("alertname")).then_with(|| a.labels.cmp(&b.labels))
        })
    });
    rows
}

fn row(alert: &Alert, rule: Option<(usize, usize)>, held: Option<&Held>) -> Row {
    let pending = alert.state != AlertState::Firing;
    let told = match held {
        Some(held) => Told::Receivers(held.receivers.clone()),
        None if pending => Told::Nobody,
        None => Told::NotHeld,
    };
    Row {
        labels: held.map_or_else(|| alert.labels.clone(), |held| held.labels.clone()),
        own: Some(alert.labels.clone()),
        annotations: alert.annotations.clone(),
        severity: alert.severity(),
        state: if pending { State::Pending } else { held.map_or(State::Firing, quiet) },
        since: alert.active_at,
        value: alert.value,
        told,
        held: held.cloned(),
        rule,
    }
}

fn is_switch(labels: &Labels, switch: Option<&str>) -> bool {
    switch.is_some() && labels.get("alertname").map(Plain::as_str) == switch
}

/// An alert from elsewhere, or one that Prometheus has resolved a moment ago.
fn only_held(held: &Held) -> Row {
    Row {
        labels: held.labels.clone(),
        own: None,
        annotations: held.annotations.clone(),
        severity: Severity::of(&held.labels),
        state: quiet(held),
        since: held.starts_at,
        value: None,
        told: Told::Receivers(held.receivers.clone()),
        held: Some(held.clone()),
        rule: None,
    }
}

/// What keeps an alert quiet that fires: what somebody did on purpose is said first.
fn quiet(held: &Held) -> State {
    match held {
        _ if !held.silenced_by.is_empty() => State::Silenced,
        _ if !held.inhibited_by.is_empty() => State::Inhibited,
        _ if !held.muted_by.is_empty() => State::Muted,
        _ => State::Firing,
    }
}

/// Finds the alert of Alertmanager that is one of Prometheus: it has all its labels, and perhaps those that Prometheus
/// adds when it sends (`external_labels`).
struct Partners<'a> {
    held: &'a [Held],
    taken: Vec<bool>,
    /// Where the held alerts are that have the labels of one of Prometheus, no more and no less: they are its own.
    exact: HashMap<&'a Labels, usize>,
    /// By the names of an alert's labels: where the held alerts are that have its values under these names.
    by_names: HashMap<Vec<Plain>, HashMap<Labels, Vec<usize>>>,
}

impl<'a> Partners<'a> {
    /// `known` are all that a partner will be sought for.
    fn new(held: Option<&'a Holdings>, known: impl Iterator<Item = &'a Alert>) -> Self {
        let held = held.map_or(&[][..], |held| &held.alerts);
        let known: HashSet<&Labels> = known.map(|alert| &alert.labels).collect();
        let same = held.iter().enumerate().filter(|(_, alert)| known.contains(&alert.labels));
        let exact = same.map(|(place, alert)| (&alert.labels, place)).collect();
        Self { held, taken: vec![false; held.len()], exact, by_names: HashMap::new() }
    }

    fn take(&mut self, labels: &Labels) -> Option<&'a Held> {
        let held = self.held;
        if let Some(&place) = self.exact.get(labels) {
            // Several alerts with the same labels are one to Alertmanager.
            self.taken[place] = true;
            return held.get(place);
        }
        let names: Vec<Plain> = labels.iter().map(|(name, _)| name.clone()).collect();
        let places = self.by_names.entry(names).or_insert_with(|| {
            let mut places: HashMap<Labels, Vec<usize>> = HashMap::new();
            for (place, alert) in held.iter().enumerate() {
                let part = alert.labels.filter(|name| labels.get(name).is_some());
                places.entry(part).or_default().push(place);
            }
            places
        });
        // The one with the fewest labels of its own is the closest.
        let is_free = |place: &usize| {
            !self.taken[*place] && held.get(*place).is_some_and(|alert| !self.exact.contains_key(&alert.labels))
        };
        let free = places.get(labels)?.iter().copied().filter(is_free);
        let place = free.min_by_key(|&place| held.get(place).map_or(usize::MAX, |alert| alert.labels.len()))?;
        self.taken[place] = true;
        held.get(place)
    }

    fn rest(&self) -> impl Iterator<Item = &'a Held> + '_ {
        self.held.iter().zip(&self.taken).filter(|(_, taken)| !**taken).map(|(held, _)| held)
    }
}

#[cfg(test)]
mod tests;
