//! One log line as the list shows it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::layout;
use crate::model::log::Level;
use crate::store::log::Held;
use crate::time::{DAY, Timestamp};
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::view::alerts::{cell, wrap};
use crate::ui::view::overview::fit;

/// From so far out on a day and a month do not say when.
const YEAR: i64 = 300 * DAY;

/// How lines are laid out.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    pub width: u16,
    pub wrap: bool,
    /// Cells of the text that are left out at its beginning.
    pub sideways: usize,
    /// A line takes no more rows than this.
    pub most: u16,
}

pub fn role(level: Level) -> Role {
    match level {
        Level::Error => Role::Critical,
        Level::Warn => Role::Warning,
        Level::Info => Role::Info,
        Level::Debug | Level::Unknown => Role::Dim,
    }
}

/// Time of day with milliseconds; with the date where the range spans more than a day. A line of a day that the range
/// does not touch, which late and future-dated ones are, would pass for one of today: it says its day and the minute,
/// or the date alone where it is far out.
pub fn clock(at: i64, scene: &Scene) -> String {
    let at = Timestamp::of_ns(at);
    let range = scene.shown.at(scene.now);
    let day = |at: Timestamp| at.format("%Y-%m-%d", scene.zone);
    let is_out = at < range.start || at > range.end;
    let pattern = match scene.shown.length() > DAY {
        _ if at < range.start.plus(-YEAR) || at > range.end.plus(YEAR) => "%Y-%m-%d",
        true => "%m-%d %H:%M:%S%.3f",
        false if is_out && day(at) != day(range.start) && day(at) != day(range.end) => "%m-%d %H:%M",
        false => "%H:%M:%S%.3f",
    };
    at.format(pattern, scene.zone)
}

fn clock_width(scene: &Scene) -> usize {
    if scene.shown.length() > DAY { 18 } else { 12 }
}

/// What stands behind the message.
fn tags(held: &Held) -> String {
    let mut tags = String::new();
    for (name, value) in [("endpoint", held.endpoint), ("error_type", held.error_type), ("trace", held.trace)] {
        if !value.is_empty() {
            tags.push_str(&format!("  {name}={value}"));
        }
    }
    tags
}

fn late(held: &Held) -> String {
    held.late.map_or_else(String::new, |seconds| {
        format!("  late +{}", crate::time::ago(i64::from(seconds) * crate::time::SECOND))
    })
}

impl Look {
    /// Cells before the message.
    fn lead(self, scene: &Scene) -> usize {
        let service = layout::service(self.width);
        2 + clock_width(scene) + 1 + 5 + 1 + if service > 0 { service + 1 } else { 0 }
    }

    /// The text in rows.
    fn rows_of(self, held: &Held, scene: &Scene) -> Vec<String> {
        let width = usize::from(self.width).saturating_sub(self.lead(scene) + 1).max(8);
        wrap(&format!("{}{}", held.message, tags(held)), width, usize::from(self.most.max(1)))
    }

    /// How many rows a line takes.
    pub fn height(self, held: &Held, scene: &Scene) -> u16 {
        if self.wrap { u16::try_from(self.rows_of(held, scene).len().max(1)).unwrap_or(u16::MAX) } else { 1 }
    }
}

/// Draws a line from its row `cut` on; what is under the cursor is laid over it.
pub fn draw(held: &Held, look: Look, cut: u16, selected: bool, scene: &Scene, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let style = |role| scene.theme.style(role);
    let lead = look.lead(scene);
    let room = usize::from(area.width).saturating_sub(lead + 1);
    let mut y = area.y;
    if cut == 0 {
        let mut spans = vec![
            Span::raw(if selected { "▌ " } else { "  " }),
            Span::styled(cell(&clock(held.at, scene), clock_width(scene)), style(Role::Dim)),
            Span::styled(format!(" {:<5} ", held.level.word()), style(role(held.level))),
        ];
        let service = layout::service(look.width);
        if service > 0 {
            spans.push(Span::styled(cell(held.service, service) + " ", style(Role::Accent)));
        }
        buf.set_line(area.x, y, &Line::from(spans), area.width);
    }
    if look.wrap {
        for row in look.rows_of(held, scene).iter().skip(usize::from(cut)) {
            if y >= area.bottom() {
                break;
            }
            buf.set_line(area.x + lead.min(usize::from(area.width)) as u16, y, &Line::raw(row.as_str()), room as u16);
            y += 1;
        }
    } else {
        let late = late(held);
        let room = room.saturating_sub(late.width());
        let x = area.x + lead.min(usize::from(area.width)) as u16;
        buf.set_line(x, y, &text(held, look.sideways, room, scene), room as u16);
        let x = (x + room as u16).min(area.right());
        buf.set_line(x, y, &Line::styled(late, style(Role::Stale)), area.right().saturating_sub(x));
        y += 1;
    }
    if selected {
        buf.set_style(Rect { height: y - area.y, ..area }, style(Role::Selected));
    }
}

/// Message and tags in one row, from so many cells on.
fn text<'a>(held: &Held<'a>, sideways: usize, room: usize, scene: &Scene) -> Line<'a> {
    let (message, tags) = (held.message, tags(held));
    if sideways == 0 && message.width() + tags.width() <= room {
        return Line::from(vec![Span::raw(message), Span::styled(tags, scene.theme.style(Role::Dim))]);
    }
    let all = format!("{message}{tags}");
    let rest = skip(&all, sideways);
    let mark = if sideways > 0 { "…" } else { "" };
    Line::raw(format!("{mark}{}", fit(rest, room.saturating_sub(mark.width()))))
}

/// A text without its first cells.
fn skip(text: &str, cells: usize) -> &str {
    let mut left = cells;
    for (at, grapheme) in text.grapheme_indices(true) {
        if left == 0 {
            return text.get(at..).unwrap_or_default();
        }
        left = left.saturating_sub(grapheme.width().max(1));
    }
    ""
}

/// The line as text, to be given to somebody.
pub fn copied(held: &Held) -> String {
    let at = Timestamp::of_ns(held.at).rfc3339();
    format!("{at} {} {} {}{}\n", held.level.word(), held.service, held.message, tags(held))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_left_out_from_the_left() {
        assert_eq!((skip("abc", 2), skip("abc", 9), skip("東京x", 2), skip("", 0)), ("c", "", "京x", ""));
    }
}
