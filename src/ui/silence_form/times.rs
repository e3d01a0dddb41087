//! When a silence begins and ends, as a person types it.

use jiff::tz::TimeZone;

use crate::time::{DAY, Timestamp, parse_duration, parse_moment};

/// The clock that counts here, which is the server's, and the zone in which times are typed and shown.
#[derive(Clone, Copy)]
pub struct Clock<'a> {
    pub now: Timestamp,
    pub zone: &'a TimeZone,
}

impl Clock<'_> {
    /// `16:03`, with the day where it is another one than today.
    pub fn brief(&self, at: Timestamp) -> String {
        let day = |at: Timestamp| at.format("%F", self.zone);
        let pattern = match () {
            () if day(at) == day(self.now) => "%H:%M",
            () if at.since(self.now).abs() < 300 * DAY => "%a %d %b %H:%M",
            () => "%F %H:%M",
        };
        at.format(pattern, self.zone)
    }

    /// The same with the zone: `16:03 UTC`.
    pub fn show(&self, at: Timestamp) -> String {
        self.brief(at) + &at.format(" %Z", self.zone)
    }

    /// A time of day is the next one; a date is what it says.
    fn moment(&self, text: &str) -> Result<Timestamp, String> {
        let text = text.trim();
        let at = parse_moment(text, self.now, self.zone).map_err(|error| error.0)?;
        let is_time_of_day = !text.contains('-') && text.contains(':');
        if at <= self.now && is_time_of_day {
            return parse_moment(text, self.now.plus(DAY), self.zone).map_err(|error| error.0);
        }
        Ok(at)
    }
}

/// `now` (which is nothing), `in 2h`, `18:00`, `2026-11-24 06:00`.
pub fn begins(text: &str, clock: Clock) -> Result<Option<Timestamp>, String> {
    let text = text.trim();
    if text.is_empty() || text == "now" {
        return Ok(None);
    }
    let at = match text.strip_prefix("in ").map(parse_duration) {
        Some(length) => clock.now.plus(length.map_err(|error| error.0)?),
        None => {
            clock.moment(text).map_err(|_| format!("`{text}` is no beginning; write now, in 2h, 18:00 or a date"))?
        }
    };
    if at <= clock.now {
        return Err("it would begin in the past; write now".to_owned());
    }
    Ok(Some(at))
}

/// How long it lasts, or when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    After(i64),
    At(Timestamp),
}

/// `2h`, `until 06:00`, `2026-11-24 06:00`.
pub fn ends(text: &str, clock: Clock) -> Result<End, String> {
    let text = text.trim();
    let (until, rest) = text.strip_prefix("until").map_or((false, text), |rest| (true, rest.trim()));
    if let (false, Ok(length)) = (until, parse_duration(rest)) {
        return Ok(End::After(length));
    }
    if text.is_empty() {
        return Err("it is empty; write 2h, 1h30m, until 06:00 or a date".to_owned());
    }
    // It would be read as an hour of the day, and who writes it means minutes.
    if !until && rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("`{text}` has no unit; write 2h, 15m or until 06:00"));
    }
    let wrong = |_| format!("`{text}` is no length and no end; write 2h, 1h30m, until 06:00 or a date");
    clock.moment(rest).map(End::At).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{HOUR, MINUTE};

    /// 2026-11-23T14:03:27Z, 15:03:27 in Berlin.
    const NOW: Timestamp = Timestamp(1_795_442_607_000);

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    #[test]
    fn an_end_is_a_length_or_a_time_in_the_zone_that_is_shown() {
        let zone = berlin();
        let clock = Clock { now: NOW, zone: &zone };
        assert_eq!(ends("1h30m", clock), Ok(End::After(90 * MINUTE)));
        let at = |text| match ends(text, clock).unwrap() {
            End::At(at) => at.rfc3339(),
            End::After(ms) => format!("{ms}"),
        };
        assert_eq!(at("until 16:00"), "2026-11-23T15:00:00Z");
        assert_eq!(at("until 06:00"), "2026-11-24T05:00:00Z", "the next one");
        assert_eq!(at("06:00"), "2026-11-24T05:00:00Z");
        assert_eq!(at("until 16"), "2026-11-23T15:00:00Z", "an hour is one only where it is said to be");
        assert_eq!(at("until 2026-11-25 08:30"), "2026-11-25T07:30:00Z");
        for text in ["", "until", "until 2h", "tomorrow", "0h", "-2h-", "15", "0", "2026"] {
            assert!(ends(text, clock).unwrap_err().contains("write 2h"), "{text}");
        }
    }

    #[test]
    fn it_begins_now_or_later_but_not_before() {
        let zone = berlin();
        let clock = Clock { now: NOW, zone: &zone };
        assert_eq!((begins(" now ", clock), begins("", clock)), (Ok(None), Ok(None)));
        assert_eq!(begins("in 2h", clock), Ok(Some(NOW.plus(2 * HOUR))));
        assert_eq!(begins("06:00", clock).unwrap().unwrap().rfc3339(), "2026-11-24T05:00:00Z");
        assert!(begins("2026-11-22 06:00", clock).unwrap_err().contains("past"));
        assert!(begins("-1h", clock).unwrap_err().contains("past"));
        assert!(begins("soon", clock).unwrap_err().contains("write now, in 2h"));
    }

    #[test]
    fn times_are_shown_with_their_day_where_it_is_not_today() {
        let zone = TimeZone::UTC;
        let clock = Clock { now: NOW, zone: &zone };
        assert_eq!(clock.show(NOW.plus(2 * HOUR)), "16:03 UTC");
        assert_eq!(clock.show(NOW.plus(16 * HOUR)), "Tue 24 Nov 06:03 UTC");
        assert_eq!(clock.show(NOW.plus(400 * DAY)), "2027-12-28 14:03 UTC");
    }
}
