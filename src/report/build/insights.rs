//! What changed against the period before, and what stands out, as sentences. Only what the figures say: a change of
//! a quarter or more of something that is not close to nothing.

use crate::analysis::insight::{Finding, Kind, Shift};
use crate::analysis::logs::insights as sentences;
use crate::analysis::patterns::compare::Kind as Found;
use crate::analysis::traces::words as sentence;
use crate::model::unit::Unit;
use crate::report::document::{Report, State, Table};
use crate::report::figures::{Change, Row};
use crate::report::words::{self, looked_at, minutes};
use crate::text::Plain;

/// The smallest change that is told.
const TOLD: f64 = 0.25;
/// The most findings of a report.
const MOST: usize = 20;

pub fn insights(report: &Report) -> Vec<Finding> {
    let mut found = Vec::new();
    presence(report, &mut found);
    let errors = &report.errors;
    limits(Kind::Errors, "the error ratio", &errors.total, Unit::Ratio, &report.errors.by_endpoint, &mut found);
    moved(Kind::Errors, "the error ratio", &errors.total, Unit::Ratio, 0.001, &mut found);
    rows(Kind::Errors, "the error ratio of", &errors.by_endpoint, 0.001, &mut found);
    let performance = &report.performance.by_endpoint;
    for row in &performance.rows {
        limits(Kind::Latency, &format!("p95 of {}", row.name), row, Unit::Seconds, performance, &mut found);
    }
    rows(Kind::Latency, "p95 of", performance, 0.01, &mut found);
    let requests = &report.requests;
    let few = requests.total.figures.map_or(0.0, |figures| figures.avg / 100.0).max(0.01);
    moved(Kind::Traffic, "the request rate", &requests.total, Unit::PerSecond, few, &mut found);
    rows(Kind::Traffic, "the request rate of", &requests.by_endpoint, few, &mut found);
    rows(Kind::Memory, "memory of", &report.resources.memory, 1024.0 * 1024.0, &mut found);
    rows(Kind::Cpu, "CPU of", &report.resources.cpu, 1.0, &mut found);
    disks(report, &mut found);
    nothing_before(report, &mut found);
    logs(report, &mut found);
    traces(report, &mut found);
    // Stable: of one kind what was found first stays first.
    found.sort_by_key(|finding| finding.kind);
    found.truncate(MOST);
    found.iter_mut().enumerate().for_each(|(place, finding)| finding.score = (100 - place) as f64);
    found
}

/// Log patterns that are told.
const PATTERNS: usize = 3;

fn logs(report: &Report, found: &mut Vec<Finding>) {
    let Some(patterns) = report.logs.as_ref().and_then(|logs| logs.patterns.as_ref()) else { return };
    // The numbers are those of a sample: nobody may take them for all.
    let of = patterns.is_sample.then(|| format!(" (in {})", looked_at(patterns.lines, patterns.of)));
    for finding in &patterns.found {
        let said = sentences(std::slice::from_ref(finding), 1, &|at| report.plan.clock(at, &report.grid));
        let change = if let Found::Grown(times) = finding.kind { Change::Ratio(times - 1.0) } else { Change::New };
        let here = |mut text: String| {
            text.extend(of.as_deref());
            finding_of(Kind::Logs, &finding.text, text, change)
        };
        found.extend(said.into_iter().map(here));
        if found.iter().filter(|insight| insight.kind == Kind::Logs).count() == PATTERNS {
            break;
        }
    }
}

/// Operations that are told.
const OPERATIONS: usize = 3;

fn traces(report: &Report, found: &mut Vec<Finding>) {
    let Some(traces) = &report.traces else { return };
    let here = |name: &Plain, text: String, change| finding_of(Kind::Traces, name, text, change);
    let failing = traces.failing.iter().flat_map(|failing| failing.began.iter().map(move |one| (one, &failing.rows)));
    let said = failing.filter_map(|(one, rows)| {
        let text = sentence::failing((&one.operation, &one.service), (one.count, one.count_before), rows)?;
        Some(here(&one.operation, text, compared(Some(one.count.into()), one.count_before.map(f64::from))))
    });
    found.extend(said.take(OPERATIONS));
    let slower = traces.slower.iter().flatten().filter(|one| one.is_own).take(OPERATIONS);
    let of = |(was, is): (i64, i64)| Change::Ratio(is as f64 / was.max(1) as f64 - 1.0);
    found.extend(slower.map(|one| here(&one.operation, sentence::slower(one), of(one.p95))));
    let grown = traces.shares.iter().flatten().filter(|share| share.has_grown);
    found.extend(grown.map(|share| {
        let change =
            share.before.filter(|was| *was > 0.0).map_or(Change::New, |was| Change::Ratio(share.now / was - 1.0));
        here(&share.service, sentence::share(share), change)
    }));
}

fn told(kind: Kind, name: &Plain, text: String, change: Change) -> Finding {
    finding_of(kind, name, capitalised(&text), change)
}

fn finding_of(kind: Kind, name: &Plain, text: String, change: Change) -> Finding {
    let ratio = if let Change::Ratio(ratio) = change { Some(ratio) } else { None };
    let figures = ratio.map(|ratio| Shift { unit: Unit::Ratio, was: None, is: Some(ratio) });
    let (carriers, evidence) = (Vec::new(), Vec::new());
    Finding { kind, subject: name.clone(), score: 0.0, from: None, to: None, text, figures, carriers, evidence }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn before(minutes_before: Option<f64>) -> String {
    minutes_before.map_or_else(String::new, |before| format!(" ({} in the period before)", minutes(before)))
}

fn presence(report: &Report, found: &mut Vec<Finding>) {
    let presence = &report.availability;
    let all = Plain::default();
    if let Some(down) = presence.minutes_down.filter(|down| *down > 0.0) {
        let text = format!("no target answered for {}{}", minutes(down), before(presence.minutes_down_before));
        let change = compared(Some(down), presence.minutes_down_before);
        found.push(told(Kind::Down, &all, text, change));
    }
    if let Some(restarts) = presence.restarts.as_ref().map(Vec::len).filter(|restarts| *restarts > 0) {
        let was = presence.restarts_before.map_or_else(String::new, |was| format!(" ({was} in the period before)"));
        let text = format!("{restarts} {}{was}", if restarts == 1 { "restart" } else { "restarts" });
        let change = compared(Some(restarts as f64), presence.restarts_before.map(|was| was as f64));
        found.push(told(Kind::Down, &all, text, change));
    }
}

fn compared(now: Option<f64>, before: Option<f64>) -> Change {
    if before.is_some() { Change::between(now, before) } else { Change::Unknown }
}

/// How long something lay above its limit.
fn limits(kind: Kind, what: &str, row: &Row, unit: Unit, table: &Table, found: &mut Vec<Finding>) {
    let (Some(above), Some(limit)) = (row.above.filter(|above| above.minutes > 0.0), table.limit) else { return };
    let length = minutes(above.minutes);
    let text = format!("{what} was above {} for {length}{}", words::limit(unit, limit), before(above.minutes_before));
    let change = compared(Some(above.minutes), above.minutes_before);
    let name = if kind == Kind::Errors { &Plain::default() } else { &row.name };
    found.push(told(kind, name, text, change));
}

/// The rows of a table that moved, the largest move first.
fn rows(kind: Kind, what: &str, table: &Table, least: f64, found: &mut Vec<Finding>) {
    if table.state != State::Answered {
        return;
    }
    let size = |row: &&Row| if let Change::Ratio(ratio) = row.change { ratio.abs() } else { f64::INFINITY };
    let mut rows: Vec<&Row> = table.rows.iter().collect();
    rows.sort_by(|a, b| size(b).total_cmp(&size(a)));
    // Where nothing was before, everything is new, which is one finding and not many.
    let comparable = table.rows.iter().any(|row| row.before.is_some());
    for row in rows.into_iter().filter(|_| comparable) {
        moved(kind, &format!("{what} {}", row.name), row, table.unit, least, found);
    }
}

fn moved(kind: Kind, what: &str, row: &Row, unit: Unit, least: f64, found: &mut Vec<Finding>) {
    let (now, was) = (row.figures.map(|f| f.avg), row.before.map(|f| f.avg));
    if now.unwrap_or(0.0).max(was.unwrap_or(0.0)) < least {
        return;
    }
    let show = |value: Option<f64>| value.map_or_else(|| "nothing".to_owned(), |value| unit.show(value));
    let text = match row.change {
        Change::Ratio(ratio) if ratio.abs() >= TOLD => {
            format!("{what} {}: {} → {} on average", by(ratio), show(was), show(now))
        }
        Change::New => format!("{what} is new: {} on average, {} before", show(now), show(was)),
        Change::Gone => format!("{what} is gone: {} on average before", show(was)),
        Change::Ratio(_) | Change::Unknown => return,
    };
    let name = if row.labels.is_empty() { &Plain::default() } else { &row.name };
    found.push(told(kind, name, text, row.change));
}

/// `rose 40 %`, `fell 25 %`, `rose 17-fold`.
fn by(ratio: f64) -> String {
    match ratio {
        ratio if ratio >= 9.0 => format!("rose {:.0}-fold", ratio + 1.0),
        ratio => format!("{} {:.0} %", if ratio > 0.0 { "rose" } else { "fell" }, ratio.abs() * 100.0),
    }
}

fn disks(report: &Report, found: &mut Vec<Finding>) {
    for host in &report.hosts.rows {
        let Some(disk) = &host.disk else { continue };
        let (Change::Ratio(ratio), Some(now), Some(was)) = (disk.used.change, disk.used.now, disk.used.before) else {
            continue;
        };
        if ratio.abs() >= TOLD && now.max(was) >= 0.1 {
            let (what, show) = (if disk.inodes { "inodes" } else { "disk" }, |value| Unit::Ratio.show(value));
            let text = format!("{what} {} of {} {}: {} → {}", disk.mount, host.name, by(ratio), show(was), show(now));
            found.push(told(Kind::Disk, &host.name, text, disk.used.change));
        }
    }
}

fn nothing_before(report: &Report, found: &mut Vec<Finding>) {
    let total = &report.requests.total;
    let is_new = total.change == Change::New && total.before.is_none();
    if is_new && report.availability.answered_before.is_none() {
        found.retain(|finding| finding.figures.is_some());
        let text = "there is nothing to compare with: the period before has no data".to_owned();
        found.push(told(Kind::Traffic, &Plain::default(), text, Change::Unknown));
    }
}
