//! Counting lines over time. What is long past stays as it is and is counted once.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::line::{self, LATEST};
use super::sought::Sought;
use super::written;
use crate::demo::sim::Sim;
use crate::demo::sim::log::Level as SimLevel;
use crate::model::log::{Count, Level, Search, Tallies, Volume};
use crate::text::Plain;
use crate::time::{HOUR, MINUTE, Range, SECOND, Timestamp};

/// Lines of so much time are made for one answer; of longer stretches a part stands for the whole.
const MOST: i64 = HOUR;
/// Counts that are kept; when there are more, all are counted anew.
const KEPT: usize = 20_000;
const BUCKETS: i64 = 2_000;
/// What lines without the field are counted as.
const NONE: &str = "(none)";

/// Of one stretch of time.
#[derive(Debug, Default)]
struct Counted {
    levels: [u64; 5],
    errors: BTreeMap<&'static str, u64>,
    requests: BTreeMap<&'static str, u64>,
}

type Key = (Search, i64, i64);

#[derive(Default)]
pub struct Counts {
    known: Mutex<HashMap<Key, Arc<Counted>>>,
}

impl Counts {
    pub fn volume(&self, sim: &Sim, search: (&Search, &Sought), within: Range, step: i64, now: Timestamp) -> Volume {
        // As few as fit: a server refuses more buckets too.
        let step = step.max(1).max(within.length() / BUCKETS);
        let start = within.start.floor_to(step).0;
        let count = (within.end.0 - start + step - 1).div_euclid(step).max(0);
        let part = part_of(step, count);
        let mut all = vec![Vec::with_capacity(count as usize); Level::ALL.len()];
        let mut total = 0;
        for bucket in 0..count {
            let from = start + bucket * step;
            let counted = self.counted(sim, search, (from, (from + part).min(within.end.0)), now);
            for (sums, number) in all.iter_mut().zip(counted.levels) {
                total += number;
                sums.push((number as i64 * step / part) as u64);
            }
        }
        let levels = Level::ALL.into_iter().zip(all).filter(|(_, counts)| counts.iter().any(|count| *count > 0));
        let is_whole = part == step;
        Volume {
            start,
            step,
            levels: levels.collect(),
            total: if is_whole { Count::Exactly(total) } else { Count::AtLeast(total) },
            notes: if is_whole { Vec::new() } else { vec![sampled(part, step)] },
        }
    }

    pub fn tallies(&self, sim: &Sim, search: (&Search, &Sought), within: Range, now: Timestamp) -> Tallies {
        let start = within.start.floor_to(MINUTE).0;
        // A long stretch is looked at in places.
        let every = (within.length() / MOST + i64::from(within.length() % MOST > MINUTE)).max(1);
        let (mut errors, mut requests, mut over) = (BTreeMap::new(), BTreeMap::new(), 0);
        let mut from = start;
        while from < within.end.0 {
            let edges = (from.max(within.start.0), (from + MINUTE).min(within.end.0));
            let counted = self.counted(sim, search, edges, now);
            over += counted.levels.iter().sum::<u64>();
            add(&mut errors, &counted.errors);
            add(&mut requests, &counted.requests);
            from += MINUTE * every;
        }
        let is_whole = every == 1;
        Tallies {
            error_types: ranked(errors),
            requests: ranked(requests),
            over: (!is_whole).then_some(over),
            notes: if is_whole { Vec::new() } else { vec![sampled(MINUTE, MINUTE * every)] },
        }
    }

    fn counted(&self, sim: &Sim, search: (&Search, &Sought), (from, to): (i64, i64), now: Timestamp) -> Arc<Counted> {
        let key = (search.0.clone(), from, to);
        let lock = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return Arc::clone(known);
        }
        let counted = Arc::new(count(sim, search.1, (from, to), now));
        if to + LATEST < now.0 {
            let mut known = lock();
            if known.len() >= KEPT {
                known.clear();
            }
            known.insert(key, Arc::clone(&counted));
        }
        counted
    }
}

fn count(sim: &Sim, sought: &Sought, (from, to): (i64, i64), now: Timestamp) -> Counted {
    let mut counted = Counted::default();
    for line in written(sim, from, to, now).filter(|line| sought.matches(line)) {
        counted.levels[line::level(&line) as usize] += 1;
        if line.level == SimLevel::Error {
            *counted.errors.entry(line.error_type.unwrap_or(NONE)).or_default() += 1;
        }
        if line.kind == "request" {
            let endpoint = line.about.map_or(NONE, |about| about.endpoint);
            *counted.requests.entry(endpoint).or_default() += 1;
        }
    }
    counted
}

fn add(sums: &mut BTreeMap<&'static str, u64>, counts: &BTreeMap<&'static str, u64>) {
    counts.iter().for_each(|(name, count)| *sums.entry(name).or_default() += count);
}

fn ranked(counts: BTreeMap<&'static str, u64>) -> Vec<(Plain, u64)> {
    let mut ranked: Vec<_> = counts.into_iter().map(|(name, count)| (Plain::new(name), count)).collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    ranked
}

/// How much of each bucket is counted: whole seconds.
fn part_of(step: i64, buckets: i64) -> i64 {
    if step * buckets <= MOST + 2 * step {
        return step;
    }
    (MOST / buckets.max(1)).div_euclid(SECOND).max(1).saturating_mul(SECOND).min(step)
}

fn sampled(part: i64, of: i64) -> Plain {
    let word = crate::time::format_duration;
    Plain::from(format!("estimated: the demo counts {} of each {}", word(part), word(of)))
}
