//! The panel: one row a pattern, and below them what the one under the cursor is, or what all lines are about.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::super::{Logs, row};
use super::{Earlier, Panel, Patterns};
use crate::analysis::logs::{lines, number};
use crate::analysis::patterns::compare::Kind;
use crate::analysis::patterns::tally::Finding;
use crate::model::log::{Level, Tallies};
use crate::text::Plain;
use crate::time::{Timestamp, format_duration};
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::view::alerts::{cell, right};
use crate::ui::view::overview::fit;
use crate::ui::widget::ground::put;
use crate::ui::widget::sparkline::bars;

/// Parts of the range that a row of bars has.
const PARTS: usize = 8;
/// What comes so soon after the first line that was seen may have been there before it, in ms.
const AT_ONCE: i64 = 5_000;
/// Rows of patterns that are worth more than what stands below them.
const LEAST: u16 = 3;

pub fn draw(logs: &Logs, scene: &Scene, area: Rect, buf: &mut Buffer) {
    let Some(panel) = &logs.patterns.panel else { return };
    let patterns = &logs.patterns;
    if area.height == 0 {
        return;
    }
    put(title(patterns, panel, usize::from(area.width), scene), Rect { height: 1, ..area }, buf);
    let mut below = Vec::new();
    let room = area.height - 1;
    if panel.focused {
        below.extend(
            panel.selected().map(|finding| detail(finding, usize::from(area.width), scene)).unwrap_or_default(),
        );
    }
    if !panel.focused || room >= LEAST + 4 {
        below.extend(about(logs, usize::from(area.width), scene));
    }
    below.truncate(usize::from(room.saturating_sub(LEAST)));
    let rows = room - below.len() as u16;
    let top = panel.position().saturating_sub(usize::from(rows).saturating_sub(1));
    let mut area = Rect { y: area.y + 1, height: rows, ..area };
    if panel.found.is_empty() && rows > 0 {
        let text = "  no line of the range is counted yet";
        put(Line::styled(text, scene.theme.style(Role::Dim)), Rect { height: 1, ..area }, buf);
    }
    for ((at, finding), row) in panel.found.iter().enumerate().skip(top).zip(area.rows()) {
        let selected = panel.focused && at == panel.position();
        put(line(patterns, finding, selected, usize::from(area.width), scene), row, buf);
        if selected {
            buf.set_style(row, scene.theme.style(Role::Selected));
        }
    }
    area = Rect { y: area.bottom(), height: below.len() as u16, ..area };
    for (line, row) in below.into_iter().zip(area.rows()) {
        put(line, row, buf);
    }
}

/// ` ── 40 patterns of the last 1h (12,300 lines), against the 1h before (10,000 lines from 12:58 on) ───`
fn title<'a>(patterns: &Patterns, panel: &Panel, width: usize, scene: &Scene) -> Line<'a> {
    let count = many(panel.found.len());
    let (now, before) = (now(patterns, panel, scene), before(patterns, panel, scene));
    let length = format_duration(patterns.window);
    let range = if scene.shown.is_live() { format!("the last {length}") } else { format!("these {length}") };
    let long = format!(" ── {count} of {range} ({now}), against the {length} before ({before}) ");
    let short = format!(" ── {count} in {length}: {now}; before: {before} ");
    let here = format!(" ── {count} of {now} ");
    let least = format!(" ── {count} ");
    let words = [long, short, here, least].into_iter().find(|words| words.width() < width).unwrap_or_default();
    let rest = width.saturating_sub(words.width());
    Line::from(vec![
        Span::styled(words, scene.theme.style(if panel.focused { Role::Strong } else { Role::Title })),
        Span::styled("─".repeat(rest), scene.theme.style(Role::Rule)),
    ])
}

fn many(patterns: usize) -> String {
    if patterns == 1 { "1 pattern".to_owned() } else { format!("{} patterns", number(patterns as u64)) }
}

/// `12,300 lines from 13:41 on`
fn now(patterns: &Patterns, panel: &Panel, scene: &Scene) -> String {
    let count = panel.found.iter().map(|finding| finding.count).sum();
    let from = patterns.unseen_before().map_or_else(String::new, |from| format!(" from {} on", scene.clock(from)));
    format!("{}{from}", lines(count))
}

fn before(patterns: &Patterns, panel: &Panel, scene: &Scene) -> String {
    let count = panel.found.iter().map(|finding| finding.before).sum();
    match (&patterns.earlier, patterns.seen.earlier, panel.windows) {
        (Earlier::Asked(_, Some(error)), ..) => format!("✖ {error}"),
        (Earlier::NotAsked | Earlier::Asked(_, None), ..) => "… asking".to_owned(),
        (Earlier::Counted, Some(seen), Some((window, _))) if seen.start > window.start => {
            format!("{} from {} on", lines(count), scene.clock(seen.start.0))
        }
        (Earlier::Counted, ..) => lines(count),
    }
}

/// How it changed: a word, or so many times as often.
fn kind(kind: Kind) -> (String, Role) {
    let times = |times: f64| match times {
        times if times >= 9.95 => format!("x {times:.0}"),
        times if times >= 0.095 => format!("x {times:.1}"),
        times => format!("x {times:.2}"),
    };
    match kind {
        Kind::New => ("new".to_owned(), Role::Strong),
        Kind::Grown(grown) => (times(grown), Role::Strong),
        Kind::Same => ("same".to_owned(), Role::Dim),
        Kind::Unknown => ("?".to_owned(), Role::Dim),
        Kind::Fallen(fallen) => (times(1.0 / fallen.max(1.0)), Role::Dim),
        Kind::Gone => ("gone".to_owned(), Role::Dim),
    }
}

/// `▌ new    1,204  ▁▁▁▁▁▅█▇  ERROR  upstream timeout after <*> ms      checkout    first 13:57:04`
fn line<'a>(patterns: &Patterns, finding: &Finding, selected: bool, width: usize, scene: &Scene) -> Line<'a> {
    let style = |role| scene.theme.style(role);
    let (word, role) = kind(finding.kind);
    let services = if width < 110 { 0 } else { (width / 8).min(24) };
    let times = if width < 96 { String::new() } else { times(patterns, finding, scene) };
    let room = width.saturating_sub(2 + 6 + 9 + 2 + PARTS + 2 + 6 + if services > 0 { services + 2 } else { 0 });
    let room = room.saturating_sub(if width < 96 { 1 } else { 17 });
    let (mark, text_role) = match () {
        () if patterns.is_only(finding.id) => ("only: ", Role::Accent),
        () if patterns.is_hidden(finding.id) => ("hidden: ", Role::Dim),
        () => ("", Role::Text),
    };
    let mut line = Line::from(vec![
        Span::raw(if selected { "▌ " } else { "  " }),
        Span::styled(cell(&word, 6), style(role)),
        Span::styled(right(&number(finding.count), 9), style(Role::Strong)),
        Span::styled(format!("  {}  ", spark(finding)), style(Role::Dim)),
        Span::styled(format!("{:<5} ", finding.level.word()), style(row::role(finding.level))),
        Span::styled(cell(&fit(&format!("{mark}{}", finding.text), room), room), style(text_role)),
    ]);
    if services > 0 {
        line.push_span(Span::styled(
            format!("  {}", cell(&fit(&joined(&finding.services), services), services)),
            style(Role::Accent),
        ));
    }
    line.push_span(Span::styled(times, style(Role::Dim)));
    line
}

fn joined(services: &[Plain]) -> String {
    services.iter().map(Plain::as_str).collect::<Vec<_>>().join(", ")
}

fn spark(finding: &Finding) -> String {
    let values: Vec<f64> = finding
        .spark
        .chunks(finding.spark.len() / PARTS)
        .map(|part| part.iter().copied().map(f64::from).sum())
        .collect();
    let highest = values.iter().copied().fold(1.0, f64::max);
    bars(&values, Some((0.0, highest))).collect()
}

/// Since when, where that says something. What is there from the first line on that was seen may be older.
fn times(patterns: &Patterns, finding: &Finding, scene: &Scene) -> String {
    let clock = |ms: i64| Timestamp(ms).format("%H:%M:%S", scene.zone);
    let first = Timestamp::of_ns(finding.first).0;
    let begins = |word: &str, at: i64| match patterns.unseen_before() {
        Some(seen) if at <= seen.saturating_add(AT_ONCE) => format!("  by    {}", clock(seen.max(at))),
        _ => format!("  {word} {}", clock(at)),
    };
    match (finding.kind, finding.since) {
        (Kind::New, _) => begins("first", first),
        (Kind::Grown(_), Some(since)) => begins("since", since),
        (Kind::Gone, _) => format!("  last  {}", clock(Timestamp::of_ns(finding.last).0)),
        _ => String::new(),
    }
}

/// What the pattern under the cursor is: one of its lines, how bad they are, and when.
fn detail<'a>(finding: &Finding, width: usize, scene: &Scene) -> Vec<Line<'a>> {
    let style = |role| scene.theme.style(role);
    let levels = Level::ALL.into_iter().zip(finding.levels).filter(|(_, count)| *count > 0);
    let levels: Vec<String> = levels.map(|(level, count)| format!("{} {}", level.word(), number(count))).collect();
    let clock = |ns| row::clock(ns, scene);
    let when = format!("first {}  last {}", clock(finding.first), clock(finding.last));
    let before =
        if finding.kind == Kind::Unknown { String::new() } else { format!("  before {}", number(finding.before)) };
    let facts = format!("{}{before}  {when}  {}", levels.join(" · "), joined(&finding.services));
    let named = |name: &str, text: &str| {
        let name = cell(name, 14);
        let text = fit(text, width.saturating_sub(name.width() + 3));
        Line::from(vec![Span::styled(format!("  {name}"), style(Role::Dim)), Span::raw(text)])
    };
    vec![named("an example", &finding.example), named("all its lines", &facts)]
}

/// The most frequent error types and requests, one line each.
fn about<'a>(logs: &Logs, width: usize, scene: &Scene) -> Vec<Line<'a>> {
    let style = |role| scene.theme.style(role);
    let patterns = &logs.patterns;
    if let Some((error, _)) = &patterns.about.feed.error {
        return vec![Line::styled(fit(&format!("  ✖ error types and requests: {error}"), width), style(Role::Failed))];
    }
    // Those of another query would pass for its own.
    let answers = patterns.about.answers(&logs.about_question(scene));
    let Some(tallies) = patterns.about.get().filter(|_| answers) else {
        return vec![Line::styled("  … asking for error types and requests", style(Role::Dim))];
    };
    let named = |name: &str, counts: &[(Plain, u64)]| {
        let name = cell(name, 14);
        let room = width.saturating_sub(name.width() + 3);
        let text = if counts.is_empty() { "none".to_owned() } else { listed(counts, room) };
        Line::from(vec![Span::styled(format!("  {name}"), style(Role::Dim)), Span::raw(text)])
    };
    let mut lines = vec![named("error types", &tallies.error_types), named("requests", &tallies.requests)];
    if let Some(text) = limits(tallies) {
        lines.push(Line::styled(fit(&format!("  ~ {text}"), width), style(Role::Stale)));
    }
    lines
}

/// As many as there is room for, and how many more there are.
fn listed(counts: &[(Plain, u64)], room: usize) -> String {
    let mut text = String::new();
    for (at, (name, count)) in counts.iter().enumerate() {
        let between = if at > 0 { " · " } else { "" };
        let next = format!("{between}{name} {}", number(*count));
        let left = counts.len() - at - 1;
        let more = if left > 0 { format!(" · {left} more").width() } else { 0 };
        if text.width() + next.width() + more > room && at > 0 {
            return format!("{text} · {} more", left + 1);
        }
        text.push_str(&next);
    }
    fit(&text, room)
}

/// What is to be known of these counts.
fn limits(tallies: &Tallies) -> Option<String> {
    let over = tallies.over.map(|over| format!("counted over {}", lines(over)));
    let notes: Vec<String> = over.into_iter().chain(tallies.notes.iter().map(Plain::to_string)).collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_in_a_word() {
        let words =
            [Kind::New, Kind::Grown(12.4), Kind::Grown(2.04), Kind::Same, Kind::Fallen(3.0), Kind::Fallen(50.0)];
        assert_eq!(words.map(|one| kind(one).0), ["new", "x 12", "x 2.0", "same", "x 0.3", "x 0.02"]);
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let counts = [("Timeout".into(), 1_204), ("ConnectionError".into(), 61), ("(none)".into(), 45)];
        assert_eq!(listed(&counts, 80), "Timeout 1,204 · ConnectionError 61 · (none) 45");
        assert_eq!(listed(&counts, 30), "Timeout 1,204 · 2 more");
    }
}
