//! How the page of silences looks: one row a silence, and below them all that is known of the selected one.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::layout::MARGIN;
use super::super::words::{cell, wrap};
use super::super::{Alerts, layout};
use super::words;
use crate::model::matcher::written;
use crate::model::silence::{Silence, SilenceState};
use crate::time::{Timestamp, ago};
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::view::overview::fit;
use crate::ui::widget::ground::put;

/// How many cells each column has.
struct Columns {
    state: usize,
    when: usize,
    author: usize,
    hits: usize,
    matchers: usize,
    comment: usize,
}

impl Columns {
    /// By the width of the screen alone.
    fn of(width: usize) -> Self {
        let rest = |used: usize| width.saturating_sub(MARGIN + used);
        let split = |rest: usize| (rest * 3 / 5, rest - rest * 3 / 5);
        match width {
            0..60 => Self { state: 0, when: 15, author: rest(15 + 10), hits: 10, matchers: 0, comment: 0 },
            60..100 => {
                let (matchers, comment) = split(rest(15 + 11 + 12));
                Self { state: 0, when: 15, author: 11, hits: 12, matchers, comment }
            }
            _ => {
                let (matchers, comment) = split(rest(9 + 16 + 14 + 13));
                Self { state: 9, when: 16, author: 14, hits: 13, matchers, comment }
            }
        }
    }
}

pub fn draw(alerts: &Alerts, scene: &Scene, area: Rect, buf: &mut Buffer) {
    let places = layout::places(area, false);
    let theme = scene.theme;
    let columns = Columns::of(usize::from(area.width));
    let mut head = places.head.rows();
    if let Some(row) = head.next() {
        put(Line::styled(counts(alerts, scene), theme.style(Role::Dim)), row, buf);
    }
    if let Some(row) = head.next()
        && let Some((text, role)) = note(alerts, scene)
    {
        put(Line::styled(format!(" {text}"), theme.style(role)), row, buf);
    }
    let page = &alerts.silences_page;
    if page.shown.is_empty() {
        return instead(alerts, scene, places.rows, buf);
    }
    if let Some(row) = head.next() {
        put(Line::styled(heads(&columns), theme.style(Role::Dim)), row, buf);
    }
    for ((nth, at), row) in page.shown.iter().enumerate().skip(page.top).zip(places.rows.rows()) {
        let Some(silence) = alerts.silences().get(*at) else { continue };
        put(line(alerts, silence, &columns, nth == page.place, scene), row, buf);
        if nth == page.place {
            buf.set_style(row, theme.style(Role::Selected));
        }
    }
    detail(alerts, scene, places.detail, buf);
}

/// ` 2 active  1 pending  3 ended in the last day are hidden`
fn counts(alerts: &Alerts, scene: &Scene) -> String {
    let of = |state| alerts.silences().iter().filter(|silence| silence.state == state).count();
    if alerts.silences.get().is_none() {
        return String::new();
    }
    let hidden = if alerts.silences_page.hidden > 0 { ", hidden" } else { "" };
    let live = if scene.shown.is_live() { "" } else { "  of now, not of the range" };
    format!(
        " {} active  {} pending  {} ended in the last day{hidden}{live}",
        of(SilenceState::Active),
        of(SilenceState::Pending),
        of(SilenceState::Expired)
    )
}

/// What makes the page less than certain.
fn note(alerts: &Alerts, scene: &Scene) -> Option<(String, Role)> {
    let feed = &alerts.silences.feed;
    if let (Some((error, since)), Some((_, at))) = (&feed.error, &feed.value) {
        let (for_, ago) = (ago(scene.now.since(*since)), ago(scene.now.since(*at)));
        return Some((format!("✖ {error}, for {for_}; shown is what was known {ago} ago"), Role::Failed));
    }
    if feed.value.is_some()
        && let Some(at) = alerts.as_of(scene)
    {
        let age = ago(scene.now.since(at));
        return Some((format!("! the alerts are known as of {age} ago: what is hit now may be others"), Role::Stale));
    }
    scene.read_only.then(|| ("this context is read-only: nothing is changed from here".to_owned(), Role::Dim))
}

fn heads(columns: &Columns) -> String {
    let column = |text: &str, width: usize| if width > 0 { cell(text, width - 1) + " " } else { String::new() };
    " ".repeat(MARGIN)
        + &column("state", columns.state)
        + &column("when", columns.when)
        + &column("author", columns.author)
        + &column("hits", columns.hits)
        + &column("matchers", columns.matchers)
        + &column("comment", columns.comment)
}

fn line(alerts: &Alerts, silence: &Silence, columns: &Columns, selected: bool, scene: &Scene) -> Line<'static> {
    let theme = scene.theme;
    let now = alerts.server_now(scene);
    let (sign, role) = words::mark(silence, now);
    let text = if silence.state == SilenceState::Expired { Role::Dim } else { Role::Text };
    let hits = alerts.silences_page.counts.get(&silence.id).copied();
    let (hits, hits_role) = hits.map_or_else(|| ("–".to_owned(), Role::Dim), words::hits);
    let mut line = Line::default();
    line.push_span(Span::styled(if selected { "▌" } else { " " }, theme.style(Role::Accent)));
    line.push_span(Span::styled(format!("{sign}  "), theme.style(role)));
    let mut column = |text: &str, width: usize, role: Role| {
        if width > 0 {
            line.push_span(Span::styled(cell(text, width - 1) + " ", theme.style(role)));
        }
    };
    column(words::state(silence), columns.state, role);
    column(&words::when(silence, now), columns.when, role);
    column(&silence.created_by, columns.author, text);
    column(&hits, columns.hits, hits_role);
    column(&written(&silence.matchers), columns.matchers, text);
    column(&silence.comment, columns.comment, text);
    line
}

/// What stands where no silence is: each of the reasons reads differently.
fn instead(alerts: &Alerts, scene: &Scene, area: Rect, buf: &mut Buffer) {
    let feed = &alerts.silences.feed;
    let hidden = alerts.silences_page.hidden;
    let (text, role) = match (&feed.value, &feed.error) {
        _ if !scene.alertmanager => ("this context has no Alertmanager".to_owned(), Role::Dim),
        (None, Some((error, since))) => (format!("✖ {error} · for {}", ago(scene.now.since(*since))), Role::Failed),
        (None, None) => ("asking…".to_owned(), Role::Dim),
        (Some(_), Some(_)) => ("there was no silence when it was last known".to_owned(), Role::Stale),
        (Some(_), None) if hidden > 0 => {
            (format!("no silence is active or pending; v shows {hidden} that ended in the last day"), Role::Dim)
        }
        (Some(_), None) => ("no silence is active, pending, or ended in the last day".to_owned(), Role::Dim),
    };
    for (text, row) in wrap(&text, usize::from(area.width).saturating_sub(5), 3).into_iter().zip(area.rows()) {
        put(Line::styled(format!("    {text}"), scene.theme.style(role)), row, buf);
    }
}

/// All that is known of the selected one, and the alerts that it hits.
fn detail(alerts: &Alerts, scene: &Scene, area: Rect, buf: &mut Buffer) {
    let Some(silence) = alerts.selected_silence() else { return };
    let (width, theme) = (usize::from(area.width), scene.theme);
    let now = alerts.server_now(scene);
    let rule = |text: String, role: Role| {
        let mut line = Line::styled(text, theme.style(role));
        let rest = width.saturating_sub(line.width() + 1);
        line.push_span(Span::styled(format!(" {}", "─".repeat(rest)), theme.style(Role::Rule)));
        line
    };
    let id = crate::text::Plain::new(&silence.id);
    let title = format!("── {} by {}, {}  {id}", words::state(silence), silence.created_by, words::when(silence, now));
    let mut lines = vec![rule(fit(&title, width.saturating_sub(2)), Role::Title)];
    let clock = |at: Timestamp| at.format("%a %d %b %H:%M:%S %Z", scene.zone);
    let facts = [
        ("matchers", written(&silence.matchers), 4),
        ("comment", silence.comment.to_string(), 3),
        ("from", clock(silence.starts_at), 1),
        ("until", clock(silence.ends_at), 1),
    ];
    for (name, text, most) in facts {
        for (n, part) in wrap(&text, width.saturating_sub(13), most).into_iter().enumerate() {
            let name = cell(if n == 0 { name } else { "" }, 10);
            let spans = [Span::styled(format!(" {name} "), theme.style(Role::Dim)), Span::raw(part)];
            lines.push(Line::from(spans.to_vec()));
        }
    }
    let hits = &alerts.silences_page.hits;
    let is_over = silence.state == SilenceState::Expired;
    let word = if is_over { "would hit" } else { "hits" };
    let (count, _) = words::hits(hits.len());
    lines.push(rule(format!("── {word} {}", count.replace(" now", "")) + " now", Role::Title));
    let room = usize::from(area.height).saturating_sub(lines.len());
    let shown = if hits.len() > room { room.saturating_sub(1) } else { room };
    let rows = hits.iter().take(shown).filter_map(|at| alerts.rows().get(*at));
    lines.extend(rows.map(|row| alerts.brief(row, row.state.word(), width, theme)));
    if hits.len() > shown && room > 0 {
        let text = format!("    + {} more", hits.len() - shown);
        lines.push(Line::styled(text, theme.style(Role::Dim)));
    }
    for (line, row) in lines.into_iter().zip(area.rows()) {
        put(line, row, buf);
    }
}
