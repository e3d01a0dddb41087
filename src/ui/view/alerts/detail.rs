//! All that is known of the selected alert: words above, its expression drawn, who is told and what keeps it quiet.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::graph::Graph;
use super::words::{self, wrap};
use super::{Alerts, layout, past};
use crate::analysis::alerts::{Row, State};
use crate::model::matcher::{Matcher, Op};
use crate::model::rule::Health;
use crate::time::{ago, format_duration};
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::view::overview::fit;
use crate::ui::widget::ground::put;

/// The height of a chart that is worth drawing, and the most it grows to beside other words.
const LEAST: u16 = 4;
const MOST: u16 = 12;
/// Cells of the names before the facts.
const NAMES: usize = 10;
/// Below this width the title has no room for a time of day.
const NARROW: usize = 70;
/// The most lines of one text: in the part below the list, and on the whole screen.
const LINES: [usize; 2] = [2, 12];

pub fn draw(alerts: &Alerts, scene: &Scene, area: Rect, buf: &mut Buffer) {
    let Some(row) = alerts.row() else { return };
    let parts = parts(alerts, row, scene, area);
    let mut lines = parts.lines;
    let left = lines.len().saturating_sub(usize::from(area.height));
    let skip = usize::from(alerts.scroll).min(left);
    let tail = lines.split_off(skip);
    for (line, place) in tail.into_iter().zip(area.rows()) {
        put(line, place, buf);
    }
    if let (Some(graph), Some(at)) = (parts.graph, parts.chart.checked_sub(skip as u16)) {
        let (plot, facts) = layout::chart(area);
        let part = |place: Rect| Rect { y: area.y + at, height: parts.height, ..place }.intersection(area);
        graph.draw(alerts, row, scene, part(plot), buf);
        if let Some(facts) = facts {
            for (line, place) in beside(alerts, row, &graph, scene).into_iter().zip(part(facts).rows()) {
                put(line, place, buf);
            }
        }
    }
    if left > skip && scene.full && area.height > 1 {
        let place = Rect { y: area.bottom() - 1, height: 1, ..area };
        buf.set_style(place, scene.theme.base());
        let text = format!(" {} more lines below: ctrl-d", left - skip + 1);
        put(Line::styled(words::cell(&text, area.width.into()), scene.theme.style(Role::Dim)), place, buf);
    }
}

/// How many lines the whole detail has.
pub fn rows(alerts: &Alerts, scene: &Scene, area: Rect) -> u16 {
    alerts.row().map_or(0, |row| parts(alerts, row, scene, area).lines.len() as u16)
}

struct Parts<'a> {
    /// With empty ones where the chart is.
    lines: Vec<Line<'static>>,
    graph: Option<Graph<'a>>,
    /// From which line on the chart is, and how high.
    chart: u16,
    height: u16,
}

fn parts<'a>(alerts: &'a Alerts, row: &Row, scene: &Scene, area: Rect) -> Parts<'a> {
    let width = usize::from(area.width);
    let most = LINES[usize::from(scene.full)];
    let mut lines = vec![title(alerts, row, scene, width)];
    let texts = annotations(row);
    let shown = if scene.full { texts.len() } else { 1 };
    for text in texts.iter().take(shown) {
        lines.extend(wrap(text, width.saturating_sub(2), most).into_iter().map(|line| Line::raw(format!(" {line}"))));
    }
    let graph = Graph::of(alerts, row, scene, area).filter(|_| area.height > LEAST + 4);
    let is_beside = layout::chart(area).1.is_some();
    let mut below = facts(alerts, row, graph.as_ref().map(|graph| (graph, is_beside)), scene, width, most);
    let chart = lines.len() as u16;
    if graph.is_some() && !scene.full {
        // Below the list the chart says more than the last facts; the whole screen has them all.
        below.truncate(usize::from(area.height.saturating_sub(chart + LEAST)));
    }
    let room = area.height.saturating_sub(chart + below.len() as u16);
    let height = if scene.full { room.saturating_sub(1).clamp(LEAST + 2, MOST * 2) } else { room.min(MOST) };
    if graph.is_some() {
        // A blank line keeps the times apart from the facts.
        lines.resize(lines.len() + usize::from(height) + usize::from(room > height), Line::default());
    }
    lines.extend(below);
    Parts { lines, graph, chart, height }
}

/// ` HighErrorRate  critical  firing since 13:57:12 (6m)  ── rule agent360 · health ok · evaluated 4s ago in 2 ms ──`
fn title(alerts: &Alerts, row: &Row, scene: &Scene, width: usize) -> Line<'static> {
    let theme = scene.theme;
    let clock = |at: crate::time::Timestamp| {
        let day = scene.server_now().since(at) >= crate::time::DAY;
        at.format(if day { "%F %H:%M" } else { "%H:%M:%S" }, scene.zone)
    };
    let since = if row.state == State::Pending { row.since } else { words::fires_since(alerts, row).or(row.since) };
    let since = since.map_or_else(String::new, |at| match ago(scene.server_now().since(at)) {
        age if width < NARROW => format!(" {age}"),
        age => format!(" since {} ({age})", clock(at)),
    });
    let (mark, role) = words::mark(row);
    let words = format!("{}  {}{since}", row.severity.word(), row.state.word());
    let name = fit(&row.name(), width.saturating_sub(words.len() + 8).max(8));
    let mut line = Line::from(vec![
        Span::styled(format!(" {mark} {name}"), theme.style(Role::Strong)),
        Span::styled(format!("  {words}  "), theme.style(role)),
    ]);
    let room = width.saturating_sub(line.width() + 4);
    let (long, short, fails) = health(alerts, row, scene);
    let text = if long.width() <= room { long } else { fit(&short, room) };
    if room > 8 && !text.is_empty() {
        let role = if fails { Role::Failed } else { Role::Dim };
        line.push_span(Span::styled("── ", theme.style(Role::Rule)));
        line.push_span(Span::styled(text + " ", theme.style(role)));
    }
    let rest = width.saturating_sub(line.width());
    line.push_span(Span::styled("─".repeat(rest), theme.style(Role::Rule)));
    line
}

/// How the rule does, at length and in few words, and whether it fails.
fn health(alerts: &Alerts, row: &Row, scene: &Scene) -> (String, String, bool) {
    let Some((group, rule)) = alerts.rule(row) else {
        let is_known = scene.asked && !alerts.groups().is_empty();
        let text = if is_known { "no rule of this Prometheus has it now" } else { "" };
        return (text.to_owned(), text.to_owned(), false);
    };
    let health = match rule.health {
        Health::Ok => "health ok".to_owned(),
        Health::Failing => format!("FAILS: {}", rule.last_error),
        Health::Unknown => "not evaluated yet".to_owned(),
    };
    let evaluated =
        rule.evaluated.map_or_else(String::new, |at| format!(" · evaluated {} ago", ago(scene.server_now().since(at))));
    let took = crate::model::unit::Unit::Seconds.show(rule.took / 1000.0);
    let long = format!("rule {} · {health}{evaluated} in {took}", group.name);
    (long, health, rule.health == Health::Failing)
}

/// What its rule says of it: what it is first, then the rest with names. Links stand elsewhere.
fn annotations(row: &Row) -> Vec<String> {
    const FIRST: [&str; 3] = ["summary", "message", "description"];
    const LINKS: [&str; 2] = ["runbook_url", "runbook"];
    let first = FIRST.iter().filter_map(|name| row.annotations.get(name)).map(ToString::to_string);
    let others =
        row.annotations.iter().filter(|(name, _)| !FIRST.contains(&name.as_str()) && !LINKS.contains(&name.as_str()));
    first.chain(others.map(|(name, value)| format!("{name}: {value}"))).filter(|text| !text.is_empty()).collect()
}

/// Beside a wide chart.
fn beside(alerts: &Alerts, row: &Row, graph: &Graph, scene: &Scene) -> Vec<Line<'static>> {
    let fact = |name: &str, text: String| named(name, &text, Role::Text, scene);
    let mut lines = Vec::new();
    // As the rule was evaluated, where the chart does not know better.
    lines.push(fact("value", graph.value(scene).unwrap_or_else(|| words::value(alerts, row).0)));
    lines.push(fact("threshold", graph.measure.bound()));
    if let Some((word, peak)) = graph.peak(scene) {
        lines.push(fact(word, peak));
    }
    if let Some(stale) = &graph.stale {
        lines.push(named("chart", stale, Role::Stale, scene));
    }
    if let Some(hold) = words::hold(alerts, row).filter(|hold| *hold > 0) {
        lines.push(fact("for", format_duration(hold)));
    }
    lines
}

/// Below the chart.
fn facts(
    alerts: &Alerts,
    row: &Row,
    graph: Option<(&Graph, bool)>,
    scene: &Scene,
    width: usize,
    most: usize,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut fact = |name: &str, text: &str, role: Role| {
        for (n, part) in wrap(text, width.saturating_sub(NAMES + 3), most).into_iter().enumerate() {
            lines.push(named(if n == 0 { name } else { "" }, &part, role, scene));
        }
    };
    let (value, bound) = words::value(alerts, row);
    match graph {
        // It stands beside the chart.
        Some((_, true)) => {}
        Some((graph, false)) => {
            let peak = graph.peak(scene).map_or_else(String::new, |(word, peak)| format!("  {word} {peak}"));
            let value = graph.value(scene).filter(|_| scene.crosshair.is_some()).unwrap_or(value);
            fact("value", &format!("{value}  {bound}{peak}"), Role::Text);
            if let Some(stale) = &graph.stale {
                fact("chart", stale, Role::Stale);
            }
        }
        None if alerts.rule(row).is_some() && alerts.measure(row).is_none() => {
            fact("value", &format!("{value}  no chart: its rule compares with no number"), Role::Text);
        }
        None if row.value.is_some() => fact("value", &format!("{value}  {bound}"), Role::Text),
        None => {}
    }
    let (told, role) = words::told(alerts, row, scene);
    fact("told", &told, role);
    let quiet =
        row.held.as_ref().map(|held| words::reasons(alerts, held, alerts.server_now(scene))).unwrap_or_default();
    if quiet.len() > 1 {
        fact("quiet", &quiet.join("; "), Role::Text);
    }
    for route in words::routes(alerts, row) {
        fact("route", &route, Role::Text);
    }
    let silences = words::silences(alerts, row, alerts.server_now(scene));
    if !silences.is_empty() {
        fact("silences", &silences.join("; "), Role::Text);
    }
    if let Some((text, role)) = past::told(alerts, row, scene, width) {
        fact("history", &text, role);
    }
    if let Some(link) = words::runbook(row) {
        fact("runbook", link, Role::Accent);
    }
    fact("labels", &labels(row), Role::Dim);
    if let Some(link) = words::generator(row) {
        fact("graph", link, Role::Accent);
    }
    if let Some((_, rule)) = alerts.rule(row).filter(|_| scene.full) {
        fact("expr", &crate::text::Plain::new(&rule.expr), Role::Dim);
    }
    lines
}

fn labels(row: &Row) -> String {
    if row.labels.is_empty() {
        return "none".to_owned();
    }
    row.labels
        .iter()
        .map(|(name, value)| Matcher::new(name, Op::Equal, value).to_string())
        .collect::<Vec<_>>()
        .join("  ")
}

fn named(name: &str, text: &str, role: Role, scene: &Scene) -> Line<'static> {
    Line::from(vec![
        Span::styled(format!(" {} ", words::cell(name, NAMES)), scene.theme.style(Role::Dim)),
        Span::styled(text.to_owned(), scene.theme.style(role)),
    ])
}
