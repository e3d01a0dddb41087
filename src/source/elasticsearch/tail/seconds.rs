//! What was seen of each second: how many lines, and which.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::source::elasticsearch::hits::Hit;

/// Ids that are remembered: some 64 MB.
const MAX_IDS: usize = 4_000_000;

#[derive(Debug, Clone, Default)]
struct Second {
    /// As many as the server counts, if nothing more has come.
    count: u64,
    ids: HashSet<u64>,
}

/// Cheap to copy: what is not changed is shared.
#[derive(Debug, Clone, Default)]
pub struct Seconds {
    held: BTreeMap<i64, Arc<Second>>,
}

pub fn second(ms: i64) -> i64 {
    ms.div_euclid(1_000)
}

fn key(hit: &Hit) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&hit.line.index, &hit.line.id).hash(&mut hasher);
    hasher.finish()
}

impl Seconds {
    fn at(&mut self, second: i64) -> &mut Second {
        Arc::make_mut(self.held.entry(second).or_default())
    }

    /// True if this one was not handed over before.
    pub fn take(&mut self, second: i64, hit: &Hit) -> bool {
        self.at(second).ids.insert(key(hit))
    }

    pub fn is_new(&self, second: i64, hit: &Hit) -> bool {
        self.held.get(&second).is_none_or(|held| !held.ids.contains(&key(hit)))
    }

    pub fn count(&self, second: i64) -> u64 {
        self.held.get(&second).map_or(0, |held| held.count)
    }

    pub fn set(&mut self, second: i64, count: u64) {
        if count > 0 || self.held.contains_key(&second) {
            self.at(second).count = count;
        }
    }

    /// From one moment up to and without another, in ms; a second that begins in it counts.
    pub fn sum(&self, from: i64, until: i64) -> u64 {
        let (from, until) = (second(from), second(until.saturating_sub(1)));
        if from > until { 0 } else { self.held.range(from..=until).map(|(_, held)| held.count).sum() }
    }

    pub fn known(&self, from: i64, until: i64) -> Vec<i64> {
        let (from, until) = (second(from), second(until.saturating_sub(1)));
        if from > until { Vec::new() } else { self.held.range(from..=until).map(|(second, _)| *second).collect() }
    }

    /// Forgets what is older than `second`, and more if that is too much; says from where on all is remembered.
    pub fn forget_before(&mut self, second: i64) -> i64 {
        self.held = self.held.split_off(&second);
        let mut first = second;
        let mut ids: usize = self.held.values().map(|held| held.ids.len()).sum();
        while ids > MAX_IDS
            && let Some((oldest, held)) = self.held.pop_first()
        {
            ids -= held.ids.len();
            first = oldest + 1;
        }
        first
    }
}
