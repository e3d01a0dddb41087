//! Each trace a dot: when it began, and how long it took. What failed and what is selected has a sign of its own.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use unicode_width::UnicodeWidthStr;

use crate::model::trace::{Summary, TraceId};
use crate::model::unit::Unit;
use crate::time::{MINUTE, Range, SECOND, Timestamp};
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::view::alerts::right;

mod scale;

use scale::Scale;

/// Cells of the durations at the left, with the line beside them.
const LEFT: u16 = 8;
/// Cells from one time to the next below.
const APART: usize = 16;

/// What stands in a cell.
#[derive(Debug, Clone, Copy, Default)]
struct Dot {
    /// Bits of a braille sign.
    dots: u8,
    has_error: bool,
    is_selected: bool,
}

/// The braille dots of a cell, by column and row.
const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// How many ms a column of dots stands for.
pub fn step(range: Range, width: u16) -> i64 {
    (range.length() / (i64::from(width.saturating_sub(LEFT + 1)).max(1) * 2)).max(1)
}

pub fn draw(traces: &[Summary], selected: Option<TraceId>, range: Range, scene: &Scene, area: Rect, buf: &mut Buffer) {
    if area.height < 3 || area.width < LEFT + 10 || traces.is_empty() {
        return;
    }
    let plot = Rect { x: area.x + LEFT, width: area.width - LEFT - 1, height: area.height - 1, ..area };
    let lengths = || traces.iter().map(|trace| trace.duration.max(1));
    let scale = Scale::of(lengths().min().unwrap_or(1), lengths().max().unwrap_or(1));
    labels(&scale, scene, area, plot.height, buf);
    paint(&cells(traces, selected, &scale, range, plot), range, scene, plot, buf);
    times(range, scene, plot, Rect { y: area.bottom() - 1, height: 1, ..area }, buf);
}

fn cells(traces: &[Summary], selected: Option<TraceId>, scale: &Scale, range: Range, plot: Rect) -> Vec<Dot> {
    let (width, height) = (usize::from(plot.width), usize::from(plot.height));
    let mut cells = vec![Dot::default(); width * height];
    for trace in traces {
        let since = Timestamp::of_ns(trace.start).since(range.start) as f64;
        let share = (since / range.length().max(1) as f64).clamp(0.0, 1.0);
        let x = ((share * (width * 2) as f64) as usize).min(width * 2 - 1);
        let y = ((1.0 - scale.share(trace.duration)) * (height * 4 - 1) as f64).round() as usize;
        let y = y.min(height * 4 - 1);
        let Some(cell) = cells.get_mut(y / 4 * width + x / 2) else { continue };
        cell.dots |= BITS[x % 2][y % 4];
        cell.has_error |= trace.errors > 0;
        cell.is_selected |= selected == Some(trace.id);
    }
    cells
}

fn paint(cells: &[Dot], range: Range, scene: &Scene, plot: Rect, buf: &mut Buffer) {
    let crosshair = scene.crosshair.and_then(|at| column(at, range, plot));
    for (cell, place) in cells.iter().zip(plot.positions()) {
        let (sign, role) = match cell {
            Dot { is_selected: true, has_error: true, .. } => ('◆', Role::Critical),
            Dot { is_selected: true, .. } => ('◆', Role::Accent),
            Dot { has_error: true, .. } => ('✖', Role::Critical),
            Dot { dots: 0, .. } if crosshair == Some(place.x) => ('│', Role::Crosshair),
            Dot { dots: 0, .. } => continue,
            Dot { dots, .. } => (char::from_u32(0x2800 + u32::from(*dots)).unwrap_or('·'), Role::Info),
        };
        if let Some(at) = buf.cell_mut(place) {
            at.set_char(sign).set_style(scene.theme.style(role));
        }
    }
}

fn column(at: i64, range: Range, plot: Rect) -> Option<u16> {
    let share = at.saturating_sub(range.start.0) as f64 / range.length().max(1) as f64;
    (0.0..=1.0).contains(&share).then(|| plot.x + ((share * f64::from(plot.width)) as u16).min(plot.width - 1))
}

/// How long what lies at the height of a row took.
fn labels(scale: &Scale, scene: &Scene, area: Rect, rows: u16, buf: &mut Buffer) {
    for (row, ns) in scale.ticks(rows) {
        let text = format!("{}┤", right(&Unit::Seconds.tick(ns / 1e9), usize::from(LEFT) - 1));
        buf.set_line(area.x, area.y + row, &Line::styled(text, scene.theme.style(Role::Axis)), LEFT);
    }
    for y in area.y..area.y + rows {
        if let Some(cell) = buf.cell_mut(Position::new(area.x + LEFT - 1, y)).filter(|cell| cell.symbol() == " ") {
            cell.set_char('│').set_style(scene.theme.style(Role::Rule));
        }
    }
}

fn times(range: Range, scene: &Scene, plot: Rect, area: Rect, buf: &mut Buffer) {
    let apart = range.length().saturating_mul(APART as i64) / i64::from(plot.width).max(1);
    let clock = |at: i64| match apart {
        ..SECOND => Timestamp(at).format("%H:%M:%S.%3f", scene.zone),
        SECOND..MINUTE => Timestamp(at).format("%H:%M:%S", scene.zone),
        _ => scene.clock(at),
    };
    let write = |text: String, x: u16, role: Role, buf: &mut Buffer| {
        let x = x.min(area.right().saturating_sub(text.width() as u16));
        buf.set_line(x, area.y, &Line::styled(text, scene.theme.style(role)), area.right() - x);
    };
    let crosshair = scene.crosshair.and_then(|at| Some((at, column(at, range, plot)?)));
    // Nothing stands under the words of the crosshair.
    let is_free = |cell: usize| crosshair.is_none_or(|(_, x)| usize::from(x - plot.x).abs_diff(cell) >= APART);
    for cell in (0..usize::from(plot.width)).step_by(APART).filter(|cell| is_free(*cell)) {
        let share = cell as f64 / f64::from(plot.width);
        let text = clock(range.start.0.saturating_add((share * range.length() as f64) as i64));
        if cell + text.width() <= usize::from(plot.width) {
            write(text, plot.x + cell as u16, Role::Axis, buf);
        }
    }
    if let Some((at, x)) = crosshair {
        write(format!("▲{}", clock(at)), x, Role::Crosshair, buf);
    }
}
