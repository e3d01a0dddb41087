//! Round times of a zone, and how they are written below a chart.

use jiff::Timestamp as Instant;
use jiff::tz::TimeZone;

use super::{DAY, HOUR, MINUTE, SECOND, Timestamp};

const WEEK: i64 = 7 * DAY;
/// What may lie between two labels.
const INTERVALS: [i64; 27] = [
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    3 * DAY,
    WEEK,
    2 * WEEK,
    4 * WEEK,
    8 * WEEK,
    16 * WEEK,
    52 * WEEK,
    520 * WEEK,
];
/// Cells between two labels, so that the row is calm. Dates are few, and may stand closer.
const BETWEEN: i64 = 6;
const BETWEEN_DATES: i64 = 3;
const BETWEEN_DAYS: i64 = 2;
/// The first Monday after the epoch: weeks begin there.
const MONDAY: i64 = 4 * DAY;

/// The labels of one range: how far apart, and how they are written.
#[derive(Debug, Clone, Copy)]
pub struct Times<'a> {
    pub zone: &'a TimeZone,
    start: i64,
    end: i64,
    interval: i64,
    /// Dates have no room for their month: it stands at the ends, and where another one begins.
    is_short: bool,
}

impl<'a> Times<'a> {
    pub fn new((start, end): (i64, i64), width: u16, zone: &'a TimeZone) -> Self {
        let span = i128::from(end) - i128::from(start);
        let fits = |interval: i64, room: i64| i128::from(interval) * i128::from(width) >= i128::from(room) * span;
        let interval = INTERVALS.into_iter().find(|i| fits(*i, least_room(*i))).unwrap_or(i64::MAX / 4);
        let is_short = (DAY..WEEK).contains(&interval) && !fits(interval, room(interval));
        Self { zone, start, end, interval, is_short }
    }

    /// The round times within the range, at most `most`.
    pub fn round(self, most: usize) -> Vec<i64> {
        let mut found = Vec::new();
        let mut from = self.start;
        while found.len() < most {
            let next = self.next(from);
            if next < from || next > self.end {
                break;
            }
            found.push(next);
            from = next.saturating_add(1);
        }
        found
    }

    /// The first round time at or after `time`. Where the clocks change on the way, the new offset counts.
    fn next(self, time: i64) -> i64 {
        let before = self.offset(time);
        let local = ceil_to(time.saturating_add(before), self.interval);
        let guess = local.saturating_sub(before);
        let after = self.offset(guess);
        let moved = local.saturating_sub(after);
        if after == before {
            guess
        } else if moved >= time && self.offset(moved) == after {
            moved
        } else {
            ceil_to(guess.saturating_add(after), self.interval).saturating_sub(after)
        }
    }

    /// A round time: its date where that is what changed, else the time of day.
    pub fn label(self, time: i64) -> String {
        if self.interval < DAY && !self.is_midnight(time) {
            self.clock(time)
        } else if self.is_short && !self.begins_month(time) {
            Timestamp(time).format("%-d", self.zone)
        } else {
            self.date(time)
        }
    }

    /// The first moment: with its date where the range holds more than one.
    pub fn first(self, time: i64) -> String {
        if self.interval >= DAY {
            self.date(time)
        } else if self.day(self.start) == self.day(self.end) {
            self.clock(time)
        } else {
            format!("{} {}", self.date(time), self.clock(time))
        }
    }

    pub fn last(self, time: i64) -> String {
        if self.interval >= DAY { self.date(time) } else { self.clock(time) }
    }

    /// One moment, as exactly as samples `step` apart can tell.
    pub fn moment(self, time: i64, step: i64) -> String {
        let local = self.local(time);
        let clock = if step < MINUTE { clock_seconds(local) } else { clock_minutes(local) };
        if self.day(self.start) == self.day(self.end) { clock } else { format!("{} {clock}", self.date(time)) }
    }

    /// Whether the label says more than its neighbours do: the day among hours, the month among days.
    pub fn is_major(self, time: i64) -> bool {
        if self.interval < DAY { self.is_midnight(time) } else { self.begins_month(time) }
    }

    fn is_midnight(self, time: i64) -> bool {
        self.local(time).rem_euclid(DAY) == 0
    }

    /// Whether the round time before this one lies in another month.
    fn begins_month(self, time: i64) -> bool {
        let month = |time| Timestamp(time).format("%Y-%m", self.zone);
        month(time) != month(time.saturating_sub(self.interval))
    }

    fn clock(self, time: i64) -> String {
        let local = self.local(time);
        if self.interval < MINUTE { clock_seconds(local) } else { clock_minutes(local) }
    }

    fn date(self, time: i64) -> String {
        let pattern = if self.interval >= 4 * WEEK { "%Y-%m-%d" } else { "%b %-d" };
        Timestamp(time).format(pattern, self.zone)
    }

    fn day(self, time: i64) -> i64 {
        self.local(time).div_euclid(DAY)
    }

    fn local(self, time: i64) -> i64 {
        time.saturating_add(self.offset(time))
    }

    /// Milliseconds that the zone is ahead of UTC; 0 for a time no calendar holds.
    fn offset(self, time: i64) -> i64 {
        Instant::from_millisecond(time).map_or(0, |t| i64::from(self.zone.to_offset(t).seconds()) * SECOND)
    }
}

/// The same for the shortest form of a label.
fn least_room(interval: i64) -> i64 {
    if (DAY..WEEK).contains(&interval) { 2 + BETWEEN_DAYS } else { room(interval) }
}

/// Cells for a label and what lies before the next one.
fn room(interval: i64) -> i64 {
    match interval {
        i if i < MINUTE => 8 + BETWEEN,
        i if i < DAY => 5 + BETWEEN,
        i if i < 4 * WEEK => 6 + BETWEEN_DATES,
        _ => 10 + BETWEEN_DATES,
    }
}

fn ceil_to(time: i64, interval: i64) -> i64 {
    let shift = if interval % WEEK == 0 { MONDAY } else { 0 };
    let past = time.saturating_sub(shift).rem_euclid(interval);
    if past == 0 { time } else { time.saturating_add(interval - past) }
}

/// Hours and minutes of a local time. Written by hand: this is done for each label of each frame.
fn clock_minutes(local: i64) -> String {
    let of_day = local.rem_euclid(DAY);
    format!("{:02}:{:02}", of_day / HOUR, of_day % HOUR / MINUTE)
}

fn clock_seconds(local: i64) -> String {
    format!("{}:{:02}", clock_minutes(local), local.rem_euclid(MINUTE) / SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(from: &str, to: &str, width: u16, zone: &str) -> String {
        let zone = TimeZone::get(zone).unwrap();
        let at = |text: &str| text.parse::<Instant>().unwrap().as_millisecond();
        let times = Times::new((at(from), at(to)), width, &zone);
        let round = times.round(64).into_iter().map(|t| times.label(t)).collect::<Vec<_>>().join(" ");
        format!("{} | {round} | {}", times.first(at(from)), times.last(at(to)))
    }

    #[test]
    fn an_hour_is_cut_by_the_room_there_is() {
        let hour = |width| labels("2026-11-23T13:03:00Z", "2026-11-23T14:03:00Z", width, "UTC");
        assert_eq!(hour(54), "13:03 | 13:15 13:30 13:45 14:00 | 14:03");
        assert_eq!(hour(30), "13:03 | 13:30 14:00 | 14:03");
        assert_eq!(hour(100), "13:03 | 13:10 13:20 13:30 13:40 13:50 14:00 | 14:03");
    }

    #[test]
    fn round_means_round_in_the_zone() {
        let at = |zone| labels("2026-11-23T13:03:00Z", "2026-11-23T19:03:00Z", 54, zone);
        assert_eq!(at("UTC"), "13:03 | 14:00 16:00 18:00 | 19:03");
        assert_eq!(at("Asia/Kathmandu"), "Nov 23 18:48 | 20:00 22:00 Nov 24 | 00:48");
    }

    #[test]
    fn days_show_dates() {
        let at = |from, width| labels(from, "2026-11-23T14:03:00Z", width, "UTC");
        assert_eq!(at("2026-11-22T14:03:00Z", 54), "Nov 22 14:03 | 18:00 Nov 23 06:00 12:00 | 14:03");
        assert_eq!(at("2026-11-16T14:03:00Z", 54), "Nov 16 | 17 18 19 20 21 22 23 | Nov 23");
        assert_eq!(at("2026-11-20T14:03:00Z", 54), "Nov 20 | Nov 21 Nov 22 Nov 23 | Nov 23");
        assert_eq!(
            at("2026-08-23T14:03:00Z", 54),
            "2026-08-23 | 2026-08-31 2026-09-28 2026-10-26 2026-11-23 | 2026-11-23"
        );
    }

    #[test]
    fn short_dates_say_where_a_month_begins() {
        let at = |width| labels("2026-11-27T14:03:00Z", "2026-12-04T14:03:00Z", width, "UTC");
        assert_eq!(at(54), "Nov 27 | 28 29 30 Dec 1 2 3 4 | Dec 4");
        assert_eq!(at(20), "Nov 27 | 29 Dec 1 3 | Dec 4");
    }

    #[test]
    fn seconds_show_for_short_ranges() {
        let at = labels("2026-11-23T14:02:03Z", "2026-11-23T14:03:03Z", 54, "UTC");
        assert_eq!(at, "14:02:03 | 14:02:30 14:03:00 | 14:03:03");
    }

    #[test]
    fn changing_clocks_keep_labels_round() {
        // 2026-03-29: 02:00 does not exist in Berlin. 2026-10-25: 02:00 comes twice and is
        // written once.
        let spring = labels("2026-03-28T22:30:00Z", "2026-03-29T06:30:00Z", 50, "Europe/Berlin");
        assert_eq!(spring, "Mar 28 23:30 | Mar 29 04:00 06:00 08:00 | 08:30");
        let autumn = labels("2026-10-24T21:30:00Z", "2026-10-25T05:30:00Z", 50, "Europe/Berlin");
        assert_eq!(autumn, "Oct 24 23:30 | Oct 25 02:00 04:00 06:00 | 06:30");
        let midnight = labels("2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z", 30, "Europe/Berlin");
        assert_eq!(midnight, "Mar 28 | Mar 29 Mar 30 | Mar 30");
    }

    #[test]
    fn no_time_is_too_odd() {
        let zone = TimeZone::UTC;
        for range in [(i64::MIN, i64::MAX), (i64::MIN, i64::MIN), (i64::MAX, i64::MAX), (0, 0), (5, 4)] {
            for width in [0, 1, 500] {
                assert!(Times::new(range, width, &zone).round(64).len() <= 64);
            }
        }
    }
}
