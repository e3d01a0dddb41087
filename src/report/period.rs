//! From the name of a period to its stretch of time: the one that ends now, or the last whole one by the calendar.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp as Instant, ToSpan};

use super::plan::{Periods, Plan};
use crate::model::period::Period;
use crate::model::timetable::moment;
use crate::time::{Range, Timestamp};

/// The period and what it is compared with. By the calendar: yesterday, the last week from Monday to Monday, the last
/// month, in that zone, however many hours they had.
pub fn periods(period: Period, calendar: bool, now: Timestamp, zone: &TimeZone) -> Periods {
    let rolling = || Periods::of(Range::new(now.plus(-period.length()), now));
    let by_calendar = match period {
        Period::Daily => days(now, zone),
        Period::Weekly => weeks(now, zone),
        Period::Monthly => months(now, zone),
        Period::LastHour | Period::Length(_) => None,
    };
    by_calendar.filter(|_| calendar).unwrap_or_else(rolling)
}

fn days(now: Timestamp, zone: &TimeZone) -> Option<Periods> {
    let (date, yesterday) = day_before(wall(now, zone)?.date(), zone)?;
    let (_, before) = day_before(date, zone)?;
    let week = between(date.checked_sub(7.days()).ok()?, date.checked_sub(6.days()).ok()?, zone)?;
    Some(Periods { now: yesterday, before, week: Some(week).filter(|week| week.length() > 0) })
}

/// A day that a zone left out, when it went to the other side of the date line, is none.
fn day_before(mut date: Date, zone: &TimeZone) -> Option<(Date, Range)> {
    loop {
        let day = date.yesterday().ok()?;
        let range = between(day, date, zone)?;
        if range.length() > 0 {
            return Some((day, range));
        }
        date = day;
    }
}

/// The week before is the period before.
fn weeks(now: Timestamp, zone: &TimeZone) -> Option<Periods> {
    let today = wall(now, zone)?.date();
    let monday = today.checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days()).ok()?;
    let [last, before] = [7, 14].map(|days| monday.checked_sub(days.days()).ok());
    let (last, before) = (last?, before?);
    Some(Periods { now: between(last, monday, zone)?, before: between(before, last, zone)?, week: None })
}

fn months(now: Timestamp, zone: &TimeZone) -> Option<Periods> {
    let first = wall(now, zone)?.date().first_of_month();
    let last = first.checked_sub(1.month()).ok()?;
    let before = first.checked_sub(2.months()).ok()?;
    Some(Periods { now: between(last, first, zone)?, before: between(before, last, zone)?, week: None })
}

fn wall(at: Timestamp, zone: &TimeZone) -> Option<DateTime> {
    Some(zone.to_datetime(Instant::from_millisecond(at.0).ok()?))
}

/// From the first moment of a day to the first moment of another.
fn between(from: Date, to: Date, zone: &TimeZone) -> Option<Range> {
    let start = |date: Date| moment(date.to_datetime(jiff::civil::Time::midnight()), zone);
    Some(Range::new(start(from)?, start(to)?))
}

impl Plan {
    /// What the report is called: `daily, Sunday 2026-11-22`; without days where its period is not one of whole days.
    pub fn title(&self) -> String {
        match dated(self.periods.now, &self.zone) {
            Some(days) => format!("{}, {days}", self.label),
            None => self.label.clone(),
        }
    }
}

/// The day, the days or the month that the range is.
fn dated(range: Range, zone: &TimeZone) -> Option<String> {
    let (from, to) = (wall(range.start, zone)?.date(), wall(range.end, zone)?.date());
    if range.length() <= 0 || between(from, to, zone)? != range {
        return None;
    }
    let last = day_before(to, zone)?.0;
    let is_month = from.day() == 1 && from.checked_add(1.month()).is_ok_and(|next| next == to);
    Some(match () {
        () if from == last => from.strftime("%A %Y-%m-%d").to_string(),
        () if is_month => from.strftime("%B %Y").to_string(),
        () => format!("{from} to {last}"),
    })
}
