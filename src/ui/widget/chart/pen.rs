//! Draws the runs of one line into the dots, joined where they hang together.

use super::raster::Raster;
use super::runs::Run;
use crate::model::unit::axis::Axis;

/// From values to dot rows.
#[derive(Debug)]
struct Scale {
    min: f64,
    max: f64,
    /// The row of zero, and half a row so that cutting off rounds.
    zero: f64,
    dots_per_unit: f64,
    last: u16,
}

impl Scale {
    fn new(axis: &Axis, rows: u16) -> Self {
        let last = rows.saturating_sub(1);
        let noise = (axis.max - axis.min) * 1e-9;
        let dots_per_unit = f64::from(last) / (axis.max - axis.min);
        let zero = axis.max * dots_per_unit + 0.5;
        Self { min: axis.min - noise, max: axis.max + noise, zero, dots_per_unit, last }
    }

    fn row(&self, value: f64) -> u16 {
        // `as` saturates: what lies beyond the axis, infinity too, ends up on its edge.
        ((self.zero - value * self.dots_per_unit) as u16).min(self.last)
    }

    fn stroke(&self, run: &Run) -> Stroke {
        let beyond = (run.high > self.max, run.low < self.min);
        Stroke { column: run.column, top: self.row(run.high), bottom: self.row(run.low), beyond }
    }
}

/// What is drawn in one column.
#[derive(Debug, Clone, Copy)]
struct Stroke {
    column: i64,
    top: u16,
    bottom: u16,
    /// Above and below the axis.
    beyond: (bool, bool),
}

impl Stroke {
    fn reach(&mut self, row: u16) {
        self.top = self.top.min(row);
        self.bottom = self.bottom.max(row);
    }
}

pub(super) struct Pen<'a> {
    raster: &'a mut Raster,
    scale: Scale,
    line: u16,
    columns: i64,
}

impl<'a> Pen<'a> {
    pub fn new(raster: &'a mut Raster, axis: &Axis, line: u16) -> Self {
        let (scale, columns) = (Scale::new(axis, raster.dots_down()), i64::from(raster.dots_across()));
        Self { raster, scale, line, columns }
    }

    pub fn draw(&mut self, runs: &[Run]) {
        let Some(first) = runs.first() else { return };
        let mut pending = self.scale.stroke(first);
        for (before, run) in runs.iter().zip(&runs[1..]) {
            let mut next = self.scale.stroke(run);
            if run.joined {
                self.join(&mut pending, &mut next, self.scale.row(before.last), self.scale.row(run.first));
            }
            self.put(pending);
            pending = next;
        }
        self.put(pending);
    }

    fn put(&mut self, Stroke { column, top, bottom, beyond }: Stroke) {
        if !(0..self.columns).contains(&column) {
            return;
        }
        self.raster.stroke(column as u16, top, bottom, self.line);
        if beyond.0 {
            self.raster.beyond(column as u16, true, self.line);
        }
        if beyond.1 {
            self.raster.beyond(column as u16, false, self.line);
        }
    }

    /// A line from `row` of one stroke to `target` of another, so that each column begins where the one before ended.
    /// The two strokes are drawn out to meet it; in the columns between it is drawn here.
    fn join(&mut self, before: &mut Stroke, next: &mut Stroke, row: u16, target: u16) {
        let (from, to, row, target) = (before.column, next.column, i64::from(row), i64::from(target));
        let rise = target - row;
        if to == from + 1 {
            let left = row + rise / 2;
            before.reach(left as u16);
            next.reach((left + (target - left).signum()) as u16);
            return;
        }
        // The row in which the line leaves a column, rounded towards where it came from. It lies between the two.
        let width = (to - from).max(1);
        let leaves = |column: i64| row + rise * (2 * (column - from) + 1) / (2 * width);
        before.reach(leaves(from) as u16);
        // What lies outside is not seen, and may be long.
        let (first, last) = ((from + 1).max(0), to.min(self.columns) - 1);
        let mut left = leaves(first - 1);
        for column in first..=last {
            let leave = leaves(column);
            self.raster.stroke(column as u16, (left + (leave - left).signum()) as u16, leave as u16, self.line);
            left = leave;
        }
        next.reach((left + (target - left).signum()) as u16);
    }
}
