//! What is said of rules and groups.

use super::super::Alerts;
use super::is_fresh;
use crate::analysis::rules::{Survey, Trouble};
use crate::analysis::summary::{Headline, Level};
use crate::model::alert::AlertState;
use crate::model::fault::FetchError;
use crate::model::rule::{Health, Rule, RuleGroup};
use crate::model::unit::Unit;
use crate::time::{Timestamp, ago, format_duration};
use crate::ui::theme::Role;
use crate::ui::view::Scene;

/// How many pending and firing alerts a rule has.
fn alerts_of(rule: &Rule, state: AlertState) -> usize {
    let alerts = rule.alerting.iter().flat_map(|alerting| &alerting.alerts);
    alerts.filter(|alert| alert.state == state).count()
}

/// `firing 2, pending 1`, `inactive`; a rule that records has no state. The dead man's switch fires as it must.
pub fn state(rule: &Rule, scene: &Scene) -> (String, Role) {
    if rule.alerting.is_none() {
        return ("–".to_owned(), Role::Dim);
    }
    match (alerts_of(rule, AlertState::Firing), alerts_of(rule, AlertState::Pending)) {
        (0, 0) => ("inactive".to_owned(), Role::Dim),
        (0, pending) => (format!("pending {pending}"), Role::Pending),
        (firing, 0) if is_switch(rule, scene) => (format!("firing {firing}"), Role::Ok),
        (firing, 0) => (format!("firing {firing}"), Role::Warning),
        (firing, pending) => (format!("firing {firing}, pending {pending}"), Role::Warning),
    }
}

fn is_switch(rule: &Rule, scene: &Scene) -> bool {
    scene.switch.name() == Some(&rule.name)
}

pub fn kind(rule: &Rule) -> &'static str {
    if rule.alerting.is_some() { "alerting" } else { "recording" }
}

pub fn took(ms: f64) -> String {
    Unit::Seconds.show(ms / 1000.0)
}

/// The mark before a rule, which reads the same without colour.
pub fn mark(trouble: Option<Trouble>, rule: &Rule, scene: &Scene) -> (&'static str, Role) {
    match trouble {
        Some(Trouble::Fails | Trouble::Late) => ("✖", Role::Failed),
        Some(Trouble::Slow) => ("!", Role::Warning),
        Some(Trouble::New) => ("…", Role::Stale),
        None if alerts_of(rule, AlertState::Firing) > 0 && !is_switch(rule, scene) => ("▲", Role::Warning),
        None if alerts_of(rule, AlertState::Pending) > 0 => ("~", Role::Pending),
        None => ("●", Role::Ok),
    }
}

/// The health of a rule in words, with its error.
pub fn health(trouble: Option<Trouble>, group: &RuleGroup, rule: &Rule, now: Timestamp) -> (String, Role) {
    match trouble {
        Some(Trouble::Fails) => (format!("FAILS: {}", error(rule)), Role::Failed),
        Some(Trouble::Late) => (late(rule.evaluated, group, now), Role::Failed),
        Some(Trouble::Slow) => (slow(group), Role::Warning),
        Some(Trouble::New) => ("not evaluated yet".to_owned(), Role::Stale),
        None => ("ok".to_owned(), Role::Dim),
    }
}

/// One word, for a screen without room for more.
pub fn short(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Fails => "FAILS",
        Trouble::Late => "LATE",
        Trouble::Slow => "slow",
        Trouble::New => "new",
    }
}

pub fn error(rule: &Rule) -> &str {
    if rule.last_error.is_empty() { "the server does not say why" } else { &rule.last_error }
}

/// What is wrong with a group as a whole.
pub fn group_trouble(trouble: Trouble, group: &RuleGroup, now: Timestamp) -> (String, Role) {
    match trouble {
        Trouble::Fails | Trouble::Late => (format!("✖ {}", late(group.evaluated, group, now)), Role::Failed),
        Trouble::Slow => (format!("! takes {}, {}", took(group.took), slow(group)), Role::Warning),
        Trouble::New => ("… not evaluated yet".to_owned(), Role::Stale),
    }
}

fn late(evaluated: Option<Timestamp>, group: &RuleGroup, now: Timestamp) -> String {
    let age = evaluated.map_or_else(String::new, |at| format!(" for {}", ago(now.since(at))));
    format!("not evaluated{age}, due every {}", format_duration(group.interval))
}

fn slow(group: &RuleGroup) -> String {
    format!("longer than its interval of {}", format_duration(group.interval))
}

/// ` every 15s · took 4 ms · evaluated 4s ago · /etc/rules.yml`
pub fn group_facts(trouble: Option<Trouble>, group: &RuleGroup, now: Timestamp) -> String {
    let mut facts = Vec::new();
    if trouble.is_none() {
        facts.push(format!("every {}", format_duration(group.interval)));
    }
    if trouble != Some(Trouble::Slow) && trouble != Some(Trouble::New) {
        facts.push(format!("took {}", took(group.took)));
    }
    if let Some(at) = group.evaluated.filter(|_| trouble != Some(Trouble::Late)) {
        facts.push(format!("evaluated {} ago", ago(now.since(at))));
    }
    facts.push(group.file.to_string());
    facts.join(" · ")
}

/// ` 2 groups, 12 rules: 2 fail · 1 late · 9 ok`
pub fn counts(survey: &Survey) -> String {
    let number = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let ok = survey.rules.saturating_sub(survey.failing + survey.late + survey.new);
    let parts = [(survey.failing, "failing"), (survey.late, "not evaluated"), (survey.slow, "too slow")];
    let parts = parts.into_iter().chain([(survey.new, "new"), (ok, "ok")]);
    let parts: Vec<String> =
        parts.filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    let said = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(" · ")) };
    format!("{}, {}{said}", number(survey.groups, "group"), number(survey.rules, "rule"))
}

/// What stands where no rule is: each reason reads differently.
pub fn nothing(alerts: &Alerts, scene: &Scene) -> Option<(String, Role)> {
    let feed = &alerts.rules.feed;
    match (&feed.value, &feed.error) {
        _ if !scene.asked => Some(("not asked: this context has no Prometheus".to_owned(), Role::Dim)),
        (None, None) => Some(("asking…".to_owned(), Role::Dim)),
        (None, Some((error @ FetchError::Unsupported(_), _))) => {
            Some((format!("✖ no rule engine: {error}"), Role::Failed))
        }
        (None, Some((error, since))) => {
            Some((format!("✖ {error} · for {}", ago(scene.now.since(*since))), Role::Failed))
        }
        (Some((groups, _)), _) if groups.is_empty() => {
            Some(("none: this Prometheus has no rule groups".to_owned(), Role::Stale))
        }
        _ => None,
    }
}

/// Why the list may be old: one text for the line above it.
pub fn stale(alerts: &Alerts, scene: &Scene) -> Option<(String, Role)> {
    let (_, at) = alerts.rules.feed.value.as_ref()?;
    let age = ago(scene.now.since(*at));
    match &alerts.rules.feed.error {
        Some((error, _)) => Some((format!("✖ {error}; these are {age} old"), Role::Failed)),
        None => (!is_fresh(alerts, scene)).then(|| (format!("stale {age}"), Role::Stale)),
    }
}

pub fn headline(alerts: &Alerts, scene: &Scene) -> Headline {
    let said = |level, text: String| Headline { level, text };
    let feed = &alerts.rules.feed;
    match (&feed.value, &feed.error) {
        _ if !scene.asked => said(Level::Unknown, "this context has no Prometheus, and so no rules".to_owned()),
        (None, None) => said(Level::Unknown, "asking how the rules do".to_owned()),
        (None, Some((error @ FetchError::Unsupported(_), _))) => {
            said(Level::Warning, format!("no rule engine: {error}; nothing here can tell what fires"))
        }
        (None, Some((error, _))) => said(Level::Warning, format!("how the rules do is not known: {error}")),
        (Some((groups, at)), _) => {
            let now = at.plus(alerts.rules_page.ahead);
            let Headline { level, text } = verdict(&alerts.rules_page.survey, groups, now);
            match is_fresh(alerts, scene) {
                true => said(level, text),
                // What was well a while ago need not be now.
                false => said(level.max(Level::Notice), format!("as of {} ago: {text}", ago(scene.now.since(*at)))),
            }
        }
    }
}

fn verdict(survey: &Survey, groups: &[RuleGroup], now: Timestamp) -> Headline {
    let said = |level, text: String| Headline { level, text };
    let find =
        |sought: Trouble| groups.iter().find(|group| crate::analysis::rules::of_group(group, now) == Some(sought));
    let rules = || groups.iter().flat_map(|group| &group.rules);
    if survey.rules == 0 {
        return said(Level::Warning, "there is no rule: nothing can fire".to_owned());
    }
    if let Some(first) = rules().find(|rule| rule.health == Health::Failing) {
        let verb = if survey.failing == 1 { "fails" } else { "fail" };
        let text = format!("{} of {} rules {verb}: {}: {}", survey.failing, survey.rules, first.name, error(first));
        return said(Level::Warning, text);
    }
    if let Some(group) = find(Trouble::Late) {
        let text = format!("group {} is {}: its alerts are old", group.name, late(group.evaluated, group, now));
        return said(Level::Warning, text);
    }
    if let Some(group) = find(Trouble::Slow) {
        let text = format!("group {} takes {}, {}", group.name, took(group.took), slow(group));
        return said(Level::Warning, text);
    }
    if survey.late + survey.slow > 0 {
        let text = format!("{} rules are evaluated late or take too long", survey.late + survey.slow);
        return said(Level::Warning, text);
    }
    if survey.new > 0 {
        return said(Level::Notice, format!("{} of {} rules not evaluated yet", survey.new, survey.rules));
    }
    let slowest = groups.iter().max_by(|a, b| a.took.total_cmp(&b.took));
    let slowest = slowest.map_or_else(String::new, |group| {
        format!(
            "; the slowest group, {}, takes {} of {}",
            group.name,
            took(group.took),
            format_duration(group.interval)
        )
    });
    let all =
        if survey.rules == 1 { "the one rule works".to_owned() } else { format!("all {} rules work", survey.rules) };
    said(Level::Calm, format!("{all}{slowest}"))
}
