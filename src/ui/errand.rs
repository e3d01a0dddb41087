//! What the console has others find out or write while the keys go on, and what they bring back.

use jiff::tz::TimeZone;

use super::app::ContextSetup;
use crate::analysis::insight::Finding;
use crate::model::place::Opening;
use crate::model::watch::Watch;
use crate::text::Plain;
use crate::time::Range;

/// Something to be done that takes a while.
#[derive(Debug, Clone, PartialEq)]
pub enum Errand {
    /// Writes the report in a format, by its name.
    Report { about: Box<About>, format: String },
    /// Ranks what stands out in a stretch of time. The former ranking is no more waited for.
    Why { ticket: u64, about: Box<About> },
    /// Nobody waits for the ranking any more.
    Forget,
}

/// What is on the screen, as far as a report of it must know.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    pub context: ContextSetup,
    /// Narrowed to the scope.
    pub watch: Watch,
    pub opening: Opening,
    pub range: Range,
    /// The length of the live range, if it is one.
    pub live: Option<i64>,
    pub zone: TimeZone,
    pub demo: bool,
}

/// What became of an errand, or how far it is.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// So many questions of the report are answered, of so many.
    ReportAsked {
        done: usize,
        all: usize,
    },
    /// Where it is, and what it says in a word or two.
    ReportWritten {
        path: Plain,
        verdict: String,
    },
    ReportNotWritten(Plain),
    WhyAsked {
        ticket: u64,
        done: usize,
        all: usize,
    },
    Why {
        ticket: u64,
        ranking: Box<Ranking>,
    },
}

/// What stands out in a stretch of time, the most important first.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    pub findings: Vec<Finding>,
    /// How many questions there were, and what could not be asked.
    pub asked: usize,
    pub missing: Vec<Missing>,
    /// What was looked at, and what it was compared with.
    pub now: Range,
    pub before: Range,
    pub week: Option<Range>,
}

/// What one source did not answer, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    pub source: &'static str,
    pub count: usize,
    pub why: Plain,
}
