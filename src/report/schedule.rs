//! Which scheduled report is due: what was done so far, and what was missed since. Pure; the clock comes in.
//!
//! An entry is settled up to a moment. Whatever fell due after it is done once, the newest of it; so a run is made up
//! for after the machine was off, and none is done twice, whoever wakes us and however often.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::timetable::Timetable;
use crate::time::{DAY, MINUTE, Timestamp};

/// What is later than this was missed, and is made up for.
pub const LATE: i64 = 2 * MINUTE;

const VERSION: u32 = 1;

/// One scheduled report, as far as time goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub name: String,
    /// When, in words; where they change, what was missed before means nothing.
    pub words: String,
    pub timetable: Timetable,
}

/// What was done so far; kept from one start to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    version: u32,
    entries: BTreeMap<String, Record>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    when: String,
    /// Everything due until then is done.
    settled: Timestamp,
    pub last: Option<Ended>,
}

/// A run that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    pub due: Timestamp,
    pub began: Timestamp,
    pub took_ms: i64,
    pub code: u8,
}

impl Default for State {
    fn default() -> Self {
        Self { version: VERSION, entries: BTreeMap::new() }
    }
}

impl State {
    pub fn read(text: &str) -> Result<Self, String> {
        let state: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if state.version == VERSION { Ok(state) } else { Err(format!("it is of version {}", state.version)) }
    }

    pub fn text(&self) -> String {
        // There is nothing in it that JSON cannot hold.
        serde_json::to_string_pretty(self).map_or_else(|_| String::new(), |text| text + "\n")
    }

    /// Knows an entry from `since` on, if it is new or at another time than it was.
    pub fn admit(&mut self, entry: &Entry, since: Timestamp, now: Timestamp) {
        let known = self.entries.get(&entry.name);
        // Settled up to a time far ahead: the clock was wrong once, and the entry would wait for that time.
        if known.is_some_and(|known| known.when == entry.words && known.settled <= now.plus(DAY)) {
            return;
        }
        let last = known.and_then(|known| known.last);
        let record = Record { when: entry.words.clone(), settled: since, last };
        self.entries.insert(entry.name.clone(), record);
    }

    /// The newest run that is due and not done; older ones are not made up for.
    pub fn due(&self, entry: &Entry, now: Timestamp) -> Option<Timestamp> {
        entry.timetable.latest(self.entries.get(&entry.name)?.settled, now)
    }

    /// When the entry is due next.
    pub fn next(&self, entry: &Entry, now: Timestamp) -> Option<Timestamp> {
        let settled = self.entries.get(&entry.name).map_or(now, |record| record.settled);
        entry.timetable.next(settled.max(now))
    }

    pub fn settle(&mut self, name: &str, ended: Ended) {
        if let Some(record) = self.entries.get_mut(name) {
            record.settled = record.settled.max(ended.due);
            record.last = Some(ended);
        }
    }

    pub fn last(&self, name: &str) -> Option<Ended> {
        self.entries.get(name)?.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::timetable::{Rule, parse_time};
    use crate::time::HOUR;
    use jiff::tz::TimeZone;

    const MIDNIGHT: Timestamp = Timestamp(20_000 * DAY);

    fn entry(at: &str) -> Entry {
        let timetable = Timetable { rule: Rule::Daily(parse_time(at).unwrap()), zone: TimeZone::UTC };
        Entry { name: "morning".to_owned(), words: format!("daily at {at}"), timetable }
    }

    fn ended(due: Timestamp) -> Ended {
        Ended { due, began: due, took_ms: 4_000, code: 0 }
    }

    #[test]
    fn at_the_first_start_there_is_nothing_to_make_up_for() {
        let (mut state, entry) = (State::default(), entry("07:30"));
        assert_eq!(state.due(&entry, MIDNIGHT), None);
        let now = MIDNIGHT.plus(8 * HOUR);
        state.admit(&entry, now, now);
        assert_eq!(state.due(&entry, now), None);
        assert_eq!(state.next(&entry, now), Some(MIDNIGHT.plus(DAY + 7 * HOUR + HOUR / 2)));
    }

    #[test]
    fn the_newest_missed_run_is_made_up_for_once() {
        let (mut state, entry) = (State::default(), entry("07:30"));
        state.admit(&entry, MIDNIGHT, MIDNIGHT);
        let now = MIDNIGHT.plus(5 * DAY);
        let due = state.due(&entry, now).unwrap();
        assert_eq!(due, MIDNIGHT.plus(4 * DAY + 7 * HOUR + HOUR / 2));
        state.settle("morning", ended(due));
        assert_eq!(state.due(&entry, now), None);
        assert_eq!(state.due(&entry, due.plus(DAY)), Some(due.plus(DAY)));
        let again = State::read(&state.text()).unwrap();
        assert_eq!((again.last("morning"), again == state), (Some(ended(due)), true));
    }

    #[test]
    fn another_time_begins_anew_and_keeps_the_outcome() {
        let mut state = State::default();
        state.admit(&entry("07:30"), MIDNIGHT, MIDNIGHT);
        state.settle("morning", ended(MIDNIGHT));
        let now = MIDNIGHT.plus(5 * DAY);
        state.admit(&entry("06:00"), now, now);
        assert_eq!(state.due(&entry("06:00"), now), None);
        assert!(state.last("morning").is_some());
    }

    #[test]
    fn a_clock_that_was_wrong_does_not_silence_an_entry() {
        let (mut state, entry) = (State::default(), entry("07:30"));
        state.admit(&entry, MIDNIGHT, MIDNIGHT);
        state.settle("morning", ended(MIDNIGHT.plus(3_650 * DAY)));
        state.admit(&entry, MIDNIGHT, MIDNIGHT);
        assert_eq!(state.due(&entry, MIDNIGHT.plus(8 * HOUR)), Some(MIDNIGHT.plus(7 * HOUR + HOUR / 2)));
        // A clock that goes back by an hour does not bring a run again.
        let due = MIDNIGHT.plus(7 * HOUR + HOUR / 2);
        state.settle("morning", ended(due));
        state.admit(&entry, due.plus(-HOUR), due.plus(-HOUR));
        assert_eq!(state.due(&entry, due), None);
        assert_eq!(state.next(&entry, due.plus(-HOUR)), Some(due.plus(DAY)));
    }

    #[test]
    fn what_is_no_state_is_refused() {
        for text in ["", "{}", "[]", "{\"version\": 2, \"entries\": {}}"] {
            assert!(State::read(text).is_err(), "{text}");
        }
    }
}
