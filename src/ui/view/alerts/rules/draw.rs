//! Paints the list of rules: only the lines in sight, however many there are.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::Alerts;
use super::super::layout::MARGIN;
use super::super::words::{cell, right, wrap};
use super::{Entry, detail, places, words};
use crate::analysis::rules::Trouble;
use crate::model::rule::{Rule, RuleGroup};
use crate::time::Timestamp;
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::widget::ground::put;

/// How many cells each column has; 0 where the screen has no room for it.
#[derive(Debug, Clone, Copy)]
struct Columns {
    name: usize,
    kind: usize,
    state: usize,
    took: usize,
    health: usize,
}

impl Columns {
    /// By the width of the screen alone.
    fn of(width: usize) -> Self {
        let rest = |used: usize| width.saturating_sub(MARGIN + used);
        match width {
            0..60 => Self { name: rest(13), kind: 0, state: 13, took: 0, health: 0 },
            60..100 => {
                let rest = rest(11 + 13 + 10);
                let name = rest * 3 / 5;
                Self { name, kind: 11, state: 13, took: 10, health: rest - name }
            }
            _ => {
                let rest = rest(11 + 22 + 11);
                let name = rest * 2 / 5;
                Self { name, kind: 11, state: 22, took: 11, health: rest - name }
            }
        }
    }
}

pub fn draw(alerts: &Alerts, scene: &Scene, area: Rect, buf: &mut Buffer) {
    let (head, rows, below) = places(area);
    let page = &alerts.rules_page;
    if let Some((text, role)) = words::nothing(alerts, scene) {
        let lines = wrap(&text, usize::from(rows.width).saturating_sub(5), 3);
        for (text, row) in lines.into_iter().zip(rows.rows()) {
            put(Line::styled(format!("    {text}"), scene.theme.style(role)), row, buf);
        }
        return;
    }
    let columns = Columns::of(usize::from(area.width));
    heading(alerts, scene, columns, head, buf);
    let now = scene.now.plus(page.ahead);
    let (first, selected) = (page.first_in_sight(rows.height), page.places.get(page.place).copied());
    for ((at, entry), row) in page.entries.iter().enumerate().skip(first).zip(rows.rows()) {
        match *entry {
            Entry::Group(group, trouble) => {
                let Some(group) = alerts.groups().get(group) else { continue };
                put(group_line(group, trouble, now, scene), row, buf);
            }
            Entry::Rule(group, rule, trouble) => {
                let Some(group) = alerts.groups().get(group) else { continue };
                let Some(rule) = group.rules.get(rule) else { continue };
                let is_selected = selected == Some(at);
                put(rule_line(group, rule, trouble, columns, is_selected, now, scene), row, buf);
                if is_selected {
                    buf.set_style(row, scene.theme.style(Role::Selected));
                }
            }
        }
    }
    if below.height > 0 {
        detail::draw(alerts, scene, below, buf);
    }
}

fn heading(alerts: &Alerts, scene: &Scene, columns: Columns, head: Rect, buf: &mut Buffer) {
    let theme = scene.theme;
    let mut rows = head.rows();
    if let Some(row) = rows.next() {
        let counts = format!(" {}", words::counts(&alerts.rules_page.survey));
        let mut line = Line::default();
        if let Some((text, role)) = words::stale(alerts, scene) {
            line.push_span(Span::styled(format!(" {text} "), theme.style(role)));
        }
        line.push_span(Span::styled(counts, theme.style(Role::Dim)));
        put(line, row, buf);
    }
    if let Some(row) = rows.next() {
        let column = |text: &str, width: usize| if width > 0 { cell(text, width - 1) + " " } else { String::new() };
        let took = if columns.took > 0 { right("took", columns.took - 2) + "  " } else { String::new() };
        let text = " ".repeat(MARGIN)
            + &column("rule", columns.name)
            + &column("kind", columns.kind)
            + &column("state", columns.state)
            + &took
            + &column("health", columns.health);
        put(Line::styled(text, theme.style(Role::Dim)), row, buf);
    }
}

/// ` agent360  every 15s · took 4 ms · evaluated 4s ago · /etc/rules.yml`
fn group_line(group: &RuleGroup, trouble: Option<Trouble>, now: Timestamp, scene: &Scene) -> Line<'static> {
    let theme = scene.theme;
    let mut line = Line::from(Span::styled(format!(" {}  ", group.name), theme.style(Role::Title)));
    if let Some(trouble) = trouble {
        let (text, role) = words::group_trouble(trouble, group, now);
        line.push_span(Span::styled(format!("{text}  "), theme.style(role)));
    }
    line.push_span(Span::styled(words::group_facts(trouble, group, now), theme.style(Role::Dim)));
    line
}

fn rule_line(
    group: &RuleGroup,
    rule: &Rule,
    trouble: Option<Trouble>,
    columns: Columns,
    selected: bool,
    now: Timestamp,
    scene: &Scene,
) -> Line<'static> {
    let theme = scene.theme;
    let (sign, mark) = words::mark(trouble, rule, scene);
    let (state, state_role) = match trouble.filter(|_| columns.health == 0) {
        Some(trouble) => (words::short(trouble).to_owned(), mark),
        None => words::state(rule, scene),
    };
    let (health, health_role) = words::health(trouble, group, rule, now);
    let mut line = Line::default();
    line.push_span(Span::styled(if selected { "▌" } else { " " }, theme.style(Role::Accent)));
    line.push_span(Span::styled(format!("{sign}  "), theme.style(mark)));
    let mut column = |text: &str, width: usize, role: Role| {
        if width > 0 {
            line.push_span(Span::styled(cell(text, width - 1) + " ", theme.style(role)));
        }
    };
    column(&rule.name, columns.name, Role::Text);
    column(words::kind(rule), columns.kind, Role::Dim);
    column(&state, columns.state, state_role);
    column(&right(&words::took(rule.took), columns.took.saturating_sub(2)), columns.took, Role::Text);
    column(&health, columns.health, health_role);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_fill_the_width_and_never_more() {
        for width in 20..230 {
            let columns = Columns::of(width);
            let sum = MARGIN + columns.name + columns.kind + columns.state + columns.took + columns.health;
            assert_eq!(sum, width, "{columns:?}");
        }
    }
}
