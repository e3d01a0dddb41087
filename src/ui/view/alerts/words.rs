//! What the list and the detail say of an alert, in words.

use unicode_width::UnicodeWidthStr;

use super::Alerts;
use crate::analysis::alerts::{Row, State, Told};
use crate::analysis::routing::{Route, Tree};
use crate::model::alert::Severity;
use crate::model::delivery::Held;
use crate::text::Plain;
use crate::time::{MINUTE, Timestamp, ago, format_duration, length};
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::view::overview::fit;

/// The mark of an alert; with its words it reads the same without colour.
pub fn mark(row: &Row) -> (&'static str, Role) {
    match (row.state, row.severity) {
        (State::Inhibited | State::Muted | State::Silenced, _) => ("–", Role::Dim),
        (State::Alive, _) => ("●", Role::Ok),
        (State::Pending, _) => ("~", Role::Pending),
        (State::Firing, Severity::Critical) => ("▲", Role::Critical),
        (State::Firing, Severity::Warning) => ("!", Role::Warning),
        (State::Firing, Severity::Info | Severity::Other) => ("·", Role::Info),
    }
}

/// `6m` since it fires, or `3m / 5m` while it is pending.
pub fn since(alerts: &Alerts, row: &Row, now: Timestamp) -> String {
    let Some(since) = fires_since(alerts, row).or(row.since) else { return "–".to_owned() };
    let age = ago(now.since(since));
    match hold(alerts, row) {
        Some(hold) if row.state == State::Pending => format!("{age} / {}", ago(hold)),
        _ => age,
    }
}

/// How long its expression must hold before it fires, in ms.
pub fn hold(alerts: &Alerts, row: &Row) -> Option<i64> {
    Some(alerts.rule(row)?.1.alerting.as_ref()?.hold)
}

/// Since when it fires, as far as anybody can say.
pub fn fires_since(alerts: &Alerts, row: &Row) -> Option<Timestamp> {
    let fired = row.since.map(|since| since.plus(hold(alerts, row).unwrap_or(0)));
    (row.state != State::Pending).then_some(fired).flatten()
}

/// Its value, and the bound that it is compared with.
pub fn value(alerts: &Alerts, row: &Row) -> (String, String) {
    let measure = alerts.measure(row);
    let unit = measure.map_or(crate::model::unit::Unit::Count, |measure| measure.unit);
    let value = row.value.map_or_else(|| "–".to_owned(), |value| unit.show(value));
    (value, measure.map_or_else(String::new, super::measure::Measure::bound))
}

/// Who is told, or what keeps it from being told.
pub fn told(alerts: &Alerts, row: &Row, scene: &Scene) -> (String, Role) {
    if let Some(held) = row.held.as_ref().filter(|_| row.state.is_quiet()) {
        return (format!("nobody: {}", reasons(alerts, held, alerts.server_now(scene)).join(", ")), Role::Dim);
    }
    match &row.told {
        Told::Unknown if !scene.alertmanager => ("not asked".to_owned(), Role::Dim),
        Told::Unknown => ("not known".to_owned(), Role::Stale),
        Told::Nobody => ("nobody yet".to_owned(), Role::Dim),
        // Prometheus sends with its next evaluation.
        Told::NotHeld if fires_since(alerts, row).is_none_or(|fired| scene.server_now().since(fired) < MINUTE) => {
            ("not told yet".to_owned(), Role::Dim)
        }
        Told::NotHeld => ("✖ nobody: not in Alertmanager".to_owned(), Role::Failed),
        Told::Receivers(names) if names.is_empty() => ("✖ no receiver".to_owned(), Role::Failed),
        Told::Receivers(names) => (receivers(names), Role::Text),
    }
}

/// The same in few words, for a column beside the state.
pub fn told_short(alerts: &Alerts, row: &Row, scene: &Scene) -> (String, Role) {
    match (&row.held, &row.told) {
        (Some(held), _) if row.state.is_quiet() => {
            (format!("nobody ({})", keeper(alerts, held, alerts.server_now(scene))), Role::Dim)
        }
        (_, Told::Receivers(names)) if names.len() > 1 => {
            (format!("{} +{}", receivers(&names[..1]), names.len() - 1), Role::Text)
        }
        _ => match told(alerts, row, scene) {
            (_, Role::Failed) => ("✖ nobody".to_owned(), Role::Failed),
            told => told,
        },
    }
}

/// Whoever or whatever keeps an alert quiet.
fn keeper(alerts: &Alerts, held: &Held, now: Timestamp) -> String {
    let silence = held.silenced_by.first().and_then(|id| alerts.silence(id));
    if let Some(silence) = silence {
        return format!("{}, {}", silence.created_by, length(silence.ends_at.since(now)));
    }
    let inhibiting = held.inhibited_by.first().map(|fingerprint| inhibiting(alerts, fingerprint));
    inhibiting.or(held.muted_by.first().cloned()).map_or_else(|| "a silence".to_owned(), |name| name.to_string())
}

/// The name of an alert that inhibits others; its fingerprint where it is not known.
fn inhibiting(alerts: &Alerts, fingerprint: &Plain) -> Plain {
    let known = alerts.held.get().and_then(|held| held.alerts.iter().find(|held| held.fingerprint == *fingerprint));
    known.and_then(|held| held.labels.get("alertname")).unwrap_or(fingerprint).clone()
}

fn receivers(names: &[Plain]) -> String {
    let name = |name: &Plain| if name.is_empty() { "(no name)".to_owned() } else { name.to_string() };
    names.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// What keeps an alert quiet, one text each.
pub fn reasons(alerts: &Alerts, held: &Held, now: Timestamp) -> Vec<String> {
    let silences = held.silenced_by.iter().map(|id| match alerts.silence(id) {
        Some(silence) => format!("silenced by {}, {} left", silence.created_by, length(silence.ends_at.since(now))),
        None => "silenced".to_owned(),
    });
    let inhibiting = held.inhibited_by.iter().map(|print| format!("inhibited by {}", inhibiting(alerts, print)));
    silences.chain(inhibiting).chain(held.muted_by.iter().map(|name| format!("muted by {name}"))).collect()
}

/// The ways the alert takes through Alertmanager, one text each; nothing while they are not known.
pub fn routes(alerts: &Alerts, row: &Row) -> Vec<String> {
    match &alerts.tree {
        None => Vec::new(),
        Some(Err(why)) => vec![format!("not known: {why}")],
        Some(Ok(tree)) => tree.routes(&row.labels).iter().map(|route| self::route(route, tree)).collect(),
    }
}

/// `severity="critical" → team (slack #oncall)  group alertname  wait 30s  every 5m  repeat 1h`
fn route(route: &Route, tree: &Tree) -> String {
    let joined = |names: &[Plain]| names.iter().map(Plain::as_str).collect::<Vec<_>>().join(", ");
    let path = if route.path.is_empty() { "default".to_owned() } else { joined(&route.path) };
    let targets = tree.receiver(&route.receiver).map(|receiver| joined(&receiver.targets)).unwrap_or_default();
    let targets = if targets.is_empty() { targets } else { format!(" ({targets})") };
    let group = if route.group_by.is_empty() { String::new() } else { format!("  group {}", joined(&route.group_by)) };
    let [wait, every, repeat] = [route.group_wait, route.group_interval, route.repeat_interval].map(format_duration);
    let mut text = format!("{path} → {}{targets}{group}  wait {wait}  every {every}  repeat {repeat}", route.receiver);
    for (word, names) in [("muted in", &route.mute), ("only in", &route.active)] {
        if !names.is_empty() {
            text.push_str(&format!("  {word} {}", joined(names)));
        }
    }
    if let Some(why) = &route.unreadable {
        text.push_str(&format!("  not certain: {why}"));
    }
    text
}

/// Silences that are over, and those that hold with their comments, one text each.
pub fn silences(alerts: &Alerts, row: &Row, now: Timestamp) -> Vec<String> {
    let ids = row.held.as_ref().map_or(&[][..], |held| &held.silenced_by);
    let active = ids.iter().filter_map(|id| alerts.silence(id)).map(|silence| {
        format!("by {}, ends in {} ({})", silence.created_by, length(silence.ends_at.since(now)), silence.comment)
    });
    let past = alerts.over.hits().map(|silence| {
        format!("one by {} ended {} ago ({})", silence.created_by, ago(now.since(silence.ends_at)), silence.comment)
    });
    active.chain(past).collect()
}

/// The annotation that is a link to instructions.
pub fn runbook(row: &Row) -> Option<&Plain> {
    ["runbook_url", "runbook"].into_iter().find_map(|name| row.annotations.get(name))
}

pub fn generator(row: &Row) -> Option<&Plain> {
    row.held.as_ref().map(|held| &held.generator).filter(|link| !link.is_empty())
}

/// The alert as text: what somebody else needs to know of it.
pub fn copied(alerts: &Alerts, row: &Row, scene: &Scene) -> String {
    let (value, bound) = value(alerts, row);
    let since = row.since.map_or_else(String::new, |since| format!(" since {}", since.rfc3339()));
    let mut text = format!("{} {} {}{since}\n", row.name(), row.severity.word(), row.state.word());
    text.push_str(&format!("value\t{value} {bound}\ntold\t{}\n", told(alerts, row, scene).0));
    for (name, value) in row.annotations.iter() {
        text.push_str(&format!("{name}\t{value}\n"));
    }
    if let Some(link) = generator(row) {
        text.push_str(&format!("graph\t{link}\n"));
    }
    text + &format!("labels\t{}\n", row.labels)
}

/// A text in so many cells, cut or filled up.
pub fn cell(text: &str, width: usize) -> String {
    let text = fit(text, width);
    let blank = width.saturating_sub(text.width());
    text + &" ".repeat(blank)
}

/// The same at the right edge.
pub fn right(text: &str, width: usize) -> String {
    let text = fit(text, width);
    " ".repeat(width.saturating_sub(text.width())) + &text
}

/// A text in lines of so many cells, broken between words where there are any; at most so many lines.
pub fn wrap(text: &str, width: usize, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() && lines.len() < most {
        if lines.len() + 1 == most || rest.width() <= width {
            lines.push(fit(rest, width));
            break;
        }
        let end = line_end(rest, width);
        let (line, after) = rest.split_at(end);
        lines.push(line.trim_end().to_owned());
        rest = after.trim_start();
    }
    lines
}

/// Up to which byte a text fills a line: the last blank that fits, or as many characters as fit, but one at least.
fn line_end(text: &str, width: usize) -> usize {
    let (mut used, mut blank, mut end) = (0, None, 0);
    for (at, grapheme) in unicode_segmentation::UnicodeSegmentation::grapheme_indices(text, true) {
        used += grapheme.width();
        if used > width && end > 0 {
            return blank.unwrap_or(end);
        }
        if grapheme == " " {
            blank = Some(at);
        }
        end = at + grapheme.len();
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::labels::Labels;

    #[test]
    fn a_route_says_whom_it_reaches_and_when() {
        let tree = Tree::parse(include_str!("../../../../monitoring/alertmanager/alertmanager.yml")).unwrap();
        let said = |labels: &[(&str, &str)]| {
            let routes = tree.routes(&Labels::of(labels));
            routes.iter().map(|taken| route(taken, &tree)).collect::<Vec<_>>()
        };
        let group = "group alertname, cluster, service  wait 30s  every 5m";
        let critical = "severity=\"critical\" → team-agent360-critical (slack #agent360-critical, pagerduty)";
        assert_eq!(said(&[("severity", "critical")]), [format!("{critical}  {group}  repeat 1h")]);
        assert_eq!(said(&[]), [format!("default → team-agent360 (slack #agent360-alerts)  {group}  repeat 4h")]);
    }

    #[test]
    fn texts_break_between_words_and_say_when_they_are_cut() {
        assert_eq!(wrap("one two three", 8, 9), ["one two", "three"]);
        assert_eq!(wrap("incomprehensible", 6, 2), ["incomp", "rehen…"]);
        assert_eq!(wrap("東京東京", 3, 9), ["東", "京", "東", "京"]);
        assert!(wrap("", 8, 9).is_empty() && wrap("x", 0, 0).is_empty());
    }

    #[test]
    fn cells_have_their_width() {
        assert_eq!((cell("ab", 4), right("ab", 4), cell("abcdef", 4)), ("ab  ".into(), "  ab".into(), "abc…".into()));
        assert_eq!(cell("東京東京", 4).width(), 4);
    }
}
