//! Which indices a poll asks about by name: those that have moved lately, and of the others a few in turn.
//!
//! Of a month of daily indices one moves. Asking about all of them in each poll would cost more than most answers; what
//! comes into a resting one is noticed by how many documents the resting ones hold together.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::time::{MINUTE, Timestamp};

/// An index that has not moved for so long rests.
const RESTS_AFTER: i64 = 5 * MINUTE;
/// Resting ones of one poll.
const AT_ONCE: usize = 3;
/// So few are asked for always.
const FEW: usize = 2;

/// What a poll is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// All that match the pattern, known or not.
    All,
    /// Known ones.
    Of(Vec<Arc<str>>),
    /// These, and all that are not known.
    New(Vec<Arc<str>>),
}

impl Reach {
    pub fn holds(&self, index: &str) -> bool {
        match self {
            Self::All => true,
            Self::Of(names) | Self::New(names) => names.iter().any(|name| &**name == index),
        }
    }

    pub fn holds_unknown(&self) -> bool {
        matches!(self, Self::All | Self::New(_))
    }
}

#[derive(Debug, Clone, Default)]
pub struct Turns {
    moved: BTreeMap<Arc<str>, Timestamp>,
    /// How many documents all indices but these held.
    rest: Option<(Vec<Arc<str>>, u64)>,
    /// Whose turn is next, counted up.
    turn: usize,
}

impl Turns {
    pub fn moved(&mut self, index: &Arc<str>, now: Timestamp) {
        self.moved.insert(Arc::clone(index), now);
    }

    /// As at the beginning: nobody knows yet what will move.
    pub fn rest(&mut self) {
        *self = Self::default();
    }

    /// Indices that are asked about in each poll.
    pub fn awake(&self, now: Timestamp) -> Vec<Arc<str>> {
        let lately = self.moved.iter().filter(|(_, at)| now.since(**at) < RESTS_AFTER);
        lately.map(|(index, _)| Arc::clone(index)).collect()
    }

    /// Of these, known indices.
    pub fn next(&mut self, known: &[Arc<str>], now: Timestamp) -> Reach {
        if known.len() <= FEW {
            return Reach::All;
        }
        let mut names = self.awake(now);
        names.retain(|name| known.contains(name));
        let resting: Vec<&Arc<str>> = known.iter().filter(|name| !names.contains(name)).collect();
        let turn = self.turn % (resting.len().div_ceil(AT_ONCE) + 1);
        self.turn = turn + 1;
        match turn.checked_sub(1) {
            None => Reach::New(names),
            Some(which) => {
                names.extend(resting.into_iter().skip(which * AT_ONCE).take(AT_ONCE).cloned());
                Reach::Of(names)
            }
        }
    }

    /// Takes in how many documents all but the `awake` hold: true if it is another number than before, or of others.
    pub fn stirred(&mut self, awake: &[Arc<str>], count: u64) -> bool {
        let stirred = self.rest.as_ref().is_none_or(|(held, before)| *held != awake || *before != count);
        self.rest = Some((awake.to_vec(), count));
        stirred
    }
}

/// How many documents all others hold; counting whole indices costs a server nothing.
pub fn others(awake: &[Arc<str>]) -> Value {
    let names: Vec<&str> = awake.iter().map(|name| &**name).collect();
    let query = match names.is_empty() {
        true => json!({ "match_all": {} }),
        false => json!({ "bool": { "must_not": [{ "terms": { "_index": names } }] } }),
    };
    json!({ "size": 0, "track_total_hits": true, "query": query })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_is_asked_for_always_and_the_others_in_turn() {
        let known: Vec<Arc<str>> = (10..20).map(|day| Arc::from(format!("i-{day}"))).collect();
        let mut turns = Turns::default();
        turns.moved(&known[9], Timestamp(0));
        let mut asked = BTreeMap::new();
        for poll in 0..8 {
            let names = match turns.next(&known, Timestamp(1_000)) {
                Reach::New(names) if poll % 4 == 0 => names,
                Reach::Of(names) if poll % 4 != 0 && names.len() == 4 => names,
                other => panic!("{poll}: {other:?}"),
            };
            for name in names {
                *asked.entry(name).or_insert(0) += 1;
            }
        }
        assert_eq!((asked.len(), asked[&known[9]], asked[&known[0]]), (10, 8, 2));
        assert!(turns.awake(Timestamp(RESTS_AFTER)).is_empty());
        assert_eq!(turns.next(&known[..2], Timestamp(0)), Reach::All);
    }

    #[test]
    fn another_count_of_the_resting_ones_is_noticed() {
        let mut turns = Turns::default();
        assert!(turns.stirred(&[], 5) && !turns.stirred(&[], 5) && turns.stirred(&[], 6));
        // Other ones rest: nothing is known of them.
        let awake = [Arc::from("i")];
        assert!(turns.stirred(&awake, 6) && !turns.stirred(&awake, 6));
    }
}
