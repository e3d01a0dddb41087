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
        let mut sought = Sought { needle, words, hits: 0 };
        sought.hits = self.blocks.iter().flatten().filter(|row| sought.is_in(row)).count();
        self.sought = Some(sought);
    }

    /// In how many lines it stands.
    pub fn hits(&self) -> usize {
        self.sought.as_ref().map_or(0, |sought| sought.hits)
    }

    /// Counts a line that comes or goes.
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
        let is_hit = |row: &&Row| sought.is_in(row);
        if forward {
            let after = self.rows(position + 1).position(|row| sought.is_in(row)).map(|steps| position + 1 + steps);
            return after.or_else(|| self.blocks.iter().flatten().position(|row| sought.is_in(row)));
        }
        let backward = self.blocks.iter().rev().flat_map(|rows| rows.iter().rev());
        let backward = || (0..self.len).rev().zip(backward.clone());
        let hit = |(at, row): (usize, &Row)| is_hit(&row).then_some(at);
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
