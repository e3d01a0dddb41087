//! Counting the lines of one stretch of time: by making each of them, or, of long stretches, by the counters that the
//! requests leave.

use std::collections::BTreeMap;

use super::sought::Sought;
use super::{ONE_IN, line, written};
use crate::demo::sim::Sim;
use crate::demo::sim::log::{Level as SimLevel, Line};
use crate::model::log::{Level, NONE};
use crate::time::{MINUTE, SECOND, Timestamp};

/// Lines of so much time are made at once.
const CHUNK: i64 = 30 * MINUTE;

/// Of one stretch of time.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    pub levels: [u64; Level::ALL.len()],
    pub errors: BTreeMap<&'static str, u64>,
    pub requests: BTreeMap<&'static str, u64>,
    /// So many lines of requests that were slow, which are among the warnings, are what is to be expected.
    pub expected: u64,
}

impl Counted {
    /// Those of all lines, made one by one.
    pub fn of_lines(sim: &Sim, sought: &Sought, (from, to): (i64, i64), now: Timestamp) -> Self {
        let mut counted = Self::default();
        written(sim, from, to, now).filter(|line| sought.matches(line)).for_each(|line| counted.add(&line));
        counted
    }

    /// Of all lines between whole seconds that are long past. Only those of failed requests and of what is no request
    /// are made: how many requests went well the counters tell, and of those how many were slow is known on average.
    pub fn of_counters(sim: &Sim, (from, to): (i64, i64)) -> Self {
        let mut counted = Self::default();
        let mut start = from;
        while start < to {
            let end = to.min(start + CHUNK);
            let stretch = (Timestamp(start), Timestamp(end));
            let failed = sim.failures(stretch.0, stretch.1);
            sim.lines_with(&failed, stretch, ONE_IN).iter().for_each(|line| counted.add(line));
            start = end;
        }
        let minutes = (from..to).step_by(MINUTE as usize).chain([to]).collect::<Vec<_>>();
        let mut slow = 0.0;
        for row in sim.request_counts(&minutes, ONE_IN).iter().filter(|row| !row.status.starts_with('5')) {
            let logged: u64 = row.multiples.iter().sum();
            counted.levels[Level::Info as usize] += logged;
            if logged > 0 {
                *counted.requests.entry(row.path()).or_default() += logged;
            }
            slow += sim.slow_among(row, &minutes);
        }
        counted.expected = slow.round() as u64;
        counted.levels[Level::Warn as usize] += counted.expected;
        counted
    }

    /// Without what is less than the level.
    pub fn at_least(mut self, level: Option<Level>) -> Self {
        let Some(level) = level else { return self };
        for other in Level::ALL.into_iter().filter(|other| *other > level) {
            self.levels[other as usize] = 0;
        }
        self
    }

    pub fn join(mut self, other: &Self) -> Self {
        self.levels.iter_mut().zip(other.levels).for_each(|(sum, count)| *sum += count);
        add(&mut self.errors, &other.errors);
        add(&mut self.requests, &other.requests);
        self.expected += other.expected;
        self
    }

    pub fn total(&self) -> u64 {
        self.levels.iter().sum()
    }

    fn add(&mut self, line: &Line) {
        self.levels[line::level(line) as usize] += 1;
        if line.level == SimLevel::Error {
            *self.errors.entry(line.error_type.unwrap_or(NONE)).or_default() += 1;
        }
        if line.kind == "request" {
            let endpoint = line.about.as_ref().map_or(NONE, |about| about.endpoint);
            *self.requests.entry(endpoint).or_default() += 1;
        }
    }
}

fn add(sums: &mut BTreeMap<&'static str, u64>, counts: &BTreeMap<&'static str, u64>) {
    counts.iter().for_each(|(name, count)| *sums.entry(name).or_default() += count);
}

/// The last whole second of which all lines are there.
pub fn settled(now: Timestamp) -> i64 {
    now.plus(-line::LATEST - SECOND).floor_to(SECOND).0
}
