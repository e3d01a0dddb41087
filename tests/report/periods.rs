//! Which stretch of time a report is about, by the clock and by the calendar, and its points.

use a360::model::period::Period;
use a360::report::{Grid, Periods, Plan, periods};
use a360::time::{DAY, HOUR, MINUTE, Range, Timestamp};
use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::script::plan;

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

fn calendar(period: Period, now: &str, zone_name: &str) -> Periods {
    periods(period, true, at(now), &zone(zone_name))
}

fn hours(range: Range) -> i64 {
    assert_eq!(range.length() % HOUR, 0);
    range.length() / HOUR
}

fn range(from: &str, to: &str) -> Range {
    Range::new(at(from), at(to))
}

#[test]
fn without_the_calendar_it_ends_now() {
    let now = at("2026-11-23T14:03:27Z");
    let of = |period| periods(period, false, now, &zone("Europe/Berlin"));
    assert_eq!(of(Period::Daily).now, Range::new(now.plus(-DAY), now));
    assert_eq!(of(Period::Daily).week, Some(Range::new(now.plus(-8 * DAY), now.plus(-7 * DAY))));
    assert_eq!((of(Period::Weekly).now.length(), of(Period::Weekly).week), (7 * DAY, None));
    assert_eq!(of(Period::Monthly).before, Range::new(now.plus(-60 * DAY), now.plus(-30 * DAY)));
    // A length has no calendar.
    let length = Period::Length(90 * MINUTE);
    assert_eq!(periods(length, true, now, &TimeZone::UTC), of(length));
}

#[test]
fn yesterday_the_last_week_and_the_last_month() {
    let day = calendar(Period::Daily, "2026-11-23T14:03:27Z", "Europe/Berlin");
    assert_eq!(day.now, range("2026-11-21T23:00:00Z", "2026-11-22T23:00:00Z"));
    assert_eq!(day.before, range("2026-11-20T23:00:00Z", "2026-11-21T23:00:00Z"));
    assert_eq!(day.week, Some(range("2026-11-14T23:00:00Z", "2026-11-15T23:00:00Z")));
    let week = calendar(Period::Weekly, "2026-11-22T22:59:59Z", "Europe/Berlin");
    assert_eq!(week.now, range("2026-11-08T23:00:00Z", "2026-11-15T23:00:00Z"), "Sunday is not over yet");
    let week = calendar(Period::Weekly, "2026-11-22T23:00:00Z", "Europe/Berlin");
    assert_eq!(week.now, range("2026-11-15T23:00:00Z", "2026-11-22T23:00:00Z"));
    assert_eq!((week.before, week.week), (range("2026-11-08T23:00:00Z", "2026-11-15T23:00:00Z"), None));
    let month = calendar(Period::Monthly, "2028-03-01T00:00:00Z", "UTC");
    assert_eq!((hours(month.now), hours(month.before), month.week), (29 * 24, 31 * 24, None));
}

#[test]
fn a_day_has_as_many_hours_as_the_clock_says() {
    let spring = calendar(Period::Daily, "2026-03-30T06:00:00Z", "Europe/Berlin");
    assert_eq!((hours(spring.now), hours(spring.before)), (23, 24));
    let autumn = calendar(Period::Daily, "2026-10-26T06:00:00Z", "Europe/Berlin");
    assert_eq!((hours(autumn.now), hours(autumn.before), autumn.week.map(hours)), (25, 24, Some(24)));
    assert_eq!(hours(calendar(Period::Weekly, "2026-10-26T06:00:00Z", "Europe/Berlin").now), 7 * 24 + 1);
    assert_eq!(hours(calendar(Period::Monthly, "2026-04-01T06:00:00Z", "Europe/Berlin").now), 31 * 24 - 1);
    assert_eq!(hours(calendar(Period::Daily, "2026-09-07T12:00:00Z", "America/Santiago").now), 23);
    assert_eq!(hours(calendar(Period::Daily, "2026-04-05T12:00:00Z", "America/Santiago").now), 25);
    assert_eq!(hours(calendar(Period::Daily, "2026-02-16T12:00:00Z", "Africa/Casablanca").now), 25);
    assert_eq!(hours(calendar(Period::Daily, "2026-03-23T12:00:00Z", "Africa/Casablanca").now), 23);
}

#[test]
fn a_day_begins_with_its_first_moment_where_midnight_is_left_out() {
    let day = calendar(Period::Daily, "2018-11-05T12:00:00Z", "America/Sao_Paulo");
    assert_eq!((day.now.start, hours(day.now)), (at("2018-11-04T03:00:00Z"), 23));
    let day = calendar(Period::Daily, "2022-03-28T12:00:00Z", "Asia/Beirut");
    assert_eq!((day.now.start, hours(day.now)), (at("2022-03-26T22:00:00Z"), 23));
}

#[test]
fn a_day_that_never_was_is_nobodys_yesterday() {
    // The 30th was left out.
    let day = calendar(Period::Daily, "2011-12-31T00:00:00Z", "Pacific/Apia");
    assert_eq!(day.now, range("2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"), "the 29th");
    assert_eq!(day.before.end, day.now.start);
    let later = calendar(Period::Daily, "2012-01-06T20:00:00Z", "Pacific/Apia");
    assert_eq!(later.week, None, "a week before was the 30th");
    assert_eq!(hours(calendar(Period::Weekly, "2012-01-02T00:00:00Z", "Pacific/Apia").now), 6 * 24);
}

#[test]
fn the_points_of_periods_of_different_length_meet() {
    for (now, name) in [
        ("2026-03-30T06:00:00Z", "Europe/Berlin"),
        ("2026-03-31T06:00:00Z", "Europe/Berlin"),
        ("2026-10-26T06:00:00Z", "Europe/Berlin"),
        ("2026-10-27T06:00:00Z", "Europe/Berlin"),
        ("2026-04-06T06:00:00Z", "Australia/Lord_Howe"),
        ("2011-12-31T00:00:00Z", "Pacific/Apia"),
    ] {
        for period in [Period::Daily, Period::Weekly, Period::Monthly] {
            let of = calendar(period, now, name);
            let grid = Grid::of(of, at(now));
            assert_eq!((grid.now.end, grid.before.end), (of.now.end, grid.now.start), "{now} {name}");
            assert!(grid.now.start <= of.now.start && of.now.start.since(grid.now.start) < grid.step, "{now} {name}");
            assert!((grid.before.length() - of.before.length()).abs() < 2 * grid.step, "{now} {name}");
            for (_, range) in grid.periods() {
                assert_eq!(range.length() % grid.step, 0, "{now} {name}");
            }
        }
    }
}

#[test]
fn the_title_names_the_days() {
    let title = |period, now, name, label: &str| {
        let periods = calendar(period, now, name);
        Plan { periods, zone: zone(name), label: label.to_owned(), ..plan() }.title()
    };
    let now = "2026-10-26T06:00:00Z";
    assert_eq!(title(Period::Daily, now, "Europe/Berlin", "daily"), "daily, Sunday 2026-10-25");
    assert_eq!(title(Period::Weekly, now, "Europe/Berlin", "weekly"), "weekly, 2026-10-19 to 2026-10-25");
    assert_eq!(title(Period::Monthly, now, "Asia/Beirut", "monthly"), "monthly, September 2026");
    assert_eq!(title(Period::Daily, "2011-12-31T00:00:00Z", "Pacific/Apia", "daily"), "daily, Thursday 2011-12-29");
    assert_eq!(title(Period::Length(HOUR), now, "UTC", "last 1h"), "last 1h", "no whole day");
}

const ZONES: [&str; 12] = [
    "UTC",
    "Europe/Berlin",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Beirut",
    "Asia/Tehran",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
];

proptest! {
    /// Day after day, week after week, month after month: no moment is left out, none is told of twice.
    #[test]
    fn calendar_periods_tile_the_time(number in 0..ZONES.len(), start in 0..20_000_i64) {
        let zone = zone(ZONES[number]);
        for (period, count) in [(Period::Daily, 500), (Period::Weekly, 70), (Period::Monthly, 20)] {
            let mut now = Timestamp(start * DAY);
            for _ in 0..count {
                let of = periods(period, true, now, &zone);
                prop_assert!(of.now.end <= now && of.now.length() > 0 && of.before.length() > 0);
                prop_assert_eq!(of.before.end, of.now.start);
                if let Some(week) = of.week {
                    prop_assert!(week.end < of.now.start && (22 * HOUR..=26 * HOUR).contains(&week.length()));
                }
                // At the end of the period before, that one was the period.
                prop_assert_eq!(periods(period, true, of.now.start, &zone).now, of.before);
                now = of.now.start;
            }
        }
    }
}
