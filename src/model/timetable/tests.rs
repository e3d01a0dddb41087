//! Runs around every kind of change of the clock.

use super::*;
use proptest::prelude::*;

fn table(rule: &str, zone: &str) -> Timetable {
    let zone = TimeZone::get(zone).unwrap();
    let time = |text| parse_time(text).unwrap();
    let rule = match rule.split(' ').collect::<Vec<_>>()[..] {
        ["daily", at] => Rule::Daily(time(at)),
        ["weekly", day, at] => Rule::Weekly(WEEKDAYS.iter().find(|(word, _)| *word == day).unwrap().1, time(at)),
        ["monthly", day, at] => Rule::Monthly(day.parse().unwrap(), time(at)),
        _ => Rule::Cron(Box::new(Cron::parse(rule).unwrap())),
    };
    Timetable { rule, zone }
}

fn at(text: &str) -> Timestamp {
    Timestamp(text.parse::<Instant>().unwrap().as_millisecond())
}

/// The next runs, in UTC.
fn runs(rule: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
    let table = table(rule, zone);
    std::iter::successors(table.next(at(after)), |run| table.next(*run)).take(count).map(Timestamp::rfc3339).collect()
}

#[test]
fn a_run_in_the_gap_is_the_first_moment_after_it() {
    // 02:30 does not come: 02:00 is followed by 03:00.
    let found = runs("daily 02:30", "Europe/Berlin", "2026-03-28T00:00:00Z", 3);
    assert_eq!(found, ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]);
    // Midnight does not come.
    let found = runs("daily 00:00", "America/Sao_Paulo", "2018-11-03T04:00:00Z", 2);
    assert_eq!(found, ["2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"]);
    let found = runs("daily 00:15", "Asia/Beirut", "2022-03-26T00:00:00Z", 2);
    assert_eq!(found, ["2022-03-26T22:00:00Z", "2022-03-27T21:15:00Z"]);
    assert_eq!(runs("daily 00:30", "America/Santiago", "2026-09-05T05:00:00Z", 1), ["2026-09-06T04:00:00Z"]);
}

#[test]
fn a_run_that_the_clock_shows_twice_is_done_once() {
    let found = runs("daily 02:30", "Europe/Berlin", "2026-10-24T12:00:00Z", 2);
    assert_eq!(found, ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
    let found = runs("daily 23:30", "America/Santiago", "2026-04-04T12:00:00Z", 2);
    assert_eq!(found, ["2026-04-05T02:30:00Z", "2026-04-06T03:30:00Z"]);
    // From within the second showing the day's run is over.
    assert_eq!(runs("daily 02:30", "Europe/Berlin", "2026-10-25T01:10:00Z", 1), ["2026-10-26T01:30:00Z"]);
    // Ramadan: the clock goes back in spring and forward a month later.
    let found = runs("daily 02:30", "Africa/Casablanca", "2026-02-14T12:00:00Z", 2);
    assert_eq!(found, ["2026-02-15T01:30:00Z", "2026-02-16T02:30:00Z"]);
}

#[test]
fn many_runs_in_a_gap_are_one_and_none_is_done_twice_in_a_fold() {
    let found = runs("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:20:00Z", 3);
    assert_eq!(found, ["2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"]);
    let found = runs("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:10:00Z", 3);
    assert_eq!(found, ["2026-10-25T00:30:00Z", "2026-10-25T02:00:00Z", "2026-10-25T02:30:00Z"]);
}

#[test]
fn a_day_that_never_was_is_made_up_for_at_its_end() {
    // Apia went from the 29th to the 31st.
    let found = runs("daily 07:30", "Pacific/Apia", "2011-12-29T00:00:00Z", 3);
    assert_eq!(found, ["2011-12-29T17:30:00Z", "2011-12-30T10:00:00Z", "2011-12-30T17:30:00Z"]);
}

#[test]
fn weeks_and_months() {
    let found = runs("weekly monday 07:30", "Europe/Berlin", "2026-11-23T06:30:00Z", 2);
    assert_eq!(found, ["2026-11-30T06:30:00Z", "2026-12-07T06:30:00Z"]);
    assert_eq!(runs("weekly monday 07:30", "UTC", "2026-11-23T07:29:59.999Z", 1), ["2026-11-23T07:30:00Z"]);
    let found = runs("monthly 31 06:00", "UTC", "2027-12-31T06:00:00Z", 4);
    assert_eq!(found, ["2028-01-31T06:00:00Z", "2028-02-29T06:00:00Z", "2028-03-31T06:00:00Z", "2028-04-30T06:00:00Z"]);
    assert_eq!(runs("monthly 1 00:00", "UTC", "2026-12-15T00:00:00Z", 1), ["2027-01-01T00:00:00Z"]);
}

#[test]
fn cron_means_what_cron_means() {
    let found = runs("30 7 * * 1-5", "UTC", "2026-11-20T08:00:00Z", 2);
    assert_eq!(found, ["2026-11-23T07:30:00Z", "2026-11-24T07:30:00Z"]);
    // Either the day of the month or the day of the week.
    let found = runs("0 0 13 * 5", "UTC", "2026-11-07T00:00:00Z", 3);
    assert_eq!(found, ["2026-11-13T00:00:00Z", "2026-11-20T00:00:00Z", "2026-11-27T00:00:00Z"]);
    assert_eq!(runs("0 7 29 2 *", "UTC", "2026-01-01T00:00:00Z", 1), ["2028-02-29T07:00:00Z"]);
}

#[test]
fn only_the_newest_of_many_is_found() {
    let latest = |rule, after, until| table(rule, "UTC").latest(at(after), at(until)).map(Timestamp::rfc3339);
    let (long_ago, now) = ("2020-01-01T00:00:00Z", "2026-11-23T14:03:00Z");
    assert_eq!(latest("* * * * *", long_ago, now).as_deref(), Some("2026-11-23T14:03:00Z"));
    assert_eq!(latest("daily 07:30", long_ago, now).as_deref(), Some("2026-11-23T07:30:00Z"));
    assert_eq!(latest("monthly 31 07:30", long_ago, now).as_deref(), Some("2026-10-31T07:30:00Z"));
    assert_eq!(latest("0 7 29 2 *", long_ago, now).as_deref(), Some("2024-02-29T07:00:00Z"));
    assert_eq!(latest("daily 07:30", "2026-11-23T07:30:00Z", now), None);
    assert_eq!(latest("daily 14:03", "2026-11-23T07:30:00Z", now).as_deref(), Some(now));
}

#[test]
fn times_are_read() {
    assert_eq!(parse_time("07:30").map(|time| time.to_string()).as_deref(), Ok("07:30:00"));
    assert_eq!(parse_time("7:05").map(|time| time.to_string()).as_deref(), Ok("07:05:00"));
    for text in ["25:00", "24:00", "7", "07:60", "07:3", "07:30:00", "-7:30", "+7:30", "", ":", "7h30", "１:00"] {
        assert!(parse_time(text).unwrap_err().contains("write 00:00 to 23:59"), "{text}");
    }
}

const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/Santiago",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Pacific/Apia",
];

proptest! {
    /// Whatever the clock does: a day has one run, and a run is the next of every moment up to it.
    #[test]
    fn no_day_is_lost_or_doubled(zone in 0..ZONES.len(), minute in 0..1440_i64, start in 0..12_000_i64) {
        let text = format!("daily {:02}:{:02}", minute / 60, minute % 60);
        let table = table(&text, ZONES[zone]);
        let start = Timestamp(start * DAY);
        let mut run = table.next(start).unwrap();
        let mut day = None;
        for _ in 0..400 {
            let next = table.next(run).unwrap();
            let date = |of: Timestamp| table.zone.to_datetime(Instant::from_millisecond(of.0).unwrap()).date();
            prop_assert!(next > run && next.since(run) <= 26 * HOUR, "{} {}", run.rfc3339(), next.rfc3339());
            prop_assert_eq!(table.next(next.plus(-1)), Some(next));
            prop_assert_eq!(table.latest(start, next.plus(-1)), Some(run));
            // Apia's lost day ends with the day after it.
            let is_lost = ZONES[zone] == "Pacific/Apia" && date(next).to_string() == "2011-12-31";
            prop_assert!(is_lost || day != Some(date(next)), "{} twice", date(next));
            day = Some(date(next));
            run = next;
        }
    }
}
