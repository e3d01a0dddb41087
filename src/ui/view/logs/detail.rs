//! One line with everything that its document says.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::{Logs, row};
use crate::model::log::{Document, Field};
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::view::alerts::wrap;
use crate::ui::view::overview::fit;
use crate::ui::widget::ground::put;

/// Rows that one value takes at most.
const MOST: usize = 60;
/// Cells that a name takes at most.
const NAME: usize = 32;

/// The fields that have a value: those that the cursor goes to.
pub fn leaves(document: &Document) -> impl Iterator<Item = &Field> {
    document.fields.iter().filter(|field| field.value.is_some())
}

pub fn draw(logs: &Logs, scene: &Scene, area: Rect, buf: &mut Buffer) {
    let top = head(logs, scene, area.width);
    let head_rows = (top.len() as u16).min(area.height);
    for (line, row) in top.into_iter().zip(area.rows()) {
        put(line, row, buf);
    }
    let area = Rect { y: area.y + head_rows, height: area.height - head_rows, ..area };
    match logs.document() {
        Some(document) => tree(logs, document, scene, area, buf),
        None if area.height > 0 => {
            let (text, role) = match &logs.document.feed.error {
                Some((error, _)) => (format!(" ✖ the document: {error}"), Role::Failed),
                None => (" … asking for the document".to_owned(), Role::Dim),
            };
            put(Line::styled(text, scene.theme.style(role)), area, buf);
        }
        None => {}
    }
}

/// When, how bad, who, what; and the trace that it belongs to.
fn head<'a>(logs: &'a Logs, scene: &Scene, width: u16) -> Vec<Line<'a>> {
    let Some(held) = logs.line() else { return Vec::new() };
    let style = |role| scene.theme.style(role);
    let mut first = Line::from(vec![
        Span::styled(format!(" {} ", row::clock(held.at, scene)), style(Role::Strong)),
        Span::styled(format!("{} ", held.level.word()), style(row::role(held.level))),
        Span::styled(held.service, style(Role::Accent)),
    ]);
    if !held.place.is_empty() {
        first.push_span(Span::styled(format!("  {}", held.place), style(Role::Dim)));
    }
    if let Some(late) = held.late {
        first.push_span(Span::styled(format!("  late +{late}s"), style(Role::Stale)));
    }
    let mut lines = vec![first];
    let room = usize::from(width).saturating_sub(2);
    lines.extend(unfold(held.message, room, 6).into_iter().map(|part| Line::raw(format!(" {part}"))));
    if !held.trace.is_empty() {
        lines.push(Line::from(vec![
            Span::styled(" trace  ", style(Role::Dim)),
            Span::styled(held.trace, style(Role::Accent)),
        ]));
    }
    lines.push(Line::default());
    lines
}

/// Where each field begins, in rows, and how many it takes.
fn tree(logs: &Logs, document: &Document, scene: &Scene, area: Rect, buf: &mut Buffer) {
    let names = document.fields.iter().map(|field| indent(field) + field.name.width()).max().unwrap_or(0).min(NAME);
    let room = usize::from(area.width).saturating_sub(names + 4).max(8);
    let rows = |field: &Field| field.value.as_ref().map_or(1, |value| unfold(value, room, MOST).len());
    let mut top = 0;
    let (mut before, mut leaf) = (0, 0);
    for field in &document.fields {
        let rows = rows(field);
        if field.value.is_some() {
            if leaf == logs.field {
                // The field under the cursor is shown whole, or as much of it as there is room.
                top = (before + rows).saturating_sub(usize::from(area.height)).min(before);
            }
            leaf += 1;
        }
        before += rows;
    }
    let (mut y, mut leaf) = (0, 0);
    for field in &document.fields {
        let selected = field.value.is_some() && leaf == logs.field;
        leaf += usize::from(field.value.is_some());
        for (n, line) in lines(field, names, room, selected, scene).into_iter().enumerate() {
            if y >= top + usize::from(area.height) {
                return;
            }
            if y >= top {
                let place = Rect { y: area.y + (y - top) as u16, height: 1, ..area };
                put(line, place, buf);
                if selected && n == 0 {
                    buf.set_style(place, scene.theme.style(Role::Selected));
                }
            }
            y += 1;
        }
    }
}

/// A value in rows: its own lines, such as those of a stack trace, with their indent, and what is longer wrapped.
pub fn unfold(value: &str, room: usize, most: usize) -> Vec<String> {
    let mut rows = Vec::new();
    for line in value.split('⏎') {
        let left = most.saturating_sub(rows.len());
        let blank = line.len() - line.trim_start_matches(' ').len();
        let blank = " ".repeat(blank.min(room / 2));
        let parts = wrap(line, room.saturating_sub(blank.len()), left);
        if left > 0 && parts.is_empty() {
            rows.push(String::new());
        }
        rows.extend(parts.into_iter().map(|part| format!("{blank}{part}")));
    }
    rows
}

fn indent(field: &Field) -> usize {
    usize::from(field.depth.min(12)) * 2
}

fn lines<'a>(field: &Field, names: usize, room: usize, selected: bool, scene: &Scene) -> Vec<Line<'a>> {
    let style = |role| scene.theme.style(role);
    let name = format!("{}{}", " ".repeat(indent(field)), field.name);
    let name = fit(&name, names);
    let mark = if selected { "▌ " } else { "  " };
    let blank = " ".repeat(names.saturating_sub(name.width()) + 2);
    let first = vec![Span::raw(mark), Span::styled(name, style(Role::Dim)), Span::raw(blank)];
    let Some(value) = &field.value else { return vec![Line::from(first)] };
    let mut values = unfold(value, room, MOST).into_iter();
    let mut lines = vec![Line::from(first)];
    if let (Some(line), Some(value)) = (lines.first_mut(), values.next()) {
        line.push_span(Span::raw(value));
    }
    lines.extend(values.map(|value| Line::raw(format!("{}{value}", " ".repeat(names + 4)))));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_trace_keeps_its_lines_and_their_indent() {
        let rows = unfold("Traceback:⏎  File \"/app/checkout.py\", line 88⏎⏎TimeoutError", 20, 9);
        assert_eq!(rows, ["Traceback:", "  File", "  \"/app/checkout.py\"", "  , line 88", "", "TimeoutError"]);
        assert_eq!(unfold("a⏎b⏎c", 20, 2), ["a", "b"]);
        assert_eq!(unfold("", 20, 2), [""]);
    }
}
