//! What stands above the bars: which trace it is, what its backend says of it, and the ruler.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::layout::{Places, bars, columns};
use super::rows::SHARES;
use super::{Waterfall, ruler, table};
use crate::analysis::logs::number;
use crate::model::unit::nanos;
use crate::time::Timestamp;
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::view::overview::fit;
use crate::ui::widget::ground::put;

impl Waterfall {
    pub(super) fn has_note(&self) -> bool {
        !self.trace.notes.is_empty()
    }

    /// What is done to the rows: nobody may take a part for the whole.
    fn states(&self) -> Vec<String> {
        let mut states = Vec::new();
        if !self.zoom.is_empty() {
            let (from, to) = self.window();
            let (length, after) = (to.saturating_sub(from), from.saturating_sub(self.facts.start));
            states.push(format!("zoom: {} from +{}", nanos(length), nanos(after)));
        }
        let hidden = self.rows.hidden();
        match (self.rows.hide, SHARES.get(self.rows.share)) {
            (true, _) => states.push(format!("{} without a hit hidden", number(hidden as u64))),
            (false, Some(share)) if *share > 0 => {
                states.push(format!("{} below {share} % hidden", number(hidden as u64)));
            }
            _ => {}
        }
        states
    }
}

pub fn draw(waterfall: &Waterfall, scene: &Scene, places: &Places, buf: &mut Buffer) {
    let style = |role| scene.theme.style(role);
    if places.head.height > 0 {
        put(title(waterfall, scene, usize::from(places.head.width)), places.head, buf);
    }
    if places.note.height > 0 {
        let notes: Vec<&str> = waterfall.trace.notes.iter().map(|note| &**note).collect();
        put(Line::styled(format!(" ! {}", notes.join(" · ")), style(Role::Stale)), places.note, buf);
    }
    if places.ruler.height == 0 {
        return;
    }
    if waterfall.table.is_some() {
        return put(table::head(scene, places.ruler.width), places.ruler, buf);
    }
    let name = columns(places.ruler.width).name;
    let states = format!(" {}", waterfall.states().join(" · "));
    put(Line::styled(states, style(Role::Stale)), Rect { width: name, ..places.ruler }, buf);
    let bars = bars(places.ruler);
    let (from, to) = waterfall.window();
    for (at, text) in ruler::labels(to.saturating_sub(from), bars.width) {
        let place = Rect { x: bars.x + at, width: bars.width - at, ..bars };
        put(Line::styled(text, style(Role::Axis)), place, buf);
    }
}

/// ` 4bf92f3577b34da6  POST /api/checkout  3.12 s  14:02:51.204  41 spans  5 services  3 errors`
fn title<'a>(waterfall: &Waterfall, scene: &Scene, width: usize) -> Line<'a> {
    let facts = &waterfall.facts;
    let many = |count: usize, one: &str, more: &str| {
        format!("{} {}", number(count as u64), if count == 1 { one } else { more })
    };
    let errors = facts.failed_within(0, waterfall.tree.nodes.len()) as usize;
    let failed = if errors > 0 { Role::Critical } else { Role::Dim };
    let mut parts = vec![
        (nanos(facts.length()), Role::Strong),
        (many(errors, "error", "errors"), failed),
        (many(waterfall.trace.spans.len(), "span", "spans"), Role::Text),
        (many(facts.services.len(), "service", "services"), Role::Text),
        (start(facts.start, scene), Role::Dim),
    ];
    let id = waterfall.trace.id.to_string();
    let operation = waterfall.span_of(facts.main).map_or("", |root| &*root.operation);
    let used = |parts: &[(String, Role)]| parts.iter().map(|(text, _)| text.width() + 3).sum::<usize>();
    // The root keeps some cells at least; what says the least goes first.
    let least = operation.width().min(16);
    while parts.len() > 1 && 1 + id.width() + 2 + least + used(&parts) > width {
        parts.pop();
    }
    let room = width.saturating_sub(1 + id.width() + 2 + used(&parts));
    let mut line = Line::from(vec![
        Span::styled(format!(" {id}  "), scene.theme.style(Role::Accent)),
        Span::styled(fit(operation, room), scene.theme.style(Role::Strong)),
    ]);
    for (text, role) in parts {
        line.push_span(Span::raw("   "));
        line.push_span(Span::styled(text, scene.theme.style(role)));
    }
    line
}

/// Time of day; with the date where it is not today.
fn start(at: i64, scene: &Scene) -> String {
    let at = Timestamp::of_ns(at);
    let day = |at: Timestamp| at.format("%Y-%m-%d", scene.zone);
    let pattern = if day(at) == day(scene.now) { "%H:%M:%S%.3f" } else { "%Y-%m-%d %H:%M:%S%.3f" };
    at.format(pattern, scene.zone)
}
