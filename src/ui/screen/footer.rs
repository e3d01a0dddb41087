//! The last line: how fresh the screen is, and the keys that do something here and now.

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::model::query::Source;
use crate::model::silence::SilenceState;
use crate::time::{SECOND, Timestamp};
use crate::ui::action::{Action, Row, TABLE};
use crate::ui::app::{App, Link};
use crate::ui::overlay::{Overlay, does_something};
use crate::ui::range::Shown;
use crate::ui::theme::{Role, Theme};
use crate::ui::view::ViewId;
use crate::ui::why::Why;
use crate::ui::widget::ground::put;
use crate::ui::widget::input::Input;

pub fn draw(app: &App, hits: usize, area: Rect, buf: &mut Buffer) {
    let theme = &app.setup.theme;
    let left = if let Some(Overlay::Find(input)) = &app.overlay {
        buf.set_style(area, theme.style(Role::Prompt));
        prompt(" /", input, theme)
    } else if let Some(Overlay::Filter(input)) = &app.overlay {
        buf.set_style(area, theme.style(Role::Prompt));
        let mut line = prompt(" filter ", input, theme);
        if let Some((text, _)) = &app.notice {
            line.push_span(Span::styled(format!("  {text}"), theme.style(Role::Accent)));
        }
        line
    } else if let Some(Overlay::Query(asked)) = &app.overlay {
        buf.set_style(area, theme.style(Role::Prompt));
        let mut line = prompt(" query ", &asked.input, theme);
        if let Some((text, role)) = asked.said() {
            line.push_span(Span::styled(format!("  {text}"), theme.style(role)));
        }
        line
    } else if let Some(Overlay::Search(asked)) = &app.overlay {
        buf.set_style(area, theme.style(Role::Prompt));
        let mut line = prompt(" search ", &asked.input, theme);
        if let Some((text, role)) = asked.said() {
            line.push_span(Span::styled(format!("  {text}"), theme.style(role)));
        }
        line
    } else if let Some((text, _)) = &app.notice {
        Line::styled(format!(" {text}"), theme.style(Role::Accent))
    } else if let Some((done, all)) = app.reporting.asked {
        Line::styled(format!(" report: {done} of {all} answered"), theme.style(Role::Accent))
    } else if matches!(app.overlay, Some(Overlay::Silence(_))) && area.width < 80 {
        Line::default()
    } else {
        Line::styled(freshness(app, hits), theme.style(Role::Dim))
    };
    let used = left.width() as u16;
    put(left, area, buf);
    keys(offers(app, hits), theme, area.width.saturating_sub(used + 2)).alignment(Alignment::Right).render(area, buf);
}

fn prompt<'a>(before_it: &'a str, input: &'a Input, theme: &Theme) -> Line<'a> {
    let (before, after) = input.halves();
    Line::from(vec![
        Span::styled(before_it, theme.style(Role::Key)),
        Span::raw(before),
        Span::styled("█", theme.style(Role::Accent)),
        Span::raw(after),
    ])
}

/// ` asked 14:03:26, next in 4s`
fn freshness(app: &App, hits: usize) -> String {
    if let (Some(find), ViewId::Logs, false) = (&app.find, app.view, app.full) {
        return format!(" /{}  in {} lines", find.text, app.logs.hits());
    }
    if let (Some(find), true) = (&app.find, app.finds_traces()) {
        let (at, all) = app.traces.hits();
        return format!(" /{}  {at} of {all}", find.text);
    }
    if let Some(find) = &app.find {
        return format!(" /{}  {} of {hits}", find.text, (find.current + 1).min(hits));
    }
    let clock = |at: Timestamp| at.format("%H:%M:%S", &app.setup.zone);
    let wait = |next: Timestamp| (next.since(app.now) + SECOND - 1) / SECOND;
    let scene = app.scene();
    let source = if scene.asked { Source::Prometheus } else { Source::Alertmanager };
    match app.links.get(&source) {
        // The logs say it themselves.
        _ if app.view == ViewId::Logs => String::new(),
        _ if app.view == ViewId::Traces => format!(" {}", app.traces.words()),
        _ if !scene.asked && (app.view == ViewId::Overview || !scene.alertmanager) => String::new(),
        _ if !app.shown.is_live() && app.view == ViewId::Overview => " paused: history stands still".to_owned(),
        Some(Link { outage: Some(_), next: Some(next), .. }) if wait(*next) > 0 => {
            format!(" next try in {}s", wait(*next))
        }
        Some(Link { answered: Some(at), next: Some(next), .. }) if wait(*next) > 0 => {
            format!(" asked {}, next in {:>2}s", clock(*at), wait(*next))
        }
        Some(Link { answered: Some(at), .. }) => format!(" asked {}, asking…", clock(*at)),
        _ => " asking…".to_owned(),
    }
}

/// What does not fit is dropped from the end, never cut.
fn keys<'a>(offers: Vec<(String, &'a str)>, theme: &Theme, width: u16) -> Line<'a> {
    let mut spans: Vec<Span> = Vec::new();
    let mut used = 0;
    for (key, label) in offers {
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

/// The keys that do something now and what they do, in the order of use: those of what lies over the view, if
/// anything does.
fn offers<'a>(app: &App, hits: usize) -> Vec<(String, &'a str)> {
    let first = |action| app.setup.keymap.first(action).unwrap_or_default();
    let fixed = |pairs: &[(&str, &'a str)]| pairs.iter().map(|(key, label)| ((*key).to_owned(), *label)).collect();
    match &app.overlay {
        None => {
            let rows = TABLE.iter().filter(|row| offered(app, row.action, hits));
            rows.filter_map(|row| Some((offered_key(app, row.action)?, label(app, row)?))).collect()
        }
        Some(Overlay::Help(_)) => {
            let close = (first(Action::Back), "close");
            if super::help_rows(app) <= app.body().height {
                return vec![close];
            }
            let both = |one, other| format!("{} {}", first(one), first(other));
            let (lines, pages) = (both(Action::Down, Action::Up), both(Action::PageDown, Action::PageUp));
            vec![close, (lines, "scroll"), (pages, "pages")]
        }
        Some(Overlay::Palette(_) | Overlay::Range(_) | Overlay::Choose(_)) => {
            fixed(&[("↑↓", "move"), ("Enter", "take"), ("Esc", "cancel"), ("type", "to narrow")])
        }
        Some(Overlay::Filter(_)) => {
            fixed(&[("Enter", "filter"), ("Esc", "cancel"), ("team=\"a\", x!~\"b\"", "matchers")])
        }
        Some(Overlay::Silence(form)) => fixed(&form.keys()),
        Some(Overlay::Why(why)) => why_keys(app, why),
        Some(Overlay::Query(_)) => fixed(&[("Enter", "ask"), ("Esc", "cancel"), ("↑↓", "queries before")]),
        Some(Overlay::Search(_)) => {
            fixed(&[("Enter", "seek"), ("Esc", "cancel"), ("Tab", "complete"), ("↑↓", "searches before")])
        }
        Some(Overlay::Find(_)) => fixed(&[("Enter", "find"), ("Esc", "cancel")]),
    }
}

/// Those of the ranking, as soon as it is there.
fn why_keys<'a>(app: &App, why: &Why) -> Vec<(String, &'a str)> {
    let first = |action| app.setup.keymap.first(action).unwrap_or_default();
    let close = (first(Action::Back), "close");
    if why.is_asking() {
        return vec![close];
    }
    let both = format!("{} {}", first(Action::Down), first(Action::Up));
    let (copy, line) = (first(Action::Copy), first(Action::CopyCommand));
    vec![
        close,
        ("1-9 a-z".to_owned(), "evidence"),
        (both, "move"),
        (first(Action::Open), "open"),
        (copy, "copy"),
        (line, "command"),
        (first(Action::Why), "again"),
    ]
}

/// The key of an action; of the edge of a window that of the other way too.
fn offered_key(app: &App, action: Action) -> Option<String> {
    let first = |action| app.setup.keymap.first(action);
    match action {
        Action::PanLeft if app.view == ViewId::Logs => Some(format!("{} {}", first(action)?, first(Action::PanRight)?)),
        _ => first(action),
    }
}

fn label(app: &App, row: &Row) -> Option<&'static str> {
    match row.action {
        Action::Pause if !app.shown.is_live() => Some("live"),
        Action::Pause if app.view == ViewId::Logs && !app.logs.follows() => Some("follow"),
        Action::Quiet if app.view == ViewId::Logs => Some("level"),
        Action::Edit if app.view == ViewId::Logs => Some("query"),
        Action::Edit if app.view == ViewId::Traces => Some("search"),
        Action::Quiet if app.view == ViewId::Traces => {
            Some(if app.traces.terms().is_failing() { "all" } else { "failing" })
        }
        Action::Back if app.view == ViewId::Traces && app.find.is_none() && app.crosshair.is_none() => {
            Some(if app.traces.opened().is_some() { "back" } else { "widen" })
        }
        Action::Logs if app.view == ViewId::Traces => Some("logs"),
        Action::ZoomIn if app.view == ViewId::Traces && app.traces.opened().is_some() => Some("zoom to it"),
        Action::PanLeft if app.view == ViewId::Logs => Some("move the edge"),
        Action::Select if app.logs.window().is_some_and(|window| window.is_set()) => Some("free the edge"),
        Action::Select if app.logs.window().is_some() => Some("set the edge"),
        Action::Open if app.view == ViewId::Logs && app.logs.window().is_some() => Some("zoom in"),
        Action::Back if app.view == ViewId::Logs && app.logs.window().is_some() => Some("leave"),
        Action::Exclude if app.logs.is_in_patterns() && !app.full => Some("hide"),
        Action::Open if app.view == ViewId::Logs && app.logs.is_in_patterns() => Some("only these"),
        Action::Back if app.view == ViewId::Logs && !app.full && app.logs.is_in_patterns() => Some("to the lines"),
        Action::Patterns if app.logs.is_in_patterns() => Some("close"),
        Action::Quiet if app.view == ViewId::Silences => {
            Some(if app.alerting.over().0 { "hide ended" } else { "ended too" })
        }
        Action::Open if app.view == ViewId::Rules => Some("its alerts"),
        Action::Back if app.view == ViewId::Rules && app.find.is_none() => Some("alerts"),
        Action::Quiet if app.alerting.quiet_too => Some("hide quiet"),
        Action::Open if app.view == ViewId::Silences => Some("change"),
        Action::Expire if app.view == ViewId::Silences => Some("end it"),
        _ => row.label,
    }
}

/// Whether the action would do something now.
fn offered(app: &App, action: Action, hits: usize) -> bool {
    let in_alerts = app.view == ViewId::Alerts;
    if app.view == ViewId::Silences {
        return offered_of_silences(app, action, hits);
    }
    if app.view == ViewId::Logs {
        return offered_of_logs(app, action);
    }
    if app.view == ViewId::Traces {
        return offered_of_traces(app, action);
    }
    let is_empty = in_alerts && app.alerting.row().is_none();
    let filtered = in_alerts && !app.alerting.filter.is_empty();
    match action {
        _ if app.view == ViewId::Rules && !does_something(app, action) => false,
        Action::Down | Action::Copy if app.view == ViewId::Rules => app.alerting.selected_rule().is_some(),
        Action::Open if app.view == ViewId::Rules => app.alerting.has_rule_alerts(),
        Action::Back if app.view == ViewId::Rules => true,
        Action::Open | Action::Copy if is_empty => false,
        Action::Down if is_empty => false,
        Action::Acknowledge | Action::Silence if is_empty => false,
        Action::Expire | Action::Extend => in_alerts && app.can_silence() && app.alerting.is_silenced(),
        Action::Open => !app.full,
        Action::Back => app.full || app.crosshair.is_some() || app.find.is_some() || filtered,
        Action::FullScreen => !in_alerts,
        Action::Quiet => app.view == ViewId::Alerts && (app.alerting.quiet_too || app.alerting.is_quiet_hidden()),
        Action::Metrics if is_empty => false,
        Action::Links if in_alerts => !app.alerting.links().is_empty(),
        Action::Group | Action::Edit | Action::Order if in_alerts => !app.alerting.is_empty(),
        Action::Pause if in_alerts && !app.shown.is_live() => true,
        Action::CrosshairLeft | Action::ZoomIn | Action::PanLeft | Action::Pause if in_alerts => {
            app.alerting.has_chart(app.body(), app.full)
        }
        Action::FindNext => hits > 0,
        Action::Scope if !does_something(app, action) => false,
        Action::Scope => app.context().is_some_and(|context| !context.scopes.is_empty()),
        Action::Context => app.setup.contexts.len() > 1,
        Action::ZoomReset => app.shown != Shown::Live(app.setup.live),
        action => does_something(app, action),
    }
}

/// The same on the page of silences.
fn offered_of_silences(app: &App, action: Action, hits: usize) -> bool {
    let selected = app.alerting.selected_silence();
    let is_over = selected.is_some_and(|silence| silence.state == SilenceState::Expired);
    match action {
        Action::Copy => selected.is_some(),
        Action::Open => selected.is_some() && app.can_silence(),
        // Enter does the same; without a silence this one makes a new one.
        Action::Silence => selected.is_none() && app.can_silence(),
        Action::Expire | Action::Extend => selected.is_some() && !is_over && app.can_silence(),
        Action::Quiet => app.alerting.over() != (false, false),
        Action::FindNext => hits > 0,
        Action::Context => app.setup.contexts.len() > 1,
        Action::Back | Action::Find => true,
        _ => false,
    }
}

/// The same among the logs.
fn offered_of_logs(app: &App, action: Action) -> bool {
    let has_line = app.logs.line().is_some();
    match action {
        _ if !app.has_logs() => matches!(action, Action::Context | Action::Time),
        _ if app.logs.window().is_some() && !app.full => {
            matches!(action, Action::Select | Action::Open | Action::Back | Action::PanLeft)
        }
        _ if app.logs.is_in_patterns() && !app.full => match action {
            Action::Down | Action::Open | Action::Exclude | Action::Copy => app.logs.has_pattern(),
            Action::Back | Action::Patterns | Action::Time | Action::Pause => true,
            _ => false,
        },
        Action::Copy | Action::Include | Action::Exclude => has_line,
        Action::Open => has_line && !app.full,
        Action::Back => app.full || app.crosshair.is_some() || app.find.is_some() || app.logs.is_narrowed(),
        Action::FindNext => app.find.is_some() && app.logs.hits() > 0,
        Action::Around | Action::Patterns | Action::Wrap => has_line && !app.full,
        Action::Edit | Action::Quiet | Action::Find | Action::Pause | Action::Time => !app.full,
        Action::ZoomIn | Action::CrosshairLeft | Action::Select => !app.full,
        Action::Scope => !app.full && app.context().is_some_and(|context| !context.scopes.is_empty()),
        Action::Context => app.setup.contexts.len() > 1,
        Action::ZoomReset => app.shown != Shown::Live(app.setup.live),
        _ => false,
    }
}

/// The same among the traces, and in the one that is open.
fn offered_of_traces(app: &App, action: Action) -> bool {
    if !app.has_traces() {
        return matches!(action, Action::Context);
    }
    if app.traces.opened().is_some() {
        return match action {
            Action::Back | Action::Logs | Action::NextError => does_something(app, action),
            Action::Fold
            | Action::FoldAll
            | Action::Critical
            | Action::SelfTimes
            | Action::Open
            | Action::Find
            | Action::Copy
            | Action::Metrics
            | Action::Shorter
            | Action::ZoomIn => app.traces.waterfall().is_some(),
            Action::FindNext | Action::Hide => app.traces.hits().1 > 0,
            _ => false,
        };
    }
    let has_row = app.traces.row().is_some();
    match action {
        Action::Down | Action::Open | Action::Copy | Action::Order | Action::Metrics => has_row,
        Action::Logs => has_row && app.has_logs(),
        Action::Back => app.crosshair.is_some() || app.find.is_some() || app.traces.is_narrowed(),
        Action::FindNext => app.find.is_some() && app.traces.hits().1 > 0,
        Action::Find | Action::CrosshairLeft => has_row,
        Action::Edit | Action::Services | Action::Quiet | Action::Pause | Action::Time | Action::ZoomIn => true,
        Action::PanLeft => true,
        Action::Scope => app.context().is_some_and(|context| !context.scopes.is_empty()),
        Action::Context => app.setup.contexts.len() > 1,
        Action::ZoomReset => app.shown != Shown::Live(app.setup.live),
        _ => false,
    }
}
