//! Log patterns: finds, in one pass, the sentences that programs write from the lines that they wrote.
//!
//! Each line is cut into words and values ([`scan`]), and what is left when the values are taken out is looked up: most
//! lines are of a pattern that is known. A new one is compared with those that differ from it in one word only; where
//! enough different words were seen in the same place, that place is a value as well, and those patterns become one.

pub mod compare;
mod gaps;
mod scan;
pub mod tally;

use std::collections::HashMap;

use gaps::Gaps;
use scan::{Piece, scan};

/// So many patterns are told apart; what comes beyond is counted together.
const MOST: usize = 4_096;
/// Lines that are known at a glance; more are looked up anew.
const KNOWN: usize = 65_536;
/// How often patterns with a single line make room for others.
const PURGES: u32 = 8;

/// A pattern of a miner. It may become one with another: [`Miner::find`] tells which it is by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PatternId(pub u32);

impl PatternId {
    /// All that came when there was no more room.
    pub const OTHERS: Self = Self(0);
}

/// Reads lines, each once.
#[derive(Debug)]
pub struct Miner {
    /// From the hash of what a line says to its pattern.
    known: HashMap<u64, PatternId, gaps::Hashed>,
    patterns: Vec<Pattern>,
    gaps: Gaps,
    /// Patterns that are alive.
    alive: usize,
    purges: u32,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Pattern {
    parts: Vec<Part>,
    lines: u64,
    /// What it has become a part of; itself while it lives.
    parent: PatternId,
}

/// A word or a sign with what stands before it; a value has no text.
#[derive(Debug, Clone)]
struct Part {
    hash: u64,
    text: Box<str>,
    spaced: bool,
}

impl Default for Miner {
    fn default() -> Self {
        let others = Pattern { parts: Vec::new(), lines: 0, parent: PatternId::OTHERS };
        Self {
            known: HashMap::default(),
            patterns: vec![others],
            gaps: Gaps::default(),
            alive: 0,
            purges: 0,
            pieces: Vec::new(),
        }
    }
}

impl Miner {
    /// The pattern of one line.
    pub fn add(&mut self, line: &str) -> PatternId {
        scan(line.as_bytes(), &mut self.pieces);
        let key = gaps::whole(self.pieces.iter().map(|piece| piece.hash));
        let pattern = match self.known.get(&key) {
            Some(pattern) => *pattern,
            None => self.learn(key, line),
        };
        let now = self.find(pattern);
        if now != pattern {
            self.known.insert(key, now);
        }
        if let Some(pattern) = self.patterns.get_mut(now.0 as usize) {
            pattern.lines += 1;
        }
        now
    }

    /// The pattern that this one is by now.
    pub fn find(&self, mut pattern: PatternId) -> PatternId {
        while let Some(Pattern { parent, .. }) = self.patterns.get(pattern.0 as usize)
            && *parent != pattern
        {
            pattern = *parent;
        }
        pattern
    }

    /// `upstream timeout after <*> ms`, as its first line was spaced.
    pub fn text(&self, pattern: PatternId) -> String {
        let found = self.find(pattern);
        if found == PatternId::OTHERS {
            return "(other patterns)".to_owned();
        }
        let mut text = String::new();
        for part in self.patterns.get(found.0 as usize).into_iter().flat_map(|pattern| &pattern.parts) {
            if part.spaced && !text.is_empty() {
                text.push(' ');
            }
            text.push_str(if part.hash == scan::VALUE { "<*>" } else { &part.text });
        }
        text
    }

    /// How many patterns there are.
    pub fn len(&self) -> usize {
        self.alive
    }

    pub fn is_empty(&self) -> bool {
        self.alive == 0
    }

    /// A line that says what none before it said.
    fn learn(&mut self, key: u64, line: &str) -> PatternId {
        if self.known.len() >= KNOWN {
            self.forget();
        }
        let part = |piece: &Piece| Part {
            hash: piece.hash,
            text: if piece.hash == scan::VALUE { "" } else { line.get(piece.range()).unwrap_or_default() }.into(),
            spaced: piece.spaced,
        };
        let parts = self.pieces.iter().map(part).collect();
        self.insert(key, parts)
    }

    fn insert(&mut self, key: u64, parts: Vec<Part>) -> PatternId {
        let hashes: Vec<u64> = parts.iter().map(|part| part.hash).collect();
        let found = match self.gaps.value(&hashes) {
            Some(pattern) => self.find(pattern),
            None if self.is_full() => PatternId::OTHERS,
            None => self.create(parts, &hashes),
        };
        self.known.insert(key, found);
        found
    }

    fn create(&mut self, parts: Vec<Part>, hashes: &[u64]) -> PatternId {
        let id = PatternId(u32::try_from(self.patterns.len()).unwrap_or_default());
        self.patterns.push(Pattern { parts: parts.clone(), lines: 0, parent: id });
        self.alive += 1;
        let Some((place, members)) = self.gaps.add(hashes, id) else { return id };
        let mut joined = parts;
        if let Some(part) = joined.get_mut(place) {
            (part.hash, part.text) = (scan::VALUE, "".into());
        }
        let key = gaps::whole(joined.iter().map(|part| part.hash));
        let target = match self.known.get(&key) {
            Some(pattern) => self.find(*pattern),
            // The new one may itself be a value away from others.
            None if hashes.get(place) == Some(&scan::VALUE) => id,
            None => self.insert(key, joined),
        };
        members.into_iter().for_each(|member| self.join(member, target));
        self.find(id)
    }

    /// Makes one pattern a part of another.
    fn join(&mut self, pattern: PatternId, target: PatternId) {
        let (pattern, target) = (self.find(pattern), self.find(target));
        if pattern == target {
            return;
        }
        let mut lines = 0;
        if let Some(gone) = self.patterns.get_mut(pattern.0 as usize) {
            gone.parent = target;
            (lines, gone.parts) = (std::mem::take(&mut gone.lines), Vec::new());
        }
        if let Some(target) = self.patterns.get_mut(target.0 as usize) {
            target.lines += lines;
        }
        self.alive -= 1;
    }

    /// Whether there is no room for one more, even after those of one line have been given up, which happens a few
    /// times only: a flood of lines that are all different must not cost more and more.
    fn is_full(&mut self) -> bool {
        if self.alive < MOST {
            return false;
        }
        if self.purges == PURGES {
            return true;
        }
        self.purges += 1;
        let is_single = |pattern: &Pattern| pattern.lines <= 1;
        let singles = (1..self.patterns.len()).map(|id| PatternId(id as u32));
        let singles: Vec<PatternId> = singles
            .filter(|id| self.patterns.get(id.0 as usize).is_some_and(|one| one.parent == *id && is_single(one)))
            .collect();
        singles.into_iter().for_each(|single| self.join(single, PatternId::OTHERS));
        self.forget();
        self.alive >= MOST
    }

    /// Keeps of what is known only the patterns themselves.
    fn forget(&mut self) {
        self.known.clear();
        self.gaps = Gaps::default();
        for id in 1..self.patterns.len() {
            let id = PatternId(id as u32);
            let Some(pattern) = self.patterns.get(id.0 as usize).filter(|pattern| pattern.parent == id) else {
                continue;
            };
            let hashes: Vec<u64> = pattern.parts.iter().map(|part| part.hash).collect();
            self.known.insert(gaps::whole(hashes.iter().copied()), id);
            // What could have become one has done so before.
            self.gaps.add(&hashes, id);
        }
    }
}

#[cfg(test)]
mod tests;
