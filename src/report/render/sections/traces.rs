//! The traces as a section of the page.

use super::NOT_ASKED;
use crate::analysis::logs::number;
use crate::analysis::traces::words::{named, took};
use crate::analysis::traces::{ENOUGH, PathShare, Row, Slower};
use crate::model::unit::Unit;
use crate::report::document::{Began, Failing, Looked, Report, Traces};
use crate::report::render::page::{Block, Sheet};
use crate::report::traces::LIMIT;
use crate::report::words::NONE;
use crate::time::Timestamp;

pub fn traces(traces: &Traces, report: &Report) -> Vec<Block> {
    let absent = |what: &str| vec![Block::Line(format!("{what}: {NOT_ASKED}"))];
    let mut blocks = vec![Block::Line(looked(traces))];
    let slowest = |rows: &Vec<Row>| slowest(rows, report);
    blocks.extend(traces.slowest.as_ref().map_or_else(|| absent("the slowest"), slowest));
    blocks.extend(traces.failing.as_ref().map_or_else(|| absent("those that fail"), |found| failing(found, report)));
    blocks
        .extend(traces.slower.as_ref().map_or_else(|| absent("operations that got slower"), |all| slower(all, traces)));
    blocks.extend(traces.shares.as_ref().map_or_else(|| absent("the critical path"), |all| shares(all)));
    blocks
}

/// What the figures are of.
fn looked(traces: &Traces) -> String {
    let said =
        |looked: &Option<Looked>| looked.map_or_else(|| "none".to_owned(), |looked| number(looked.traces as u64));
    let is_sample = [traces.looked, traces.before].into_iter().flatten().any(|looked| looked.is_sample);
    let how = if is_sample {
        format!(
            ": up to {LIMIT} of the newest of each part of it; failing ones and those from {} on are sought besides",
            took(traces.slow_from)
        )
    } else {
        String::new()
    };
    format!("{} traces looked at, {} in the period before{how}", said(&traces.looked), said(&traces.before))
}

fn slowest(rows: &[Row], report: &Report) -> Vec<Block> {
    if rows.is_empty() {
        return vec![Block::Line("no trace was found".to_owned())];
    }
    let line = |row: &Row| {
        let fails = row.blame.as_ref().map(|blame| format!("; fails in {}", named(&blame.operation, &blame.service)));
        let (what, at) = (named(&row.operation, &row.service), clock(row, report));
        format!("{} at {at}, {what}, {}{}", took(row.duration), row.id, fails.unwrap_or_default())
    };
    vec![Block::Line("the slowest:".to_owned()), Block::List(rows.iter().take(SHOWN).map(line).collect())]
}

/// Rows of a list of traces that a person reads.
const SHOWN: usize = 5;

fn failing(failing: &Failing, report: &Report) -> Vec<Block> {
    let before = |count: Option<u32>| count.map_or_else(|| NONE.to_owned(), |count| number(count.into()));
    if failing.count == 0 {
        return vec![Block::Line(format!("none fails, {} before", before(failing.count_before)))];
    }
    let cells =
        |one: &Began| vec![named(&one.operation, &one.service), number(one.count.into()), before(one.count_before)];
    let began = failing.began.iter().map(cells).collect();
    let row = |row: &Row| {
        let error = row.blame.as_ref().map(|blame| blame.error.to_string()).filter(|error| !error.is_empty());
        let of = named(&row.operation, &row.service);
        let error = error.unwrap_or_else(|| "no reason given".to_owned());
        format!("{} {of}, {}, {}: {error}", clock(row, report), row.id, took(row.duration))
    };
    let newest = failing.rows.iter().take(SHOWN).map(row).collect();
    let some = if failing.is_sample { " (there are more)" } else { "" };
    let count = number(failing.count.into());
    vec![
        Block::Line(format!("failing: {count}{some}, {} before; the newest:", before(failing.count_before))),
        Block::List(newest),
        Block::Table(Sheet::new(&["where errors begin", "traces", "before"], began)),
    ]
}

fn slower(all: &[Slower], traces: &Traces) -> Vec<Block> {
    // What cannot be compared has not been found to be no slower.
    let enough = |looked: Option<Looked>| looked.is_some_and(|looked| looked.traces >= ENOUGH);
    if !(enough(traces.looked) && enough(traces.before)) {
        let text = format!("whether operations got slower is not known: it takes {ENOUGH} traces of each period");
        return vec![Block::Line(text)];
    }
    if all.is_empty() {
        return vec![Block::Line("no operation got clearly slower".to_owned())];
    }
    let cells = |one: &Slower| {
        let (was, is) = (one.p50, one.p95);
        let cause = if one.is_own { "itself" } else { "what it calls" };
        let figures = [took(was.0), took(was.1), took(is.0), took(is.1)];
        let name = named(&one.operation, &one.service);
        [name].into_iter().chain(figures).chain([cause.to_owned()]).collect()
    };
    let head = ["got slower", "p50 before", "p50", "p95 before", "p95", "by"];
    vec![Block::Table(Sheet::new(&head, all.iter().map(cells).collect()))]
}

fn shares(all: &[PathShare]) -> Vec<Block> {
    let show = |share: f64| Unit::Ratio.show(share);
    let cells = |one: &PathShare| {
        let name = if one.service.is_empty() { "(unnamed)".to_owned() } else { one.service.to_string() };
        vec![name, show(one.now), one.before.map_or_else(|| NONE.to_owned(), show)]
    };
    if all.is_empty() {
        return Vec::new();
    }
    vec![Block::Table(Sheet::new(&["critical path", "now", "before"], all.iter().map(cells).collect()))]
}

fn clock(row: &Row, report: &Report) -> String {
    report.plan.clock(Timestamp::of_ns(row.start).0, &report.grid)
}
