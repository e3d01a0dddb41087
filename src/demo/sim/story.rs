//! The story that the numbers tell: when something goes wrong, where, how badly, and when an instance restarts.
//!
//! One incident in each stretch of three hours, somewhere near its middle, so that the incident a moment belongs to
//! follows from the moment alone. Number 0 is under way when the program starts; history has the negative ones.

use super::noise::{pair, unit};
use super::service::{CHECKOUT, ENDPOINTS, FRAGILE, INSTANCES};
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
/// How long it takes until an incident is over once it gets better; a restart takes as long, so that the process that
/// comes up has seen nothing of it.
const RECOVERY: i64 = 75 * SECOND;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A service that the endpoint needs does not answer: most requests fail.
    Upstream,
    /// The database is slow: requests are, and a few fail.
    Database,
    /// Nearly every request takes longer than the last bucket's bound.
    Stuck,
    /// One instance loses memory until it is restarted.
    Leak,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    Calm,
    Rising,
    Full,
    Falling,
}

/// One incident; times are milliseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Incident {
    pub kind: Kind,
    /// Which of the service's endpoints fails.
    pub endpoint: usize,
    /// Which instance leaks or restarts.
    pub instance: usize,
    /// How bad it gets, 0 to 1.
    pub strength: f64,
    pub begin: i64,
    /// From here on it is as bad as it gets.
    pub full: i64,
    /// From here on it gets better.
    pub fall: i64,
    pub calm: i64,
    /// The instance is restarted when it gets better.
    pub restarts: bool,
}

impl Incident {
    pub fn path(&self) -> &'static str {
        ENDPOINTS[self.endpoint].path
    }

    /// The times at which its course bends, with the level there.
    pub fn corners(&self) -> [(i64, f64); 4] {
        [(self.begin, 0.0), (self.full, self.strength), (self.fall, self.strength), (self.calm, 0.0)]
    }

    /// How bad it is, 0 to `strength`.
    pub fn level(&self, t: i64) -> f64 {
        let corners = self.corners();
        let ramp = corners.windows(2).find(|w| w[0].0 <= t && t < w[1].0);
        ramp.map_or(0.0, |w| {
            let ((from, low), (to, high)) = (w[0], w[1]);
            low + (high - low) * (t - from) as f64 / (to - from) as f64
        })
    }

    pub fn phase(&self, t: i64) -> Phase {
        match t {
            t if t < self.begin || t >= self.calm => Phase::Calm,
            t if t < self.full => Phase::Rising,
            t if t < self.fall => Phase::Full,
            _ => Phase::Falling,
        }
    }

    fn leaks(&self) -> bool {
        self.restarts && matches!(self.kind, Kind::Upstream | Kind::Leak)
    }

    /// How much of the memory that can leak has leaked at one instance, 0 to 1: quickly, then more slowly.
    pub fn leaked(&self, instance: usize, t: i64) -> f64 {
        let (from, knee) = (self.begin - LEAK, self.begin + 6 * MINUTE);
        match t {
            _ if !self.leaks() || instance != self.instance || t < from || t >= self.fall => 0.0,
            t if t < knee => 0.865 * (t - from) as f64 / (knee - from) as f64,
            t => 0.865 + 0.135 * (t - knee) as f64 / (self.fall - knee) as f64,
        }
    }
}

/// One life of a process: it answers from `started` on, and no longer at `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    pub started: i64,
    pub until: i64,
}

#[derive(Debug, Clone, Copy)]
pub struct Story {
    seed: u64,
    started: Timestamp,
}

impl Story {
    pub fn new(seed: u64, started: Timestamp) -> Self {
        Self { seed, started }
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
            Kind::Database => false,
        };
        shape(kind, begin, length, strength, endpoint, instance, restarts)
    }

    /// The incident that `t` would belong to; it may not have begun, or may be over.
    pub fn nearest(&self, t: i64) -> Option<Incident> {
        let number = self.number(t);
        (number >= self.first()).then(|| self.incident(number))
    }

    /// Every incident that touches the stretch, in order of time, and perhaps one beside it.
    pub fn incidents(&self, start: i64, end: i64) -> impl Iterator<Item = Incident> + '_ {
        (self.number(start).max(self.first())..=self.number(end)).map(|number| self.incident(number))
    }

    /// The lives of one instance that touch the stretch, in order of time.
    pub fn runs(&self, instance: usize, start: i64, end: i64) -> Vec<Run> {
        let first = self.first();
        let restart = |number: i64| {
            let incident = self.incident(number);
            (incident.restarts && incident.instance == instance).then_some(incident.fall)
        };
        let before = (first..=self.number(start)).rev().filter_map(restart).find(|&fall| fall + RECOVERY <= start);
        let mut started = before.map_or(self.oldest() - DAY, |fall| fall + RECOVERY);
        let mut runs = Vec::new();
        for fall in (self.number(started).max(first)..=self.number(end)).filter_map(restart) {
            if fall > started {
                runs.push(Run { started, until: fall });
                started = fall + RECOVERY;
            }
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
    Incident { kind, endpoint, instance, strength, begin, full, fall, calm: fall + RECOVERY, restarts }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_763_900_000_000;

    fn story() -> Story {
        Story::new(1, Timestamp(START))
    }

    fn history() -> Vec<Incident> {
        story().incidents(START - HISTORY, START + 10 * DAY).collect()
    }

    #[test]
    fn incidents_keep_clear_of_each_other() {
        let all = history();
        assert!(all.len() > 500);
        for pair in all.windows(2) {
            assert!(pair[0].calm + 10 * MINUTE < pair[1].begin - LEAK, "{pair:?}");
        }
    }

    #[test]
    fn a_moment_knows_its_incident() {
        let story = story();
        for incident in history() {
            for t in [incident.begin - LEAK, incident.begin, incident.fall, incident.calm + 10 * MINUTE] {
                assert_eq!(story.nearest(t), Some(incident));
            }
        }
        assert_eq!(story.nearest(START - HISTORY - DAY), None);
    }

    #[test]
    fn the_first_one_is_under_way_at_the_start_and_over_soon() {
        let first = story().nearest(START).unwrap();
        assert_eq!((first.kind, first.path(), first.phase(START)), (Kind::Upstream, "/api/checkout", Phase::Full));
        assert_eq!(first.level(START), 1.0);
        assert_eq!(first.phase(first.begin + SECOND), Phase::Rising);
        assert_eq!(first.phase(first.calm - SECOND), Phase::Falling);
        assert!(first.calm < START + 20 * MINUTE);
        assert!(first.restarts);
    }

    #[test]
    fn every_kind_happens_and_only_what_can_fail_fails() {
        for seed in 0..20 {
            let week: Vec<_> = Story::new(seed, Timestamp(START)).incidents(START - 7 * DAY, START).collect();
            assert!(week.len() >= 56);
            for kind in [Kind::Upstream, Kind::Database, Kind::Stuck, Kind::Leak] {
                assert!(week.iter().any(|i| i.kind == kind), "{kind:?} with seed {seed}");
            }
            assert!(week.iter().all(|i| ENDPOINTS[i.endpoint].failing > 0.0 && i.instance < INSTANCES.len()));
        }
    }

    #[test]
    fn a_leak_climbs_until_the_restart() {
        let story = story();
        let first = story.nearest(START).unwrap();
        let at = |t| first.leaked(first.instance, t);
        assert_eq!((at(first.begin - LEAK), at(first.fall)), (0.0, 0.0));
        assert!(at(START - HOUR) < at(START) && at(START) < at(first.fall - 1) && at(first.fall - 1) > 0.99);
        assert_eq!(first.leaked(0, START), 0.0);
    }

    #[test]
    fn lives_follow_each_other_and_any_part_agrees_with_the_whole() {
        let story = story();
        for instance in 0..INSTANCES.len() {
            let whole = story.runs(instance, START - HISTORY, START + DAY);
            assert!(whole.len() > 20, "{}", whole.len());
            assert!(whole.windows(2).all(|w| w[1].started - w[0].until == RECOVERY));
            for hour in 0..HISTORY / HOUR {
                let (from, to) = (START - hour * HOUR, START - hour * HOUR + 2 * HOUR);
                let part = story.runs(instance, from, to);
                let touching = |r: &&Run| r.started <= to && r.until > from;
                let expected: Vec<_> = whole.iter().filter(touching).map(|r| r.started).collect();
                assert_eq!(part.iter().filter(touching).map(|r| r.started).collect::<Vec<_>>(), expected);
            }
        }
    }
}
