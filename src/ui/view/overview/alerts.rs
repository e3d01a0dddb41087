//! What fires and what is about to, as the overview lists it.

use ratatui::text::{Line, Span};

use super::legend::fit;
use crate::analysis::alerts::State;
use crate::model::alert::{Alert, Severity};
use crate::model::labels::Labels;
use crate::time::ago;
use crate::ui::theme::Role;
use crate::ui::view::Scene;

/// The mark of a severity; with its word it reads the same without colour.
fn mark(alert: &Alert, state: State) -> (&'static str, Role) {
    match (state, alert.severity()) {
        (State::Pending, _) => ("~", Role::Pending),
        (state, _) if state.is_hidden() => ("–", Role::Dim),
        (_, Severity::Critical) => ("▲", Role::Critical),
        (_, Severity::Warning) => ("!", Role::Warning),
        (_, Severity::Info | Severity::Other) => ("·", Role::Info),
    }
}

/// One line an alert, the worst first, in at most `rows` lines with a heading.
pub fn lines(scene: &Scene, width: usize, rows: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    // The dead man's switch is told of when it is missing.
    let shown = || scene.digest.order.iter().filter(|one| one.state != State::Alive);
    if rows == 0 {
        return lines;
    }
    let dim = scene.theme.style(Role::Dim);
    let feed = &scene.alerts.feed;
    let heading = match (&feed.value, &feed.error) {
        _ if !scene.asked => "ALERTS  not asked: this context has no Prometheus".to_owned(),
        (None, None) => "ALERTS  asking…".to_owned(),
        (None, Some((error, _))) => format!("ALERTS  ✖ {error}"),
        (Some(_), _) if shown().next().is_none() => "ALERTS  none is pending or firing".to_owned(),
        (Some((_, at)), Some((error, _))) => format!("ALERTS  as of {} ago, then ✖ {error}", ago(scene.now.since(*at))),
        (Some(_), None) => "ALERTS".to_owned(),
    };
    let alerts = feed.get().map_or(&[][..], Vec::as_slice);
    let (room, count) = (rows - 1, shown().count());
    let of = if count > room { format!("  the first {room} of {count}") } else { String::new() };
    let quiet = if scene.digest.quiet > 0 { format!("  {} quiet", scene.digest.quiet) } else { String::new() };
    lines.push(Line::styled(fit(&format!(" {heading}{of}{quiet}"), width), dim));
    let alerts = shown().filter_map(|one| Some((scene.digest.alert(alerts, one.number)?, one.state)));
    lines.extend(alerts.take(room).map(|(alert, state)| line(alert, state, scene, width)));
    lines
}

/// Cells before the labels of an alert, its name left out.
const BEFORE: usize = 30;
/// Of the name; where there is less room, the names of the labels are left out too.
const NAME: usize = 22;
const SHORT_NAME: usize = 18;
const WIDE: usize = 76;

fn line(alert: &Alert, state: State, scene: &Scene, width: usize) -> Line<'static> {
    let (mark, role) = mark(alert, state);
    let style = scene.theme.style(role);
    let state = state.word();
    let is_wide = width >= WIDE;
    let name = if is_wide { NAME } else { SHORT_NAME };
    let age = alert.active_at.map_or_else(String::new, |at| ago(scene.server_now().since(at)));
    Line::from(vec![
        Span::raw(" "),
        Span::styled(format!("{mark} {:<9}", alert.severity().word()), style),
        Span::styled(format!("{:<name$} ", fit(&alert.name(), name)), scene.theme.style(Role::Text)),
        Span::styled(format!("{state:<10}"), style),
        Span::styled(format!("{age:>4}  "), scene.theme.style(Role::Text)),
        Span::styled(
            fit(&about(&alert.labels, is_wide), width.saturating_sub(BEFORE + name)),
            scene.theme.style(Role::Dim),
        ),
    ])
}

/// Labels that say where, in the order in which they help; the rest stands behind them.
const WHERE: &[&str] = &["endpoint", "pod", "instance", "host", "service", "namespace", "cluster"];

fn about(labels: &Labels, is_wide: bool) -> String {
    let rank = |name: &str| WHERE.iter().position(|known| *known == name).unwrap_or(WHERE.len());
    let mut rest: Vec<_> =
        labels.iter().filter(|(name, _)| !matches!(name.as_str(), "alertname" | "severity")).collect();
    rest.sort_by_key(|(name, _)| rank(name));
    let word = |(name, value): &(_, _)| if is_wide { format!("{name}={value}") } else { format!("{value}") };
    rest.iter().map(word).collect::<Vec<_>>().join(" ")
}
