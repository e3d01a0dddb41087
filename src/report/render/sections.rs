//! The sections of the page.

mod logs;
mod service;
mod traces;

use super::page::{Block, Section, Sheet, first_of};
use super::spark::spark;
use crate::model::unit::Unit;
use crate::report::document::{Report, State, Table};
use crate::report::figures::{Change, Reading, Row};
use crate::report::words::{self, above, change, max, maybe, minutes, reading};

pub fn sections(report: &Report) -> Vec<Section> {
    let section = |title, blocks| Section { title, blocks };
    let mut all = vec![
        section("Requests (req/s)", requests(report)),
        section("Errors (5xx of all requests)", errors(report)),
        section("Performance (p95)", performance(report)),
        section("Resources", resources(report)),
        section("Availability", service::availability(report)),
        section("Hosts", service::hosts(report)),
        section("Alerts", service::alerts(report)),
    ];
    all.extend(report.logs.as_ref().map(|logs| section("Logs", logs::logs(logs, report))));
    all.extend(report.traces.as_ref().map(|traces| section("Traces", traces::traces(traces, report))));
    all.push(section("What changed", insights(report)));
    if !report.not_asked.is_empty() {
        all.push(section("Could not be asked", vec![service::not_asked(report)]));
    }
    if !report.warnings.is_empty() {
        all.push(section(
            "The servers remark",
            vec![first_of(report.warnings.iter().map(|w| w.to_string()).collect())],
        ));
    }
    all
}

pub const NOT_ASKED: &str = "not asked: see the end";
const EMPTY: &str = "no data: there is no such series, in this period or the one before";

/// What is said in place of a table without rows.
fn absent(state: State) -> Option<Block> {
    match state {
        State::Answered => None,
        State::Empty => Some(Block::Line(EMPTY.to_owned())),
        State::NotAsked => Some(Block::Line(NOT_ASKED.to_owned())),
    }
}

fn course(row: &Row, note: String) -> Option<Block> {
    Some(Block::Spark { bars: spark(&row.course)?, note })
}

fn requests(report: &Report) -> Vec<Block> {
    let requests = &report.requests;
    if let Some(absent) = absent(requests.by_endpoint.state) {
        return vec![absent];
    }
    let count = |count: f64| Unit::Count.show(count.round());
    let covered = requests.covered.filter(|covered| *covered < 0.95);
    let mut note = match requests.count {
        Some(number) => format!("about {} requests", count(number)),
        None => "no requests are known".to_owned(),
    };
    note.extend(requests.count_before.map(|before| format!(", {} before", count(before))));
    note.extend(covered.map(|covered| format!("; data for {} of the period", Unit::Ratio.show(covered))));
    note.extend(requests.idle_since.map(|at| format!("; no traffic {}", report.plan.since(at, &report.grid))));
    let unit = Unit::PerSecond;
    let cells = |row: &Row| {
        let of = |pick: fn(&crate::report::figures::Figures) -> f64| maybe(unit, row.figures.as_ref().map(pick));
        let figures = [of(|f| f.min), of(|f| f.avg), of(|f| f.p95), max(unit, row)];
        named(row, [reading(unit, row.now)].into_iter().chain(figures))
    };
    let rows = std::iter::once(&requests.total).chain(&requests.by_endpoint.rows).map(cells).collect();
    let sheet = Sheet::new(&["endpoint", "now", "min", "avg", "p95", "max", "change"], rows);
    course(&requests.total, note).into_iter().chain([Block::Table(sheet)]).collect()
}

/// The name first, the change last.
fn named(row: &Row, cells: impl Iterator<Item = String>) -> Vec<String> {
    [row.name.to_string()].into_iter().chain(cells).chain([change(row.change)]).collect()
}

fn errors(report: &Report) -> Vec<Block> {
    let errors = &report.errors;
    let (limit, unit) = (errors.by_endpoint.limit.unwrap_or_default(), Unit::Ratio);
    let unknown = matches!(errors.total.now, Reading::NotAsked | Reading::NoData) && errors.total.figures.is_none();
    if unknown && errors.by_endpoint.rows.is_empty() {
        let state = if errors.total.now == Reading::NotAsked { State::NotAsked } else { State::Empty };
        return absent(state).into_iter().collect();
    }
    let note = format!("highest {}", max(unit, &errors.total));
    let cells = |row: &Row| {
        let average = maybe(unit, row.figures.map(|figures| figures.avg));
        let above = above(row.above, &report.plan, &report.grid);
        named(row, [reading(unit, row.now), average, max(unit, row), above].into_iter())
    };
    let rows = std::iter::once(&errors.total).chain(&errors.by_endpoint.rows).map(cells).collect();
    let above = format!("above {}", words::limit(unit, limit));
    let sheet = Sheet::new(&["endpoint", "now", "avg", "max", &above, "change"], rows);
    course(&errors.total, note).into_iter().chain([Block::Table(sheet)]).collect()
}

fn performance(report: &Report) -> Vec<Block> {
    let table = &report.performance.by_endpoint;
    if let Some(absent) = absent(table.state) {
        return vec![absent];
    }
    let slowest = table.rows.first().and_then(|row| course(row, format!("{}, the slowest", row.name)));
    let mut blocks: Vec<Block> = slowest.into_iter().collect();
    blocks.push(Block::Table(limited(report, table, "endpoint")));
    if let Some(cap) = report.performance.cap.filter(|_| table.rows.iter().any(|row| row.capped)) {
        let cap = Unit::Seconds.show(cap);
        blocks.push(Block::Line(format!("≥ {cap}: the histogram's last bucket ends at {cap}; it may be more")));
    }
    blocks
}

/// Now, min, avg, max, and the time above the limit where there is one.
fn limited(report: &Report, table: &Table, name: &str) -> Sheet {
    let unit = table.unit;
    let title = table.limit.map(|limit| format!("above {}", words::limit(unit, limit)));
    let cells = |row: &Row| {
        let of = |pick: fn(&crate::report::figures::Figures) -> f64| maybe(unit, row.figures.as_ref().map(pick));
        let figures = [reading(unit, row.now), of(|f| f.min), of(|f| f.avg), max(unit, row)];
        let above = title.as_ref().map(|_| above(row.above, &report.plan, &report.grid));
        named(row, figures.into_iter().chain(above))
    };
    let head = [name, "now", "min", "avg", "max"].into_iter().chain(title.as_deref()).chain(["change"]);
    Sheet::new(&head.collect::<Vec<_>>(), table.rows.iter().map(cells).collect())
}

fn resources(report: &Report) -> Vec<Block> {
    let resources = &report.resources;
    let tables = [("memory", &resources.memory), ("cpu", &resources.cpu), ("memory of limit", &resources.memory_ratio)];
    let block = |(name, table): (&str, &Table)| match table.state {
        State::Answered => Block::Table(limited(report, table, name)),
        State::Empty => Block::Line(format!("{name}: {EMPTY}")),
        State::NotAsked => Block::Line(format!("{name}: {NOT_ASKED}")),
    };
    tables.map(block).into()
}

fn insights(report: &Report) -> Vec<Block> {
    let texts: Vec<String> = report.insights.iter().map(|insight| insight.text.clone()).collect();
    match texts.is_empty() {
        false => vec![Block::List(texts)],
        true if report.not_asked.is_empty() => vec![Block::Line("nothing by a quarter or more".to_owned())],
        true => vec![Block::Line("nothing that is known".to_owned())],
    }
}

/// `4m (0s before)`: a length of time beside that of the period before.
fn compared(now: f64, before: Option<f64>) -> String {
    before.map_or_else(|| minutes(now), |before| format!("{} ({} before)", minutes(now), minutes(before)))
}

/// A change in brackets, or nothing.
fn bracketed(of: Change) -> String {
    if of == Change::Unknown { String::new() } else { format!(" ({})", change(of)) }
}
