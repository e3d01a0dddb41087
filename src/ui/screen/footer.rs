//! The last line: how fresh the screen is, and the keys that do something here and now.

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::model::query::Source;
use crate::time::SECOND;
use crate::ui::action::{Action, TABLE};
use crate::ui::app::{App, Link};
use crate::ui::overlay::Overlay;
use crate::ui::range::Shown;
use crate::ui::theme::Role;

pub fn draw(app: &App, area: Rect, buf: &mut Buffer) {
    let theme = &app.setup.theme;
    if let Some(Overlay::Find(input)) = &app.overlay {
        let (before, after) = input.halves();
        let prompt = Line::from(vec![
            Span::styled(" /", theme.style(Role::Key)),
            Span::raw(before),
            Span::styled("█", theme.style(Role::Accent)),
            Span::raw(after),
        ]);
        return prompt.style(theme.style(Role::Prompt)).render(area, buf);
    }
    let left = match &app.notice {
        Some((text, _)) => Line::styled(format!(" {text}"), theme.style(Role::Accent)),
        None => Line::styled(freshness(app), theme.style(Role::Dim)),
    };
    let used = left.width() as u16;
    left.render(area, buf);
    keys(app, area.width.saturating_sub(used + 2)).alignment(Alignment::Right).render(area, buf);
}

/// ` asked 14:03:26, next in 4s`
fn freshness(app: &App) -> String {
    if let Some(find) = &app.find {
        let hits = super::hits(app);
        return format!(" /{}  {} of {hits}", find.text, (find.current + 1).min(hits));
    }
    match app.links.get(&Source::Prometheus) {
        _ if !app.shown.is_live() => " paused: history stands still".to_owned(),
        Some(Link { answered: Some(at), next, .. }) => {
            let next = next.map_or(0, |next| (next.since(app.now).max(0) + SECOND - 1) / SECOND);
            format!(" asked {}, next in {next:>2}s", at.format("%H:%M:%S", &app.setup.zone))
        }
        _ => " asking…".to_owned(),
    }
}

/// In the order of use; what does not fit is dropped from the end, never cut.
fn keys<'a>(app: &App, width: u16) -> Line<'a> {
    let theme = &app.setup.theme;
    let mut spans: Vec<Span> = Vec::new();
    let mut used = 0;
    for row in TABLE.iter().filter(|row| offered(app, row.action)) {
        let (Some(label), Some(key)) = (row.label, app.setup.keymap.first(row.action)) else { continue };
        let label = if row.action == Action::Pause && !app.shown.is_live() { "live" } else { label };
        let pair =
            [Span::styled(key, theme.style(Role::Key)), Span::styled(format!(" {label}  "), theme.style(Role::Dim))];
        used += pair.iter().map(|span| span.width() as u16).sum::<u16>();
        if used > width {
            break;
        }
        spans.extend(pair);
    }
    Line::from(spans)
}

/// Whether the action would do something now.
fn offered(app: &App, action: Action) -> bool {
    match action {
        Action::Open => !app.full,
        Action::Back => app.full || app.crosshair.is_some() || app.find.is_some(),
        Action::Scope => app.context().is_some_and(|context| !context.scopes.is_empty()),
        Action::Context => app.setup.contexts.len() > 1,
        Action::ZoomReset => app.shown != Shown::Live(app.setup.live),
        _ => true,
    }
}
