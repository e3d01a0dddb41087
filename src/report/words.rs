//! Numbers, changes and times as a person reads them in a report.

use jiff::tz::TimeZone;

use crate::analysis::logs::{number, total};
use crate::model::log::Count;
use crate::model::unit::Unit;
use crate::report::figures::{Above, Change, Reading, Row};
use crate::report::plan::{Grid, Plan};
use crate::time::{MINUTE, Range, Timestamp, format_duration};

/// What is not known.
pub const NONE: &str = "–";

/// In a table whose title names the unit of rates.
pub fn value(unit: Unit, value: f64) -> String {
    if unit == Unit::PerSecond { Unit::Count.show(value) } else { unit.show(value) }
}

/// `10 %`, not `10.0 %`: a limit is a round number as a rule.
pub fn limit(unit: Unit, limit: f64) -> String {
    unit.show(limit).replace(".0 ", " ")
}

pub fn maybe(unit: Unit, number: Option<f64>) -> String {
    number.map_or_else(|| NONE.to_owned(), |number| value(unit, number))
}

pub fn reading(unit: Unit, reading: Reading) -> String {
    match reading {
        Reading::Value(number) => value(unit, number),
        Reading::AtLeast(number) => format!("≥ {}", value(unit, number)),
        Reading::NoLimit => "no limit".to_owned(),
        Reading::NoTraffic => "no traffic".to_owned(),
        Reading::NoData => "no data".to_owned(),
        Reading::NotAsked => "not asked".to_owned(),
    }
}

pub fn max(unit: Unit, row: &Row) -> String {
    let text = maybe(unit, row.figures.map(|figures| figures.max));
    if row.capped { format!("≥ {text}") } else { text }
}

pub fn change(change: Change) -> String {
    match change {
        Change::Ratio(ratio) if ratio.abs() < 0.005 => "0 %".to_owned(),
        Change::Ratio(ratio) if ratio >= 1e6 => "> x1000000".to_owned(),
        Change::Ratio(ratio) if ratio >= 9.0 => format!("x{:.0}", ratio + 1.0),
        Change::Ratio(ratio) => format!("{:+.0} %", ratio * 100.0),
        Change::New => "new".to_owned(),
        Change::Gone => "gone".to_owned(),
        Change::Unknown => NONE.to_owned(),
    }
}

/// `12,000 of 1.2 M lines`; `800 lines` where those are all.
pub fn looked_at(lines: usize, of: Option<Count>) -> String {
    let lines = lines as u64;
    match of {
        Some(all) if all.least() > lines => format!("{} of {} lines", number(lines), total(all)),
        _ => format!("{} lines", number(lines)),
    }
}

pub fn minutes(minutes: f64) -> String {
    format_duration((minutes * MINUTE as f64) as i64)
}

/// `6m, since 13:57`; `≥ 1h` for what began with the period or before it.
pub fn above(above: Option<Above>, plan: &Plan, grid: &Grid) -> String {
    let Some(above) = above else { return NONE.to_owned() };
    let length = minutes(above.minutes);
    match above.since {
        Some(_) if above.from_start => format!("≥ {length}"),
        Some(since) => format!("{length}, since {}", plan.clock(since, grid)),
        None => length,
    }
}

pub fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.format("%Y-%m-%d %H:%M:%S %Z", zone)
}

/// From when to when; the date once where it is the same.
pub fn together(range: Range, zone: &TimeZone) -> String {
    let day = |at: Timestamp| at.format("%Y-%m-%d", zone);
    let end = if day(range.start) == day(range.end) { "%H:%M:%S %Z" } else { "%Y-%m-%d %H:%M:%S %Z" };
    // In the nights in which clocks are set back, an hour would seem to be missing.
    let zone_of = |at: Timestamp| at.format("%Z", zone);
    let set = zone_of(range.start) != zone_of(range.end);
    let start = if set { "%Y-%m-%d %H:%M:%S %Z" } else { "%Y-%m-%d %H:%M:%S" };
    format!("{} to {}", range.start.format(start, zone), range.end.format(end, zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_read_well() {
        let all = [0.004, 0.25, -0.5, 8.0, 16.0, 1e9].map(|ratio| change(Change::Ratio(ratio)));
        assert_eq!(all, ["0 %", "+25 %", "-50 %", "+800 %", "x17", "> x1000000"]);
        assert_eq!([Change::New, Change::Gone, Change::Unknown].map(change), ["new", "gone", NONE]);
    }

    #[test]
    fn a_period_names_its_day_once() {
        let start = Timestamp(1_795_356_195_000);
        let within = |length| together(Range::new(start, start.plus(length)), &TimeZone::UTC);
        assert_eq!(within(MINUTE), "2026-11-22 14:03:15 to 14:04:15 UTC");
        assert_eq!(within(24 * 60 * MINUTE), "2026-11-22 14:03:15 to 2026-11-23 14:03:15 UTC");
    }

    #[test]
    fn a_period_in_which_clocks_are_set_names_both_times() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        // 02:30 for the first time.
        let start = Timestamp(1_792_888_200_000);
        let text = together(Range::new(start, start.plus(120 * MINUTE)), &zone);
        assert_eq!(text, "2026-10-25 02:30:00 CEST to 03:30:00 CET");
    }
}
