//! Points and spans of time, as data. There is no clock in here: `now` always comes in from outside.

pub mod round;

use std::fmt;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp as Instant, Zoned};
use serde::{Deserialize, Serialize};

/// Nanoseconds of a millisecond.
const NS: i64 = 1_000_000;
pub const SECOND: i64 = 1_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// Milliseconds since the Unix epoch, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The millisecond that a moment lies in: log lines are dated in nanoseconds.
    pub fn of_ns(ns: i64) -> Self {
        Self(ns.div_euclid(NS))
    }

    /// In nanoseconds; the first or last moment that there is, where it does not fit.
    pub fn ns(self) -> i64 {
        self.0.saturating_mul(NS)
    }

    pub fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to here; negative when `earlier` is later.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The last multiple of `step` (ms) at or before this time.
    pub fn floor_to(self, step: i64) -> Self {
        Self(self.0 - self.0.rem_euclid(step.max(1)))
    }

    fn zoned(self, zone: &TimeZone) -> Option<Zoned> {
        Some(Instant::from_millisecond(self.0).ok()?.to_zoned(zone.clone()))
    }

    /// `strftime` in a zone; `?` for a time no calendar holds.
    pub fn format(self, pattern: &str, zone: &TimeZone) -> String {
        self.zoned(zone).map_or_else(|| "?".to_owned(), |z| z.strftime(pattern).to_string())
    }

    /// RFC 3339 in UTC, with milliseconds where there are any.
    pub fn rfc3339(self) -> String {
        Instant::from_millisecond(self.0).map_or_else(|_| "?".to_owned(), |t| t.to_string())
    }
}

/// A closed stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Range {
    pub start: Timestamp,
    pub end: Timestamp,
}

impl Range {
    pub fn new(start: Timestamp, end: Timestamp) -> Self {
        Self { start, end }
    }

    /// Length in milliseconds.
    pub fn length(self) -> i64 {
        self.end.since(self.start)
    }

    pub fn contains(self, t: Timestamp) -> bool {
        self.start <= t && t <= self.end
    }

    /// The stretch of equal length that ends where this one starts.
    pub fn before(self) -> Self {
        Self::new(self.start.plus(-self.length()), self.start)
    }
}

/// What was wrong with a time or a duration that somebody typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadTime(pub String);

impl fmt::Display for BadTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadTime {}

const UNITS: [(&str, i64); 7] =
    [("w", 7 * DAY), ("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND), ("ms", 1), ("y", 365 * DAY)];

/// `90m`, `1h30m`, `7d`, `500ms`: Prometheus' notation, in milliseconds. Zero and nothing are refused.
pub fn parse_duration(text: &str) -> Result<i64, BadTime> {
    let bad = || BadTime(format!("`{text}` is not a duration; write 30s, 15m, 1h, 1h30m or 7d"));
    let mut rest = text.trim();
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(bad)?;
        let count: i64 = rest[..digits].parse().map_err(|_| bad())?;
        rest = &rest[digits..];
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let unit = UNITS.iter().find(|(name, _)| *name == &rest[..letters]).ok_or_else(bad)?.1;
        total = count.checked_mul(unit).and_then(|ms| total.checked_add(ms)).ok_or_else(bad)?;
        rest = &rest[letters..];
    }
    if total > 0 && total <= 20 * 365 * DAY { Ok(total) } else { Err(bad()) }
}

/// The shortest exact notation of a duration, readable by [`parse_duration`]: `1h30m`.
pub fn format_duration(ms: i64) -> String {
    let mut rest = ms.max(0);
    let mut out = String::new();
    for (name, unit) in [("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND), ("ms", 1)] {
        if rest >= unit {
            out.push_str(&format!("{}{name}", rest / unit));
            rest %= unit;
        }
    }
    if out.is_empty() { "0s".to_owned() } else { out }
}

/// A length as exact as it is of use: `45s`, `1m30s`, `1h59m`, `3d2h`. Rounded down, never negative.
pub fn length(ms: i64) -> String {
    let unit = match ms {
        ms if ms < 2 * MINUTE => SECOND,
        ms if ms < 2 * DAY => MINUTE,
        _ => HOUR,
    };
    format_duration(Timestamp(ms.max(0)).floor_to(unit).0)
}

/// How long ago, in one short word: `3s`, `6m`, `2h`, `4d`. Rounded down, never negative.
pub fn ago(ms: i64) -> String {
    match ms.max(0) {
        ms if ms < MINUTE => format!("{}s", ms / SECOND),
        ms if ms < HOUR => format!("{}m", ms / MINUTE),
        ms if ms < 2 * DAY => format!("{}h", ms / HOUR),
        ms => format!("{}d", ms / DAY),
    }
}

/// A moment as a person writes it: RFC 3339, `2026-11-23 14:00[:05]`, `14:00[:05]` (today), `now`, `-15m` or `now-15m`.
pub fn parse_moment(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, BadTime> {
    let text = text.trim();
    if text == "now" {
        return Ok(now);
    }
    if let Some(back) = text.strip_prefix("now").unwrap_or(text).strip_prefix('-')
        && let Ok(ms) = parse_duration(back)
    {
        return Ok(now.plus(-ms));
    }
    if let Ok(t) = text.parse::<Instant>() {
        return Ok(Timestamp(t.as_millisecond()));
    }
    civil(text, now, zone).ok_or_else(|| {
        BadTime(format!("`{text}` is not a time; write 14:00, 2026-11-23 14:00, 2026-11-23T14:00:00Z or -15m"))
    })
}

fn civil(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let at = match text.parse::<jiff::civil::DateTime>() {
        Ok(at) => at,
        Err(_) => now.zoned(zone)?.date().to_datetime(text.parse::<jiff::civil::Time>().ok()?),
    };
    Some(Timestamp(at.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond()))
}

/// Milliseconds of a `Duration`, capped at what fits.
pub fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_round_trip() {
        for (text, ms) in [("15m", 15 * MINUTE), ("1h30m", 90 * MINUTE), ("7d", 7 * DAY), ("500ms", 500)] {
            assert_eq!(parse_duration(text), Ok(ms));
            assert_eq!(format_duration(ms), text);
        }
        assert_eq!(parse_duration("2w"), Ok(14 * DAY));
    }

    #[test]
    fn nonsense_is_refused_with_examples() {
        for text in ["", "0s", "5", "m", "1us", "-5m", "1h-", "99999999999999999999h", "9999999w"] {
            let error = parse_duration(text).unwrap_err();
            assert!(error.0.contains("write 30s"), "{text}: {error}");
        }
    }

    #[test]
    fn moments_are_read_in_the_zone() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let now = Timestamp(1_700_000_000_000); // 2023-11-14T22:13:20Z, 23:13:20 in Berlin
        let read = |text| parse_moment(text, now, &zone).unwrap().rfc3339();
        assert_eq!(read("23:00"), "2023-11-14T22:00:00Z");
        assert_eq!(read("2023-11-14 12:30"), "2023-11-14T11:30:00Z");
        assert_eq!(read("2023-11-14T12:30:00Z"), "2023-11-14T12:30:00Z");
        assert_eq!(read("-15m"), "2023-11-14T21:58:20Z");
        assert_eq!(read("now-1h"), "2023-11-14T21:13:20Z");
        assert!(parse_moment("yesterday-ish", now, &zone).is_err());
    }

    #[test]
    fn floor_and_before() {
        assert_eq!(Timestamp(1_234).floor_to(500), Timestamp(1_000));
        assert_eq!(Timestamp(-1).floor_to(500), Timestamp(-500));
        let range = Range::new(Timestamp(100), Timestamp(160));
        assert_eq!(range.before(), Range::new(Timestamp(40), Timestamp(100)));
    }

    #[test]
    fn a_length_is_as_exact_as_it_is_of_use() {
        let lengths = [45_999, 90_500, 900_000, 7_199_999, 2 * DAY + 3 * HOUR + MINUTE, -5];
        assert_eq!(lengths.map(length), ["45s", "1m30s", "15m", "1h59m", "2d3h", "0s"]);
    }

    #[test]
    fn ago_is_short() {
        assert_eq!([0, 59_999, 60_000, HOUR, 3 * DAY, -5].map(ago), ["0s", "59s", "1m", "1h", "3d", "0s"]);
    }
}
