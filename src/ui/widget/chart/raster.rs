//! The dots of a chart: two by four a cell, gathered here and painted once.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Dots in a cell, across and down.
pub(super) const ACROSS: u16 = 2;
pub(super) const DOWN: u16 = 4;

/// The bits of a braille character, by column and by row from the top.
const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
/// The bits of a column from one row to another: `[column][from][to]`.
const RUNS: [[[u8; 4]; 4]; 2] = runs();

const fn runs() -> [[[u8; 4]; 4]; 2] {
    let mut table = [[[0; 4]; 4]; 2];
    let mut at = 0;
    while at < 32 {
        let (column, from, to) = (at / 16, at / 4 % 4, at % 4);
        let mut row = from;
        while row <= to {
            table[column][from][to] |= BITS[column][row];
            row += 1;
        }
        at += 1;
    }
    table
}

/// What one cell holds: its dots, and the line that came last.
#[derive(Debug, Clone, Copy, Default)]
struct Ink {
    bits: u8,
    line: u16,
}

impl Ink {
    fn add(&mut self, bits: u8, line: u16) {
        *self = Self { bits: self.bits | bits, line };
    }
}

/// A value beyond the axis, marked at the edge of the column it is in.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Beyond {
    column: u16,
    above: bool,
    line: u16,
}

#[derive(Debug)]
pub(super) struct Raster {
    width: u16,
    height: u16,
    /// Column by column, so that an upright stroke is one piece of memory.
    cells: Vec<Ink>,
    beyond: Vec<Beyond>,
}

impl Raster {
    pub fn new(width: u16, height: u16) -> Self {
        let cells = vec![Ink::default(); usize::from(width) * usize::from(height)];
        Self { width, height, cells, beyond: Vec::new() }
    }

    pub fn dots_across(&self) -> u16 {
        self.width.saturating_mul(ACROSS)
    }

    pub fn dots_down(&self) -> u16 {
        self.height.saturating_mul(DOWN)
    }

    /// An upright stroke in one dot column, both ends included. What lies outside is left out.
    pub fn stroke(&mut self, column: u16, one: u16, other: u16, line: u16) {
        let (top, bottom) = (one.min(other), one.max(other));
        let (first, last) = (usize::from(top / DOWN), usize::from(bottom / DOWN));
        let base = usize::from(column / ACROSS) * usize::from(self.height);
        if bottom >= self.dots_down() {
            return;
        }
        let Some(cells) = self.cells.get_mut(base + first..=base + last) else { return };
        let runs = &RUNS[usize::from(column % ACROSS)];
        let (from, to) = (usize::from(top % DOWN), usize::from(bottom % DOWN));
        match cells {
            [cell] => cell.add(runs[from][to], line),
            [head, middle @ .., foot] => {
                head.add(runs[from][3], line);
                middle.iter_mut().for_each(|cell| cell.add(runs[0][3], line));
                foot.add(runs[0][to], line);
            }
            [] => {}
        }
    }

    /// Notes that a value in this dot column is beyond the top or the bottom.
    pub fn beyond(&mut self, column: u16, above: bool, line: u16) {
        let here = Beyond { column: column / ACROSS, above, line };
        if self.beyond.last() != Some(&here) {
            self.beyond.push(here);
        }
    }

    pub fn is_blank(&self, column: u16, row: u16) -> bool {
        let at = usize::from(column) * usize::from(self.height) + usize::from(row);
        self.cells.get(at).is_none_or(|ink| ink.bits == 0)
    }

    /// Draws the cells that hold dots; all others are left as they are.
    pub fn paint(&self, area: Rect, buf: &mut Buffer, styles: &[Style]) {
        for row in 0..self.height.min(area.height) {
            let Some(cells) = row_of(buf, area, row) else { continue };
            let inks = self.cells.iter().skip(usize::from(row)).step_by(usize::from(self.height));
            for (cell, ink) in cells.iter_mut().zip(inks).filter(|(_, ink)| ink.bits != 0) {
                let style = styles.get(usize::from(ink.line)).copied().unwrap_or_default();
                cell.set_char(braille(ink.bits)).set_style(style);
            }
        }
        for mark in &self.beyond {
            let row = if mark.above { 0 } else { self.height.saturating_sub(1) };
            if let Some(cell) = buf.cell_mut((area.x + mark.column, area.y + row)) {
                let style = styles.get(usize::from(mark.line)).copied().unwrap_or_default();
                cell.set_char(if mark.above { '▲' } else { '▼' }).set_style(style);
            }
        }
    }
}

/// The cells of a row of an area, to be walked without a look-up for each.
fn row_of(buf: &mut Buffer, area: Rect, row: u16) -> Option<&mut [Cell]> {
    let width = usize::from(buf.area.width);
    let down = usize::from((area.y + row).checked_sub(buf.area.y)?);
    let start = down * width + usize::from(area.x.checked_sub(buf.area.x)?);
    buf.content.get_mut(start..start + usize::from(area.width))
}

fn braille(bits: u8) -> char {
    char::from_u32(0x2800 + u32::from(bits)).unwrap_or(' ')
}
