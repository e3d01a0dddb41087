//! Where the time went, by what the services do: instead of the tree.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Waterfall;
use crate::analysis::logs::number;
use crate::analysis::traces::Spent;
use crate::model::unit::nanos;
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::view::alerts::{cell, right};
use crate::ui::widget::ground::put;

/// Cells of the numbers: spans, errors, self time, its share, the share of the critical path.
const NUMBERS: [usize; 5] = [8, 8, 11, 9, 10];

#[derive(Debug, Clone, Copy, Default)]
pub struct Table {
    /// The row under the cursor.
    pub at: usize,
    top: usize,
}

impl Table {
    pub fn step(&mut self, by: isize, rows: usize, height: u16) {
        self.at = self.at.saturating_add_signed(by).min(rows.saturating_sub(1));
        self.top = self.sight(rows, height);
    }

    fn sight(&self, rows: usize, height: u16) -> usize {
        let height = usize::from(height).max(1);
        self.top.clamp((self.at + 1).saturating_sub(height), self.at).min(rows.saturating_sub(height))
    }
}

/// The width of the service and that of the operation.
fn names(width: u16) -> (usize, usize) {
    let room = usize::from(width).saturating_sub(2 + NUMBERS.iter().sum::<usize>() + 1);
    (room / 3, room - room / 3)
}

/// `service operation   spans  errors  self time  of trace  critical`
pub fn head<'a>(scene: &Scene, width: u16) -> Line<'a> {
    let (service, operation) = names(width);
    let words = ["spans", "errors", "self time", "of trace", "critical"];
    let numbers: String = words.iter().zip(NUMBERS).map(|(word, width)| right(word, width)).collect();
    let text = format!("  {}{}{numbers}", cell("service", service), cell("operation", operation));
    Line::styled(text, scene.theme.style(Role::Title))
}

pub fn draw(waterfall: &Waterfall, table: &Table, scene: &Scene, area: Rect, buf: &mut Buffer) {
    let top = table.sight(waterfall.spent.len(), area.height);
    for ((at, spent), row) in waterfall.spent.iter().enumerate().skip(top).zip(area.rows()) {
        put(line(waterfall, spent, at == table.at, scene, area.width), row, buf);
        if at == table.at {
            buf.set_style(row, scene.theme.style(Role::Selected));
        }
    }
}

fn line<'a>(waterfall: &Waterfall, spent: &Spent, selected: bool, scene: &Scene, width: u16) -> Line<'a> {
    let style = |role| scene.theme.style(role);
    let (service, operation) = names(width);
    let facts = &waterfall.facts;
    let color = facts.services.iter().find(|one| one.name == spent.service).map_or(0, |one| one.color);
    let name = if spent.service.is_empty() { "(no service)" } else { &*spent.service };
    let share = |ns: i64| if ns > 0 { facts.percent(ns) } else { "·".to_owned() };
    let errors = if spent.errors > 0 { number(spent.errors.into()) } else { "·".to_owned() };
    let role = |is_loud: bool, role| style(if is_loud { role } else { Role::Dim });
    let [spans, failed, own, part, path] = NUMBERS;
    Line::from(vec![
        Span::raw(if selected { "▌ " } else { "  " }),
        Span::styled(cell(name, service.saturating_sub(1)) + " ", scene.theme.series(color)),
        Span::raw(cell(&spent.operation, operation)),
        Span::styled(right(&number(spent.spans.into()), spans), style(Role::Dim)),
        Span::styled(right(&errors, failed), role(spent.errors > 0, Role::Critical)),
        Span::styled(right(&nanos(spent.self_time), own), style(Role::Strong)),
        Span::raw(right(&share(spent.self_time), part)),
        Span::styled(right(&share(spent.critical), path), role(spent.critical > 0, Role::Accent)),
    ])
}
