//! The report as data: what every format is written from. Times are ms, numbers are in base units.

use super::ask::NotAsked;
use super::figures::{Change, Row as FigureRow};
use super::plan::{Grid, Plan};
use crate::analysis::alerts::Row;
use crate::analysis::availability::{Availability, Restart};
use crate::analysis::insight;
use crate::analysis::patterns::tally::Finding;
use crate::analysis::summary::Headline;
use crate::analysis::traces::{PathShare, Row as TraceRow, Slower};
use crate::model::alert::Severity;
use crate::model::log::{Count, Tallies, Volume};
use crate::model::unit::Unit;
use crate::text::Plain;
use crate::time::Range;

#[derive(Debug, Clone)]
pub struct Report {
    pub plan: Plan,
    pub grid: Grid,
    pub summary: Headline,
    pub requests: Requests,
    pub errors: Errors,
    /// 95th percentile of the request time by endpoint.
    pub performance: Performance,
    pub resources: Resources,
    pub availability: Presence,
    pub hosts: Hosts,
    /// Pending and firing when the report was made, the worst first; nothing when they could not be asked.
    pub alerts: Option<Vec<Row>>,
    /// What is wrong with the dead man's switch.
    pub switch_alarm: Option<String>,
    /// What fired in the period, the longest first; nothing when it is not known.
    pub fired: Option<Vec<Fired>>,
    /// What the log lines are about; nothing where there are none to search.
    pub logs: Option<Logs>,
    /// What the traces say; nothing where there are none to search.
    pub traces: Option<Traces>,
    /// What changed and what stands out, the most important first.
    pub insights: Vec<insight::Finding>,
    /// What the servers remarked.
    pub warnings: Vec<Plain>,
    pub not_asked: Vec<NotAsked>,
    /// How many questions there were.
    pub asked: usize,
    /// How many requests that took, and how many of them were too heavy and went out again in halves.
    pub requests_sent: usize,
    pub halved: usize,
    /// The error budget; nothing where the config wants none.
    pub slo: Option<Slo>,
}

/// What is promised, and what is left of it. What is not known is absent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slo {
    /// The part of all requests that must not fail, 0 to 1.
    pub target: f64,
    /// The part that did not.
    pub good: Option<f64>,
    /// How much of the period's error budget was used; 1 is all of it.
    pub used: Option<f64>,
    /// How many times as fast as it may the budget is used at the end of the period.
    pub burn: Option<f64>,
    /// At this rate a budget of 30 days is spent after so many ms; nothing where none of it is used.
    pub spent_in: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Answered,
    /// Answered: there is no such series, in this period or the one before.
    Empty,
    NotAsked,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub state: State,
    pub unit: Unit,
    pub limit: Option<f64>,
    pub rows: Vec<FigureRow>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Requests {
    pub total: FigureRow,
    /// About how many there were in the stretches that have data.
    pub count: Option<f64>,
    pub count_before: Option<f64>,
    pub count_week: Option<f64>,
    /// Which part of the period has data, 0 to 1.
    pub covered: Option<f64>,
    /// The end of the period has data and no request; since when, as far as the period shows.
    pub idle_since: Option<i64>,
    pub by_endpoint: Table,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Errors {
    pub total: FigureRow,
    pub by_endpoint: Table,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Performance {
    /// The bound of the histogram's last bucket, in seconds: no percentile is ever higher.
    pub cap: Option<f64>,
    pub by_endpoint: Table,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Resources {
    pub memory: Table,
    pub cpu: Table,
    /// Memory used as a ratio of the container's limit.
    pub memory_ratio: Table,
}

/// Whether the service was there.
#[derive(Debug, Clone, PartialEq)]
pub struct Presence {
    /// At the period's end; nothing when it could not be asked.
    pub state: Option<Availability>,
    /// No target is scraped and no other series of the service was seen either.
    pub unseen: bool,
    /// The part of all scrapes that were answered, 0 to 1.
    pub answered: Option<f64>,
    pub answered_before: Option<f64>,
    /// Minutes in which no target answered.
    pub minutes_down: Option<f64>,
    pub minutes_down_before: Option<f64>,
    pub outages: Vec<Outage>,
    pub restarts: Option<Vec<Restart>>,
    pub restarts_before: Option<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Outage {
    /// One target, or the service as a whole.
    pub target: Option<Plain>,
    /// The first point of it; nothing when the period began with it.
    pub from: Option<i64>,
    /// The first point after it; nothing while it lasts.
    pub to: Option<i64>,
    /// The series were not there at all, as against targets that did not answer.
    pub gone: bool,
    /// Milliseconds, about.
    pub lasted: i64,
    /// It lasted so long some time between the two: the points are too far apart to say when.
    pub is_within: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Hosts {
    pub state: State,
    pub rows: Vec<Host>,
}

/// A machine at the period's end; ratios, 0 to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Host {
    pub name: Plain,
    pub cpu: Moment,
    pub memory: Moment,
    /// The fullest file system, or the one with the fewest inodes left.
    pub disk: Option<Disk>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Disk {
    pub mount: Plain,
    /// Its inodes are meant, not its bytes.
    pub inodes: bool,
    pub used: Moment,
}

/// A value at the period's end, and at the end of the period before.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Moment {
    pub now: Option<f64>,
    pub before: Option<f64>,
    pub change: Change,
}

/// What the log lines of the period are about.
#[derive(Debug, Clone, PartialEq)]
pub struct Logs {
    /// Nothing when they could not be asked.
    pub tallies: Option<Tallies>,
    /// Of the period and of the one before.
    pub volume: Option<Volume>,
    pub volume_before: Option<Volume>,
    pub patterns: Option<Patterns>,
}

/// What is new or grown in the lines of the period, against those of the period before.
#[derive(Debug, Clone, PartialEq)]
pub struct Patterns {
    /// So many lines were looked at, of so many, as far as it is known.
    pub lines: usize,
    pub of: Option<Count>,
    pub lines_before: usize,
    pub of_before: Option<Count>,
    /// Not all lines were looked at: the numbers are those of the lines that were.
    pub is_sample: bool,
    pub found: Vec<Finding>,
}

/// What the traces of the period say. What could not be asked is absent.
#[derive(Debug, Clone, PartialEq)]
pub struct Traces {
    /// What the figures are of, in the period and in the one before.
    pub looked: Option<Looked>,
    pub before: Option<Looked>,
    /// From so many ns on a trace was sought as a slow one.
    pub slow_from: i64,
    /// The slowest first.
    pub slowest: Option<Vec<TraceRow>>,
    pub failing: Option<Failing>,
    /// Operations that take longer than before, the one that adds most by itself first.
    pub slower: Option<Vec<Slower>>,
    /// Of the critical paths, by service, the largest first.
    pub shares: Option<Vec<PathShare>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    pub traces: usize,
    /// There are more.
    pub is_sample: bool,
}

/// Traces with an error.
#[derive(Debug, Clone, PartialEq)]
pub struct Failing {
    /// So many were looked at.
    pub count: u32,
    pub count_before: Option<u32>,
    /// There are more.
    pub is_sample: bool,
    /// The newest first.
    pub rows: Vec<TraceRow>,
    /// Where the errors began, the most first.
    pub began: Vec<Began>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Began {
    pub service: Plain,
    pub operation: Plain,
    pub count: u32,
    pub count_before: Option<u32>,
}

/// What the alerts of one name did in the period, all of them together.
#[derive(Debug, Clone, PartialEq)]
pub struct Fired {
    pub name: Plain,
    pub severity: Severity,
    /// How often one began to fire, or fired already when the period began.
    pub times: usize,
    pub times_before: Option<usize>,
    /// Milliseconds in which at least one fired.
    pub total: i64,
    pub total_before: Option<i64>,
    /// How long it usually takes until it is resolved, in milliseconds.
    pub usual: Option<i64>,
    pub flaps: bool,
    /// At the end of the period.
    pub still: bool,
    /// When, in order of time.
    pub firings: Vec<Range>,
}
