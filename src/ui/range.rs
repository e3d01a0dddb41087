//! The one time range that all views share: live, or from and to.

use jiff::tz::TimeZone;

use crate::model::window::Span;
use crate::time::{BadTime, DAY, MINUTE, Range, SECOND, Timestamp, format_duration, parse_duration, parse_moment};

/// The shortest and the longest range that can be shown.
const SHORTEST: i64 = 30 * SECOND;
const LONGEST: i64 = 366 * DAY;

/// What the charts show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The last so many ms, moving.
    Live(i64),
    Fixed(Range),
}

impl Shown {
    pub fn length(self) -> i64 {
        match self {
            Self::Live(length) => length,
            Self::Fixed(range) => range.length(),
        }
    }

    pub fn is_live(self) -> bool {
        matches!(self, Self::Live(_))
    }

    /// From and to at this moment.
    pub fn at(self, now: Timestamp) -> Range {
        match self {
            Self::Live(length) => Range::new(now.plus(-length), now),
            Self::Fixed(range) => range,
        }
    }

    pub fn span(self) -> Span {
        match self {
            Self::Live(length) => Span::Live { length },
            Self::Fixed(range) => Span::Fixed(range),
        }
    }

    /// `factor` below 1 shows less. Around a moment if one is given; else a live range stays live.
    pub fn zoom(self, factor: f64, around: Option<Timestamp>, now: Timestamp) -> Self {
        let length = ((self.length() as f64 * factor) as i64).clamp(SHORTEST, LONGEST);
        match (self, around) {
            (Self::Live(_), None) => Self::Live(length),
            (shown, around) => {
                let old = shown.at(now);
                let middle = around.unwrap_or(old.start.plus(old.length() / 2));
                // The moment keeps its place on the screen.
                let before = (middle.since(old.start) as f64 * length as f64 / old.length().max(1) as f64) as i64;
                let start = middle.plus(-before);
                Self::fixed(start, start.plus(length), now)
            }
        }
    }

    /// Moves by a share of the length; a range that reaches now again is live again.
    pub fn pan(self, share: f64, now: Timestamp) -> Self {
        let shift = (self.length() as f64 * share) as i64;
        let range = self.at(now);
        if range.end.plus(shift) >= now {
            return Self::Live(self.length());
        }
        Self::Fixed(Range::new(range.start.plus(shift), range.end.plus(shift)))
    }

    /// A part of what is shown, not shorter than can be.
    pub fn part(range: Range, now: Timestamp) -> Self {
        let end = range.end.max(range.start.plus(SHORTEST)).min(now);
        Self::Fixed(Range::new(range.start.min(end.plus(-SHORTEST)), end))
    }

    fn fixed(start: Timestamp, end: Timestamp, now: Timestamp) -> Self {
        let end = end.min(now.max(start.plus(SHORTEST)));
        Self::Fixed(Range::new(start.min(end.plus(-SHORTEST)), end))
    }

    /// `1h`, `live 6h`, `14:00 to 15:00`, `-3h to -1h`, `2026-11-23 14:00 to now`.
    pub fn parse(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Self, BadTime> {
        let text = text.trim();
        let ends = text.split_once(" to ").or_else(|| text.split_once(" - ")).or_else(|| text.split_once(".."));
        let Some((from, to)) = ends else {
            let length = parse_duration(text.strip_prefix("live").unwrap_or(text).trim())?;
            return Self::live(length);
        };
        let (start, end) = (parse_moment(from, now, zone)?, parse_moment(to, now, zone)?);
        Self::between(start, end)
    }

    pub fn live(length: i64) -> Result<Self, BadTime> {
        if (SHORTEST..=LONGEST).contains(&length) {
            Ok(Self::Live(length))
        } else {
            Err(BadTime(format!("a range of {} cannot be shown; 30s to 366d can", format_duration(length))))
        }
    }

    pub fn between(start: Timestamp, end: Timestamp) -> Result<Self, BadTime> {
        match end.since(start) {
            length if length <= 0 => Err(BadTime("the range ends before it begins; write FROM to TO".to_owned())),
            length => Self::live(length).map(|_| Self::Fixed(Range::new(start, end))),
        }
    }

    /// As the header shows it.
    pub fn label(self, zone: &TimeZone) -> String {
        match self {
            Self::Live(length) => format!("live {}", format_duration(length)),
            Self::Fixed(Range { start, end }) => {
                let day = |t: Timestamp| t.format("%F", zone);
                let time = if end.since(start) < 10 * MINUTE { "%H:%M:%S" } else { "%H:%M" };
                let from = start.format(&format!("%F {time}"), zone);
                let to = end.format(if day(start) == day(end) { time } else { "%F %H:%M" }, zone);
                format!("{from} – {to}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR;

    const NOW: Timestamp = Timestamp(1_700_000_000_000); // 2023-11-14T22:13:20Z

    fn parse(text: &str) -> Result<Shown, BadTime> {
        Shown::parse(text, NOW, &TimeZone::UTC)
    }

    #[test]
    fn ranges_are_read_as_people_write_them() {
        assert_eq!(parse("6h"), Ok(Shown::Live(6 * HOUR)));
        assert_eq!(parse("live 15m"), Ok(Shown::Live(15 * MINUTE)));
        let back = Range::new(NOW.plus(-3 * HOUR), NOW.plus(-HOUR));
        assert_eq!(parse("-3h to -1h"), Ok(Shown::Fixed(back)));
        assert_eq!(parse("14:00 to 15:00").unwrap().label(&TimeZone::UTC), "2023-11-14 14:00 – 15:00");
        assert!(parse("15:00 to 14:00").unwrap_err().0.contains("before it begins"));
        assert!(parse("5s").is_err());
        assert!(parse("tomorrow").is_err());
    }

    #[test]
    fn zoom_keeps_live_live_and_the_crosshair_in_place() {
        assert_eq!(Shown::Live(HOUR).zoom(0.5, None, NOW), Shown::Live(HOUR / 2));
        let around = NOW.plus(-HOUR / 4);
        let Shown::Fixed(range) = Shown::Live(HOUR).zoom(0.5, Some(around), NOW) else { panic!("not fixed") };
        assert_eq!(range.length(), HOUR / 2);
        assert_eq!(around.since(range.start), HOUR * 3 / 8);
        assert_eq!(Shown::Live(SHORTEST).zoom(0.1, None, NOW), Shown::Live(SHORTEST));
    }

    #[test]
    fn a_part_is_long_enough_and_not_in_the_future() {
        let range = Range::new(NOW.plus(-10 * MINUTE), NOW.plus(-5 * MINUTE));
        assert_eq!(Shown::part(range, NOW), Shown::Fixed(range));
        for (from, to) in [(NOW.plus(-10 * MINUTE), NOW.plus(-10 * MINUTE + 100)), (NOW.plus(-100), NOW.plus(100))] {
            let shown = Shown::part(Range::new(from, to), NOW).at(NOW);
            assert_eq!(shown.length(), SHORTEST);
            assert!(shown.end <= NOW && shown.start <= from, "{shown:?}");
        }
    }

    #[test]
    fn panning_back_stops_the_clock_and_forward_starts_it_again() {
        let earlier = Shown::Live(HOUR).pan(-0.5, NOW);
        assert_eq!(earlier.at(NOW).end, NOW.plus(-HOUR / 2));
        assert_eq!(earlier.pan(0.5, NOW), Shown::Live(HOUR));
    }

    #[test]
    fn zooming_out_never_shows_the_future() {
        let fixed = Shown::Fixed(Range::new(NOW.plus(-HOUR), NOW.plus(-MINUTE)));
        assert!(fixed.zoom(2.0, None, NOW).at(NOW).end <= NOW);
    }
}
