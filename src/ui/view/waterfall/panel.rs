//! The detail of the span under the cursor, below the tree: its title, and as many of its lines as there is room for.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::detail::{Detail, Piece};
use super::layout::Size;
use super::{Waterfall, said};
use crate::analysis::traces::Node;
use crate::model::trace;
use crate::model::unit::nanos;
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::view::overview::fit;
use crate::ui::widget::ground::put;

/// Cells of an operation at least, and of a title with all its words.
const LEAST: usize = 12;
const WIDE: usize = 110;
const OFF: &str = "not on the critical path";

impl Waterfall {
    fn detail(&self, width: u16) -> Vec<Vec<Piece>> {
        Detail::of(self, usize::from(width), self.size == Size::Small, self.wraps).lines
    }

    /// So many lines of the detail can be scrolled out of its room.
    pub(super) fn last_scroll(&self, panel: Rect) -> usize {
        self.detail(panel.width).len().saturating_sub(usize::from(panel.height.saturating_sub(1)))
    }
}

pub fn draw(waterfall: &Waterfall, scene: &Scene, area: Rect, buf: &mut Buffer) {
    if area.height == 0 || waterfall.span().is_none() {
        return;
    }
    let style = |role| scene.theme.style(role);
    let lines = waterfall.detail(area.width);
    let room = usize::from(area.height) - 1;
    let top = waterfall.scrolled.min(lines.len().saturating_sub(room));
    let below = lines.len().saturating_sub(top + room);
    put(title(waterfall, scene, usize::from(area.width), below), Rect { height: 1, ..area }, buf);
    let mut rows = Rect { y: area.y + 1, height: area.height - 1, ..area }.rows();
    for (line, row) in lines.into_iter().skip(top).zip(&mut rows) {
        let spans = line.into_iter().map(|(text, role)| Span::styled(text, style(role)));
        put(Line::from_iter(spans), row, buf);
    }
    // The last row tells where the time of all went, where the span itself has not so much to say.
    if waterfall.size == Size::Small
        && let Some(row) = rows.next_back()
    {
        let width = usize::from(area.width).saturating_sub(13);
        let line = vec![Span::styled(" self time   ", style(Role::Dim)), Span::raw(said::most(waterfall, width))];
        put(Line::from(line), row, buf);
    }
}

/// ` ── reserve  inventory  3 s, 96 % of the trace, itself 12 ms, on the critical path for 3 s ── +12 lines ──`
fn title<'a>(waterfall: &Waterfall, scene: &Scene, width: usize, below: usize) -> Line<'a> {
    let style = |role| scene.theme.style(role);
    let at = waterfall.cursor as usize;
    let (Some(span), Some(node)) = (waterfall.span(), waterfall.tree.nodes.get(at)) else { return Line::default() };
    let service = waterfall.facts.service(span);
    let facts = facts(waterfall, span, node, width);
    let name = service.map_or("", |service| &service.name);
    let used = 4 + facts.width() + 2 + name.width() + 2 + 1;
    let operation = fit(&span.operation, width.saturating_sub(used).max(LEAST));
    let more = if below > 0 { format!(" +{below} lines ") } else { String::new() };
    let focus = if waterfall.has_panel_keys() { Role::Strong } else { Role::Title };
    let mut line = Line::from(vec![
        Span::styled(" ── ", style(Role::Rule)),
        Span::styled(operation, style(focus)),
        Span::styled(format!("  {name}  "), scene.theme.series(service.map_or(0, |service| service.color))),
        Span::raw(facts),
        Span::raw(" "),
    ]);
    let rest = width.saturating_sub(line.width());
    if rest > more.width() + 2 {
        line.push_span(Span::styled("─".repeat(rest - more.width() - 1), style(Role::Rule)));
        line.push_span(Span::styled(more, style(Role::Dim)));
        line.push_span(Span::styled("─", style(Role::Rule)));
    }
    line
}

/// How long, and what of it counts; in fewer words where there is less room.
fn facts(waterfall: &Waterfall, span: &trace::Span, node: &Node, width: usize) -> String {
    let [took, own, path] = [span.duration, node.self_time, node.critical].map(nanos);
    let share = waterfall.facts.percent(span.duration);
    if width < WIDE {
        let path = if node.critical > 0 { format!("critical {path}") } else { "not critical".to_owned() };
        return format!("{took}, {share}, itself {own}, {path}");
    }
    let path = if node.critical > 0 { format!("on the critical path for {path}") } else { OFF.to_owned() };
    format!("{took}, {share} of the trace, itself {own}, {path}")
}
