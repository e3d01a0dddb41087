//! The list: how many alerts there are, what is wrong with the answers, and one row an alert.

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::layout::{MARGIN, Places};
use super::list::{Entry, Group};
use super::notes::{self, Known};
use super::order::Order;
use super::words::{cell, mark, right, since, told_short, value};
use super::{Alerts, words};
use crate::analysis::alerts::Row;
use crate::time::ago;
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::view::overview::fit;
use crate::ui::widget::ground::put;

/// How many cells each column has; 0 where the screen has no room for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Columns {
    severity: usize,
    name: usize,
    state: usize,
    since: usize,
    value: usize,
    bound: usize,
    differs: usize,
    told: usize,
}

impl Columns {
    /// By the width of the screen alone, so that nothing moves when alerts come and go.
    fn of(width: usize) -> Self {
        let none = Self { severity: 0, name: 0, state: 10, since: 10, value: 0, bound: 0, differs: 0, told: 0 };
        let rest = |used: usize| width.saturating_sub(MARGIN + used);
        match width {
            0..60 => Self { name: rest(20), ..none },
            // The name says more than half a word of who is told.
            60..72 => {
                let rest = rest(10 + 20);
                Self { severity: 10, name: rest * 3 / 5, differs: rest * 2 / 5, ..none }
            }
            72..100 => {
                let rest = rest(10 + 20);
                Self { severity: 10, name: rest * 2 / 5, differs: rest * 3 / 10, told: rest * 3 / 10, ..none }
            }
            100..116 => {
                let rest = rest(10 + 10 + 12 + 11);
                let of = Self { severity: 10, since: 12, value: 11, ..none };
                Self { name: rest * 2 / 5, differs: rest * 3 / 10, told: rest * 3 / 10, ..of }
            }
            _ => {
                let rest = rest(10 + 10 + 12 + 11 + 12);
                let (name, differs) = (rest * 3 / 10, rest * 35 / 100);
                let told = rest - name - differs;
                Self { severity: 10, name, state: 10, since: 12, value: 11, bound: 12, differs, told }
            }
        }
    }
}

pub fn draw(alerts: &Alerts, scene: &Scene, places: Places, buf: &mut Buffer) {
    let mut head = places.head.rows();
    let columns = Columns::of(usize::from(places.head.width));
    if let Some(row) = head.next() {
        counts(alerts, scene, row, buf);
    }
    if let Some(row) = head.next() {
        let notes = notes::lines(alerts, scene);
        let more = if notes.len() > 1 { format!("  + {} more", notes.len() - 1) } else { String::new() };
        if let Some((text, role)) = notes.first() {
            let text = fit(text, usize::from(row.width).saturating_sub(more.len() + 1));
            put(Line::styled(format!(" {text}{more}"), scene.theme.style(*role)), row, buf);
        }
    }
    if let Some(row) = head.next().filter(|_| alerts.list.len() > 0) {
        put(Line::styled(heads(columns), scene.theme.style(Role::Dim)), row, buf);
    }
    if alerts.list.len() == 0 {
        return instead(alerts, scene, places.rows, buf);
    }
    let first = alerts.first_in_sight(places.rows.height);
    let selected = alerts.list.entry_of(alerts.place);
    for ((at, entry), row) in alerts.list.entries.iter().enumerate().skip(first).zip(places.rows.rows()) {
        match entry {
            Entry::Heading { text, count } => {
                let text = fit(text, usize::from(row.width).saturating_sub(12));
                put(Line::styled(format!(" {text}  {count}"), scene.theme.style(Role::Title)), row, buf);
            }
            Entry::Alert(number) => {
                let Some(alert) = alerts.list.rows.get(*number) else { continue };
                let is_selected = selected == Some(at);
                put(line(alerts, alert, columns, is_selected, scene), row, buf);
                if is_selected {
                    buf.set_style(row, scene.theme.style(Role::Selected));
                }
            }
        }
    }
}

/// ` by severity  4 of 7 shown (3 silenced, inhibited or muted, v shows them)    filter team="agent360" `
fn counts(alerts: &Alerts, scene: &Scene, row: Rect, buf: &mut Buffer) {
    let list = &alerts.list;
    let mut why = Vec::new();
    if list.quiet > 0 {
        why.push(format!("{} quiet", list.quiet));
    }
    if list.unfit > 0 {
        why.push(format!("{} filtered out", list.unfit));
    }
    if list.alive > 0 {
        why.push(format!("{} alive", list.alive));
    }
    let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join(", ")) };
    let mut text = match (&alerts.group, alerts.order) {
        (group, Order::Urgency) => format!(" by {}", group.name()),
        (Group::Urgency, order) => format!(" by {}", order.name()),
        (group, order) => format!(" by {}, then {}", group.name(), order.name()),
    };
    if !list.rows.is_empty() {
        text.push_str(&format!("  {} of {} shown{why}", list.len(), list.rows.len()));
    }
    if let Known::Old(at) = notes::known(alerts, scene) {
        text.push_str(&format!("  stale {}", ago(scene.now.since(at))));
    }
    if !scene.shown.is_live() {
        text.push_str("  of now, not of the range");
    }
    let theme = scene.theme;
    let mut left = Line::styled(text, theme.style(Role::Dim));
    // Alerts have no common label that a scope could be told by: they are all here.
    if scene.scoped {
        left.push_span(Span::styled("  of every scope", theme.style(Role::Stale)));
    }
    let used = left.width() as u16;
    put(left, row, buf);
    if !alerts.filter.is_empty() && row.width > used + 4 {
        let room = usize::from(row.width - used - 3);
        let text = fit(&format!("filter {}", alerts.filter.text()), room);
        let filter = Line::styled(format!("{text} "), theme.style(Role::Accent));
        filter.alignment(Alignment::Right).render(row, buf);
    }
}

fn heads(columns: Columns) -> String {
    let column = |text: &str, width: usize| if width > 0 { cell(text, width - 1) + " " } else { String::new() };
    let number = |text: &str, width: usize| if width > 0 { right(text, width - 2) + "  " } else { String::new() };
    " ".repeat(MARGIN)
        + &column("severity", columns.severity)
        + &column("alert", columns.name)
        + &column("state", columns.state)
        + &number("since", columns.since)
        + &number("value", columns.value)
        + &number("threshold", columns.bound)
        + &column("differs by", columns.differs)
        + &column("told", columns.told)
}

fn line(alerts: &Alerts, row: &Row, columns: Columns, selected: bool, scene: &Scene) -> Line<'static> {
    let theme = scene.theme;
    let (sign, role) = mark(row);
    let text = if row.state.is_hidden() { Role::Dim } else { Role::Text };
    let (value, bound) = value(alerts, row);
    let (told, told_role) = told_short(alerts, row, scene);
    let mut line = Line::default();
    line.push_span(Span::styled(if selected { "▌" } else { " " }, theme.style(Role::Accent)));
    line.push_span(Span::styled(format!("{sign}  "), theme.style(role)));
    let mut column = |text: &str, width: usize, role: Role| {
        if width > 0 {
            line.push_span(Span::styled(cell(text, width - 1) + " ", theme.style(role)));
        }
    };
    let number = |text: &str, width: usize| right(text, width.saturating_sub(2));
    column(row.severity.word(), columns.severity, role);
    column(&row.name(), columns.name, text);
    column(row.state.word(), columns.state, role);
    column(&number(&since(alerts, row, scene.server_now()), columns.since), columns.since, text);
    column(&number(&value, columns.value), columns.value, text);
    column(&number(&bound, columns.bound), columns.bound, Role::Dim);
    column(&alerts.list.difference_in(row, columns.differs.saturating_sub(1)), columns.differs, text);
    column(&told, columns.told, told_role);
    line
}

/// What stands where no alert is: each of the reasons reads differently, and only one is calm.
fn instead(alerts: &Alerts, scene: &Scene, area: Rect, buf: &mut Buffer) {
    let list = &alerts.list;
    let (text, role) = match notes::known(alerts, scene) {
        _ if list.quiet + list.unfit > 0 => {
            let hidden = match (list.quiet, list.unfit) {
                (quiet, 0) => format!("all {quiet} alerts are silenced, inhibited or muted; v shows them"),
                (0, unfit) => format!("none of {unfit} alerts fits the filter"),
                (quiet, _) => format!("only silenced, inhibited or muted ones fit the filter ({quiet}); v shows them"),
            };
            (hidden, Role::Dim)
        }
        Known::NotAsked if !scene.alertmanager => ("not asked: this context has no Prometheus".to_owned(), Role::Dim),
        Known::NotAsked if alerts.held.get().is_none() => match &alerts.held.feed.error {
            Some((error, _)) => (format!("✖ alertmanager: {error}"), Role::Failed),
            None => ("asking alertmanager…".to_owned(), Role::Dim),
        },
        Known::NotAsked => ("Alertmanager holds no alert; Prometheus is not asked".to_owned(), Role::Dim),
        Known::Asking => ("asking…".to_owned(), Role::Dim),
        Known::NoEngine(error) => (format!("✖ no rule engine: {error}"), Role::Failed),
        Known::Failed(error, since) => (format!("✖ {error} · for {}", ago(scene.now.since(since))), Role::Failed),
        Known::Old(at) => (format!("none was pending or firing {} ago", ago(scene.now.since(at))), Role::Stale),
        Known::Now if alerts.rules.get().is_some() && notes::tally(alerts.groups()).rules == 0 => {
            ("there is no alerting rule".to_owned(), Role::Stale)
        }
        Known::Now => ("none is pending or firing".to_owned(), Role::Dim),
    };
    for (text, row) in words::wrap(&text, usize::from(area.width).saturating_sub(5), 3).into_iter().zip(area.rows()) {
        put(Line::styled(format!("    {text}"), scene.theme.style(role)), row, buf);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_fill_the_width_and_never_more() {
        for width in 24..230 {
            let columns = Columns::of(width);
            let sum = MARGIN + columns.severity + columns.name + columns.state + columns.since;
            let sum = sum + columns.value + columns.bound + columns.differs + columns.told;
            assert!(sum <= width, "{width}: {columns:?}");
            // `HighErrorRate` and its blank.
            assert!(width < 60 || columns.name >= 14, "{width}: {columns:?}");
        }
    }
}
