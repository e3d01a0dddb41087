//! What is wrong with the answers themselves: said before the alerts, for it decides how far they can be trusted.

use super::Alerts;
use crate::model::fault::FetchError;
use crate::model::rule::{Health, Rule, RuleGroup};
use crate::store::Slot;
use crate::time::{Timestamp, ago};
use crate::ui::theme::Role;
use crate::ui::view::Scene;

/// How far it is known what fires.
#[derive(Debug, Clone, PartialEq)]
pub enum Known {
    NotAsked,
    Asking,
    /// This server evaluates no rules at all.
    NoEngine(FetchError),
    Failed(FetchError, Timestamp),
    /// Known as it was at that time.
    Old(Timestamp),
    Now,
}

pub fn known(alerts: &Alerts, scene: &Scene) -> Known {
    if !scene.asked {
        return Known::NotAsked;
    }
    let (bare, rules) = (&scene.alerts.feed, &alerts.rules.feed);
    let answers = [bare.value.as_ref().map(|(_, at)| *at), rules.value.as_ref().map(|(_, at)| *at)];
    let errors = [bare.error.as_ref(), rules.error.as_ref()];
    let newest = answers.into_iter().flatten().max();
    let unsupported = errors.into_iter().flatten().find(|(error, _)| matches!(error, FetchError::Unsupported(_)));
    match (newest, errors) {
        (None, _) if unsupported.is_some() => {
            unsupported.map_or(Known::Asking, |(error, _)| Known::NoEngine(error.clone()))
        }
        (None, [None, None]) => Known::Asking,
        (None, [Some((error, since)), _] | [_, Some((error, since))]) => Known::Failed(error.clone(), *since),
        (Some(at), _) if is_late(at, scene) => Known::Old(at),
        // One of the two questions is still answered, or has been since the last error.
        (Some(at), [Some(_), other]) if other.is_some() || answers[1].is_none() => Known::Old(at),
        (Some(_), _) => Known::Now,
    }
}

/// Whether an answer is the latest one and not overdue: only such a one may be called calm, or nobody.
pub fn is_fresh<T>(slot: &Slot<T>, scene: &Scene) -> bool {
    let feed = &slot.feed;
    feed.error.is_none() && feed.value.as_ref().is_some_and(|(_, at)| !is_late(*at, scene))
}

fn is_late(answered: Timestamp, scene: &Scene) -> bool {
    scene.is_overdue(answered, scene.tiles)
}

/// How the rules do that raise alerts.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub rules: usize,
    pub failing: usize,
    pub unknown: usize,
}

pub fn tally(groups: &[RuleGroup]) -> Tally {
    let mut tally = Tally::default();
    for rule in groups.iter().flat_map(|group| &group.rules) {
        tally.rules += usize::from(rule.alerting.is_some());
        // A rule that records and fails takes the alerts with it that are made from it.
        tally.failing += usize::from(rule.health == Health::Failing);
        tally.unknown += usize::from(rule.alerting.is_some() && rule.health == Health::Unknown);
    }
    tally
}

/// One line each, the worst first.
pub fn lines(alerts: &Alerts, scene: &Scene) -> Vec<(String, Role)> {
    let mut lines = Vec::new();
    lines.extend(scene.switch.caution(scene.now).map(|text| (format!("✖ {text}"), Role::Critical)));
    lines.extend(failing(alerts.groups()).map(|text| (text, Role::Failed)));
    if let Some((error, since)) = alerts.rules.feed.error.as_ref().filter(|_| known(alerts, scene) == Known::Now) {
        let age = ago(scene.now.since(*since));
        lines.push((format!("✖ rules: {error}, for {age}; values and health are not known"), Role::Failed));
    }
    if let (Some((_, at)), None) = (&alerts.rules.feed.value, &alerts.rules.feed.error)
        && is_late(*at, scene)
        && known(alerts, scene) == Known::Now
    {
        let age = ago(scene.now.since(*at));
        lines.push((
            format!("… the rules have not answered for {age}; thresholds and health are not known"),
            Role::Stale,
        ));
    }
    lines.extend(alertmanager(alerts, scene));
    lines.extend(slow(alerts.groups()).map(|text| (text, Role::Stale)));
    lines
}

/// `✖ 2 of 12 rules fail: HighMemory: parse error …`
fn failing(groups: &[RuleGroup]) -> Option<String> {
    let all = || groups.iter().flat_map(|group| &group.rules);
    let fails = |rule: &&Rule| rule.health == Health::Failing;
    let first = all().find(fails)?;
    let (count, of) = (all().filter(fails).count(), all().count());
    let verb = if count == 1 { "fails" } else { "fail" };
    Some(format!("✖ {count} of {of} rules {verb}: {}: {}", first.name, first.last_error))
}

fn alertmanager(alerts: &Alerts, scene: &Scene) -> Vec<(String, Role)> {
    if !scene.alertmanager {
        return Vec::new();
    }
    let mut lines = Vec::new();
    let feed = &alerts.held.feed;
    match (&feed.error, &feed.value) {
        (Some((error, since)), _) => {
            let age = ago(scene.now.since(*since));
            let kept = alerts.held.feed.value.as_ref();
            let kept = kept.map_or_else(
                || "who is told is not known".to_owned(),
                |(_, at)| format!("who is told is as of {} ago", ago(scene.now.since(*at))),
            );
            lines.push((format!("✖ alertmanager: {error}, for {age}; {kept}"), Role::Failed));
        }
        (None, None) => lines.push(("… asking alertmanager".to_owned(), Role::Dim)),
        (None, Some((_, at))) if is_late(*at, scene) => {
            let age = ago(scene.now.since(*at));
            lines.push((format!("… alertmanager has not answered for {age}; who is told is as of then"), Role::Stale));
        }
        (None, Some(_)) => {}
    }
    let notes = alerts.held.get().map_or(&[][..], |held| &held.notes);
    lines.extend(notes.iter().map(|note| (format!("! alertmanager: {note}"), Role::Stale)));
    if let (Some((error, _)), None) = (&alerts.silences.feed.error, &alerts.held.feed.error) {
        lines.push((format!("✖ silences: {error}"), Role::Failed));
    }
    lines
}

/// A group that takes longer than its interval misses evaluations.
fn slow(groups: &[RuleGroup]) -> Option<String> {
    let group = groups.iter().find(|group| group.interval > 0 && group.took > group.interval as f64)?;
    let took = ago(group.took as i64);
    Some(format!("! rule group {} takes {took}, longer than its interval of {}", group.name, ago(group.interval)))
}
