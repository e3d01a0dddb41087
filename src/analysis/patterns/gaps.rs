//! What was seen in one place while everything else was the same: a few words, or a value.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};

use super::PatternId;
use super::scan::{VALUE, is_word};

/// So many different words in one place make it a value. Fewer are often told apart on purpose: opened and closed,
/// started, stopped and paused.
const WORDS: usize = 6;
/// Words that are compared, from the beginning of a line.
const PLACES: usize = 48;

#[derive(Debug, Default)]
pub struct Gaps {
    /// By what a pattern says without one word, and the place of that word.
    gaps: HashMap<u64, Gap, Hashed>,
}

#[derive(Debug, Default)]
struct Gap {
    /// The pattern that has a value there.
    value: Option<PatternId>,
    /// Those that have a word there, each word once.
    words: Vec<(u64, PatternId)>,
}

impl Gaps {
    /// The pattern that says the same, with a value where this one has a word.
    pub fn value(&self, hashes: &[u64]) -> Option<PatternId> {
        let words = places(hashes).filter(|place| hashes.get(*place) != Some(&VALUE));
        words.into_iter().find_map(|place| self.gaps.get(&without(hashes, place))?.value)
    }

    /// Takes in a new pattern. Gives a place that turns out to hold a value, and who has a word there.
    pub fn add(&mut self, hashes: &[u64], id: PatternId) -> Option<(usize, Vec<PatternId>)> {
        let mut found = None;
        for place in places(hashes) {
            let gap = self.gaps.entry(without(hashes, place)).or_default();
            match hashes.get(place) {
                Some(&VALUE) => gap.value = Some(id),
                Some(word) if gap.words.iter().all(|(known, _)| known != word) => gap.words.push((*word, id)),
                _ => {}
            }
            let is_value = gap.words.len() >= WORDS || (gap.value.is_some() && !gap.words.is_empty());
            if is_value && found.is_none() {
                found = Some((place, gap.words.iter().map(|(_, id)| *id).collect()));
            }
        }
        found
    }
}

fn places(hashes: &[u64]) -> impl Iterator<Item = usize> {
    hashes
        .iter()
        .enumerate()
        .filter(|(_, hash)| **hash == VALUE || is_word(**hash))
        .map(|(place, _)| place)
        .take(PLACES)
}

/// The hash of a whole pattern.
pub fn whole(hashes: impl Iterator<Item = u64>) -> u64 {
    let folded = hashes.fold(1, |state: u64, hash| (state.rotate_left(5) ^ hash).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    folded ^ (folded >> 29)
}

/// The hash of all but one place.
fn without(hashes: &[u64], place: usize) -> u64 {
    /// No sign, no word and no value.
    const GAP: u64 = 7;
    let others = hashes.iter().enumerate().map(|(at, hash)| if at == place { GAP } else { *hash });
    whole(others.chain([place as u64]))
}

/// For keys that are hashes already.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hashed;

pub struct AsItIs(u64);

impl BuildHasher for Hashed {
    type Hasher = AsItIs;
    fn build_hasher(&self) -> AsItIs {
        AsItIs(0)
    }
}

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
