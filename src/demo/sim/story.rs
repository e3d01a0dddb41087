//! The story that the numbers tell: when something goes wrong, where, how badly, and when an instance restarts.
//!
//! One incident in each stretch of three hours, somewhere near its middle, so that the incident a moment belongs to
//! follows from the moment alone. Number 0 is under way when the program starts; history has the negative ones.
//! More can be added while the simulation runs, and ended; a calm story has only those.

mod incident;
#[cfg(test)]
mod tests;
mod wish;

use std::sync::Arc;

pub use incident::{Course, Incident, Kind, Leak, Phase, RECOVERY};
pub use wish::{Refused, Trouble, Wish};

use super::noise::{pair, unit};
use super::service::{CHECKOUT, FRAGILE, INSTANCES};
use crate::time::{DAY, HOUR, MINUTE, SECOND, Timestamp};

/// How far back there is anything to see.
pub const HISTORY: i64 = 60 * DAY;
const EVERY: i64 = 3 * HOUR;
/// How far an incident may lie from the middle of its stretch.
const STRAY: i64 = 35 * MINUTE;
/// How long before the start the first incident began, so that its alert fires within the first minute or so.
const LEAD: i64 = 8 * MINUTE + 50 * SECOND;
/// How long before an incident its instance begins to lose memory.
const LEAK: i64 = 70 * MINUTE;

/// One life of a process: it answers from `started` on, and no longer at `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    pub started: i64,
    pub until: i64,
}

#[derive(Debug, Clone)]
pub struct Story {
    seed: u64,
    started: Timestamp,
    /// Whether there are incidents of its own.
    scheduled: bool,
    /// What was asked for, by number.
    added: Arc<[Incident]>,
}

impl Story {
    pub fn new(seed: u64, started: Timestamp) -> Self {
        Self { seed, started, scheduled: true, added: Arc::default() }
    }

    /// Nothing happens but what is added.
    pub fn calm(seed: u64, started: Timestamp) -> Self {
        Self { scheduled: false, ..Self::new(seed, started) }
    }

    pub fn added(&self) -> &[Incident] {
        &self.added
    }

    /// Seconds after the start.
    pub fn seconds(&self, t: i64) -> f64 {
        (t - self.started.0) as f64 / 1e3
    }

    /// The first moment there is anything to see of.
    pub fn oldest(&self) -> i64 {
        self.started.0 - HISTORY
    }

    /// The number of the only incident that a moment, from its leak to its last alert, can belong to.
    fn number(&self, t: i64) -> i64 {
        (t - self.started.0 + LEAD + LEAK + STRAY).div_euclid(EVERY)
    }

    fn first(&self) -> i64 {
        self.number(self.oldest()) + 1
    }

    fn incident(&self, number: i64) -> Incident {
        let middle = self.started.0 - LEAD + number * EVERY;
        if number == 0 {
            return shape(Kind::Upstream, middle, 26 * MINUTE + 45 * SECOND, 1.0, CHECKOUT, 1, true);
        }
        let own = pair(self.seed, number as u64);
        let roll = |what: u64| unit(pair(own, what));
        let kind = match roll(1) {
            _ if number == -7 => Kind::Stuck, // one of these in every history, whatever the seed
            r if r < 0.40 => Kind::Upstream,
            r if r < 0.65 => Kind::Database,
            r if r < 0.75 => Kind::Stuck,
            _ => Kind::Leak,
        };
        let begin = middle + ((2.0 * roll(2) - 1.0) * STRAY as f64) as i64;
        let length = 14 * MINUTE + (roll(3) * 12.0 * MINUTE as f64) as i64;
        let strength = 0.75 + 0.25 * roll(4);
        let endpoint = if roll(5) < 0.3 { CHECKOUT } else { (roll(6) * FRAGILE as f64) as usize };
        let instance = (roll(7) * INSTANCES.len() as f64) as usize;
        let restarts = match kind {
            Kind::Leak => true,
            Kind::Upstream | Kind::Stuck => roll(8) < 0.5,
            Kind::Database | Kind::LogStorm | Kind::Down => false,
        };
        shape(kind, begin, length, strength, endpoint, instance, restarts)
    }

    /// The numbers of the scheduled incidents that a stretch can belong to.
    fn numbers(&self, start: i64, end: i64) -> std::ops::RangeInclusive<i64> {
        let last = if self.scheduled { self.number(end) } else { i64::MIN };
        self.number(start).max(self.first())..=last
    }

    /// The incidents that may matter at `t`, with those that have not begun or are over.
    pub fn around(&self, t: i64) -> impl Iterator<Item = Incident> + '_ {
        self.numbers(t, t).map(|number| self.incident(number)).chain(self.added.iter().copied())
    }

    /// Every incident that touches the stretch, and perhaps some beside it: the scheduled ones in order of time, then
    /// those that were added.
    pub fn incidents(&self, start: i64, end: i64) -> impl Iterator<Item = Incident> + '_ {
        let scheduled = self.numbers(start, end).map(|number| self.incident(number));
        let added = self.added.iter().copied();
        scheduled.chain(added.filter(move |i| i.first() <= end && i.calm >= start))
    }

    /// The scheduled ones and the added ones that touch the stretch or come close, apart.
    pub fn parts(&self, start: i64, end: i64) -> [Vec<Incident>; 2] {
        let scheduled = self.numbers(start, end).map(|number| self.incident(number)).collect();
        let added =
            self.added.iter().copied().filter(|i| i.first() <= end && i.calm + MINUTE >= start && i.begin < i.calm);
        [scheduled, added.collect()]
    }

    /// When the process of one instance is away, from the last time before `start` to `end`, in order of time.
    fn absences(&self, instance: usize, start: i64, end: i64) -> Vec<(i64, i64)> {
        let away = |incident: Incident| {
            let away = incident.away().filter(|(from, to)| from < to)?;
            (incident.instance == instance).then_some(away)
        };
        let of = |number: i64| away(self.incident(number));
        let before = self.numbers(self.oldest(), start).rev().filter_map(of).find(|&(_, to)| to <= start);
        let from = before.map_or(self.oldest(), |(from, _)| from);
        let mut absences: Vec<_> = self.numbers(from, end).filter_map(of).collect();
        absences.extend(self.added.iter().copied().filter_map(away).filter(|&(from, _)| from <= end));
        absences.sort_unstable();
        absences
    }

    /// The lives of one instance that touch the stretch, in order of time.
    pub fn runs(&self, instance: usize, start: i64, end: i64) -> Vec<Run> {
        let absences = self.absences(instance, start, end);
        let before = absences.iter().map(|&(_, to)| to).filter(|&to| to <= start).max();
        let mut started = before.unwrap_or(self.oldest() - DAY);
        let mut runs = Vec::new();
        for (from, to) in absences {
            if from > started {
                runs.push(Run { started, until: from });
            }
            started = started.max(to);
        }
        runs.push(Run { started, until: i64::MAX });
        runs
    }
}

fn shape(
    kind: Kind,
    begin: i64,
    length: i64,
    strength: f64,
    endpoint: usize,
    instance: usize,
    restarts: bool,
) -> Incident {
    let (full, fall) = (begin + 80 * SECOND, begin + length);
    let leak = Leak { from: begin - LEAK, knee: begin + 6 * MINUTE, until: fall, height: 1.0 };
    let leak = (restarts && matches!(kind, Kind::Upstream | Kind::Leak)).then_some(leak);
    Incident { kind, endpoint, instance, strength, begin, full, fall, calm: fall + RECOVERY, restarts, leak }
}
