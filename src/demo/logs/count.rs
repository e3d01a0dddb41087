//! Counting lines over time. What is long past stays as it is and is counted once.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::line::LATEST;
use super::sought::Sought;
use super::tally::{Counted, settled};
use crate::demo::sim::Sim;
use crate::model::log::{Count, Level, Search, Tallies, Volume};
use crate::text::Plain;
use crate::time::{DAY, HOUR, MINUTE, Range, SECOND, Timestamp, format_duration};

/// Lines of so much time are made for one answer; of longer stretches a part stands for the whole, or the counters of
/// requests tell.
const MOST: i64 = HOUR;
/// Counters are read for so much time.
const COUNTERS: i64 = 2 * DAY;
/// Stretches that tallies are added up from.
const PLACE: i64 = 10 * MINUTE;
/// Counts that are kept; when there are more, all are counted anew.
const KEPT: usize = 20_000;
const BUCKETS: i64 = 2_000;

type Key = (Search, i64, i64);

#[derive(Default)]
pub struct Counts {
    known: Mutex<HashMap<Key, Arc<Counted>>>,
}

/// One question: the simulation, what is sought, and when it is asked.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub sim: &'a Sim,
    pub search: &'a Search,
    pub sought: &'a Sought,
    pub now: Timestamp,
}

/// How the lines of a stretch are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Lines,
    Counters,
    /// So much of each stretch, in ms.
    Part(i64),
}

impl Asked<'_> {
    /// Counters know nothing of words and fields.
    fn way(&self, within: Range, step: i64, buckets: i64) -> Way {
        let is_plain = self.search.text.is_empty() && self.search.filters.is_empty();
        match step * buckets {
            length if length <= MOST + 2 * step => Way::Lines,
            length if is_plain && step % SECOND == 0 && length <= COUNTERS + 2 * step => Way::Counters,
            _ => Way::Part((MOST.min(within.length()) / buckets.max(1)).max(SECOND) / SECOND * SECOND),
        }
    }
}

impl Counts {
    pub fn volume(&self, asked: Asked, within: Range, step: i64) -> Volume {
        // As few as fit: a server refuses more buckets too.
        let step = step.max(1).max(within.length() / BUCKETS);
        let start = within.start.floor_to(step).0;
        let count = (within.end.0 - start + step - 1).div_euclid(step).max(0);
        let way = asked.way(within, step, count);
        let part = if let Way::Part(part) = way { part.min(step) } else { step };
        let mut all = vec![Vec::with_capacity(count as usize); Level::ALL.len()];
        let (mut total, mut expected) = (0, 0);
        for bucket in 0..count {
            // From the middle: a day's bucket does not begin with what is usual.
            let from = start + bucket * step + (step - part) / 2;
            let edges = (from.max(within.start.0), (from + part).min(within.end.0));
            let counted = self.counted(asked, way, edges);
            expected += counted.expected;
            for (sums, number) in all.iter_mut().zip(counted.levels) {
                let number = (number as i64 * step / part) as u64;
                total += number;
                sums.push(number);
            }
        }
        let levels = Level::ALL.into_iter().zip(all).filter(|(_, counts)| counts.iter().any(|count| *count > 0));
        let (total, notes) = match way {
            Way::Lines => (Count::Exactly(total), Vec::new()),
            // What the lines below add up to, too.
            Way::Counters => (Count::AtLeast(total - expected), vec![expecting(expected)]),
            Way::Part(_) => (Count::AtLeast(total), vec![sampled(part, step)]),
        };
        Volume { start, step, levels: levels.collect(), total, notes }
    }

    pub fn tallies(&self, asked: Asked, within: Range) -> Tallies {
        let start = within.start.floor_to(PLACE).0;
        let places = (within.end.0 - start + PLACE - 1).div_euclid(PLACE).max(1);
        let way = asked.way(within, PLACE, places);
        let part = if let Way::Part(part) = way { part.min(PLACE) } else { PLACE };
        let mut sum = Counted::default();
        for place in 0..places {
            let from = start + place * PLACE;
            let edges = (from.max(within.start.0), (from + part).min(within.end.0));
            if edges.0 < edges.1 {
                sum = sum.join(&self.counted(asked, way, edges));
            }
        }
        let is_whole = part == PLACE;
        Tallies {
            over: (!is_whole).then(|| sum.total()),
            notes: if is_whole { Vec::new() } else { vec![sampled(part, PLACE)] },
            error_types: ranked(sum.errors),
            requests: ranked(sum.requests),
        }
    }

    fn counted(&self, asked: Asked, way: Way, (from, to): (i64, i64)) -> Arc<Counted> {
        let key = (asked.search.clone(), from, to);
        let lock = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return Arc::clone(known);
        }
        let counted = Arc::new(count(asked, way, (from, to)));
        if to + LATEST < asked.now.0 {
            let mut known = lock();
            if known.len() >= KEPT {
                known.clear();
            }
            known.insert(key, Arc::clone(&counted));
        }
        counted
    }
}

fn count(asked: Asked, way: Way, (from, to): (i64, i64)) -> Counted {
    let lines = |from, to| Counted::of_lines(asked.sim, asked.sought, (from, to), asked.now);
    // Counters tell of whole seconds whose lines are all there; what is at the edges is counted line by line.
    let first = Timestamp(from + SECOND - 1).floor_to(SECOND).0;
    let last = to.min(settled(asked.now)) / SECOND * SECOND;
    if way != Way::Counters || first >= last {
        return lines(from, to);
    }
    let middle = Counted::of_counters(asked.sim, (first, last)).at_least(asked.search.level);
    middle.join(&lines(from, first)).join(&lines(last, to))
}

fn ranked(counts: BTreeMap<&'static str, u64>) -> Vec<(Plain, u64)> {
    let mut ranked: Vec<_> = counts.into_iter().map(|(name, count)| (Plain::new(name), count)).collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    ranked
}

fn sampled(part: i64, of: i64) -> Plain {
    Plain::from(format!("estimated: the demo counts {} of each {}", format_duration(part), format_duration(of)))
}

fn expecting(lines: u64) -> Plain {
    Plain::from(format!("the demo knows the warnings of {lines} slow requests on average only"))
}
