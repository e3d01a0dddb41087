//! What the services write: a line for requests that fail, for a part of the others, and what goes on besides.

mod background;
mod life;
mod requests;
mod trouble;

use super::Sim;
use super::fleet::Place;
use super::id::{SpanId, TraceId};
use super::noise::pair;
use super::request::{MS, Request};
use crate::time::{SECOND, Timestamp};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

impl Level {
    pub fn name(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        }
    }
}

/// What a line says of the request it was written for.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    pub endpoint: &'static str,
    pub method: &'static str,
    pub status: &'static str,
    pub duration_ms: f64,
    pub request_id: String,
    /// Only of a trace that is kept.
    pub trace: Option<(TraceId, SpanId)>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Nanoseconds since the epoch.
    pub time: i64,
    /// No other line has it.
    pub key: u64,
    pub level: Level,
    pub place: Place,
    /// What kind of line it is: request, audit, job, …
    pub kind: &'static str,
    /// Of several lines where a stack trace follows.
    pub message: String,
    pub error_type: Option<&'static str>,
    pub about: Option<About>,
}

/// The lines of a stretch of whole seconds, as they are gathered.
struct Lines<'a> {
    sim: &'a Sim,
    /// Seconds since the epoch, the last one not included.
    from: i64,
    to: i64,
    found: Vec<Line>,
}

impl Sim {
    /// The lines from `start` on and before `end`, in order of time. One in `one_in` requests that went well has one.
    pub fn lines(&self, start: Timestamp, end: Timestamp, one_in: u64) -> Vec<Line> {
        if start >= end {
            return Vec::new();
        }
        let (from, to) = (start.0.div_euclid(SECOND), (end.0 - 1).div_euclid(SECOND) + 1);
        let requests = self.requests(Timestamp(from * SECOND), Timestamp(to * SECOND));
        self.lines_with(&requests, (start, end), one_in)
    }

    /// The same for who has the requests already: all of the seconds that the stretch touches.
    pub fn lines_with(&self, requests: &[Request], (start, end): (Timestamp, Timestamp), one_in: u64) -> Vec<Line> {
        let (from, to) = (start.0.div_euclid(SECOND), (end.0 - 1).div_euclid(SECOND) + 1);
        let mut lines = Lines { sim: self, from, to, found: Vec::new() };
        requests.iter().for_each(|request| lines.request(request, one_in.max(1)));
        lines.background();
        lines.trouble();
        lines.life();
        let mut found = lines.found;
        found.retain(|line| line.time >= start.0 * MS && line.time < end.0 * MS);
        found.sort_unstable_by_key(|line| (line.time, line.key));
        found
    }
}

/// Chance for what a line says: rolls one number after the other.
struct Dice(u64);

impl Dice {
    /// From `least` on, `most` included.
    fn roll(&mut self, least: u64, most: u64) -> u64 {
        self.0 = pair(self.0, 0xd1ce);
        least + self.0 % (most - least + 1)
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let number = self.roll(0, of.len() as u64 - 1);
        of.get(number as usize).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
