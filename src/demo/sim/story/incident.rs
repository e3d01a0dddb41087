//! One incident: what kind of trouble, where, how badly, and its course over time.

use crate::demo::sim::service::ENDPOINTS;
use crate::time::SECOND;

/// How long it takes until an incident is over once it gets better; a restart takes as long, so that the process that
/// comes up has seen nothing of it.
pub const RECOVERY: i64 = 75 * SECOND;

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
    /// One instance writes hundreds of log lines a second and is busy with that; it serves as well as ever.
    LogStorm,
    /// The process of one instance is gone.
    Down,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    Calm,
    Rising,
    Full,
    Falling,
}

/// How memory gets lost: quickly, then more slowly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leak {
    pub from: i64,
    pub knee: i64,
    pub until: i64,
    /// Part of the memory that can be lost.
    pub height: f64,
}

/// One incident; times are milliseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Incident {
    pub kind: Kind,
    /// Which of the service's endpoints fails.
    pub endpoint: usize,
    /// Which instance leaks, restarts, storms or is down.
    pub instance: usize,
    /// How bad it gets, 0 to 1.
    pub strength: f64,
    pub begin: i64,
    /// From here on it is as bad as it gets; after `fall` when it was ended before.
    pub full: i64,
    /// From here on it gets better.
    pub fall: i64,
    pub calm: i64,
    /// The instance is restarted when it gets better.
    pub restarts: bool,
    pub leak: Option<Leak>,
}

/// A straight piece of a course: from `at` on, the level and what it gains with each unit of `at`.
#[derive(Debug, Clone, Copy)]
pub struct Segment {
    pub at: f64,
    level: f64,
    pub slope: f64,
}

/// How bad an incident is over time, in straight pieces; 0 before the first, and from the last one on.
#[derive(Debug, Clone)]
pub struct Course(Vec<Segment>);

impl Course {
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    pub fn first(&self) -> f64 {
        self.0.first().map_or(f64::INFINITY, |segment| segment.at)
    }

    /// The level at `at`, and what it gains from there on.
    pub fn level(&self, at: f64) -> (f64, f64) {
        let passed = self.0.partition_point(|segment| segment.at <= at);
        let segment = passed.checked_sub(1).and_then(|last| self.0.get(last));
        segment.map_or((0.0, 0.0), |s| (s.level + s.slope * (at - s.at), s.slope))
    }
}

impl Incident {
    pub fn path(&self) -> &'static str {
        ENDPOINTS.get(self.endpoint).map_or("?", |endpoint| endpoint.path)
    }

    /// Changes what requests to its endpoint get.
    pub fn hits_endpoint(&self) -> bool {
        matches!(self.kind, Kind::Upstream | Kind::Database | Kind::Stuck | Kind::Leak)
    }

    /// Has a part of its instance's life to itself.
    pub fn holds_instance(&self) -> bool {
        self.restarts || matches!(self.kind, Kind::LogStorm | Kind::Down)
    }

    /// When the first sign of it shows.
    pub fn first(&self) -> i64 {
        self.leak.map_or(self.begin, |leak| leak.from.min(self.begin))
    }

    /// Its course on another clock. One that is ended early rises until then just as it would have risen.
    pub fn course(&self, clock: impl FnMut(i64) -> f64) -> Course {
        let [begin, full, fall, calm] = [self.begin, self.full, self.fall, self.calm].map(clock);
        let rise = self.strength / (full - begin);
        let top = if self.fall < self.full { rise * (fall - begin) } else { self.strength };
        let mut segments = vec![Segment { at: begin, level: 0.0, slope: rise }];
        if self.fall > self.full {
            segments.push(Segment { at: full, level: self.strength, slope: 0.0 });
        }
        segments.push(Segment { at: fall, level: top, slope: -top / (calm - fall) });
        segments.push(Segment { at: calm, level: 0.0, slope: 0.0 });
        Course(segments)
    }

    /// How bad it is, 0 to `strength`.
    pub fn level(&self, t: i64) -> f64 {
        if t < self.begin || t >= self.calm {
            return 0.0;
        }
        let part = |from: i64, to: i64, t: i64| (t - from) as f64 / (to - from) as f64;
        let rising =
            |t: i64| if t < self.full { self.strength * part(self.begin, self.full, t) } else { self.strength };
        if t < self.fall { rising(t) } else { rising(self.fall) * (1.0 - part(self.fall, self.calm, t)) }
    }

    pub fn phase(&self, t: i64) -> Phase {
        match t {
            t if t < self.begin || t >= self.calm => Phase::Calm,
            t if t >= self.fall => Phase::Falling,
            t if t < self.full => Phase::Rising,
            _ => Phase::Full,
        }
    }

    /// How much of the memory that can leak has leaked at one instance, 0 to 1.
    pub fn leaked(&self, instance: usize, t: i64) -> f64 {
        let Some(leak) = self.leak.filter(|leak| instance == self.instance && t >= leak.from && t < self.fall) else {
            return 0.0;
        };
        let part = |from: i64, to: i64| (t - from) as f64 / (to - from) as f64;
        leak.height
            * if t < leak.knee {
                0.865 * part(leak.from, leak.knee)
            } else {
                0.865 + 0.135 * part(leak.knee, leak.until)
            }
    }

    /// How bad it is for whoever waits for the endpoint.
    pub fn trouble(&self, t: i64) -> f64 {
        if self.hits_endpoint() { self.level(t) } else { 0.0 }
    }

    /// How much of a log storm rages at an instance.
    pub fn storm(&self, instance: usize, t: i64) -> f64 {
        if self.kind == Kind::LogStorm && instance == self.instance { self.level(t) } else { 0.0 }
    }

    /// From when until when the process of its instance is away.
    pub fn away(&self) -> Option<(i64, i64)> {
        match self.kind {
            Kind::Down => Some((self.begin, self.fall)),
            _ => self.restarts.then_some((self.fall, self.calm)),
        }
    }

    /// The same, but getting better from `now` on, unless it does so already.
    pub fn ended(mut self, now: i64) -> Self {
        if now < self.fall {
            self.fall = now;
            self.calm = if self.kind == Kind::Down { now } else { now + RECOVERY };
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::MINUTE;

    fn incident() -> Incident {
        let [begin, full, fall] = [10, 11, 20].map(|minute| minute * MINUTE);
        let leak = Some(Leak { from: begin, knee: 14 * MINUTE, until: fall, height: 1.0 });
        let (kind, calm) = (Kind::Leak, fall + RECOVERY);
        Incident { kind, endpoint: 0, instance: 1, strength: 0.8, begin, full, fall, calm, restarts: true, leak }
    }

    #[test]
    fn ended_early_it_was_what_it_was_and_falls_from_there() {
        let whole = incident();
        for now in [whole.begin + 20 * SECOND, whole.full + MINUTE] {
            let ended = whole.ended(now);
            for t in (whole.begin - MINUTE..now).step_by(1_000) {
                assert_eq!((whole.level(t), whole.leaked(1, t)), (ended.level(t), ended.leaked(1, t)));
            }
            assert_eq!(ended.level(now), whole.level(now));
            assert_eq!((ended.phase(now), ended.leaked(1, now)), (Phase::Falling, 0.0));
            assert!(ended.level(now + RECOVERY / 2) < 0.51 * whole.level(now));
            assert_eq!((ended.level(now + RECOVERY), ended.away()), (0.0, Some((now, now + RECOVERY))));
        }
        assert_eq!(whole.ended(whole.fall + 1), whole);
    }

    #[test]
    fn the_course_is_the_level() {
        for incident in [incident(), incident().ended(10 * MINUTE + 20 * SECOND)] {
            let course = incident.course(|t| t as f64);
            for t in (incident.begin - MINUTE..incident.calm + MINUTE).step_by(500) {
                assert!((course.level(t as f64).0 - incident.level(t)).abs() < 1e-9, "{t}");
            }
        }
    }
}
