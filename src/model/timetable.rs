//! When something is due: every day, week or month at a time of the clock on the wall, or as cron says it.
//!
//! All arithmetic is on the wall clock of a zone; only its result becomes a moment. A time that a clock set forward
//! leaves out is the first moment after the gap, one that a clock set back shows twice is the first of the two: so
//! that no run is lost and none is done twice.

mod cron;

use std::fmt;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp as Instant, ToSpan};

use crate::time::{DAY, HOUR, Timestamp};

pub use cron::Cron;

#[derive(Debug, Clone, PartialEq)]
pub struct Timetable {
    pub rule: Rule,
    pub zone: TimeZone,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    Daily(Time),
    Weekly(Weekday, Time),
    /// The day of the month; the last one where the month has fewer.
    Monthly(i8, Time),
    Cron(Box<Cron>),
}

/// `07:30`, as a person writes it; seconds are not meant.
pub fn parse_time(text: &str) -> Result<Time, String> {
    let wrong = || format!("`{text}` is no time of the day; write 00:00 to 23:59, such as 07:30");
    let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
    let number = |part: &str, digits: std::ops::RangeInclusive<usize>| {
        let good = digits.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        good.then(|| part.parse::<i8>().ok()).flatten()
    };
    let (hour, minute) = (number(hour, 1..=2).ok_or_else(wrong)?, number(minute, 2..=2).ok_or_else(wrong)?);
    Time::new(hour, minute, 0, 0).map_err(|_| wrong())
}

pub const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

pub fn weekday_word(day: Weekday) -> &'static str {
    WEEKDAYS.iter().find(|(_, of)| *of == day).map_or("", |(word, _)| word)
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Daily(at) => write!(f, "daily at {}", at.strftime("%H:%M")),
            Self::Weekly(day, at) => write!(f, "weekly on {} at {}", weekday_word(*day), at.strftime("%H:%M")),
            Self::Monthly(day, at) => write!(f, "monthly on day {day} at {}", at.strftime("%H:%M")),
            Self::Cron(cron) => write!(f, "cron {}", cron.text()),
        }
    }
}

impl Rule {
    /// The next time on the wall, as if every day had 24 hours.
    fn next(&self, after: DateTime) -> Option<DateTime> {
        let later = |date: Date, at: &Time| Some(date.to_datetime(*at)).filter(|found| *found > after);
        let today = after.date();
        match self {
            Self::Daily(at) => later(today, at).or_else(|| later(today.tomorrow().ok()?, at)),
            Self::Weekly(day, at) => {
                let days = today.weekday().until(*day);
                let date = today.checked_add(i64::from(days).days()).ok()?;
                later(date, at).or_else(|| later(date.checked_add(7.days()).ok()?, at))
            }
            Self::Monthly(day, at) => {
                let first = today.first_of_month();
                let of = |month: Date| month.with().day((*day).min(month.days_in_month())).build().ok();
                later(of(first)?, at).or_else(|| later(of(first.checked_add(1.month()).ok()?)?, at))
            }
            Self::Cron(cron) => cron.next(after),
        }
    }
}

impl Timetable {
    /// The first moment after `after`; none where there is none in the time that the calendar holds.
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        let instant = Instant::from_millisecond(after.0).ok()?;
        let mut wall = self.zone.to_datetime(instant);
        loop {
            wall = self.rule.next(wall)?;
            let found = moment(wall, &self.zone)?;
            if found > after {
                return Some(found);
            }
        }
    }

    /// The last moment after `after` and not after `until`.
    pub fn latest(&self, after: Timestamp, until: Timestamp) -> Option<Timestamp> {
        // From near to far: what is due every minute is not counted over a year.
        let reaches = [HOUR, DAY, 40 * DAY, 400 * DAY].map(|reach| after.max(until.plus(-reach)));
        reaches.into_iter().chain([after]).find_map(|from| self.last_of(from, until))
    }

    fn last_of(&self, after: Timestamp, until: Timestamp) -> Option<Timestamp> {
        let next = |from: Timestamp| self.next(from).filter(|found| *found <= until);
        std::iter::successors(next(after), |found| next(*found)).last()
    }
}

/// The moment at which the clock on the wall shows this, or would have to.
pub fn moment(wall: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let instant = match zone.to_ambiguous_timestamp(wall).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(wall).ok()?,
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(wall).ok()?,
        AmbiguousOffset::Gap { after, .. } => {
            // By the new offset the gap is still to come.
            let earlier = after.to_timestamp(wall).ok()?;
            let change = zone.following(earlier).find(|change| change.offset() == after);
            change.map_or(earlier, |change| change.timestamp())
        }
    };
    Some(Timestamp(instant.as_millisecond()))
}

#[cfg(test)]
mod tests;
