//! Draws the slowest and the failing traces: a tile beside the alerts, or one line below them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::legend::fit;
use super::tile;
use super::trace_news::{LONGEST, TraceNews};
use crate::analysis::traces::words::{named, took};
use crate::analysis::traces::{Blame, Row};
use crate::time::{DAY, Timestamp, ago, format_duration};
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::widget::ground::put;

/// Data are missing, as the server itself says.
const PARTIAL: &str = "PARTIAL";
/// Cells of a duration.
const TOOK: usize = 8;
/// Of a trace in one line, at the least; and the width from which on that line has its time.
const LEAST: usize = 40;
const WITH_TIME: usize = 90;
/// And where a remark about all of them has given way already.
const SHORT: usize = 24;
/// Of a time of day.
const CLOCK: usize = 8;
/// Of what was done, at the least, before the error has the rest.
const WHAT: usize = 22;

/// Title, then a row a trace.
pub fn draw(news: &TraceNews, scene: &Scene, area: Rect, buf: &mut Buffer) {
    let style = |role| scene.theme.style(role);
    let mut rows = area.rows();
    let Some(head) = rows.next() else { return };
    let mut title = match scene.shown.is_live() {
        true => format!(" SLOWEST AND FAILING TRACES ({})", format_duration(scene.shown.length().min(LONGEST))),
        false => " SLOWEST AND FAILING TRACES".to_owned(),
    };
    let room = usize::from(area.height) - 1;
    let status = status(news, scene);
    let (count, is_limited) = news.count(scene);
    if status.is_none() && count > room {
        title.push_str(&format!("  {room} of {count}{}", if is_limited { "+" } else { "" }));
    }
    tile::head(title, status, scene, head, &mut rows, buf);
    if let (Some(text), true) = (nothing(news, scene), count == 0) {
        if let Some(row) = rows.next() {
            put(Line::styled(format!(" {text}"), style(Role::Text)), row, buf);
        }
        return;
    }
    let left: Vec<Rect> = rows.collect();
    for (row, place) in news.rows(scene, left.len()).into_iter().zip(left) {
        put(trace(row, scene, usize::from(place.width)), place, buf);
    }
}

/// ` traces:   3.1 s  POST /api/checkout  ✖ authorize of payment: Timeout …  + 6`
pub fn line(news: &TraceNews, scene: &Scene, row: Rect, buf: &mut Buffer) {
    let style = |role| scene.theme.style(role);
    let mut spans = vec![Span::styled(" traces: ", style(Role::Dim))];
    let first = news.rows(scene, 1).first().copied();
    let trouble = trouble(news, scene);
    let note = trouble.is_none().then(|| note(news, scene)).flatten();
    let is_sure = trouble.is_none() && note.is_none();
    let words = trouble.as_ref().or(note.as_ref()).map_or(0, |(text, _)| text.width());
    // A remark that would be cut, and leave no room for a trace, gives way to it.
    let room = usize::from(row.width).saturating_sub(spans[0].width());
    let is_brief = note.is_some() && first.is_some() && words > room;
    let said = trouble.or(note.map(|(text, role)| if is_brief { (PARTIAL.to_owned(), role) } else { (text, role) }));
    spans.extend(said.map(|(text, role)| Span::styled(text, style(role))));
    let Some(first) = first else {
        let nothing = nothing(news, scene).filter(|_| is_sure);
        spans.extend(nothing.map(|text| Span::styled(text, style(Role::Text))));
        return put(Line::from(spans), row, buf);
    };
    let (count, is_limited) = news.count(scene);
    let more =
        if count > 1 { format!("  + {}{}", count - 1, if is_limited { "+" } else { "" }) } else { String::new() };
    let used = spans.iter().map(Span::width).sum::<usize>() + more.width() + 1;
    let room = usize::from(row.width).saturating_sub(used);
    // The reason why it may be wrong stays whole.
    if room >= LEAST || is_sure || is_brief && room >= SHORT {
        // Where there is little room, the time gives way to what happened.
        let skipped = if usize::from(row.width) < WITH_TIME { 2 } else { 1 };
        let hidden = if skipped == 2 { CLOCK } else { 0 };
        spans.extend(trace(first, scene, room + hidden).spans.split_off(skipped));
        spans.push(Span::styled(more, style(Role::Dim)));
    }
    put(Line::from(spans), row, buf);
}

/// ` 14:03:24   3.1 s  POST /api/checkout   ✖ authorize of payment: Timeout: upstream timeout after 3000 ms`
fn trace(row: &Row, scene: &Scene, width: usize) -> Line<'static> {
    let style = |role| scene.theme.style(role);
    let pattern = if scene.shown.length() > DAY { "%m-%d %H:%M" } else { "%H:%M:%S" };
    let at = Timestamp::of_ns(row.start).format(pattern, scene.zone);
    let is_slow = row.duration >= scene.watch.limits.slow_ns();
    let mut spans = vec![
        Span::raw(" "),
        Span::styled(at, style(Role::Dim)),
        Span::styled(
            format!("{:>TOOK$}  ", took(row.duration)),
            style(if is_slow { Role::Warning } else { Role::Text }),
        ),
    ];
    let used: usize = spans.iter().map(Span::width).sum();
    let room = width.saturating_sub(used);
    let what = if row.operation.is_empty() { "(no first span)".to_owned() } else { row.operation.to_string() };
    let Some(blame) = &row.blame else {
        spans.push(Span::styled(fit(&what, room), style(Role::Text)));
        return Line::from(spans);
    };
    // What was done keeps its column, so that errors stand below each other.
    let column = WHAT.min(room / 2).max(room / 3);
    let what = fit(&what, column);
    let padding = " ".repeat(column.saturating_sub(what.width()));
    spans.push(Span::styled(format!("{what}{padding}"), style(Role::Text)));
    let error = fit(&format!("  ✖ {}", said(blame)), room.saturating_sub(column));
    spans.push(Span::styled(error, style(Role::Critical)));
    Line::from(spans)
}

fn said(blame: &Blame) -> String {
    let here = named(&blame.operation, &blame.service);
    if blame.error.is_empty() { here } else { format!("{here}: {}", blame.error) }
}

/// Why it may not be the whole truth, or not that of now; each of the reasons reads differently.
fn status(news: &TraceNews, scene: &Scene) -> Option<(String, Role)> {
    trouble(news, scene).or_else(|| note(news, scene))
}

/// Why it is not that of now.
fn trouble(news: &TraceNews, scene: &Scene) -> Option<(String, Role)> {
    let current = news.current(scene);
    let known = current.iter().any(Option::is_some);
    let age = news.answered().map_or(0, |at| scene.now.since(at));
    if let Some((error, since)) = news.error() {
        return Some(tile::failing(error, *since, known.then_some(age), scene));
    }
    if current.iter().any(Option::is_none) {
        return Some(("asking…".to_owned(), Role::Dim));
    }
    if news.is_late(scene) {
        return Some((format!("stale {}", ago(age)), Role::Stale));
    }
    None
}

/// What the server remarked.
fn note(news: &TraceNews, scene: &Scene) -> Option<(String, Role)> {
    let note = news.current(scene).into_iter().flatten().find_map(|told| told.notes.first())?;
    Some((format!("{PARTIAL}: {note}"), Role::Stale))
}

/// Once both answers are there and empty.
fn nothing(news: &TraceNews, scene: &Scene) -> Option<String> {
    let [Some(_), Some(_)] = news.current(scene) else { return None };
    Some(format!("no trace fails or takes {}", took(scene.watch.limits.slow_ns())))
}
