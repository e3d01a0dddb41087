//! The loop: waits for the next entry that is due, has it done, and keeps that it was.
//!
//! The clock on the wall is looked at twice a minute: one long sleep would miss it being set, and the machine waking up.

use std::pin::Pin;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::report::NOT_SENT;
use crate::report::schedule::{Ended, Entry, LATE, State};
use crate::source::poll::Clock;
use crate::time::{MINUTE, SECOND, Timestamp, length};

/// A run that takes longer is given up, so that it does not hold up the others for ever.
pub const DEADLINE: Duration = Duration::from_secs(30 * 60);
const LOOK: i64 = 30 * SECOND;
/// A timer that wakes us for an entry that was never done is so late at most.
const GRACE: i64 = 5 * MINUTE;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    Always,
    /// Does what is due, and ends.
    Once,
}

/// Who does the work.
pub trait Office {
    /// Does the entry of that number, which was due then; gives its exit code.
    fn run(&mut self, number: usize, due: Timestamp) -> impl Future<Output = u8>;
    /// Whether what ran last has begun to send: then it may have arrived, and is not done again.
    fn has_begun_to_send(&self) -> bool;
    fn keep(&mut self, state: &State);
    /// Says something of an entry.
    fn say(&mut self, number: usize, text: &str, is_well: bool);
}

/// Knows all entries. At the first start ever there is nothing to make up for, but what a timer woke us for.
pub fn admit(state: &mut State, entries: &[Entry], wake: Wake, now: Timestamp) {
    let since = if wake == Wake::Once { now.plus(-GRACE) } else { now };
    for entry in entries {
        state.admit(entry, since, now);
    }
}

/// Whether there is anything to do.
pub fn is_due(entries: &[Entry], state: &State, now: Timestamp) -> bool {
    let mut state = state.clone();
    admit(&mut state, entries, Wake::Once, now);
    entries.iter().any(|entry| state.due(entry, now).is_some())
}

/// Gives the exit code: what `stop` says, or the worst of the runs.
pub async fn serve(
    entries: &[Entry],
    state: &mut State,
    office: &mut impl Office,
    mut stop: Pin<&mut impl Future<Output = u8>>,
    clock: Clock,
    wake: Wake,
) -> u8 {
    let mut worst = 0;
    loop {
        let now = clock();
        admit(state, entries, wake, now);
        let due = entries.iter().enumerate().filter_map(|(number, entry)| Some((state.due(entry, now)?, number)));
        // The one that waits longest first, so that none that is due often keeps the others waiting.
        if let Some((due, number)) = due.min() {
            if now.since(due) > LATE {
                let zone = &entries[number].timetable.zone;
                let (when, late) = (due.format("%Y-%m-%d %H:%M %z", zone), length(now.since(due)));
                office.say(number, &format!("makes up for the run of {when}, late by {late}"), true);
            }
            let code = tokio::select! {
                biased;
                code = &mut stop => {
                    if office.has_begun_to_send() {
                        state.settle(&entries[number].name, ended(due, now, clock(), NOT_SENT));
                        office.keep(state);
                        office.say(number, "was stopped while it was sent; a part of it may have arrived, so it is not sent again", false);
                    } else {
                        office.say(number, "was stopped under way; it will be made up for", false);
                    }
                    return code;
                }
                code = timeout(DEADLINE, office.run(number, due)) => code,
            };
            let code = code.unwrap_or_else(|_| {
                office.say(number, &format!("was given up after {}m", DEADLINE.as_secs() / 60), false);
                NOT_SENT
            });
            let ended = ended(due, now, clock(), code);
            state.settle(&entries[number].name, ended);
            office.keep(state);
            let text = format!("{}, took {}, exit code {code}", outcome(code), length(ended.took_ms));
            office.say(number, &text, code == 0);
            worst = worst.max(code);
            continue;
        }
        if wake == Wake::Once {
            return worst;
        }
        let next = entries.iter().filter_map(|entry| state.next(entry, now)).min();
        let wait = next.map_or(LOOK, |next| next.since(clock())).clamp(1, LOOK);
        tokio::select! {
            biased;
            code = &mut stop => return code,
            () = sleep(Duration::from_millis(wait.unsigned_abs())) => {}
        }
    }
}

fn ended(due: Timestamp, began: Timestamp, now: Timestamp, code: u8) -> Ended {
    Ended { due, began, took_ms: now.since(began).max(0), code }
}

/// What an exit code says.
pub fn outcome(code: u8) -> &'static str {
    match code {
        0 => "calm",
        1 => "something fires",
        2 => "something could not be asked",
        _ => "not sent",
    }
}
