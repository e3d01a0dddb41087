//! How the form looks: the fields or the review above, what to be careful of, and always the alerts that are hit.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{Clock, Field, Form, Goal, Stage, words};
use crate::model::matcher::written;
use crate::time::{Timestamp, ago, length};
use crate::ui::theme::{Role, Theme};
use crate::ui::view::alerts::{Alerts, wrap};
use crate::ui::view::overview::fit;
use crate::ui::widget::ground::{lay, put};

mod typing;

/// What the form is drawn with.
pub struct Look<'a> {
    pub alerts: &'a Alerts,
    pub theme: &'a Theme,
    pub clock: Clock<'a>,
    /// From when the knowledge of the alerts is, where it is old.
    pub as_of: Option<Timestamp>,
    pub context: String,
    pub production: bool,
}

/// How the height is shared out. It follows from the size of the screen alone: nothing jumps while one types.
struct Share {
    /// The most lines of the matchers.
    matchers: usize,
    /// What is wrong, and what to be careful of.
    notes: usize,
    blank: bool,
    /// Fields in sight.
    fields: usize,
}

impl Share {
    fn of(height: u16) -> Self {
        match height {
            0..8 => {
                Self { matchers: 1, notes: 0, blank: false, fields: usize::from(height).saturating_sub(3).clamp(1, 5) }
            }
            8..12 => Self { matchers: 1, notes: 1, blank: false, fields: 5 },
            12..18 => Self { matchers: 2, notes: 2, blank: false, fields: 5 },
            18..30 => Self { matchers: 3, notes: 3, blank: true, fields: 5 },
            _ => Self { matchers: 4, notes: 4, blank: true, fields: 5 },
        }
    }
}

/// Cells before what stands in a field.
const NAMES: usize = 12;

pub fn draw(form: &Form, look: &Look, area: Rect, buf: &mut Buffer) {
    lay(look.theme, area, buf);
    let share = Share::of(area.height);
    let width = usize::from(area.width);
    let mut lines = vec![title(form, look, width)];
    let notes = notes(form, look, &share, width);
    match notes.first() {
        // A small screen has one line for both; what became of a request comes first.
        Some(worst) if share.notes == 0 && form.is_quiet() => lines.push(worst.clone()),
        _ => lines.extend(status(form, look, &share, width)),
    }
    if share.blank {
        lines.push(Line::default());
    }
    match form.stage {
        Stage::Edit => lines.extend(fields(form, look, &share, width)),
        _ => lines.extend(facts(form, look, &share, width)),
    }
    if share.notes > 0 {
        lines.extend(notes);
    }
    // However small the screen is, it says what is hit.
    lines.truncate(usize::from(area.height.saturating_sub(1)));
    lines.push(heading(form, look, width));
    let room = usize::from(area.height).saturating_sub(lines.len());
    lines.extend(hit(form, look, room, width));
    for (line, row) in lines.into_iter().zip(area.rows()) {
        put(line, row, buf);
    }
}

/// `── Silence 3 alerts until 16:03 ──────────────────────────────────────── PROD eu-1 ──`
fn title(form: &Form, look: &Look, width: usize) -> Line<'static> {
    let rule = look.theme.style(Role::Rule);
    // A small screen has it in its first line alone.
    let context = if width < 60 { String::new() } else { format!(" {} ", fit(&look.context, 24)) };
    let role = if look.production { Role::Production } else { Role::Dim };
    let context = Span::styled(context, look.theme.style(role));
    let title = fit(&words::title(form, look.clock), width.saturating_sub(context.width() + 7));
    let title = Span::styled(title, look.theme.style(Role::Title));
    let gap = width.saturating_sub(title.width() + context.width() + 7);
    Line::from(vec![
        Span::styled("── ", rule),
        title,
        Span::styled(format!(" {}─", "─".repeat(gap)), rule),
        context,
        Span::styled("──", rule),
    ])
}

/// Where it stands: not sent, being sent, refused, or not certain.
fn status(form: &Form, look: &Look, share: &Share, width: usize) -> Vec<Line<'static>> {
    let not_yet = if width < 60 { "" } else { "Nothing is sent yet: " };
    let (texts, role) = match (&form.stage, &form.refused) {
        (Stage::Edit, Some(why)) => (vec![format!("✖ {why}")], Role::Failed),
        (Stage::Edit, None) => (vec![format!("{not_yet}Enter shows what will be sent")], Role::Dim),
        (Stage::Review, None) => {
            let change = if form.is_editable() && !form.edited { ", e changes it" } else { "" };
            let back = if form.edited { "Esc goes back" } else { "Esc leaves it" };
            (vec![format!("{not_yet}Enter sends it{change}, {back}")], Role::Strong)
        }
        (Stage::Review, Some(said)) => {
            let again = if form.is_editable() {
                "Nothing was changed. Enter sends it again, e changes it"
            } else {
                "Nothing was changed. Enter sends it again"
            };
            (vec![format!("✖ NOT DONE: {said}"), again.to_owned()], Role::Failed)
        }
        (Stage::Sending { since, .. }, _) => {
            let age = ago(look.clock.now.since(*since));
            (vec![format!("… sending, {age}; Esc closes this, the last line tells what becomes of it")], Role::Pending)
        }
        (Stage::Unclear { said, .. }, _) => {
            let again = match form.is_editable() {
                true => "Enter looks whether it is there, and only if not sends it again",
                false => "Enter ends it once more, which does no harm",
            };
            (vec![format!("✖ NOT CERTAIN, it may have been done: {said}"), again.to_owned()], Role::Failed)
        }
    };
    let style = look.theme.style(role);
    let most = if share.notes == 0 { 1 } else { 3 };
    let lines = texts.iter().flat_map(|text| wrap(text, width.saturating_sub(2), 3)).take(most);
    lines.map(|line| Line::styled(format!(" {line}"), style)).collect()
}

fn name(name: &str, focused: bool, theme: &Theme) -> Span<'static> {
    let role = if focused { Role::Key } else { Role::Dim };
    let mark = if focused { '▌' } else { ' ' };
    Span::styled(format!("{mark}{name:<width$}", width = NAMES - 1), theme.style(role))
}

fn fields(form: &Form, look: &Look, share: &Share, width: usize) -> Vec<Line<'static>> {
    let focus = form.focus as usize;
    let first = focus.saturating_sub(share.fields / 2).min(Field::ALL.len() - share.fields);
    let mut lines = Vec::new();
    for field in Field::ALL.into_iter().skip(first).take(share.fields) {
        let most = if field == Field::Matchers { share.matchers } else { 1 };
        let focused = field == form.focus;
        let hint = hint(form, field, look.clock);
        let room = width.saturating_sub(NAMES + 1);
        // What it comes to stands beside what is typed, as long as there is room for both.
        let typed = typing::lines(form.fields.input(field), focused, room, most, look.theme);
        for (n, mut typed) in typed.into_iter().enumerate() {
            typed.spans.insert(0, name(if n == 0 { field.name() } else { "" }, focused, look.theme));
            if let Some((hint, role)) = hint.as_ref().filter(|_| n == 0) {
                let room = width.saturating_sub(typed.width() + 3);
                if room >= 8 {
                    typed.push_span(Span::styled(format!("  {}", fit(hint, room)), look.theme.style(*role)));
                }
            }
            lines.push(typed);
        }
    }
    lines
}

/// What stands behind a field: what it comes to, or what is missing.
fn hint(form: &Form, field: Field, clock: Clock) -> Option<(String, Role)> {
    let empty = form.fields.text(field).trim().is_empty();
    match field {
        Field::Author if empty => Some(("who you are: remembered until you quit".to_owned(), Role::Stale)),
        Field::Comment if empty => Some(("why: all who look at it will read this".to_owned(), Role::Stale)),
        Field::Duration => {
            let times = form.times(clock).ok()?;
            let length = crate::time::length(times.length(clock.now));
            let or = if form.focus == field { "; or type until 06:00, or a date" } else { "" };
            Some((format!("→ until {}, for {length}{or}", clock.show(times.until)), Role::Dim))
        }
        Field::From => {
            let text = form.fields.text(field).trim();
            let or = ("or type in 2h, 18:00, or a date".to_owned(), Role::Dim);
            (text == "now" && form.focus == field).then_some(or)
        }
        _ => None,
    }
}

/// The review: everything that will be sent.
fn facts(form: &Form, look: &Look, share: &Share, width: usize) -> Vec<Line<'static>> {
    let clock = look.clock;
    let mut facts: Vec<(&str, String, usize)> = Vec::new();
    facts.push(("matchers", form.fields.text(Field::Matchers).to_owned(), share.matchers));
    if let Some(was) = form.of().map(|old| written(&old.matchers))
        && was != form.fields.text(Field::Matchers)
    {
        facts.push(("were", was, share.matchers));
    }
    if let Ok(times) = form.times(clock) {
        let from = match times.from {
            Some(from) if from > clock.now => clock.show(from),
            Some(from) => format!("{}, {} ago", clock.show(from), ago(clock.now.since(from))),
            None => "now".to_owned(),
        };
        let (word, end) = match (&form.goal, form.of()) {
            (Goal::Expire(old), _) if !words::is_planned(old) => {
                let left = length(times.length(clock.now));
                ("until", format!("{}, {left} left: it ends now instead", clock.show(times.until)))
            }
            (_, Some(old)) if old.ends_at != times.until => {
                let left = length(times.length(clock.now));
                ("until", format!("{}, {left} left   was {}", clock.show(times.until), clock.show(old.ends_at)))
            }
            _ => ("until", format!("{}, for {}", clock.show(times.until), length(times.length(clock.now)))),
        };
        facts.extend([("from", from, 1), (word, end, 1)]);
    }
    facts.push(("author", form.fields.text(Field::Author).to_owned(), 1));
    facts.push(("comment", form.fields.text(Field::Comment).to_owned(), share.matchers.min(2)));
    let mut lines = Vec::new();
    for (what, text, most) in facts {
        let text = if text.trim().is_empty() { "(none)".to_owned() } else { text };
        for (n, part) in wrap(&text, width.saturating_sub(NAMES + 1), most).into_iter().enumerate() {
            let name = name(if n == 0 { what } else { "" }, false, look.theme);
            lines.push(Line::from(vec![name, Span::styled(part, look.theme.style(Role::Text))]));
        }
    }
    if share.fields < Field::ALL.len() {
        lines.truncate(share.fields);
    }
    lines
}

/// What is wrong with what was typed, then what to be careful of.
fn notes(form: &Form, look: &Look, share: &Share, width: usize) -> Vec<Line<'static>> {
    let mut notes: Vec<(String, Role)> = Vec::new();
    if matches!(form.stage, Stage::Edit) {
        let wrong = Field::ALL.into_iter().filter_map(|field| form.fields.problem(field, look.clock));
        notes.extend(wrong.map(|text| (format!("✖ {text}"), Role::Failed)));
    }
    let warnings = words::warnings(form, look.alerts, look.as_of, look.clock);
    notes.extend(warnings.into_iter().map(|text| (format!("! {text}"), Role::Warning)));
    let most = share.notes.max(1);
    let left = notes.len().saturating_sub(most);
    let mut lines: Vec<Line> = Vec::new();
    for (n, (text, role)) in notes.into_iter().take(most).enumerate() {
        let more = if left > 0 && n + 1 == most { format!("  + {left} more") } else { String::new() };
        let text = fit(&text, width.saturating_sub(2 + more.len()));
        lines.push(Line::styled(format!(" {text}{more}"), look.theme.style(role)));
    }
    lines.resize(lines.len().max(share.notes), Line::default());
    lines
}

fn heading(form: &Form, look: &Look, width: usize) -> Line<'static> {
    let is_loud = form.hits.rows.is_empty() || form.hits.all() || (form.origin.is_some() && form.hits.rows.len() > 1);
    let role = if is_loud && form.is_editable() { Role::Warning } else { Role::Title };
    let mut line = Line::styled("── ", look.theme.style(Role::Rule));
    line.push_span(Span::styled(words::heading(form, look.alerts) + " ", look.theme.style(role)));
    let rest = width.saturating_sub(line.width());
    line.push_span(Span::styled("─".repeat(rest), look.theme.style(Role::Rule)));
    line
}

/// The alerts that are hit, as many as there is room for.
fn hit(form: &Form, look: &Look, room: usize, width: usize) -> Vec<Line<'static>> {
    let count = form.hits.rows.len();
    let top = form.top.min(count.saturating_sub(room));
    // The last line counts those that have no room.
    let more = count.saturating_sub(top + room);
    let shown = if more > 0 { room.saturating_sub(1) } else { room };
    let rows = form.hits.rows.iter().skip(top).take(shown).filter_map(|at| look.alerts.rows().get(*at));
    let mut lines: Vec<Line> =
        rows.map(|row| look.alerts.brief(row, words::state(form, row), width, look.theme)).collect();
    if more > 0 && room > 0 {
        let key = if matches!(form.stage, Stage::Edit) { "PgDn" } else { "j k" };
        let text = format!("    + {} more, {key} shows them", count - top - shown);
        lines.push(Line::styled(text, look.theme.style(Role::Dim)));
    }
    lines
}
