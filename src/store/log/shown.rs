//! Which of the held lines are shown: those of some patterns. Each block knows how many of its own are, so that a
//! place among a million is found at once.

use super::{Lines, Row};

/// By the number of a line's pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub patterns: Vec<bool>,
    /// Those whose numbers are higher.
    pub others: bool,
}

/// Lines that stand together, and how many of them are shown.
#[derive(Debug)]
pub struct Block {
    pub rows: Vec<Row>,
    pub shown: usize,
}

impl Lines {
    /// Shows these from now on, of what is held and of what comes; none is all.
    pub fn show(&mut self, shown: Option<Shown>) {
        if self.shown == shown {
            return;
        }
        self.shown = shown;
        self.len = 0;
        for block in &mut self.blocks {
            block.shown = count(self.shown.as_ref(), &block.rows);
            self.len += block.shown;
        }
        self.count_hits();
    }

    /// The same for patterns that are new: nothing that is held is of them.
    pub fn also_show(&mut self, shown: Shown) {
        self.shown = Some(shown);
    }

    pub fn shown(&self) -> Option<&Shown> {
        self.shown.as_ref()
    }

    pub(super) fn is_shown(&self, row: &Row) -> bool {
        is_shown(self.shown.as_ref(), row)
    }

    /// The rows that are shown, from a position on.
    pub(super) fn rows(&self, position: usize) -> impl Iterator<Item = &Row> {
        let (mut block, mut skip) = (0, position);
        while let Some(passed) = self.blocks.get(block).filter(|block| block.shown <= skip) {
            skip -= passed.shown;
            block += 1;
        }
        let blocks = self.blocks.range(block.min(self.blocks.len())..).filter(|block| block.shown > 0);
        blocks.flat_map(|block| &block.rows).filter(|row| self.is_shown(row)).skip(skip)
    }

    /// The same from the newest back.
    pub(super) fn rows_back(&self) -> impl Iterator<Item = &Row> {
        let blocks = self.blocks.iter().rev().filter(|block| block.shown > 0);
        blocks.flat_map(|block| block.rows.iter().rev()).filter(|row| self.is_shown(row))
    }
}

pub fn is_shown(shown: Option<&Shown>, row: &Row) -> bool {
    shown.is_none_or(|shown| shown.patterns.get(row.pattern as usize).copied().unwrap_or(shown.others))
}

pub fn count(shown: Option<&Shown>, rows: &[Row]) -> usize {
    if shown.is_none() { rows.len() } else { rows.iter().filter(|row| is_shown(shown, row)).count() }
}
