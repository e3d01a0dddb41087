//! Log lines, as a search engine holds them, and how they are sought.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::text::Plain;
use crate::time::Timestamp;

/// Ordered by urgency: the worst comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// And what is worse: fatal, critical, emergency.
    Error,
    Warn,
    Info,
    /// And what says more: trace.
    Debug,
    /// None given, or a word of the team's own.
    Unknown,
}

impl Level {
    pub const ALL: [Self; 5] = [Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Unknown];

    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::Warn => "WARN",
            Self::Info => "INFO",
            Self::Debug => "DEBUG",
            Self::Unknown => "-",
        }
    }
}

/// What is sought.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Search {
    /// Lucene's `query_string`, exact; empty finds all.
    pub text: String,
    /// All of them hold.
    pub filters: Vec<Filter>,
    /// This level and what is worse.
    pub level: Option<Level>,
}

impl Search {
    /// The same, of a part of all lines only.
    pub fn within(&self, part: Option<&Filter>) -> Self {
        let mut narrowed = self.clone();
        narrowed.filters.extend(part.cloned());
        narrowed
    }
}

/// One field that has, or must not have, a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Filter {
    /// The field's path with dots, exact.
    pub field: String,
    /// Exact.
    pub value: String,
    pub exclude: bool,
}

/// One line, without the fields that are only looked at in its detail.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Where its document is; exact, for asking again.
    pub index: Arc<str>,
    pub id: Arc<str>,
    /// Nanoseconds since the epoch.
    pub at: i64,
    pub level: Level,
    pub service: Plain,
    /// The pod, host or file that wrote it.
    pub place: Plain,
    pub message: Plain,
    /// `request`, `audit`, …; the field `type`.
    pub kind: Plain,
    pub endpoint: Plain,
    pub error_type: Plain,
    pub trace: Plain,
}

/// What of a line its pattern is found by, and counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said<'a> {
    /// Nanoseconds since the epoch.
    pub at: i64,
    pub level: Level,
    pub service: &'a str,
    pub message: &'a str,
}

impl Line {
    pub fn said(&self) -> Said<'_> {
        Said { at: self.at, level: self.level, service: &self.service, message: &self.message }
    }
}

/// How it is made sure that no line is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By the number that each operation gets when it arrives: however late, each line is seen.
    Arrival,
    /// By time, with an overlap: what arrives later than that is not seen.
    Time,
}

/// What a tail has learned since it asked last.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrivals {
    /// In order of time, each of them once.
    pub lines: Vec<Line>,
    /// The beginning, or a new one: what was held before is not known to be whole.
    pub anew: bool,
    /// Lines that a burst brought beyond what is taken at once.
    pub skipped: u64,
    /// Nothing before this moment, by the server's clock, is still to come: as far as this way can tell.
    pub complete_to: Option<Timestamp>,
    pub way: Way,
    /// What could not be had: shards that failed, indices that are closed.
    pub notes: Vec<Plain>,
    pub cursor: Cursor,
}

impl Arrivals {
    /// The same one after the other, so many lines in each at most: who takes them in need not do so at once.
    pub fn parts(mut self, most: usize) -> Vec<Self> {
        let mut parts = Vec::new();
        while self.lines.len() > most {
            let rest = self.lines.split_off(most);
            let lines = std::mem::replace(&mut self.lines, rest);
            let reached = lines.last().map(|line| Timestamp::of_ns(line.at));
            let complete_to = self.complete_to.zip(reached).map(|(all, reached)| all.min(reached));
            let (anew, skipped) = (std::mem::take(&mut self.anew), std::mem::take(&mut self.skipped));
            let (notes, cursor) = (self.notes.clone(), self.cursor.clone());
            parts.push(Self { lines, anew, skipped, complete_to, way: self.way, notes, cursor });
        }
        parts.push(self);
        parts
    }
}

/// How far a tail has come: only whoever made it can read it.
#[derive(Clone)]
pub struct Cursor(pub Arc<dyn Any + Send + Sync>);

impl PartialEq for Cursor {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cursor")
    }
}

/// How many there are, as far as it was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    Exactly(u64),
    AtLeast(u64),
}

impl Count {
    /// There are not fewer.
    pub fn least(self) -> u64 {
        match self {
            Self::Exactly(count) | Self::AtLeast(count) => count,
        }
    }
}

/// Lines of one place in time.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// In order of time.
    pub lines: Vec<Line>,
    pub total: Count,
    pub notes: Vec<Plain>,
}

impl Page {
    /// Whether by its count no line is left out.
    pub fn is_all(&self) -> bool {
        matches!(self.total, Count::Exactly(all) if all <= self.lines.len() as u64)
    }
}

/// How many lines there were over time, by level.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    /// The beginning of the first bucket, and the length of each, in milliseconds.
    pub start: i64,
    pub step: i64,
    /// Levels that occur; each has as many buckets.
    pub levels: Vec<(Level, Vec<u64>)>,
    pub total: Count,
    pub notes: Vec<Plain>,
}

impl Volume {
    /// How many lines of a level there were.
    pub fn of(&self, level: Level) -> u64 {
        self.levels.iter().filter(|(of, _)| *of == level).flat_map(|(_, counts)| counts).sum()
    }
}

/// A document, field by field, in its own order.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    pub fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// How deep it lies, from 0.
    pub depth: u16,
    pub name: Plain,
    /// Of a leaf.
    pub value: Option<Plain>,
    /// What to filter by: the path with dots and the exact value; none where the server cannot search it.
    pub exact: Option<(String, String)>,
}

/// What the lines of a stretch of time are about, the most frequent first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tallies {
    /// Of lines of level ERROR; `(none)` for those without.
    pub error_types: Vec<(Plain, u64)>,
    /// Endpoints of lines of type `request`.
    pub requests: Vec<(Plain, u64)>,
    /// Over so many lines, where the server could not count itself.
    pub over: Option<u64>,
    pub notes: Vec<Plain>,
}

/// What lines without the field are counted as.
pub const NONE: &str = "(none)";

impl Tallies {
    /// Of these lines and no others.
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a Line>) -> Self {
        let (mut errors, mut requests, mut over) = (HashMap::new(), HashMap::new(), 0);
        for line in lines {
            over += 1;
            if line.level == Level::Error {
                *errors.entry(&line.error_type).or_insert(0_u64) += 1;
            }
            if line.kind == "request" {
                *requests.entry(&line.endpoint).or_insert(0_u64) += 1;
            }
        }
        Self { error_types: ranked(errors), requests: ranked(requests), over: Some(over), notes: Vec::new() }
    }
}

fn ranked(counts: HashMap<&Plain, u64>) -> Vec<(Plain, u64)> {
    let name = |name: &Plain| if name.is_empty() { Plain::new(NONE) } else { name.clone() };
    let mut ranked: Vec<(Plain, u64)> = counts.into_iter().map(|(field, count)| (name(field), count)).collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(level: Level, kind: &str, endpoint: &str, error_type: &str) -> Line {
        Line {
            index: "i".into(),
            id: "x".into(),
            at: 0,
            level,
            service: Plain::default(),
            place: Plain::default(),
            message: Plain::default(),
            kind: kind.into(),
            endpoint: endpoint.into(),
            error_type: error_type.into(),
            trace: Plain::default(),
        }
    }

    #[test]
    fn error_types_of_errors_and_endpoints_of_requests() {
        let lines = [
            line(Level::Error, "request", "/api/pay", "Timeout"),
            line(Level::Error, "upstream", "/api/pay", "Timeout"),
            line(Level::Error, "request", "/api/login", ""),
            line(Level::Warn, "slow", "/api/pay", "Timeout"),
            line(Level::Info, "request", "/api/pay", ""),
            line(Level::Info, "request", "", ""),
        ];
        let said =
            |of: &[(Plain, u64)]| of.iter().map(|(name, n)| format!("{name} {n}")).collect::<Vec<_>>().join(", ");
        let tallies = Tallies::of(&lines);
        assert_eq!(said(&tallies.error_types), "Timeout 2, (none) 1");
        assert_eq!(said(&tallies.requests), "/api/pay 2, (none) 1, /api/login 1");
        assert_eq!(tallies.over, Some(6));
        assert_eq!(Tallies::of(&[]), Tallies { over: Some(0), ..Tallies::default() });
    }

    #[test]
    fn parts_have_every_line_once_and_claim_no_more_than_they_bring() {
        let at = |second: i64| Line { at: second * 1_000_000_000, ..line(Level::Info, "", "", "") };
        let arrivals = Arrivals {
            lines: (0..7).map(at).collect(),
            anew: true,
            skipped: 5,
            complete_to: Some(Timestamp(5_000)),
            way: Way::Arrival,
            notes: Vec::new(),
            cursor: Cursor(Arc::new(())),
        };
        let parts = arrivals.clone().parts(3);
        let lines: Vec<Line> = parts.iter().flat_map(|part| part.lines.clone()).collect();
        assert_eq!(lines, arrivals.lines);
        let told: Vec<_> = parts.iter().map(|part| (part.lines.len(), part.anew, part.skipped)).collect();
        assert_eq!(told, [(3, true, 5), (3, false, 0), (1, false, 0)]);
        let complete: Vec<_> = parts.iter().filter_map(|part| Some(part.complete_to?.0)).collect();
        assert_eq!(complete, [2_000, 5_000, 5_000]);
        assert!(parts.iter().all(|part| part.cursor == arrivals.cursor));
        assert_eq!(arrivals.clone().parts(7), [arrivals]);
    }
}
