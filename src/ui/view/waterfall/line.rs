//! The rows of the tree: who did what, when, and for how long.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::Waterfall;
use super::bar::{Ink, Scale};
use super::layout::{bars, columns};
use crate::analysis::logs::number;
use crate::analysis::traces::Node;
use crate::model::unit::nanos;
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::view::alerts::right;
use crate::ui::view::overview::fit;
use crate::ui::widget::ground::put;

/// Cells that the name of a service takes at most, and below which it is left out.
const SERVICE: usize = 20;
const LEAST: usize = 5;

impl Waterfall {
    pub(super) fn draw_rows(&self, scene: &Scene, area: Rect, buf: &mut Buffer) {
        let top = self.sight(area.height);
        if self.rows.shown().is_empty() && area.height > 0 {
            let said = if self.trace.spans.is_empty() {
                " this trace has no spans"
            } else {
                " nothing fits; everything is hidden"
            };
            put(Line::styled(said, scene.theme.style(Role::Dim)), Rect { height: 1, ..area }, buf);
        }
        for (at, row) in self.rows.shown().iter().skip(top).zip(area.rows()) {
            self.draw_row(*at as usize, scene, row, buf);
            if *at == self.cursor {
                put(Line::raw("▌"), Rect { width: 1, ..row }, buf);
                buf.set_style(row, scene.theme.style(Role::Selected));
            }
        }
    }

    fn draw_row(&self, at: usize, scene: &Scene, row: Rect, buf: &mut Buffer) {
        let (Some(node), Some(span)) = (self.tree.nodes.get(at), self.span_of(at)) else { return };
        let style = |role| scene.theme.style(role);
        let widths = columns(row.width);
        let color = self.facts.service(span).map_or(0, |service| service.color);
        let series = scene.theme.series(color);
        let name = Rect { x: row.x + 1, width: widths.name.saturating_sub(1), ..row }.intersection(row);
        put(self.name(at, node, series, scene, usize::from(name.width)), name, buf);
        let place = bars(row);
        let path = if self.marks_path { self.tree.path_of(at) } else { &[] };
        let scale = Scale { window: self.window(), width: place.width };
        for (x, sign, ink) in scale.cells((span.start, span.end()), path) {
            let style = match ink {
                Ink::Own => series,
                Ink::Path => style(Role::Accent).patch(style(Role::Strong)),
                Ink::Aside => style(Role::Dim),
            };
            if let Some(cell) = buf.cell_mut((place.x + x, place.y)) {
                cell.set_char(sign).set_style(style);
            }
        }
        self.draw_time(at, node, span, scene, Rect { x: row.right() - widths.time, width: widths.time, ..row }, buf);
    }

    /// The duration, and `✖` where it failed, or something that is folded below it.
    fn draw_time(
        &self,
        at: usize,
        node: &Node,
        span: &crate::model::trace::Span,
        scene: &Scene,
        place: Rect,
        buf: &mut Buffer,
    ) {
        if place.width == 0 {
            return;
        }
        let style = |role| scene.theme.style(role);
        let is_hidden = self.rows.is_folded(at) && self.facts.failed_within(at + 1, node.end as usize) > 0;
        let mark = if span.is_error || is_hidden { "✖" } else { " " };
        let role = if self.marks_path && node.critical > 0 { Role::Strong } else { Role::Text };
        let line = Line::from(vec![
            Span::styled(right(&nanos(span.duration), usize::from(place.width) - 1), style(role)),
            Span::styled(mark, if span.is_error { style(Role::Critical) } else { style(Role::Warning) }),
        ]);
        put(line, place, buf);
    }

    /// `├ ▸ P payment  authorize (7) !`
    fn name<'a>(&self, at: usize, node: &Node, series: Style, scene: &Scene, width: usize) -> Line<'a> {
        let style = |role| scene.theme.style(role);
        let Some(span) = self.span_of(at) else { return Line::default() };
        let service = self.facts.service(span);
        let is_folded = self.rows.is_folded(at);
        let below = self.below(at);
        let fold = match (below > 0, is_folded) {
            (false, _) => "  ",
            (true, true) => "▸ ",
            (true, false) => "▾ ",
        };
        let letters = service.map_or("?", |service| &service.letters);
        let count = if below > 0 && is_folded { format!(" ({})", number(below.into())) } else { String::new() };
        let odd = if self.is_odd(at) { " !" } else { "" };
        let guides = self.guides(node, width / 3);
        let used = guides.width() + fold.width() + letters.width() + 1 + count.width() + odd.width();
        let room = width.saturating_sub(used);
        let operation = if span.operation.is_empty() { "(no name)" } else { &*span.operation };
        let who = who(service.map_or("", |service| &service.name), operation, room);
        let operation = fit(operation, room.saturating_sub(who.width()));
        let role = match () {
            () if self.is_hit(at) => Role::Match,
            () if self.marks_path && node.critical > 0 => Role::Accent,
            () => Role::Text,
        };
        Line::from(vec![
            Span::styled(guides, style(Role::Rule)),
            Span::styled(fold, style(Role::Dim)),
            Span::styled(format!("{letters} "), series.patch(Style::new().bold())),
            Span::styled(who, series),
            Span::styled(operation, style(role)),
            Span::styled(count, style(Role::Dim)),
            Span::styled(odd, style(Role::Stale)),
        ])
    }

    /// `│ ├ `; where there is no room for so many, how deep it is: `512› `.
    fn guides(&self, node: &Node, room: usize) -> String {
        let depth = usize::from(node.depth);
        if depth * 2 > room {
            return right(&format!("{depth}› "), room.max(4) / 2 * 2);
        }
        let mut guides: Vec<&str> = Vec::with_capacity(depth);
        let (mut below, mut end) = (node, node.end as usize);
        for level in 0..depth {
            let Some(parent) = below.parent.and_then(|parent| self.tree.nodes.get(parent as usize)) else { break };
            let goes_on = self.rows.kept_within(end, parent.end as usize) > 0;
            guides.push(match (level, goes_on) {
                (0, true) => "├ ",
                (0, false) => "└ ",
                (_, true) => "│ ",
                (_, false) => "  ",
            });
            (below, end) = (parent, parent.end as usize);
        }
        guides.iter().rev().copied().collect()
    }
}

/// The service with two blanks, as far as the operation leaves room for it: its letter tells it too.
fn who(service: &str, operation: &str, room: usize) -> String {
    let free = room.saturating_sub(operation.width() + 2).max(room / 4).min(SERVICE);
    match service.width() {
        0 => String::new(),
        width if width <= free => format!("{service}  "),
        _ if free < LEAST => String::new(),
        _ => fit(service, free) + "  ",
    }
}
