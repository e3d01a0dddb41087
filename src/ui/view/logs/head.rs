//! What is asked, how much of it there is, and how far the list can be relied on.

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::layout::Places;
use super::window::Window;
use super::{Logs, Older, is_overdue, row};
use crate::analysis::logs::{number, total};
use crate::analysis::summary::{Headline, Level as Mood};
use crate::model::log::{Count, Filter, Level, Search, Way};
use crate::text::Plain;
use crate::time::{Timestamp, ago, format_duration};
use crate::ui::range::Shown;
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::view::overview::fit;
use crate::ui::widget::ground::put;

/// Cells that a pattern has among what narrows the list.
const CHIP: usize = 32;
/// And the name of the indices.
const INDEX: usize = 32;

pub fn draw(logs: &Logs, scene: &Scene, places: Places, buf: &mut Buffer) {
    let style = |role| scene.theme.style(role);
    if places.query.height > 0 {
        let index = if places.query.width >= 100 { format!("{}   ", fit(scene.index, INDEX)) } else { String::new() };
        let spans = vec![Span::styled(index, style(Role::Dim)), Span::styled(amount(logs, scene), style(Role::Strong))];
        let right = Line::from(spans).alignment(Alignment::Right);
        let left = places.query.width - (right.width() as u16 + 2).min(places.query.width);
        put(asked(logs, scene, left.into()), Rect { width: left, ..places.query }, buf);
        right.render(places.query, buf);
    }
    if places.status.height > 0 {
        let mut line = Line::default();
        for (text, role) in status(logs, scene) {
            line.push_span(Span::styled(format!(" {text} "), style(role)));
        }
        put(line, places.status, buf);
    }
}

/// ` query  level:ERROR  WARN and worse  service=shop  without GET <*>`; what does not fit is counted.
fn asked<'a>(logs: &'a Logs, scene: &Scene, width: usize) -> Line<'a> {
    let style = |role| scene.theme.style(role);
    let search = logs.search();
    let (text, role) = if search.text.is_empty() { ("all lines", Role::Dim) } else { (&*search.text, Role::Text) };
    let mut line = Line::from(Span::styled(" query  ", style(Role::Dim)));
    line.push_span(Span::styled(fit(&Plain::new(text), width.saturating_sub(line.width() + 1)), style(role)));
    let chips = chips(logs);
    for (at, (word, text)) in chips.iter().enumerate() {
        let chip =
            [Span::styled(format!("  {word}"), style(Role::Dim)), Span::styled(text.clone(), style(Role::Accent))];
        let more = if at + 1 < chips.len() { 5 } else { 0 };
        if line.width() + chip[0].width() + chip[1].width() + more > width {
            line.push_span(Span::styled(format!("  +{}", chips.len() - at), style(Role::Dim)));
            break;
        }
        chip.into_iter().for_each(|span| line.push_span(span));
    }
    line
}

/// What narrows the list beside the query.
fn chips(logs: &Logs) -> Vec<(&'static str, String)> {
    let search = logs.search();
    let level = search.level.map(|level| ("", format!("{} and worse", level.word())));
    let filters = search.filters.iter().map(|filter| ("", words(filter)));
    let patterns = logs.patterns.chips().into_iter().map(|(word, text)| (word, fit(&text, CHIP)));
    level.into_iter().chain(filters).chain(patterns).collect()
}

/// `service=shop`, `not service=shop`
pub fn words(filter: &Filter) -> String {
    let not = if filter.exclude { "not " } else { "" };
    Plain::new(&format!("{not}{}={}", filter.field, filter.value)).to_string()
}

/// `4,812 of 1.2 M lines `
fn amount(logs: &Logs, scene: &Scene) -> String {
    let lines = &logs.list().lines;
    let held = number(lines.held() as u64);
    let shown = match lines.shown() {
        Some(_) => format!("{} shown, ", number(lines.len() as u64)),
        None => String::new(),
    };
    match logs.total().filter(|_| logs.around.is_none() && logs.is_counted(scene)) {
        // Lines that came since they were counted, or whose time is out of the range: `9 of 7` would say nothing.
        Some(Count::Exactly(count)) if lines.held() as u64 > count => format!("{shown}{held} lines "),
        Some(count) => format!("{shown}{held} of {} lines ", total(count)),
        None if lines.held() == 0 => String::new(),
        None => format!("{shown}{held} lines "),
    }
}

/// The most important thing first.
fn status(logs: &Logs, scene: &Scene) -> Vec<(String, Role)> {
    if !scene.logs {
        return vec![("✖ this context has no Elasticsearch".to_owned(), Role::Stale)];
    }
    let clock = |at: Timestamp| at.format("%H:%M:%S", scene.zone);
    let mut said = Vec::new();
    if let Some((error, since)) = &logs.link.error {
        let age = ago(scene.now.since(*since));
        let kept = if logs.link.answered.is_some() { "; shown is what was known then" } else { "" };
        said.push((format!("✖ {error}, for {age}{kept}"), Role::Failed));
    } else if !logs.is_current(scene) {
        let kept = if logs.live.lines.held() == 0 { "" } else { " (shown are the lines of the query before)" };
        said.push((format!("… asking for lines{kept}"), Role::Dim));
    } else if let Some(age) = is_overdue(logs, scene) {
        said.push((format!("… no answer for {}; shown is what was known then", ago(age)), Role::Stale));
    }
    let is_current = said.is_empty();
    if let Some(window) = logs.window() {
        said.insert(0, (choosing(window, scene), Role::Accent));
    }
    if let Some(around) = &logs.around {
        said.push(self::around(around, scene));
        return said;
    }
    if scene.scoped && scene.watch.logs.is_none() {
        said.push(("~ the scope does not narrow the lines: it has no `logs`".to_owned(), Role::Stale));
    }
    if !logs.live.follows() && scene.shown.is_live() {
        let (key, new) = (&scene.keys.bottom, logs.live.new as u64);
        said.push((format!("paused: {} new below, {key} follows", number(new)), Role::Accent));
    }
    said.extend(logs.notes.iter().map(|note| (format!("PARTIAL: {note}"), Role::Stale)));
    if logs.skipped > 0 {
        said.push((format!("! {} lines of a burst skipped", number(logs.skipped)), Role::Stale));
    }
    if is_current {
        said.push(progress(logs, scene));
    }
    let ahead = logs.live.ahead() as u64;
    if ahead > 0 && scene.shown.is_live() {
        said.push((format!("~ {} dated in the future below", number(ahead)), Role::Stale));
    }
    said.extend(of_volume(logs));
    if logs.volume.get().is_some() && !logs.is_counted(scene) {
        said.push(("… the volume is that of before".to_owned(), Role::Stale));
    }
    if logs.live.lines.shown().is_some() && logs.volume.get().is_some() {
        said.push(("~ the volume counts all lines, hidden or not".to_owned(), Role::Dim));
    }
    if let Older::Asked { .. } = logs.older {
        said.push(("… asking for older lines".to_owned(), Role::Dim));
    }
    if let Some(error) = &logs.older_error {
        said.push((format!("✖ older lines: {error}"), Role::Failed));
    }
    if let Some((from, to)) = logs.gap {
        let (from, to) = (clock(Timestamp(from)), clock(Timestamp(to)));
        said.push((format!("! lines from {from} to {to} may be missing"), Role::Stale));
    }
    if let Some((error, _)) = &logs.volume.feed.error {
        said.push((format!("✖ volume: {error}"), Role::Failed));
    }
    if logs.live.lines.dropped() > 0 {
        said.push((format!("the oldest {} let go", number(logs.live.lines.dropped())), Role::Dim));
    }
    said
}

/// `● live, complete to 14:03:25 (by arrival)`
fn progress(logs: &Logs, scene: &Scene) -> (String, Role) {
    let is_whole = logs.notes.is_empty() && logs.skipped == 0 && logs.gap.is_none();
    let follows = match (logs.live.follows(), is_whole) {
        (true, true) => "● live, ",
        (true, false) => "live, ",
        (false, _) => "",
    };
    let live = if logs.live.follows() { "live, " } else { "" };
    let role = if is_whole { Role::Ok } else { Role::Text };
    let clock = |at: Timestamp| at.format("%H:%M:%S", scene.zone);
    match (logs.way, logs.complete_to, scene.shown) {
        (_, _, Shown::Fixed(_)) => ("history: it stands still".to_owned(), Role::Dim),
        (Some(Way::Arrival), Some(at), _) => {
            (format!("{follows}{} {} (by arrival)", if is_whole { "complete to" } else { "up to" }, clock(at)), role)
        }
        (Some(Way::Arrival), None, _) => (format!("{follows}by arrival"), role),
        (Some(Way::Time), Some(at), _) => {
            (format!("{live}by time: late lines before {} are not seen", clock(at)), Role::Stale)
        }
        (Some(Way::Time) | None, _, _) => (format!("{live}by time: late lines are not seen"), Role::Stale),
    }
}

/// `a window of 5m: z sets this edge, Enter zooms in`
fn choosing(window: Window, scene: &Scene) -> String {
    let length = format_duration(window.range().length());
    let edge = if window.is_set() { "frees" } else { "sets" };
    format!("a window of {length}: {} {edge} this edge, {} zooms in", scene.keys.select, scene.keys.open)
}

fn around(around: &super::Around, scene: &Scene) -> (String, Role) {
    let at = row::clock(around.center.at, scene);
    match (&around.error, around.is_answered) {
        (Some(error), _) => (format!("✖ lines around {at}: {error}"), Role::Failed),
        (None, false) => (format!("… asking for the lines around {at}"), Role::Dim),
        (None, true) => {
            let key = &scene.keys.back;
            (format!("the lines around {at} of the same place; {key} goes back"), Role::Accent)
        }
    }
}

/// Why there is no line to be seen.
pub fn nothing(logs: &Logs, scene: &Scene) -> Option<(String, Role)> {
    if !scene.logs {
        return Some((
            "c chooses another context, the config can give this one an Elasticsearch".to_owned(),
            Role::Dim,
        ));
    }
    let is_answered = logs.around.as_ref().map_or(logs.link.answered.is_some(), |around| around.is_answered);
    if !is_answered || !logs.is_current(scene) {
        return None;
    }
    if logs.live.lines.held() > 0 && logs.around.is_none() {
        let held = number(logs.live.lines.held() as u64);
        let key = &scene.keys.back;
        return Some((format!("none of the {held} lines held is of the patterns shown; {key} shows more"), Role::Text));
    }
    // What the server says of its indices explains it best; it stands above.
    if !logs.notes.is_empty() {
        return Some((format!("no lines: {}", logs.notes.first()?), Role::Stale));
    }
    let range = match scene.shown {
        Shown::Live(length) => format!("the last {}", format_duration(length)),
        Shown::Fixed(_) => scene.shown.label(scene.zone),
    };
    let key = &scene.keys.back;
    let narrowed = if logs.is_narrowed() { format!(" that fit; {key} widens the query") } else { String::new() };
    Some((format!("no lines in {range}{narrowed}"), Role::Text))
}

/// What is wrong, in one sentence.
pub fn headline(logs: &Logs, scene: &Scene) -> Headline {
    let headline = |level, text: String| Headline { level, text };
    if !scene.logs {
        return headline(Mood::Unknown, "this context has no Elasticsearch".to_owned());
    }
    if let Some((error, since)) = &logs.link.error {
        let age = ago(scene.now.since(*since));
        return headline(Mood::Warning, format!("the logs are not answered for {age}: {error}"));
    }
    let Some((volume, at)) = logs.volume.feed.value.as_ref().filter(|_| logs.is_counted(scene)) else {
        return headline(Mood::Unknown, "how many lines there are is not known yet".to_owned());
    };
    let length = format_duration(scene.shown.length());
    let (errors, warnings) = (volume.of(Level::Error), volume.of(Level::Warn));
    let all = total(volume.total);
    let old = if scene.shown.is_live() && scene.is_overdue(*at, scene.refresh) {
        format!(", as of {} ago", ago(scene.now.since(*at)))
    } else {
        String::new()
    };
    if volume.total == Count::Exactly(0) {
        let fit = if logs.search == Search::default() { "" } else { " that fit the query" };
        return headline(Mood::Notice, format!("no lines{fit} in {length}{old}: they tell nothing of errors"));
    }
    let is_all = logs.search == Search::default();
    let fit = if is_all { "" } else { " that fit the query" };
    let is_sure = is_all && old.is_empty() && volume.notes.is_empty() && logs.notes.is_empty();
    let text =
        format!("{} errors and {} warnings among {all} lines{fit} in {length}{old}", number(errors), number(warnings));
    headline(if errors + warnings == 0 && is_sure { Mood::Calm } else { Mood::Notice }, text)
}

/// What is to be known of the counts above the list: some are told by words in the lines, some are of a part only.
fn of_volume(logs: &Logs) -> Vec<(String, Role)> {
    let Some(volume) = logs.volume.get() else { return Vec::new() };
    let (mark, role) = match volume.total {
        Count::AtLeast(_) => ("PARTIAL", Role::Stale),
        Count::Exactly(_) => ("~", Role::Dim),
    };
    let notes = volume.notes.iter().filter(|note| !logs.notes.contains(note));
    notes.map(|note| (format!("{mark} volume: {note}"), role)).collect()
}
