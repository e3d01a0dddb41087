//! What the traces of a period say together, folded in one after the other: none of them is kept.
//!
//! The figures are by trace: an operation counts once in each, with its longest span, however often it was done. So a
//! job of a thousand spans says no more than a request does.

use std::collections::{BTreeMap, HashSet};

use super::{Row, Tree};
use crate::model::trace::{Trace, TraceId};
use crate::text::Plain;

/// Rows that are kept of the slowest and of the failing.
const ROWS: usize = 20;
/// Operations that are told apart: whoever puts ids into the names of spans has more than anybody can count.
const OPERATIONS: usize = 4_000;

/// Service and operation.
pub type Name = (Plain, Plain);

#[derive(Debug, Clone, Default)]
pub struct Tally {
    pub(super) seen: HashSet<TraceId>,
    counted: HashSet<TraceId>,
    /// Those whose error counts, if they have one.
    judged: HashSet<TraceId>,
    /// The slowest first.
    pub slowest: Vec<Row>,
    /// The newest first.
    pub failing: Vec<Row>,
    /// Where the errors of failing traces began, and of how many of them.
    pub began: BTreeMap<Name, u32>,
    pub(super) operations: BTreeMap<Name, Vec<Took>>,
    pub(super) services: BTreeMap<Plain, Part>,
    /// ns of all critical paths.
    pub(super) critical: i64,
}

/// One operation in one trace.
#[derive(Debug, Clone, Copy)]
pub(super) struct Took {
    /// ns, of its longest span
    pub duration: i64,
    /// ns that its spans had to themselves
    pub own: i64,
}

/// What one service has of the critical paths.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Part {
    /// ns
    pub time: i64,
    /// Of each trace its part, 0 to 1, added up; and the squares of it.
    pub sum: f64,
    pub squares: f64,
}

impl Tally {
    /// One that nobody chose: it counts in all figures.
    pub fn take(&mut self, trace: &Trace) {
        let tree = Tree::of(trace);
        self.list(trace, &tree, true);
        if self.counted.insert(trace.id) {
            self.count(trace, &tree);
        }
    }

    /// One that was sought because it has failed: it is listed, but the figures are not to be of such.
    pub fn take_failing(&mut self, trace: &Trace) {
        self.list(trace, &Tree::of(trace), true);
    }

    /// One that was sought because it is slow. Such are sought in one of two periods only: counting their errors would
    /// make that one the worse.
    pub fn take_slow(&mut self, trace: &Trace) {
        self.list(trace, &Tree::of(trace), false);
    }

    /// How many traces the figures are of.
    pub fn counted(&self) -> usize {
        self.counted.len()
    }

    /// How many of them have an error.
    pub fn failed(&self) -> u32 {
        self.began.values().sum()
    }

    fn list(&mut self, trace: &Trace, tree: &Tree, counts_errors: bool) {
        let is_new = self.seen.insert(trace.id);
        let counts = counts_errors && self.judged.insert(trace.id);
        if !is_new && !counts {
            return;
        }
        let row = Row::with(trace, tree);
        if let Some(blame) = row.blame.as_ref().filter(|_| counts) {
            *self.began.entry((blame.service.clone(), blame.operation.clone())).or_default() += 1;
        }
        if !is_new {
            return;
        }
        if row.blame.is_some() {
            put(&mut self.failing, row.clone(), |row| (row.start, row.id));
        }
        put(&mut self.slowest, row, |row| (row.duration, row.id));
    }

    fn count(&mut self, trace: &Trace, tree: &Tree) {
        let mut took: BTreeMap<Name, Took> = BTreeMap::new();
        let mut parts: BTreeMap<Plain, i64> = BTreeMap::new();
        for node in &tree.nodes {
            let Some(span) = trace.spans.get(node.span as usize) else { continue };
            let service = trace.service(span);
            *parts.entry(service.clone()).or_default() += node.critical;
            let one = took.entry((service, span.operation.clone())).or_insert(Took { duration: 0, own: 0 });
            one.duration = one.duration.max(span.duration);
            one.own = one.own.saturating_add(node.self_time);
        }
        for (name, took) in took {
            if self.operations.len() < OPERATIONS || self.operations.contains_key(&name) {
                self.operations.entry(name).or_default().push(took);
            }
        }
        let whole = parts.values().fold(0i64, |sum, part| sum.saturating_add(*part));
        self.critical = self.critical.saturating_add(whole);
        for (service, time) in parts {
            let part = self.services.entry(service).or_default();
            let share = if whole > 0 { time as f64 / whole as f64 } else { 0.0 };
            part.time = part.time.saturating_add(time);
            part.sum += share;
            part.squares += share * share;
        }
    }
}

/// Keeps the highest, the highest first.
fn put<K: Ord>(rows: &mut Vec<Row>, row: Row, key: impl Fn(&Row) -> K) {
    let at = rows.partition_point(|held| key(held) > key(&row));
    if at < ROWS {
        rows.insert(at, row);
        rows.truncate(ROWS);
    }
}
