//! The row below a chart: round times, the newest moment, marks and the time of the crosshair. The times win: the mark
//! of a moment that would cover one stands on the plot above it.

use std::collections::BTreeMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::columns::Columns;
use super::raster::ACROSS;
use super::{Mark, Styles};
use crate::time::round::Times;

/// A stretch narrower than this is never covered by a label; a wider one carries the labels that lie on it.
const CARRIES_LABELS: u16 = 12;
/// At least so many cells stay free between two labels.
const APART: u16 = 2;
/// More moments than one in so many cells show that there are many: those without room are left out.
const CROWDED: usize = 6;
/// Points at the newest moment, whose label stands before it.
const NEWEST: &str = "▲";

pub(super) struct TimeRow<'a> {
    times: Times<'a>,
    columns: &'a Columns,
    styles: Styles,
    cells: Vec<(char, Style)>,
    /// Cells where no label may begin, end or pass.
    taken: Vec<bool>,
    /// Cells where no moment may be marked.
    written: Vec<bool>,
}

impl<'a> TimeRow<'a> {
    pub fn new(width: u16, times: Times<'a>, columns: &'a Columns, styles: Styles) -> Self {
        let width = usize::from(width);
        Self {
            times,
            columns,
            styles,
            cells: vec![(' ', Style::new()); width],
            taken: vec![false; width],
            written: vec![false; width],
        }
    }

    /// In the order of importance: whatever comes later gives way. Gives the marks, and their cells, that are to stand
    /// on the plot.
    pub fn compose<'m>(
        &mut self,
        range: (i64, i64),
        newest: Option<i64>,
        marks: &'m [Mark],
        crosshair: Option<(i64, i64)>,
    ) -> BTreeMap<u16, &'m Mark> {
        let crosshair = crosshair.and_then(|(time, step)| self.crosshair(time, step));
        let placed = marks.iter().filter_map(|mark| Some((self.cells_of(range, mark)?, mark)));
        let (moments, stretches): (Vec<_>, Vec<_>) = placed.partition(|(_, mark)| mark.from == mark.to);
        let mut moments: BTreeMap<u16, &Mark> = moments.into_iter().map(|((cell, _), mark)| (cell, mark)).collect();
        for ((from, to), mark) in &stretches {
            self.stretch(*from, *to, mark);
        }
        match newest.and_then(|time| Some((self.cell(time)?, time))) {
            Some((cell, time)) => {
                // A mark in the very same cell hides the arrow, not the other way round.
                let stretch =
                    stretches.iter().find(|(cells, mark)| *cells == (cell, cell) && !mark.soft).map(|(_, mark)| *mark);
                self.newest(cell, time, moments.remove(&cell).or(stretch));
            }
            None => {
                let text = self.times.last(range.1);
                self.ends_at(self.width(), &text);
            }
        }
        self.place(0, &self.times.first(range.0));
        let (major, minor): (Vec<i64>, Vec<i64>) =
            self.times.round(self.cells.len()).into_iter().partition(|time| self.times.is_major(*time));
        for time in major.into_iter().chain(minor) {
            if let Some(cell) = self.cell(time) {
                self.place(cell, &self.times.label(time));
            }
        }
        if let Some((from, text)) = crosshair {
            self.write(from, &text, self.styles.crosshair);
        }
        self.moments(moments)
    }

    /// Marks the moments that have room; gives the others.
    fn moments<'m>(&mut self, moments: BTreeMap<u16, &'m Mark>) -> BTreeMap<u16, &'m Mark> {
        let crowded = moments.len() * CROWDED > self.cells.len();
        let mut rest = BTreeMap::new();
        for (cell, mark) in moments {
            let near = usize::from(cell.saturating_sub(1))..usize::from(cell + 2).min(self.written.len());
            if !self.written[near].contains(&true) {
                self.write(cell, mark.glyph.encode_utf8(&mut [0; 4]), mark.style);
            } else if !crowded {
                rest.insert(cell, mark);
            }
        }
        rest
    }

    pub fn paint(&self, area: Rect, buf: &mut Buffer) {
        for (x, (c, style)) in (area.x..area.right()).zip(&self.cells) {
            if *c != ' '
                && let Some(cell) = buf.cell_mut((x, area.y))
            {
                cell.set_char(*c).set_style(*style);
            }
        }
    }

    fn width(&self) -> u16 {
        u16::try_from(self.cells.len()).unwrap_or(u16::MAX)
    }

    fn cell(&self, time: i64) -> Option<u16> {
        Some(self.columns.inside(time)? / ACROSS)
    }

    /// The first and the last cell of a mark, if any of it is in sight.
    fn cells_of(&self, range: (i64, i64), mark: &Mark) -> Option<(u16, u16)> {
        let (from, to) = (mark.from.min(mark.to), mark.from.max(mark.to));
        if to < range.0 || from > range.1 {
            return None;
        }
        Some((self.cell(from.max(range.0))?, self.cell(to.min(range.1))?))
    }

    fn stretch(&mut self, from: u16, to: u16, mark: &Mark) {
        self.write(from, &mark.glyph.to_string().repeat(usize::from(to - from) + 1), mark.style);
        if to - from < CARRIES_LABELS && !mark.soft {
            self.take(from, to + 1);
        }
        if from == to {
            // A moment on it would hide all of it.
            fill(&mut self.written, from, to + 1);
        }
    }

    fn newest(&mut self, cell: u16, time: i64, mark: Option<&Mark>) {
        let text = self.times.last(time);
        self.ends_at(cell, &text);
        self.label(cell, NEWEST);
        if let Some(mark) = mark {
            self.write(cell, mark.glyph.encode_utf8(&mut [0; 4]), mark.style);
        }
        self.take(cell, cell + 1);
    }

    /// The label of the crosshair, centred on it; its place is kept free from now on.
    fn crosshair(&mut self, time: i64, step: i64) -> Option<(u16, String)> {
        let cell = self.cell(time)?;
        let text = self.times.moment(time, step);
        let width = text.len() as u16;
        let from = cell.saturating_sub(width / 2).min(self.width().checked_sub(width)?);
        self.take(from.saturating_sub(1), from + width + 1);
        fill(&mut self.written, from, from + width);
        Some((from, text))
    }

    fn ends_at(&mut self, end: u16, text: &str) {
        if let Some(from) = end.checked_sub(text.chars().count() as u16) {
            self.place(from, text);
        }
    }

    /// Writes a label if all of it fits where nothing else is.
    fn place(&mut self, from: u16, text: &str) {
        let end = from + text.chars().count() as u16;
        let free = self.taken.get(usize::from(from)..usize::from(end)).is_some_and(|cells| !cells.contains(&true));
        if free {
            self.label(from, text);
            self.take(from.saturating_sub(APART), end + APART);
        }
    }

    /// On a mark, a label takes on the mark's style.
    fn label(&mut self, from: u16, text: &str) {
        for ((old, style), c) in self.cells.iter_mut().skip(usize::from(from)).zip(text.chars()) {
            *style = if *old == ' ' { self.styles.label } else { *style };
            *old = c;
        }
        fill(&mut self.written, from, from + text.chars().count() as u16);
    }

    fn write(&mut self, from: u16, text: &str, style: Style) {
        for (cell, c) in self.cells.iter_mut().skip(usize::from(from)).zip(text.chars()) {
            *cell = (c, style);
        }
    }

    fn take(&mut self, from: u16, end: u16) {
        fill(&mut self.taken, from, end);
    }
}

fn fill(cells: &mut [bool], from: u16, end: u16) {
    let end = usize::from(end).min(cells.len());
    if let Some(cells) = cells.get_mut(usize::from(from)..end) {
        cells.fill(true);
    }
}
