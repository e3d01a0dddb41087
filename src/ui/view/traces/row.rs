//! One trace as the list shows it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use crate::analysis::logs::number;
use crate::model::trace::Summary;
use crate::model::unit::nanos;
use crate::time::DAY;
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::view::alerts::{cell, right};
use crate::ui::view::logs::clock;
use crate::ui::view::overview::fit;

const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const DURATION: usize = 9;
const SPANS: usize = 7;
const ERRORS: usize = 6;
const ID: usize = 8;

/// How many cells each column has; what has none is left out.
#[derive(Debug, Clone, Copy)]
pub struct Columns {
    start: usize,
    bar: usize,
    counts: bool,
    root: usize,
    services: usize,
    id: usize,
}

impl Columns {
    /// They follow from the screen alone: nothing jumps with the traces.
    pub fn of(width: u16, scene: &Scene) -> Self {
        let room = usize::from(width);
        let start = if scene.shown.length() > DAY { 18 } else { 12 };
        let bar = match width {
            0..60 => 0,
            60..100 => 8,
            100..160 => 14,
            _ => 24,
        };
        let id = if width >= 100 { ID + 1 } else { 0 };
        let counts = width >= 50;
        let fixed = 2 + start + 1 + DURATION + 1 + bar + if counts { SPANS + ERRORS } else { 0 } + 1 + id;
        let left = room.saturating_sub(fixed);
        let services = if width >= 120 { left * 2 / 5 } else { 0 };
        let root = left.saturating_sub(if services > 0 { services + 1 } else { 0 });
        Self { start, bar, counts, root, services, id }
    }

    pub fn heads(self, scene: &Scene, area: Rect, buf: &mut Buffer) {
        if area.height == 0 {
            return;
        }
        let mut text =
            format!("  {} {} {}", cell("start", self.start), right("duration", DURATION), cell("", self.bar));
        if self.counts {
            text += &format!("{}{}", right("spans", SPANS), right("errors", ERRORS + 1));
        }
        text += &format!(" {}", cell("root service and operation", self.root.saturating_sub(1)));
        if self.services > 0 {
            text += &format!(" {}", cell("spans by service", self.services));
        }
        if self.id > 0 {
            text += &format!(" {}", cell("id", self.id - 1));
        }
        buf.set_line(area.x, area.y, &Line::styled(text, scene.theme.style(Role::Title)), area.width);
    }

    /// `longest` fills the bar.
    pub fn draw(self, of: &Summary, longest: i64, selected: bool, scene: &Scene, area: Rect, buf: &mut Buffer) {
        let style = |role| scene.theme.style(role);
        let failed = of.errors > 0;
        let bar = bar(of.duration, longest, self.bar);
        let mut spans = vec![
            Span::raw(if selected { "▌ " } else { "  " }),
            Span::styled(cell(&clock(of.start, scene), self.start), style(Role::Dim)),
            Span::styled(format!(" {} ", right(&nanos(of.duration), DURATION)), style(Role::Strong)),
            Span::styled(cell(&bar, self.bar), style(if failed { Role::Critical } else { Role::Info })),
        ];
        if self.counts {
            let errors = if failed { format!("✖{}", number(of.errors.into())) } else { String::new() };
            spans.push(Span::styled(right(&number(of.spans.into()), SPANS), style(Role::Text)));
            spans.push(Span::styled(format!(" {}", right(&errors, ERRORS - 1)), style(Role::Critical)));
        }
        spans.push(Span::raw("  "));
        let root = self.root.saturating_sub(1);
        let service = if of.service.is_empty() { "(no service)" } else { of.service.as_str() };
        let name = fit(service, root);
        let room = root.saturating_sub(name.width());
        let operation = if room > 2 { format!(" {}", of.operation) } else { String::new() };
        spans.extend([Span::styled(name, style(Role::Accent)), Span::raw(cell(&operation, room))]);
        if self.services > 0 {
            spans.push(Span::raw(" "));
            let services = cell(&services(of), self.services);
            spans.push(Span::styled(services, style(Role::Dim)));
        }
        if self.id > 0 {
            let id = of.id.to_string();
            spans.push(Span::styled(format!(" {}", id.get(..ID).unwrap_or(&id)), style(Role::Dim)));
        }
        buf.set_line(area.x, area.y, &Line::from(spans), area.width);
        if selected {
            buf.set_style(area, style(Role::Selected));
        }
    }
}

/// The share of the longest; at least a trace of ink.
fn bar(duration: i64, longest: i64, cells: usize) -> String {
    if cells == 0 || longest <= 0 {
        return String::new();
    }
    let share = (duration.max(0) as f64 / longest as f64).clamp(0.0, 1.0);
    let eighths = ((share * cells as f64 * 8.0).round() as usize).max(1);
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

/// `checkout 12 ✖3, payment 4`, the most spans first.
fn services(of: &Summary) -> String {
    let mut shares: Vec<_> = of.services.iter().collect();
    shares.sort_by_key(|share| std::cmp::Reverse(share.spans));
    let word = |share: &&crate::model::trace::Share| {
        let errors = if share.errors > 0 { format!(" ✖{}", share.errors) } else { String::new() };
        let name = if share.service.is_empty() { "(none)" } else { share.service.as_str() };
        format!("{name} {}{errors}", share.spans)
    };
    shares.iter().map(word).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_a_share_of_the_longest_and_never_nothing() {
        assert_eq!([0, 1, 50, 100, 900, -5].map(|ns| bar(ns, 100, 4)), ["▏", "▏", "██", "████", "████", "▏"]);
        assert_eq!((bar(5, 0, 4), bar(5, 5, 0)), (String::new(), String::new()));
    }
}
