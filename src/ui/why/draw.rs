//! How the ranking looks: what was asked, then each finding with its score, its sentence and its evidence.

use std::ops::Range as Rows;

use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::{Stop, Why};
use crate::analysis::insight::{Evidence, Finding};
use crate::time::{DAY, Range, Timestamp};
use crate::ui::errand::{Missing, Ranking};
use crate::ui::keymap::Keymap;
use crate::ui::theme::{Role, Theme};
use crate::ui::view::ViewId;
use crate::ui::view::alerts::wrap;
use crate::ui::view::overview::fit;
use crate::ui::widget::ground::{lay, put};

/// What the pane is drawn with.
pub struct Look<'a> {
    pub theme: &'a Theme,
    pub zone: &'a TimeZone,
    pub keymap: &'a Keymap,
    pub view: ViewId,
    pub now: Timestamp,
}

/// Cells of the bar of a score.
const BAR: usize = 10;
/// Cells before a sentence, and the lines that one may take.
const INDENT: usize = 4;
const MOST: usize = 6;
/// With fewer cells than these a finding has no times beside its name.
const NARROW: usize = 60;
/// With fewer rows than these, what was compared has one line.
const SMALL: u16 = 12;
/// Lines for what could not be asked.
const MISSING: usize = 3;

/// The findings as rows of the pane.
struct Body {
    lines: Vec<Line<'static>>,
    /// The row that the cursor is on, and the rows of its finding.
    cursor: Option<(usize, Rows<usize>)>,
}

pub fn draw(why: &Why, look: &Look, area: Rect, buf: &mut Buffer) {
    lay(look.theme, area, buf);
    let width = usize::from(area.width);
    let mut lines = vec![title(why, look, width)];
    lines.extend(status(why, look, width, if area.height < SMALL { 1 } else { 2 }));
    let head = lines.len();
    let body = body(why, look, width);
    let room = usize::from(area.height).saturating_sub(head);
    let is_cut = body.lines.len() > room;
    // One line says that there is more.
    let room = if is_cut { room.saturating_sub(1) } else { room };
    // Whoever has not moved yet reads from the top, however small the screen.
    let first = if why.cursor == 0 { 0 } else { first(&body, room) };
    let below = body.lines.len().saturating_sub(first + room);
    let cursor = body.cursor.as_ref().and_then(|(row, _)| row.checked_sub(first)).filter(|row| *row < room);
    lines.extend(body.lines.into_iter().skip(first).take(room));
    if is_cut {
        let more = format!(" {first} more lines above, {below} below");
        lines.push(Line::styled(fit(&more, width), look.theme.style(Role::Dim)));
    }
    for (line, row) in lines.into_iter().zip(area.rows()) {
        put(line, row, buf);
    }
    if let Some(row) = cursor.and_then(|row| area.rows().nth(head + row)) {
        Line::styled("▌", look.theme.style(Role::Accent))
            .render(Rect { x: row.x + 2, width: 1, ..row }.intersection(row), buf);
        buf.set_style(row, look.theme.style(Role::Selected));
    }
}

/// The first row in sight: the whole finding under the cursor is, if it has room.
fn first(body: &Body, room: usize) -> usize {
    let Some((row, rows)) = &body.cursor else { return 0 };
    let end = match room {
        _ if rows.len() <= room => rows.end,
        _ if row + 1 - rows.start <= room => rows.start + room,
        _ => row + 1,
    };
    end.saturating_sub(room)
}

/// `── Why at 13:42: HighErrorRate ─────────`
fn title(why: &Why, look: &Look, width: usize) -> Line<'static> {
    let rule = look.theme.style(Role::Rule);
    let at = clock(why.moment.at, look);
    let text = match &why.moment.alert {
        Some(alert) if alert.began => format!("Why {} since {at}", alert.name),
        Some(alert) => format!("Why {} at {at}", alert.name),
        None => format!("Why at {at}"),
    };
    let title = Span::styled(fit(&text, width.saturating_sub(5)), look.theme.style(Role::Title));
    let gap = width.saturating_sub(title.width() + 4);
    Line::from(vec![Span::styled("── ", rule), title, Span::styled(format!(" {}", "─".repeat(gap)), rule)])
}

/// How far it is, or what was asked and what was not.
fn status(why: &Why, look: &Look, width: usize, most: usize) -> Vec<Line<'static>> {
    let dim = look.theme.style(Role::Dim);
    let Some(ranking) = &why.ranking else {
        let (done, all) = why.asked;
        let text = match all {
            0 => " asking…".to_owned(),
            _ => format!(" asking: {done} of {all} answered; after two seconds what is there is shown"),
        };
        return vec![Line::styled(fit(&text, width), dim)];
    };
    let text = format!(" {} questions about {}", ranking.asked, compared(ranking, look));
    let mut lines: Vec<_> =
        wrap(&text, width.saturating_sub(2), most).into_iter().map(|line| indented(1, line, dim)).collect();
    let failed = look.theme.style(Role::Failed);
    let said = ranking.missing.iter().map(|missing| told(missing, width));
    lines.extend(said.take(MISSING).map(|text| Line::styled(text, failed)));
    if ranking.missing.len() > MISSING {
        lines.push(Line::styled(format!(" ✖ and {} more", ranking.missing.len() - MISSING), failed));
    }
    lines
}

/// `✖ es not asked: connection refused (5 questions)`
fn told(missing: &Missing, width: usize) -> String {
    let Missing { source, count, why } = missing;
    let questions = if *count == 1 { "1 question".to_owned() } else { format!("{count} questions") };
    let before = format!(" ✖ {source} not answered: ");
    let room = width.saturating_sub(before.chars().count() + questions.len() + 3);
    format!("{before}{} ({questions})", fit(why, room))
}

/// `12:57 to 13:57, against 11:57 to 12:57 and a week before`
fn compared(ranking: &Ranking, look: &Look) -> String {
    let week = if ranking.week.is_some() { " and a week before" } else { "" };
    format!("{}, against {}{week}", stretch(ranking.now, look), stretch(ranking.before, look))
}

fn body(why: &Why, look: &Look, width: usize) -> Body {
    let mut body = Body { lines: vec![Line::default()], cursor: None };
    let Some(ranking) = &why.ranking else { return body };
    if ranking.findings.is_empty() {
        body.lines.extend(nothing(why, ranking, look, width));
        return body;
    }
    let labelled = why.labelled(look.keymap, look.view);
    let here = labelled.get(why.cursor).map(|(stop, _)| *stop);
    for (number, finding) in ranking.findings.iter().enumerate() {
        let start = body.lines.len();
        body.lines.push(head(number, finding, look, width));
        body.lines.extend(words(finding, look, width));
        let mut row = here.filter(|stop| *stop == Stop { finding: number, evidence: None }).map(|_| start);
        for (stop, letter) in labelled.iter().filter(|(stop, _)| stop.finding == number) {
            let Some(evidence) = stop.evidence.and_then(|at| finding.evidence.get(at)) else { continue };
            if Some(*stop) == here {
                row = Some(body.lines.len());
            }
            body.lines.push(proof(evidence, *letter, look, width));
        }
        if let Some(row) = row {
            body.cursor = Some((row, start..body.lines.len()));
        }
        body.lines.push(Line::default());
    }
    body.lines.pop();
    body
}

/// Nothing found is a finding too, unless nothing could be asked.
fn nothing(why: &Why, ranking: &Ranking, look: &Look, width: usize) -> Vec<Line<'static>> {
    let at = clock(why.moment.at, look);
    let missing: usize = ranking.missing.iter().map(|missing| missing.count).sum();
    let (text, role) = match missing {
        0 => (format!("nothing stands out around {at}"), Role::Strong),
        all if all >= ranking.asked => ("nothing is known: no question was answered".to_owned(), Role::Failed),
        _ => (format!("nothing stands out around {at} in what was answered"), Role::Strong),
    };
    let style = look.theme.style(role);
    wrap(&text, width.saturating_sub(2), 2).into_iter().map(|line| indented(1, line, style)).collect()
}

/// ` 1 ████████░░  82  errors  /api/checkout  13:42 to 14:03`
fn head(number: usize, finding: &Finding, look: &Look, width: usize) -> Line<'static> {
    let score = finding.score.clamp(0.0, 100.0).round();
    let filled = ((score / 100.0 * BAR as f64).round() as usize).min(BAR);
    let role = match score {
        score if score >= 70.0 => Role::Critical,
        score if score >= 40.0 => Role::Warning,
        _ => Role::Dim,
    };
    let bar = format!("{}{}", "█".repeat(filled), "░".repeat(BAR - filled));
    let before = format!(" {:>2} ", number + 1);
    let kind = format!(" {score:>3.0}  {}", finding.kind.word());
    // On a narrow screen what it is about goes before its time, which the sentence has as well.
    let when = if width < NARROW { String::new() } else { when(finding, look) };
    let room = width.saturating_sub(before.len() + BAR + kind.len() + when.chars().count() + 4);
    let subject = if finding.subject.is_empty() { String::new() } else { format!("  {}", fit(&finding.subject, room)) };
    Line::from(vec![
        Span::styled(before, look.theme.style(Role::Dim)),
        Span::styled(bar, look.theme.style(role)),
        Span::styled(kind, look.theme.style(Role::Strong)),
        Span::styled(subject, look.theme.style(Role::Strong)),
        Span::styled(when, look.theme.style(Role::Dim)),
    ])
}

/// `  13:42 to 14:03`, `  since 13:42`
fn when(finding: &Finding, look: &Look) -> String {
    let at = |ms: i64| clock(Timestamp(ms), look);
    match (finding.from, finding.to) {
        (Some(from), Some(to)) => format!("  {} to {}", at(from), at(to)),
        (Some(from), None) => format!("  since {}", at(from)),
        (None, Some(to)) => format!("  until {}", at(to)),
        (None, None) => String::new(),
    }
}

/// The sentence, and who carries it.
fn words(finding: &Finding, look: &Look, width: usize) -> Vec<Line<'static>> {
    let room = width.saturating_sub(INDENT + 1);
    let text = look.theme.style(Role::Text);
    let mut lines: Vec<_> =
        wrap(&finding.text, room, MOST).into_iter().map(|line| indented(INDENT, line, text)).collect();
    let carriers = finding.carriers.iter().map(|part| {
        let share = (part.share.clamp(0.0, 1.0) * 100.0).round();
        format!("{}={} {share:.0} %", part.label, part.value)
    });
    let carriers = carriers.collect::<Vec<_>>().join(" · ");
    if !carriers.is_empty() {
        let dim = look.theme.style(Role::Dim);
        let carried = wrap(&format!("carried by {carriers}"), room, 2);
        lines.extend(carried.into_iter().map(|line| indented(INDENT, line, dim)));
    }
    lines
}

/// `    a  errors by endpoint  overview 13:37 to 14:08`
fn proof(evidence: &Evidence, letter: Option<char>, look: &Look, width: usize) -> Line<'static> {
    let place = &evidence.place;
    let place = format!("  {} {}", place.room.id(), stretch(place.range, look));
    let room = width.saturating_sub(INDENT + 3 + place.chars().count());
    let letter = letter.map_or_else(|| " ".to_owned(), String::from);
    Line::from(vec![
        Span::raw(" ".repeat(INDENT)),
        Span::styled(letter, look.theme.style(Role::Key)),
        Span::styled(format!("  {}", fit(&evidence.what, room)), look.theme.style(Role::Accent)),
        Span::styled(place, look.theme.style(Role::Dim)),
    ])
}

fn indented(cells: usize, text: String, style: ratatui::style::Style) -> Line<'static> {
    Line::from(vec![Span::raw(" ".repeat(cells)), Span::styled(text, style)])
}

fn stretch(range: Range, look: &Look) -> String {
    format!("{} to {}", clock(range.start, look), clock(range.end, look))
}

/// The time of day; with the date if it is not of the last day.
fn clock(at: Timestamp, look: &Look) -> String {
    at.format(if look.now.since(at) < DAY { "%H:%M" } else { "%m-%d %H:%M" }, look.zone)
}
