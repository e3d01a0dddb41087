//! What is sought, how much of it there is, how far it can be relied on; and why there is nothing.

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::layout::Places;
use super::opened::Opened;
use super::{EVERY, Traces};
use crate::analysis::logs::number;
use crate::analysis::summary::{Headline, Level};
use crate::model::trace::Found;
use crate::model::unit::nanos;
use crate::text::Plain;
use crate::time::{ago, format_duration};
use crate::ui::range::Shown;
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::view::overview::fit;
use crate::ui::widget::ground::put;

type Said = (String, Role);

pub fn draw(traces: &Traces, scene: &Scene, places: Places, buf: &mut Buffer) {
    let style = |role| scene.theme.style(role);
    if places.search.height > 0 {
        let right = Line::styled(format!("{} ", amount(traces)), style(Role::Strong)).alignment(Alignment::Right);
        let left = places.search.width - (right.width() as u16 + 2).min(places.search.width);
        put(sought(traces, scene, left.into()), Rect { width: left, ..places.search }, buf);
        right.render(places.search, buf);
    }
    if places.status.height > 0 {
        let mut line = Line::default();
        for (text, role) in status(traces, scene) {
            line.push_span(Span::styled(format!(" {} ", Plain::new(&text)), style(role)));
        }
        put(line, places.status, buf);
    }
}

/// ` search  service=checkout error=true`; whose service it is, where the scope gives it.
fn sought<'a>(traces: &Traces, scene: &Scene, width: usize) -> Line<'a> {
    let style = |role| scene.theme.style(role);
    let of_scope = scene.watch.service.as_deref().filter(|_| traces.terms.service.is_none());
    let text = traces.terms.text();
    let mut line = Line::from(Span::styled(" search  ", style(Role::Dim)));
    let service = match (&traces.terms.service, of_scope) {
        (None, Some(service)) => Some((format!("service={}", super::terms::value(service)), " (of the scope)  ")),
        (None, None) => Some(("all services".to_owned(), "  ")),
        (Some(service), _) if service == EVERY => Some(("all services".to_owned(), "  ")),
        (Some(_), _) => None,
    };
    if let Some((words, whose)) = service {
        line.push_span(Span::styled(Plain::new(&words).to_string(), style(Role::Text)));
        line.push_span(Span::styled(whose, style(Role::Dim)));
    }
    let text = text.strip_prefix("service=*").map_or(text.as_str(), str::trim_start);
    let room = width.saturating_sub(line.width() + 1);
    line.push_span(Span::styled(fit(&Plain::new(text), room), style(Role::Accent)));
    line
}

/// `100+ traces, newest first`
fn amount(traces: &Traces) -> String {
    let order = traces.list.sort.name();
    match traces.found.get() {
        None => order.to_owned(),
        Some(found) => format!("{}, {order}", count(found)),
    }
}

fn count(found: &Found) -> String {
    let word = if found.traces.len() == 1 && !found.is_limited { "trace" } else { "traces" };
    let more = if found.is_limited && !found.traces.is_empty() { "+" } else { "" };
    format!("{}{more} {word}", number(found.traces.len() as u64))
}

/// The most important thing first.
fn status(traces: &Traces, scene: &Scene) -> Vec<Said> {
    if !scene.traces {
        return vec![("✖ this context has no Jaeger".to_owned(), Role::Stale)];
    }
    let mut said = Vec::new();
    if let Some((error, since)) = &traces.found.feed.error {
        let age = ago(scene.now.since(*since));
        let kept = match traces.found.get() {
            None => "",
            Some(_) if traces.is_current(scene) => "; shown is what was known then",
            Some(_) => "; shown are those of the search before",
        };
        said.push((format!("✖ {error}, for {age}{kept}"), Role::Failed));
    } else if !traces.is_current(scene) {
        let kept = if traces.count() == 0 { "" } else { " (shown are those of the search before)" };
        said.push((format!("… asking for traces{kept}"), Role::Dim));
    } else if let Some(age) = overdue(traces, scene) {
        said.push((format!("… no newer answer for {age}; shown is what was known then"), Role::Stale));
    }
    let is_current = said.is_empty();
    let Some((found, at)) = &traces.found.feed.value else { return said };
    said.extend(found.notes.iter().map(|note| (format!("PARTIAL: {note}"), Role::Stale)));
    if scene.scoped && scene.watch.service.is_none() {
        said.push(("~ the scope does not narrow the traces: it has no `traces`".to_owned(), Role::Stale));
    }
    if found.is_limited && !found.traces.is_empty() {
        let words =
            format!("~ only the {} newest: {} raises the limit or narrows", found.traces.len(), scene.keys.edit);
        said.push((words, Role::Stale));
    }
    if let Some(longest) = found.traces.iter().map(|trace| trace.duration).max() {
        said.push((format!("longest {}", nanos(longest)), Role::Text));
        let failed = found.traces.iter().filter(|trace| trace.errors > 0).count();
        let role = if failed > 0 { Role::Critical } else { Role::Dim };
        let mark = if failed > 0 { "✖ " } else { "" };
        said.push((format!("{mark}{} with errors", number(failed as u64)), role));
    }
    if is_current {
        let clock = at.format("%H:%M:%S", scene.zone);
        let words =
            if scene.shown.is_live() { format!("● as of {clock}") } else { "history: it stands still".to_owned() };
        said.push((words, if scene.shown.is_live() { Role::Ok } else { Role::Dim }));
    }
    said
}

/// How old the answer is, where the next one should have come long ago.
fn overdue(traces: &Traces, scene: &Scene) -> Option<String> {
    let (_, at) = traces.found.feed.value.as_ref().filter(|_| scene.shown.is_live() && traces.opened.is_none())?;
    scene.is_overdue(*at, scene.tiles).then(|| ago(scene.now.since(*at)))
}

fn range(scene: &Scene) -> String {
    match scene.shown {
        Shown::Live(length) => format!("the last {}", format_duration(length)),
        Shown::Fixed(_) => scene.shown.label(scene.zone),
    }
}

/// Why there is no trace to be seen, and what can be done.
pub fn nothing(traces: &Traces, scene: &Scene) -> Vec<Said> {
    let dim = |text: String| (text, Role::Dim);
    if !scene.traces {
        return vec![dim("c chooses another context, the config can give this one a Jaeger".to_owned())];
    }
    if !traces.is_current(scene) || traces.found.feed.error.is_some() {
        return Vec::new();
    }
    let keys = &scene.keys;
    if let Some(note) = traces.found.get().and_then(|found| found.notes.first()) {
        return vec![(format!("no traces: {note}"), Role::Stale)];
    }
    let search = traces.asked(scene);
    let fit = if traces.is_narrowed() { " that fit the search" } else { "" };
    let mut lines = vec![(format!("no traces in {}{}{fit}", range(scene), whose(&search.service)), Role::Text)];
    if traces.is_narrowed() {
        lines.push(dim(format!("{} takes the last word of the search back, {} edits it", keys.back, keys.edit)));
    } else if search.service.is_empty() {
        lines.push(dim("no service has sent any to this Jaeger in that time, or all were sampled out".to_owned()));
    }
    if !search.service.is_empty() {
        lines.push(dim(format!("{} chooses another service: names are exact", keys.services)));
    }
    lines.push(dim(format!("{} asks for a longer range", keys.wider)));
    lines
}

fn whose(service: &str) -> String {
    if service.is_empty() { String::new() } else { format!(" of service {service}") }
}

/// What stands where a trace that has not come yet will be.
pub fn waiting(opened: &Opened, scene: &Scene) -> Vec<Said> {
    let id = opened.id;
    let Some((error, since)) = &opened.error else {
        return vec![(format!("… asking for trace {id}"), Role::Dim)];
    };
    let (keys, age) = (&scene.keys, ago(scene.now.since(*since)));
    let told = format!("trace {id}, for {age}; it is asked again");
    let mut lines = vec![(format!("✖ {error}"), Role::Failed), (told, Role::Dim)];
    if !error.is_outage() {
        lines.push(("of one that has just ended the spans may still be on their way".to_owned(), Role::Dim));
    }
    let logs = if scene.logs { format!(", {} looks for its lines in the logs", keys.logs) } else { String::new() };
    lines.push((format!("{} goes back{logs}", keys.back), Role::Dim));
    lines
}

/// What is wrong, in one sentence.
pub fn headline(traces: &Traces, scene: &Scene) -> Headline {
    let headline = |level, text: String| Headline { level, text: Plain::new(&text).to_string() };
    if !scene.traces {
        return headline(Level::Unknown, "this context has no Jaeger".to_owned());
    }
    if let Some(opened) = &traces.opened {
        return of_opened(traces, opened, scene);
    }
    if let Some((error, since)) = &traces.found.feed.error {
        let age = ago(scene.now.since(*since));
        return headline(Level::Warning, format!("the traces are not answered for {age}: {error}"));
    }
    let Some(found) = traces.found.get().filter(|_| traces.is_current(scene)) else {
        return headline(Level::Unknown, "which traces there are is not known yet".to_owned());
    };
    let old = overdue(traces, scene).map_or_else(String::new, |age| format!(", as of {age} ago"));
    let fit = if traces.is_narrowed() { " that fit the search" } else { "" };
    let range = range(scene);
    let Some(longest) = found.traces.iter().max_by_key(|trace| trace.duration) else {
        // None of some is not none at all.
        let is_whole = found.notes.is_empty() && !found.is_limited;
        let of = if is_whole { "" } else { ", as far as was looked" };
        return headline(Level::Notice, format!("no traces{fit} in {range}{of}{old}: they tell nothing of errors"));
    };
    let failed = found.traces.iter().filter(|trace| trace.errors > 0).count() as u64;
    let took = nanos(longest.duration);
    let root = format!("{} {}", longest.service, longest.operation);
    let is_calm = failed == 0 && !traces.is_narrowed() && old.is_empty() && found.notes.is_empty() && !found.is_limited;
    // Of more than was asked for the newest came, and of the others nothing is known.
    let all = match traces.stretch(scene) {
        Some(stretch) if found.is_limited => {
            let from = stretch.start.format("%H:%M:%S", scene.zone);
            format!("the {} newest traces{fit}, from {from} on,", number(found.traces.len() as u64))
        }
        _ => format!("{}{fit} in {range}", count(found)),
    };
    let text = format!("{} of {all} failed{old}; the longest took {took}: {root}", number(failed));
    headline(if is_calm { Level::Calm } else { Level::Notice }, text)
}

fn of_opened(traces: &Traces, opened: &Opened, scene: &Scene) -> Headline {
    let Some(held) = &opened.held else {
        let text = match &opened.error {
            Some((error, _)) => format!("trace {}: {error}", opened.id),
            None => format!("trace {} is not known yet", opened.id),
        };
        let level = if opened.error.is_some() { Level::Warning } else { Level::Unknown };
        return Headline { level, text };
    };
    if let Some((error, since)) = &opened.error {
        let (age, known) = (ago(scene.now.since(*since)), held.at.format("%H:%M:%S", scene.zone));
        let text =
            format!("late spans of this trace are not answered for {age}: {error}; shown is what was known {known}");
        return Headline { level: Level::Warning, text };
    }
    held.waterfall.headline(traces.usual())
}
