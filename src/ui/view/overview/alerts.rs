//! What fires and what is about to, as the overview lists it.

use ratatui::text::{Line, Span};

use super::legend::fit;
use crate::model::alert::{Alert, AlertState, Severity};
use crate::model::labels::Labels;
use crate::time::ago;
use crate::ui::theme::Role;
use crate::ui::view::Scene;

/// The mark of a severity; with its word it reads the same without colour.
pub fn mark(alert: &Alert) -> (&'static str, Role) {
    match (alert.state, alert.severity()) {
        (AlertState::Pending, _) => ("~", Role::Pending),
        (_, Severity::Critical) => ("▲", Role::Critical),
        (_, Severity::Warning) => ("!", Role::Warning),
        (_, Severity::Info | Severity::Other) => ("·", Role::Info),
    }
}

/// One line an alert, the worst first, in at most `rows` lines with a heading.
pub fn lines(scene: &Scene, width: usize, rows: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if rows == 0 {
        return lines;
    }
    let dim = scene.theme.style(Role::Dim);
    let feed = &scene.alerts.feed;
    let heading = match (&feed.value, &feed.error) {
        _ if !scene.asked => "ALERTS  not asked: this context has no Prometheus".to_owned(),
        (None, None) => "ALERTS  asking…".to_owned(),
        (None, Some((error, _))) => format!("ALERTS  ✖ {error}"),
        (Some((alerts, _)), _) if alerts.is_empty() => "ALERTS  none is pending or firing".to_owned(),
        (Some((_, at)), Some((error, _))) => format!("ALERTS  as of {} ago, then ✖ {error}", ago(scene.now.since(*at))),
        (Some(_), None) => "ALERTS".to_owned(),
    };
    let mut alerts: Vec<&Alert> = feed.get().into_iter().flatten().collect();
    alerts.sort_by_key(|alert| (alert.state, alert.severity(), alert.active_at, alert.name()));
    let room = rows - 1;
    let of = if alerts.len() > room { format!("  the first {room} of {}", alerts.len()) } else { String::new() };
    lines.push(Line::styled(fit(&format!(" {heading}{of}"), width), dim));
    lines.extend(alerts.into_iter().take(room).map(|alert| line(alert, scene, width)));
    lines
}

/// Cells before the labels of an alert.
const BEFORE: usize = 50;

fn line(alert: &Alert, scene: &Scene, width: usize) -> Line<'static> {
    let (mark, role) = mark(alert);
    let style = scene.theme.style(role);
    let state = if alert.state == AlertState::Pending { "pending" } else { "firing" };
    let age = alert.active_at.map_or_else(String::new, |at| ago(scene.now.since(at)));
    Line::from(vec![
        Span::raw(" "),
        Span::styled(format!("{mark} {:<9}", alert.severity().word()), style),
        Span::styled(format!("{:<22} ", fit(&alert.name(), 22)), scene.theme.style(Role::Text)),
        Span::styled(format!("{state:<8}"), style),
        Span::styled(format!("{age:>4}  "), scene.theme.style(Role::Text)),
        Span::styled(fit(&about(&alert.labels), width.saturating_sub(BEFORE)), scene.theme.style(Role::Dim)),
    ])
}

/// Labels that say where, in the order in which they help; the rest stands behind them.
const WHERE: &[&str] = &["endpoint", "pod", "instance", "host", "service", "namespace", "cluster"];

fn about(labels: &Labels) -> String {
    let rank = |name: &str| WHERE.iter().position(|known| *known == name).unwrap_or(WHERE.len());
    let mut rest: Vec<_> =
        labels.iter().filter(|(name, _)| !matches!(name.as_str(), "alertname" | "severity")).collect();
    rest.sort_by_key(|(name, _)| rank(name));
    rest.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}
