//! Whether the service is there, on which machines, and what fires.

use super::{EMPTY, NOT_ASKED, absent, bracketed, compared};
use crate::analysis::alerts::{Row, Told};
use crate::analysis::availability::Availability;
use crate::model::unit::Unit;
use crate::report::ask::When;
use crate::report::document::{Fired, Host, Moment, Outage, Report};
use crate::report::render::page::{Block, Sheet, first_of};
use crate::report::words::{NONE, moment};
use crate::text::Plain;
use crate::time::{MINUTE, Timestamp, ago, format_duration};

/// The most names that one line holds.
const MOST_NAMES: usize = 5;

pub fn availability(report: &Report) -> Vec<Block> {
    let presence = &report.availability;
    let mut blocks = vec![Block::Line(state(report))];
    if let Some(answered) = presence.answered {
        let before = presence.answered_before.map_or_else(String::new, |b| format!(", {} before", Unit::Ratio.show(b)));
        blocks.push(Block::Line(format!("{} of all scrapes answered{before}", Unit::Ratio.show(answered))));
    }
    if let Some(down) = presence.minutes_down {
        blocks.push(Block::Line(format!("no target answered: {}", compared(down, presence.minutes_down_before))));
    }
    let outages: Vec<String> = presence.outages.iter().map(|outage| self::outage(outage, report)).collect();
    if !outages.is_empty() {
        blocks.push(first_of(outages));
    }
    let Some(restarts) = &presence.restarts else {
        blocks.push(Block::Line(format!("restarts: {NOT_ASKED}")));
        return blocks;
    };
    let before = presence.restarts_before.map_or_else(String::new, |before| format!(" ({before} before)"));
    blocks.push(Block::Line(format!("restarts: {}{before}", restarts.len())));
    if !restarts.is_empty() {
        let line = |at: i64, who: &Plain| format!("{} {who}", moment(Timestamp(at), &report.plan.zone));
        blocks.push(first_of(restarts.iter().map(|restart| line(restart.at, &restart.instance)).collect()));
    }
    blocks
}

fn state(report: &Report) -> String {
    let clock = |at: i64| report.plan.clock(at, &report.grid);
    match &report.availability.state {
        None => NOT_ASKED.to_owned(),
        Some(Availability::Up { targets }) => format!("up: {targets} of {targets} targets answer"),
        Some(Availability::Degraded { up, targets, down, since }) => {
            let names: Vec<&str> = down.iter().map(Plain::as_str).collect();
            format!("degraded: {up} of {targets} targets answer; since {} down: {}", clock(*since), names.join(", "))
        }
        Some(Availability::Down { targets, since }) => {
            let since = since.map_or_else(|| "in the whole period".to_owned(), |at| format!("since {}", clock(at)));
            format!("DOWN: 0 of {targets} targets answer {since}")
        }
        Some(Availability::Gone { since }) => {
            format!("DOWN: nothing is scraped any more since {}", moment(Timestamp(*since), &report.plan.zone))
        }
        Some(Availability::NotScraped) => format!("not scraped: {EMPTY}"),
    }
}

fn outage(outage: &Outage, report: &Report) -> String {
    let at = |at: i64| report.plan.clock(at, &report.grid);
    let grid = &report.grid;
    let from = outage.from.map_or_else(|| format!("{} or earlier", at(grid.now.start.0)), at);
    let open = || match report.plan.is_recent(grid) {
        true => "now".to_owned(),
        false => format!("{} or later", at(grid.now.end.0)),
    };
    let to = outage.to.map_or_else(open, at);
    let who = outage.target.as_ref().map_or("the service", Plain::as_str);
    let what = if outage.gone { "not there" } else { "down" };
    let length = format_duration(outage.lasted);
    match outage.is_within {
        true => format!("{who} {what} for {length} between {from} and {to}"),
        false => format!("{who} {what} from {from} to {to} ({length})"),
    }
}

pub fn hosts(report: &Report) -> Vec<Block> {
    if let Some(absent) = absent(report.hosts.state) {
        return vec![absent];
    }
    let show = |moment: &Moment| {
        let value = moment.now.map_or_else(|| NONE.to_owned(), |value| Unit::Ratio.show(value));
        format!("{value}{}", bracketed(moment.change))
    };
    let cells = |host: &Host| {
        let (mount, used) = match &host.disk {
            Some(disk) => (format!("{}{}", disk.mount, if disk.inodes { " inodes" } else { "" }), show(&disk.used)),
            None => (NONE.to_owned(), NONE.to_owned()),
        };
        vec![host.name.to_string(), show(&host.cpu), show(&host.memory), mount, used]
    };
    let rows = report.hosts.rows.iter().map(cells).collect();
    vec![Block::Table(Sheet::new(&["host, at the end", "cpu", "memory", "fullest disk", "used"], rows))]
}

pub fn alerts(report: &Report) -> Vec<Block> {
    let Some(alerts) = &report.alerts else { return vec![Block::Line(NOT_ASKED.to_owned())] };
    let made = report.plan.generated_at;
    let mut blocks = Vec::new();
    if made.since(report.grid.now.end) > MINUTE {
        blocks.push(Block::Line(format!("as they were at {}, not in the period", moment(made, &report.plan.zone))));
    }
    if report.plan.scope.is_some() {
        blocks.push(Block::Line("of the whole context, whatever the scope".to_owned()));
    }
    blocks.push(match alerts.is_empty() {
        true => Block::Line("none is pending or firing".to_owned()),
        false => first_of(alerts.iter().map(|row| line(row, report)).collect()),
    });
    blocks.extend(report.fired.as_deref().and_then(noise));
    blocks.extend(fired(report));
    blocks
}

/// `noisiest: HighLatency, fired 6 times; flapping: HighLatency, DiskFull`
fn noise(fired: &[Fired]) -> Option<Block> {
    let noisiest = fired.iter().rev().max_by_key(|fired| fired.times).filter(|fired| fired.times > 1);
    let noisiest = noisiest.map(|fired| format!("noisiest: {}, fired {} times", fired.name, fired.times));
    let flapping: Vec<&str> = fired.iter().filter(|fired| fired.flaps).map(|fired| fired.name.as_str()).collect();
    let more = flapping.len().saturating_sub(MOST_NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let names = flapping.iter().take(MOST_NAMES).copied().collect::<Vec<_>>().join(", ");
    let flapping = (!flapping.is_empty()).then(|| format!("flapping: {names}{more}"));
    let parts: Vec<String> = noisiest.into_iter().chain(flapping).collect();
    (!parts.is_empty()).then(|| Block::Line(parts.join("; ")))
}

/// What fired in the period, those that fired longest first.
fn fired(report: &Report) -> Option<Block> {
    let fired = report.fired.as_ref()?;
    if fired.is_empty() {
        return Some(Block::Line("none fired in the period".to_owned()));
    }
    let cells = |fired: &Fired| {
        let usual = fired.usual.map_or_else(|| NONE.to_owned(), format_duration);
        let end = match (fired.flaps, fired.still) {
            (true, true) => "firing, flaps",
            (true, false) => "flaps",
            (false, true) => "firing",
            (false, false) => "resolved",
        };
        let times = with_before(fired.times.to_string(), fired.times_before.map(|before| before.to_string()));
        let total = with_before(format_duration(fired.total), fired.total_before.map(format_duration));
        vec![format!("{} {}", fired.severity.word(), fired.name), times, total, usual, end.to_owned()]
    };
    let head = ["fired in the period (before)", "times", "firing for", "usually", "at the end"];
    Some(Block::Table(Sheet::new(&head, fired.iter().map(cells).collect())))
}

fn with_before(now: String, before: Option<String>) -> String {
    before.map_or_else(|| now.clone(), |before| format!("{now} ({before})"))
}

/// `critical HighErrorRate firing since 13:57 (6m): High error rate detected; service="shop"; told: oncall`
fn line(row: &Row, report: &Report) -> String {
    let state = row.state.word();
    let since = row.since.map_or_else(String::new, |at| {
        format!(" since {} ({})", report.plan.clock(at.0, &report.grid), ago(report.plan.generated_at.since(at)))
    });
    let summary = row.annotations.get("summary").map_or_else(String::new, |summary| format!(": {summary}"));
    let labels = row.own.as_ref().unwrap_or(&row.labels).filter(|name| !matches!(name, "alertname" | "severity"));
    let labels = if labels.is_empty() { String::new() } else { format!("; {labels}") };
    format!("{} {} {state}{since}{summary}{labels}{}", row.severity.word(), row.name(), told(row))
}

/// Whom it reaches, as far as Alertmanager says.
fn told(row: &Row) -> String {
    match &row.told {
        _ if row.state.is_quiet() => "; nobody is told".to_owned(),
        Told::Unknown | Told::Nobody => String::new(),
        Told::NotHeld => "; not in Alertmanager: nobody is told".to_owned(),
        Told::Receivers(names) => format!("; told: {}", names.iter().map(Plain::as_str).collect::<Vec<_>>().join(", ")),
    }
}

/// One line for each reason, with all that it hit.
pub fn not_asked(report: &Report) -> Block {
    let mut groups: Vec<((&'static str, &Plain), Vec<String>)> = Vec::new();
    for entry in &report.not_asked {
        let name = match entry.when {
            When::Now => entry.topic.word().to_owned(),
            When::Before => format!("{} (before)", entry.topic.word()),
            When::Week => format!("{} (a week before)", entry.topic.word()),
            When::End => format!("{} (at the end)", entry.topic.word()),
        };
        let key = (entry.source, &entry.why);
        match groups.iter_mut().find(|(held, _)| *held == key) {
            Some((_, names)) => names.push(name),
            None => groups.push((key, vec![name])),
        }
    }
    let line = |((source, why), names): ((&str, &Plain), Vec<String>)| match names.len() == report.asked {
        true => format!("{source}: {why}: all {} questions", report.asked),
        false => format!("{source}: {why}: {}", names.join(", ")),
    };
    Block::List(groups.into_iter().map(line).collect())
}
