//! `a360 schedule list`: what is done when, and how it went the last time.

use jiff::tz::TimeZone;

use super::entry;
use super::serve::outcome;
use crate::config::{Config, Schedule};
use crate::report::schedule::State;
use crate::text::Plain;
use crate::time::{Timestamp, length};

const NEXT: usize = 3;

pub fn list(config: &Config, state: &State, now: Timestamp) -> String {
    let pages: Vec<String> = config.schedules.iter().map(|schedule| one(schedule, config, state, now)).collect();
    pages.join("\n")
}

fn one(schedule: &Schedule, config: &Config, state: &State, now: Timestamp) -> String {
    let entry = entry(schedule);
    let zone = schedule.zone.time_zone();
    let both = |at: Timestamp| {
        let there = at.format("%a %Y-%m-%d %H:%M %Z", &zone);
        format!("{there} ({})", at.format("%Y-%m-%d %H:%M UTC", &TimeZone::UTC))
    };
    let mut text = format!("{}: {}\n", schedule.name, entry.words);
    let mut say = |word: &str, what: &str| text.push_str(&format!("  {word:6} {}\n", Plain::new(what)));
    if let Some(due) = state.due(&entry, now) {
        say("missed", &format!("{}, made up for at the next start", both(due)));
    }
    let first = state.next(&entry, now);
    let next = std::iter::successors(first, |at| entry.timetable.next(*at)).take(NEXT);
    next.enumerate().for_each(|(number, at)| say(if number == 0 { "next" } else { "" }, &both(at)));
    match state.last(&schedule.name) {
        None => say("last", "never"),
        Some(last) => {
            let said = format!("{}, took {}, exit code {}", outcome(last.code), length(last.took_ms), last.code);
            say("last", &format!("{}: {said}", both(last.due)));
        }
    }
    say("what", &what(schedule, config));
    say("to", &places(schedule));
    text
}

fn what(schedule: &Schedule, config: &Config) -> String {
    let calendar = if schedule.calendar { " by the calendar" } else { "" };
    let context = schedule.context.as_ref().unwrap_or(&config.context);
    let scope = schedule.scope.as_ref().map_or_else(String::new, |scope| format!(", scope {scope}"));
    format!("{}{calendar}, context {context}{scope}", schedule.period)
}

fn places(schedule: &Schedule) -> String {
    let formats: Vec<&str> = schedule.formats.iter().map(|format| format.word()).collect();
    let folder = schedule.folder.iter().map(|path| format!("{} ({})", path.display(), formats.join(", ")));
    schedule.send.iter().cloned().chain(folder).collect::<Vec<_>>().join(", ")
}
