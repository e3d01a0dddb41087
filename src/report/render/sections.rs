//! The sections of the page.

mod logs;
mod service;
mod traces;

use super::page::{Block, Section, Sheet, first_of};
use super::spark::spark;
use crate::analysis::insight::{Carrier, Evidence, Finding};
use crate::model::unit::Unit;
use crate::report::document::{Report, Slo, State, Table};
use crate::report::figures::{Change, Reading, Row};
use crate::report::words::{self, above, change, max, maybe, minutes, reading};
use crate::time::ago;

pub fn sections(report: &Report) -> Vec<Section> {
    let section = |title, blocks| Section { title, blocks };
    let mut all = vec![section(INSIGHTS, insights(report))];
    if !report.not_asked.is_empty() {
        all.push(section("Could not be asked", vec![service::not_asked(report)]));
    }
    all.extend([
        section("Requests (req/s)", requests(report)),
        section("Errors (5xx of all requests)", errors(report)),
        section("Performance (p95)", performance(report)),
        section("Resources", resources(report)),
        section("Availability", service::availability(report)),
        section("Hosts", service::hosts(report)),
        section("Alerts", service::alerts(report)),
    ]);
    all.extend(report.logs.as_ref().map(|logs| section("Logs", logs::logs(logs, report))));
    all.extend(report.traces.as_ref().map(|traces| section("Traces", traces::traces(traces, report))));
    all.extend(report.slo.map(|slo| section("Error budget", vec![Block::Line(budget(slo))])));
    if !report.warnings.is_empty() {
        all.push(section(
            "The servers remark",
            vec![first_of(report.warnings.iter().map(|w| w.to_string()).collect())],
        ));
    }
    all
}

/// The title of the findings, which some formats tell in another way.
pub const INSIGHTS: &str = "What stands out";
pub const NOT_ASKED: &str = "not asked: see above";
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
    note.extend(requests.count_week.map(|week| format!(", {} a week before", count(week))));
    note.extend(covered.map(|covered| format!("; data for {} of the period", Unit::Ratio.show(covered))));
    note.extend(requests.idle_since.map(|at| format!("; no traffic {}", report.plan.since(at, &report.grid))));
    let unit = Unit::PerSecond;
    let cells = |row: &Row| {
        let of = |pick: fn(&crate::report::figures::Figures) -> f64| maybe(unit, row.figures.as_ref().map(pick));
        let figures = [of(|f| f.min), of(|f| f.avg), of(|f| f.p95), max(unit, row)];
        named(row, report, [reading(unit, row.now)].into_iter().chain(figures))
    };
    let rows = std::iter::once(&requests.total).chain(&requests.by_endpoint.rows).map(cells).collect();
    let sheet = Sheet::new(&heads(report, &["endpoint", "now", "min", "avg", "p95", "max"]), rows);
    course(&requests.total, note).into_iter().chain([Block::Table(sheet)]).collect()
}

/// The name first, the changes last.
fn named(row: &Row, report: &Report, cells: impl Iterator<Item = String>) -> Vec<String> {
    let week = report.grid.week.map(|_| change(row.change_of_week));
    [row.name.to_string()].into_iter().chain(cells).chain([change(row.change)]).chain(week).collect()
}

/// The heads of a table with the changes last.
fn heads<'a>(report: &Report, heads: &[&'a str]) -> Vec<&'a str> {
    heads.iter().copied().chain(["change"]).chain(report.grid.week.map(|_| "of week")).collect()
}

/// `above 2 s: /api/pay for 7m, since 13:56`
fn over<'a>(report: &Report, unit: Unit, limit: Option<f64>, rows: impl Iterator<Item = &'a Row>) -> Option<Block> {
    let long = rows.filter(|row| row.above.is_some_and(|above| above.minutes > 0.0));
    let said = |row: &Row| format!("{} for {}", row.name, above(row.above, &report.plan, &report.grid));
    let mut all: Vec<String> = long.map(said).collect();
    let more = all.len().saturating_sub(8);
    all.truncate(8);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!all.is_empty()).then(|| {
        Block::Line(format!("above {}: {}{more}", words::limit(unit, limit.unwrap_or_default()), all.join("; ")))
    })
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
        let of = |pick: fn(&crate::report::figures::Figures) -> f64| maybe(unit, row.figures.as_ref().map(pick));
        let figures = [reading(unit, row.now), of(|f| f.min), of(|f| f.avg), of(|f| f.p95), max(unit, row)];
        named(row, report, figures.into_iter())
    };
    let all = || std::iter::once(&errors.total).chain(&errors.by_endpoint.rows);
    let rows = all().map(cells).collect();
    let sheet = Sheet::new(&heads(report, &["endpoint", "now", "min", "avg", "p95", "max"]), rows);
    let over = over(report, unit, Some(limit), all());
    course(&errors.total, note).into_iter().chain([Block::Table(sheet)]).chain(over).collect()
}

fn performance(report: &Report) -> Vec<Block> {
    let table = &report.performance.by_endpoint;
    if let Some(absent) = absent(table.state) {
        return vec![absent];
    }
    let slowest = table.rows.first().and_then(|row| course(row, format!("{}, the slowest", row.name)));
    let mut blocks: Vec<Block> = slowest.into_iter().collect();
    blocks.extend(limited(report, table, "endpoint"));
    if let Some(cap) = report.performance.cap.filter(|_| table.rows.iter().any(|row| row.capped)) {
        let cap = Unit::Seconds.show(cap);
        blocks.push(Block::Line(format!("≥ {cap}: the histogram's last bucket ends at {cap}; it may be more")));
    }
    blocks
}

/// The figures of a table, and what was above its limit.
fn limited(report: &Report, table: &Table, name: &str) -> Vec<Block> {
    let unit = table.unit;
    let cells = |row: &Row| {
        let of = |pick: fn(&crate::report::figures::Figures) -> f64| maybe(unit, row.figures.as_ref().map(pick));
        let figures = [reading(unit, row.now), of(|f| f.min), of(|f| f.avg), of(|f| f.p95), max(unit, row)];
        named(row, report, figures.into_iter())
    };
    let heads = heads(report, &[name, "now", "min", "avg", "p95", "max"]);
    let sheet = Block::Table(Sheet::new(&heads, table.rows.iter().map(cells).collect()));
    [sheet].into_iter().chain(over(report, unit, table.limit, table.rows.iter())).collect()
}

fn resources(report: &Report) -> Vec<Block> {
    let resources = &report.resources;
    let tables = [("memory", &resources.memory), ("cpu", &resources.cpu), ("memory of limit", &resources.memory_ratio)];
    let block = |(name, table): (&str, &Table)| match table.state {
        State::Answered => limited(report, table, name),
        State::Empty => vec![Block::Line(format!("{name}: {EMPTY}"))],
        State::NotAsked => vec![Block::Line(format!("{name}: {NOT_ASKED}"))],
    };
    tables.into_iter().flat_map(block).collect()
}

fn insights(report: &Report) -> Vec<Block> {
    match report.insights.is_empty() {
        false => report.insights.iter().map(|finding| self::finding(finding, report)).collect(),
        true if report.not_asked.is_empty() => vec![Block::Line("nothing stands out".to_owned())],
        true => vec![Block::Line("nothing that is known".to_owned())],
    }
}

/// `[92] Errors on /api/pay: …; 96 % of it endpoint="/api/pay"`
fn finding(finding: &Finding, report: &Report) -> Block {
    let carrier = |one: &Carrier| format!("{} of it {}=\"{}\"", Unit::Ratio.show(one.share), one.label, one.value);
    let carriers = finding.carriers.iter().map(carrier).collect::<Vec<_>>().join(", ");
    let carriers = if carriers.is_empty() { carriers } else { format!(" ({carriers})") };
    let show = |one: &Evidence| (one.what.clone(), report.plan.opening.command(&one.place));
    Block::Finding {
        text: format!("[{:.0}] {}{carriers}", finding.score, finding.text),
        evidence: finding.evidence.iter().map(show).collect(),
    }
}

/// `99.95 % of all requests did not fail, 99.9 % are promised: 50 % of the error budget is used; …`
fn budget(slo: Slo) -> String {
    let times =
        |used: f64| if used < 2.0 { format!("to {}", Unit::Ratio.show(used)) } else { format!("{used:.1} times") };
    // More digits than other ratios: a promise is told by them.
    let percent = |ratio: f64| format!("{} %", (ratio * 1e6).round() / 1e4);
    let Some((good, used)) = slo.good.zip(slo.used) else {
        return format!("{} are promised; what was kept is not known", percent(slo.target));
    };
    let used = times(used);
    let burn =
        slo.burn.map_or_else(String::new, |burn| format!("; at the end it is used {burn:.1} times as fast as it may"));
    let spent = slo.spent_in.filter(|_| slo.burn.is_some_and(|burn| burn > 1.0));
    let spent = spent.map_or_else(String::new, |ms| format!(": that of 30 days is spent in {}", ago(ms)));
    format!(
        "{} of all requests did not fail, {} are promised: the error budget is used {used}{burn}{spent}",
        percent(good),
        percent(slo.target),
    )
}

/// `4m (0s before)`: a length of time beside that of the period before.
fn compared(now: f64, before: Option<f64>) -> String {
    before.map_or_else(|| minutes(now), |before| format!("{} ({} before)", minutes(now), minutes(before)))
}

/// A change in brackets, or nothing.
fn bracketed(of: Change) -> String {
    if of == Change::Unknown { String::new() } else { format!(" ({})", change(of)) }
}
