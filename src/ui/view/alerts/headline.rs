//! The sentence above the list: what fires worst and since when, or how sure it is that nothing does.

use super::notes::{Known, is_fresh, known, tally};
use super::{Alerts, words};
use crate::analysis::alerts::{Row, State};
use crate::analysis::summary::{Headline, Level};
use crate::model::alert::Severity;
use crate::time::ago;
use crate::ui::view::Scene;

pub fn headline(alerts: &Alerts, scene: &Scene) -> Headline {
    let said = |level, text: String| Headline { level, text };
    let firing: Vec<&Row> = alerts.list.rows.iter().filter(|row| row.state == State::Firing).collect();
    let known = known(alerts, scene);
    let age = match &known {
        Known::Old(at) => format!(" (as of {} ago)", ago(scene.now.since(*at))),
        _ => String::new(),
    };
    if let Some(worst) = firing.first() {
        return said(level(worst), format!("{}{age}", fires(alerts, worst, firing.len() - 1, scene)));
    }
    match known {
        Known::NotAsked if !scene.alertmanager => {
            said(Level::Unknown, "this context has neither Prometheus nor Alertmanager".to_owned())
        }
        Known::NotAsked => said(Level::Notice, held(alerts)),
        Known::Asking => said(Level::Unknown, "asking what fires".to_owned()),
        Known::NoEngine(error) => {
            said(Level::Warning, format!("no rule engine: {error}; nothing here can tell what fires"))
        }
        Known::Failed(error, _) => said(Level::Warning, format!("what fires is not known: {error}")),
        Known::Old(_) => said(Level::Warning, format!("nothing fired{age}; what fires now is not known")),
        Known::Now => calm(alerts, scene),
    }
}

fn level(row: &Row) -> Level {
    match row.severity {
        Severity::Critical => Level::Critical,
        Severity::Warning => Level::Warning,
        Severity::Info | Severity::Other => Level::Notice,
    }
}

/// `HighErrorRate fires for 6m; told: #critical; 3 more fire`
fn fires(alerts: &Alerts, row: &Row, others: usize, scene: &Scene) -> String {
    let since = words::fires_since(alerts, row)
        .map_or_else(String::new, |at| format!(" for {}", ago(scene.server_now().since(at))));
    let told =
        if scene.alertmanager { format!("; told: {}", words::told(alerts, row, scene).0) } else { String::new() };
    let more = match others {
        0 => String::new(),
        1 => "; 1 more fires".to_owned(),
        n => format!("; {n} more fire"),
    };
    format!("{} fires{since}{more}{told}", row.name())
}

/// What Alertmanager alone can tell.
fn held(alerts: &Alerts) -> String {
    match (&alerts.held.feed.value, &alerts.held.feed.error) {
        (_, Some((error, _))) => format!("this context has no Prometheus, and alertmanager: {error}"),
        (None, None) => "this context has no Prometheus; asking alertmanager".to_owned(),
        (Some(_), None) => "Alertmanager holds nothing that fires; this context has no Prometheus".to_owned(),
    }
}

/// Nothing fires: calm only when the rules are known to work, and nobody has made them quiet.
fn calm(alerts: &Alerts, scene: &Scene) -> Headline {
    let said = |level, text: String| Headline { level, text: format!("nothing fires{text}") };
    let also = waiting(alerts, scene);
    let rules = tally(alerts.groups());
    if !is_fresh(&alerts.rules, scene) {
        let level = if also.is_empty() { Level::Unknown } else { Level::Notice };
        return said(level, format!("{also}; how the rules do is not known"));
    }
    if rules.rules == 0 {
        return Headline { level: Level::Warning, text: "there is no alerting rule: nothing can fire".to_owned() };
    }
    if rules.failing > 0 {
        let verb = if rules.failing == 1 { "rule fails" } else { "rules fail" };
        return said(Level::Warning, format!(", but {} {verb}: not all is watched{also}", rules.failing));
    }
    if rules.unknown > 0 {
        let text = format!("; {} of {} rules not evaluated yet{also}", rules.unknown, rules.rules);
        return said(Level::Notice, text);
    }
    if scene.alertmanager && !is_fresh(&alerts.held, scene) {
        return said(Level::Notice, format!("{also}; Alertmanager does not say what it holds"));
    }
    if !also.is_empty() {
        return said(Level::Notice, also);
    }
    let are = if rules.rules == 1 { "rule is" } else { "rules are" };
    Headline { level: Level::Calm, text: format!("calm: nothing fires, {} {are} healthy", rules.rules) }
}

/// `; 3 pending, HighErrorRate 4m / 5m; 2 silenced, inhibited or muted`
fn waiting(alerts: &Alerts, scene: &Scene) -> String {
    let rows = || alerts.list.rows.iter();
    let (pending, quiet) =
        (rows().filter(|row| row.state == State::Pending).count(), rows().filter(|row| row.state.is_quiet()).count());
    let mut text = String::new();
    if let Some(first) = rows().find(|row| row.state == State::Pending) {
        text.push_str(&format!(
            "; {pending} pending, {} {}",
            first.name(),
            words::since(alerts, first, scene.server_now())
        ));
    }
    if quiet > 0 {
        text.push_str(&format!("; {quiet} silenced, inhibited or muted"));
    }
    text
}
