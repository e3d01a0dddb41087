//! Findings: what happened in a period, how much it stands out, who carries it, and where it is to be seen.
//!
//! The statistics are robust ones: medians and median deviations of the other periods by time of day (`usual`,
//! `robust`), by which stretches stand out (`episode`); the slope of Theil and Sen for what grows. `join` puts what
//! coincides together, `split` asks who carries a change.

pub mod around;
pub mod episode;
pub mod join;
pub mod robust;
pub mod split;
pub mod usual;

use crate::model::place::Place;
use crate::model::unit::Unit;
use crate::text::Plain;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A target, or the service as a whole, was not there.
    Down,
    Restart,
    Errors,
    Latency,
    Traffic,
    Memory,
    Cpu,
    Disk,
    /// A pattern of log lines that is new or grown.
    Logs,
    /// An operation that got slower, or begins to fail.
    Traces,
    Alert,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Restart => "restart",
            Self::Errors => "errors",
            Self::Latency => "latency",
            Self::Traffic => "traffic",
            Self::Memory => "memory",
            Self::Cpu => "cpu",
            Self::Disk => "disk",
            Self::Logs => "logs",
            Self::Traces => "traces",
            Self::Alert => "alert",
        }
    }
}

/// One finding. Findings stand in the order of their score.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub kind: Kind,
    /// An endpoint, an instance, a pattern, an operation, an alert; empty for the whole.
    pub subject: Plain,
    /// 0 to 100: how much it stands out, and how bad that is.
    pub score: f64,
    /// From when on, in ms, as far as it is known; until when, or nothing while it lasts.
    pub from: Option<i64>,
    pub to: Option<i64>,
    /// One sentence with its numbers.
    pub text: String,
    /// What is compared, where it is a number: before and now.
    pub figures: Option<Shift>,
    /// The parts that carry it, the largest share first.
    pub carriers: Vec<Carrier>,
    /// Where it is to be seen, the best first.
    pub evidence: Vec<Evidence>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    pub unit: Unit,
    pub was: Option<f64>,
    pub is: Option<f64>,
}

/// A label value that a change comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Carrier {
    pub label: Plain,
    pub value: Plain,
    /// Of the change, 0 to 1.
    pub share: f64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Such as `errors by endpoint`.
    pub what: String,
    pub place: Place,
}
