//! Draws what is new in the logs: a tile beside the alerts, or one line below them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr;

use super::legend::fit;
use super::log_news::{Found, LogNews, WINDOW};
use super::tile;
use crate::analysis::logs::{factor, number};
use crate::analysis::patterns::compare::Kind;
use crate::analysis::patterns::tally::Finding;
use crate::model::log::Level;
use crate::time::{Timestamp, ago, format_duration};
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::widget::ground::put;

/// From this width on the services are named as well.
const WITH_SERVICES: u16 = 76;
const SERVICES: usize = 18;
/// Cells that a pattern has at the least.
const LEAST_TEXT: usize = 16;

/// Title, then a row a pattern.
pub fn draw(news: &LogNews, scene: &Scene, area: Rect, buf: &mut Buffer) {
    let style = |role| scene.theme.style(role);
    let mut rows = area.rows();
    let Some(head) = rows.next() else { return };
    let room = usize::from(area.height) - 1;
    let mut title = match scene.shown.is_live() {
        true => format!(" NEW IN THE LOGS ({})", format_duration(WINDOW)),
        false => " NEW IN THE LOGS".to_owned(),
    };
    let found = current(news, scene);
    if let Some(found) = found.filter(|found| !scene.shown.is_live() && found.from > found.window.start) {
        title.push_str(&format!("  newest {} lines, from {}", number(found.lines), scene.clock(found.from.0)));
    }
    let count = found.map_or(0, |found| found.findings.len());
    let status = status(news, scene);
    if count > room && status.is_none() {
        title.push_str(&format!("  the first {room} of {count}"));
    }
    tile::head(title, status, scene, head, &mut rows, buf);
    let Some(found) = found else { return };
    if found.findings.is_empty() {
        if let Some(row) = rows.next() {
            let (text, role) = nothing(found, scene);
            put(Line::styled(format!(" {text}"), style(role)), row, buf);
        }
        return;
    }
    for (finding, row) in found.findings.iter().zip(rows) {
        pattern(finding, found, scene, row, buf);
    }
}

/// ` new in the logs: ERROR +1,204 upstream timeout after <*> ms  + 6 more        13:57`
pub fn line(news: &LogNews, scene: &Scene, row: Rect, buf: &mut Buffer) {
    let style = |role| scene.theme.style(role);
    let mut spans = vec![Span::styled(" new in the logs: ", style(Role::Dim))];
    let status = status(news, scene).map(|(text, role)| Span::styled(text, style(role)));
    let Some((found, finding)) = current(news, scene).and_then(|found| Some((found, found.findings.first()?))) else {
        // Of what may not be true any more only the reason is told.
        let nothing = current(news, scene).map(|found| nothing(found, scene));
        spans.extend(status.or_else(|| nothing.map(|(text, role)| Span::styled(text, style(role)))));
        return put(Line::from(spans), row, buf);
    };
    let more = found.findings.len() - 1;
    let more = if more > 0 { format!("  + {more} more") } else { String::new() };
    let rest = match &status {
        Some(status) => format!("  {}", status.content),
        None => format!("{more}  {} ", since(finding, found, scene)),
    };
    let amount = format!("{} {} ", finding.level.word(), amount(finding));
    let used = spans.iter().map(Span::width).sum::<usize>() + amount.width() + rest.width();
    let room = usize::from(row.width).saturating_sub(used).max(LEAST_TEXT);
    spans.extend([
        Span::styled(amount, style(role(finding.level))),
        Span::styled(fit(&finding.text, room), style(Role::Text)),
    ]);
    let when = match status {
        Some(status) => {
            spans.extend([Span::raw("  "), status]);
            Line::default()
        }
        None => {
            spans.push(Span::styled(more, style(Role::Dim)));
            Line::styled(format!(" {} ", since(finding, found, scene)), style(Role::Dim))
        }
    };
    put(Line::from(spans), row, buf);
    let width = (when.width() as u16).min(row.width);
    when.render(Rect { x: row.right() - width, width, ..row }, buf);
}

/// What is known of the range that is shown, old or not.
fn current<'a>(news: &'a LogNews, scene: &Scene) -> Option<&'a Found> {
    news.found.as_ref().filter(|_| news.is_current(scene))
}

/// Why it may not be the whole truth, or not that of now; each of the reasons reads differently.
fn status(news: &LogNews, scene: &Scene) -> Option<(String, Role)> {
    let known = current(news, scene).is_some();
    let age = news.answered.map_or(0, |at| scene.now.since(at));
    if let Some((error, since)) = &news.error {
        return Some(tile::failing(error, *since, known.then_some(age), scene));
    }
    if !known {
        return Some(("asking…".to_owned(), Role::Dim));
    }
    if news.answered.is_some_and(|at| news.is_late(at, scene)) {
        return Some((format!("stale {}", ago(age)), Role::Stale));
    }
    if let Some(note) = news.notes.first() {
        return Some((format!("PARTIAL: {note}"), Role::Stale));
    }
    if news.skipped > 0 {
        return Some((format!("PARTIAL: {} lines of a burst skipped", number(news.skipped)), Role::Stale));
    }
    news.back_error.as_ref().map(|error| (format!("PARTIAL: older lines: {error}"), Role::Stale))
}

fn nothing(found: &Found, scene: &Scene) -> (String, Role) {
    let clock = |at: Timestamp| scene.clock(at.0);
    if !found.compares {
        let text = format!("not known: {} lines reach back to {} only", number(found.lines), clock(found.from));
        return (text, Role::Stale);
    }
    let (start, end) = (clock(found.window.start), clock(found.window.end));
    let when = if scene.shown.is_live() { format!("since {start}") } else { format!("from {start} to {end}") };
    match found.lines {
        0 => (format!("no line of level WARN or ERROR {when}"), Role::Text),
        _ => (format!("nothing new {when}"), Role::Text),
    }
}

fn pattern(finding: &Finding, found: &Found, scene: &Scene, row: Rect, buf: &mut Buffer) {
    let style = |role| scene.theme.style(role);
    let when = since(finding, found, scene);
    let services = if row.width >= WITH_SERVICES { services(finding) } else { String::new() };
    let width = if services.is_empty() { 0 } else { SERVICES + 2 };
    let room = usize::from(row.width).saturating_sub(1 + 5 + 9 + 2 + width + when.width() + 3);
    let text = fit(&finding.text, room);
    let padding = " ".repeat(room.saturating_sub(text.width()));
    let mut spans = vec![
        Span::styled(format!(" {:<5}", finding.level.word()), style(role(finding.level))),
        Span::styled(format!("{:>9}  ", amount(finding)), style(Role::Strong)),
        Span::styled(text, style(Role::Text)),
        Span::raw(padding),
    ];
    if !services.is_empty() {
        let services = fit(&services, SERVICES);
        let padding = " ".repeat(SERVICES.saturating_sub(services.width()));
        spans.push(Span::styled(format!("  {services}{padding}"), style(Role::Dim)));
    }
    spans.push(Span::styled(format!("  {when}"), style(Role::Dim)));
    put(Line::from(spans), row, buf);
}

/// `+1,204` of what is new, `x 12` of what has grown.
fn amount(finding: &Finding) -> String {
    match finding.kind {
        Kind::Grown(times) => format!("x {}", factor(times).trim_end_matches('x')),
        _ => format!("+{}", number(finding.count)),
    }
}

fn services(finding: &Finding) -> String {
    let first = finding.services.first().map_or("", |service| service.as_str());
    if finding.services.len() > 1 { format!("{first} + {}", finding.services.len() - 1) } else { first.to_owned() }
}

/// From when on; `<14:01` where the lines that were seen begin with it.
fn since(finding: &Finding, found: &Found, scene: &Scene) -> String {
    let at = finding.since.unwrap_or(Timestamp::of_ns(finding.first).0).max(found.window.start.0);
    let is_cut = found.from > found.window.start && at <= found.from.0;
    format!("{}{}", if is_cut { "<" } else { "" }, scene.clock(at))
}

fn role(level: Level) -> Role {
    match level {
        Level::Error => Role::Critical,
        Level::Warn => Role::Warning,
        Level::Info | Level::Debug | Level::Unknown => Role::Text,
    }
}
