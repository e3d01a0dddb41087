//! Lines over time, in braille, without a box: values at the side, times below, and whatever must not be missed:
//! thresholds, restarts, firing windows, the newest moment, and the time under the crosshair.
//!
//! A gap stays a gap, a spike stays a spike at any zoom, and a value beyond the axis is marked at its edge.

mod columns;
mod layout;
mod live;
mod pen;
mod raster;
mod runs;
#[cfg(test)]
mod tests;
mod time_row;
mod values;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

pub use self::layout::dots;
pub use self::live::{block, live_points, live_window};
pub use crate::model::unit::axis::Axis;

use self::columns::Columns;
use self::layout::Parts;
use self::pen::Pen;
use self::raster::{ACROSS, Raster};
use self::runs::{Run, runs};
use self::time_row::TimeRow;
use self::values::Place;
use crate::model::unit::Unit;
use crate::time::round::Times;

/// Samples of one line: times in ms, rising; NaN is a gap.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    pub times: &'a [i64],
    pub values: &'a [f64],
    pub style: Style,
    /// Measured on the right axis, where the chart has one.
    pub right_axis: bool,
}

/// A threshold: a dashed line with its value at the side. The axis is made to hold it.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    pub value: f64,
    pub style: Style,
    pub right_axis: bool,
}

/// A moment (`from` equals `to`) or a stretch of time, shown in the row of times: a restart, a firing window.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    pub from: i64,
    pub to: i64,
    pub style: Style,
    /// One cell wide.
    pub glyph: char,
    /// Gives way to the times.
    pub soft: bool,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Styles {
    /// The upright lines.
    pub axis: Style,
    /// Values and times.
    pub label: Style,
    /// The line and its time; on cells with dots only its background and modifiers show.
    pub crosshair: Style,
}

#[derive(Debug, Clone, Copy)]
pub struct Chart<'a> {
    /// Later lines lie above earlier ones.
    pub lines: &'a [Line<'a>],
    pub left: Unit,
    pub right: Option<Unit>,
    /// What is shown, in ms; of a live chart see [`live_window`].
    pub range: (i64, i64),
    /// What lies between two samples, in ms. Samples more than one and a half of it apart are not joined; 0 joins all.
    pub step: i64,
    /// Up to when the data reach, marked below. None for a range that is over.
    pub newest: Option<i64>,
    pub limits: &'a [Limit],
    pub marks: &'a [Mark],
    pub crosshair: Option<i64>,
    pub zone: &'a TimeZone,
    pub styles: Styles,
}

/// One value axis and the side it is on.
#[derive(Debug)]
struct Side {
    axis: Axis,
    /// Nothing was measured, so that values at its side would be made up.
    is_empty: bool,
}

impl<'a> Chart<'a> {
    /// An empty chart, to be filled in with `..`.
    pub fn new(range: (i64, i64), step: i64, left: Unit, zone: &'a TimeZone) -> Self {
        Self {
            lines: &[],
            left,
            right: None,
            range,
            step,
            newest: None,
            limits: &[],
            marks: &[],
            crosshair: None,
            zone,
            styles: Styles::default(),
        }
    }

    /// The part of an area where the lines are.
    pub fn plot_area(&self, area: Rect) -> Rect {
        self.parts(area).plot
    }

    /// The time in the middle of a terminal column, if the column is in the plot.
    pub fn time_at(&self, area: Rect, x: u16) -> Option<i64> {
        let plot = self.plot_area(area);
        let cell = x.checked_sub(plot.x).filter(|cell| *cell < plot.width)?;
        Columns::new(self.ordered(), plot.width).time_at(cell)
    }

    /// The terminal column of a time, if it is in the range.
    pub fn column_of(&self, area: Rect, time: i64) -> Option<u16> {
        let plot = self.plot_area(area);
        let columns = Columns::new(self.ordered(), plot.width.saturating_mul(ACROSS));
        columns.inside(time).filter(|_| plot.width > 0).map(|dot| plot.x + dot / ACROSS)
    }

    /// Draws on what is there: blank cells are left as they are. Any area will do; see `layout` for what is left out.
    pub fn render(&self, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        if area.is_empty() {
            return;
        }
        let parts = self.parts(area);
        let mut raster = Raster::new(parts.plot.width, parts.plot.height);
        let columns = Columns::new(self.ordered(), raster.dots_across());
        let runs: Vec<_> = self.lines.iter().map(|l| runs(&columns, l.times, l.values, self.step)).collect();
        let side = |unit, right| self.side(unit, right, &runs, parts.plot.height, &columns);
        let (left, right) = (side(self.left, false), self.right.map(|unit| side(unit, true)));
        for ((at, line), runs) in (0..).zip(self.lines).zip(&runs) {
            let side = right.as_ref().filter(|_| line.right_axis).unwrap_or(&left);
            Pen::new(&mut raster, &side.axis, at).draw(runs);
        }
        let styles: Vec<Style> = self.lines.iter().map(|line| line.style).collect();
        raster.paint(parts.plot, buf, &styles);
        self.draw_limits(parts.plot, &raster, (&left, right.as_ref()), buf);
        self.draw_crosshair(parts.plot, &raster, &columns, buf);
        self.draw_values(Place { plot: parts.plot, width: parts.left, right: false }, &left, buf);
        if let Some(right) = &right {
            self.draw_values(Place { plot: parts.plot, width: parts.right, right: true }, right, buf);
        }
        if let Some(row) = parts.times {
            let marks = self.draw_times(row, &columns, buf);
            draw_on_plot(&marks, parts.plot, &raster, buf);
        }
    }

    fn parts(&self, area: Rect) -> Parts {
        Parts::of(area, self.right.is_some())
    }

    /// The range, begin first.
    fn ordered(&self) -> (i64, i64) {
        (self.range.0.min(self.range.1), self.range.0.max(self.range.1))
    }

    fn is_right(&self, right_axis: bool) -> bool {
        right_axis && self.right.is_some()
    }

    fn limits_of(&self, right: bool) -> impl Iterator<Item = &Limit> {
        self.limits.iter().filter(move |limit| self.is_right(limit.right_axis) == right && limit.value.is_finite())
    }

    /// The axis that holds what is in sight of its lines, and the limits.
    fn side(&self, unit: Unit, right: bool, runs: &[Vec<Run>], rows: u16, columns: &Columns) -> Side {
        let (mut low, mut high, mut is_empty) = (0.0f64, 0.0f64, true);
        let mut hold = |value: f64| {
            if value.is_finite() {
                low = if value < low { value } else { low };
                high = if value > high { value } else { high };
                is_empty = false;
            }
        };
        let lines = self.lines.iter().zip(runs).filter(|(line, _)| self.is_right(line.right_axis) == right);
        for run in lines.flat_map(|(_, runs)| runs).filter(|run| columns.holds(run.column)) {
            hold(run.low);
            hold(run.high);
        }
        self.limits_of(right).for_each(|limit| hold(limit.value));
        Side { axis: Axis::nice(unit, low, high, rows), is_empty }
    }

    /// Dashes on the cells that hold no dots. The cells between two dashes take on the colour too: a colour that
    /// changed twice a dash would cost more bytes than the line.
    fn draw_limits(&self, plot: Rect, raster: &Raster, (left, right): (&Side, Option<&Side>), buf: &mut Buffer) {
        for limit in self.limits.iter().filter(|limit| limit.value.is_finite()) {
            let side = right.filter(|_| limit.right_axis).unwrap_or(left);
            let row = side.axis.row(limit.value, plot.height);
            for column in (0..plot.width).filter(|column| raster.is_blank(*column, row)) {
                if let Some(cell) = buf.cell_mut((plot.x + column, plot.y + row)) {
                    cell.set_char(if column % 2 == 0 { '╌' } else { ' ' });
                    cell.fg = limit.style.fg.unwrap_or(cell.fg);
                }
            }
        }
    }

    fn draw_crosshair(&self, plot: Rect, raster: &Raster, columns: &Columns, buf: &mut Buffer) {
        let Some(column) = self.crosshair.and_then(|time| columns.inside(time)).map(|dot| dot / ACROSS) else { return };
        for row in 0..plot.height {
            if let Some(cell) = buf.cell_mut((plot.x + column, plot.y + row)) {
                if raster.is_blank(column, row) {
                    cell.set_char('│').set_style(self.styles.crosshair);
                } else {
                    cell.set_style(Style { fg: None, ..self.styles.crosshair });
                }
            }
        }
    }

    /// Gives the marks that found no room between the times.
    fn draw_times(&self, row: Rect, columns: &Columns, buf: &mut Buffer) -> BTreeMap<u16, &'a Mark> {
        let times = Times::new(self.ordered(), row.width, self.zone);
        let mut line = TimeRow::new(row.width, times, columns, self.styles);
        let rest = line.compose(self.ordered(), self.newest, self.marks, self.crosshair.map(|time| (time, self.step)));
        line.paint(row, buf);
        rest
    }

    fn draw_values(&self, place: Place, side: &Side, buf: &mut Buffer) {
        if place.width == 0 {
            return;
        }
        let rows = place.plot.height;
        let labels = if side.is_empty {
            vec![None; usize::from(rows)]
        } else {
            values::labels(&side.axis, self.limits_of(place.right), self.styles, rows)
        };
        values::draw(place, side.axis.unit, &labels, self.styles, buf);
    }
}

/// Each as low as the lines leave room, so that nothing measured is covered while there is any.
fn draw_on_plot(marks: &BTreeMap<u16, &Mark>, plot: Rect, raster: &Raster, buf: &mut Buffer) {
    for (column, mark) in marks {
        let row = (0..plot.height).rev().find(|row| raster.is_blank(*column, *row)).unwrap_or(plot.height - 1);
        if let Some(cell) = buf.cell_mut((plot.x + column, plot.y + row)) {
            cell.set_char(mark.glyph).set_style(mark.style);
        }
    }
}
