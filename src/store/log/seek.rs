//! What is looked for in the lines that are held: counted as they come and go, and gone to.

use super::find::Needle;
use super::{Lines, Row};

/// What is looked for, and in how many lines it stands.
#[derive(Debug)]
pub struct Sought {
    pub(super) needle: Needle,
    /// Whether each shared word has it.
    pub(super) words: Vec<bool>,
    pub(super) hits: usize,
}

impl Lines {
    /// Looks for a text from now on, in what is held and in what comes.
    pub fn seek(&mut self, text: &str) {
        self.sought = None;
        let Some(needle) = Needle::new(text) else { return };
        let words = self.names.iter().map(|word| needle.is_in(word)).collect();
        self.sought = Some(Sought { needle, words, hits: 0 });
        self.count_hits();
    }

    pub(super) fn count_hits(&mut self) {
        let count = |sought: &Sought| self.rows(0).filter(|row| sought.is_in(row)).count();
        let hits = self.sought.as_ref().map_or(0, count);
        if let Some(sought) = &mut self.sought {
            sought.hits = hits;
        }
    }

    /// In how many of the lines that are shown it stands.
    pub fn hits(&self) -> usize {
        self.sought.as_ref().map_or(0, |sought| sought.hits)
    }

    /// Counts a line that comes or goes, and is shown.
    pub(super) fn count(&mut self, row: &Row, comes: bool) {
        let Some(sought) = &mut self.sought else { return };
        let new = self.names.iter().skip(sought.words.len()).map(|word| sought.needle.is_in(word)).collect::<Vec<_>>();
        sought.words.extend(new);
        if sought.is_in(row) {
            sought.hits = if comes { sought.hits + 1 } else { sought.hits.saturating_sub(1) };
        }
    }

    /// The next line with what is looked for, after a position or before it, around the ends.
    pub fn next_hit(&self, position: usize, forward: bool) -> Option<usize> {
        let sought = self.sought.as_ref().filter(|sought| sought.hits > 0)?;
        if forward {
            let after = self.rows(position + 1).position(|row| sought.is_in(row)).map(|steps| position + 1 + steps);
            return after.or_else(|| self.rows(0).position(|row| sought.is_in(row)));
        }
        let backward = || (0..self.len).rev().zip(self.rows_back());
        let hit = |(at, row): (usize, &Row)| sought.is_in(row).then_some(at);
        backward().filter(|(at, _)| *at < position).find_map(hit).or_else(|| backward().find_map(hit))
    }
}

impl Sought {
    /// In what of a line is shown in a list.
    fn is_in(&self, row: &Row) -> bool {
        let word = |number: u32| self.words.get(number as usize).copied().unwrap_or(false);
        word(row.service)
            || word(row.endpoint)
            || word(row.error_type)
            || self.needle.is_in(row.message())
            || self.needle.is_in(row.trace())
    }
}
