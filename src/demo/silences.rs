//! The silences of the demo's Alertmanager, in memory: made, changed, ended and refused as a real one does it.

use std::collections::BTreeSet;

use crate::model::fault::FetchError;
use crate::model::labels::Labels;
use crate::model::matcher::{self, Matcher, Op};
use crate::model::silence::{Silence, SilenceState};
use crate::model::write::{Draft, Ends, Write, Written};
use crate::text::Plain;
use crate::time::{DAY, HOUR, MINUTE, SECOND, Timestamp};

pub struct Silences {
    /// Their states are those of the time they were changed.
    list: Vec<Silence>,
    /// How many were made since the start.
    made: u32,
}

impl Silences {
    /// Those that are known when the demo begins.
    pub fn new(started: Timestamp) -> Self {
        Self { list: first(started), made: 0 }
    }

    /// All with their states at `now`, what silences now first.
    pub fn at(&self, now: Timestamp) -> Vec<Silence> {
        let mut silences = self.list.clone();
        for silence in &mut silences {
            silence.state = state(silence, now);
        }
        silences.sort_by(|a, b| (a.state, a.ends_at, &a.id).cmp(&(b.state, b.ends_at, &b.id)));
        silences
    }

    pub fn write(&mut self, write: &Write, now: Timestamp) -> Result<Written, FetchError> {
        match write {
            // Nothing is ever lost on the way here, so that there is nothing to look for.
            Write::Silence(draft) | Write::Again(draft) => self.keep(draft, now).map(Written::Silenced),
            Write::Expire(id) => {
                end(self.find(id)?, now);
                Ok(Written::Expired(id.clone()))
            }
        }
    }

    fn find(&mut self, id: &str) -> Result<&mut Silence, FetchError> {
        let missing = || refusal("not found", "there is no such silence any more");
        self.list.iter_mut().find(|silence| silence.id == id).ok_or_else(missing)
    }

    fn keep(&mut self, draft: &Draft, now: Timestamp) -> Result<String, FetchError> {
        let wanted = checked(draft, now)?;
        if let Some(id) = &draft.id {
            let held = self.find(id)?;
            if may_become(held, &wanted, now) {
                let id = held.id.clone();
                *held = Silence { id: id.clone(), ..wanted };
                return Ok(id);
            }
            // Another takes its place.
            end(held, now);
        }
        self.made += 1;
        let id = id(self.made);
        self.list.push(Silence { id: id.clone(), starts_at: wanted.starts_at.max(now), ..wanted });
        Ok(id)
    }
}

fn refusal(kind: &str, message: &str) -> FetchError {
    FetchError::Server { kind: Plain::new(kind), message: Plain::new(message) }
}

/// As it would be kept, or what is wrong with it.
fn checked(draft: &Draft, now: Timestamp) -> Result<Silence, FetchError> {
    let incomplete = |what: &str| refusal("error 422", what);
    let invalid = |what: &str| refusal("error 400", what);
    if draft.matchers.is_empty() {
        return Err(incomplete("matchers in body should have at least 1 items"));
    }
    for (name, text) in [("comment", &draft.comment), ("createdBy", &draft.created_by)] {
        if text.is_empty() {
            return Err(incomplete(&format!("{name} in body is required")));
        }
    }
    let compiled = matcher::compile(&draft.matchers).map_err(|why| invalid(&format!("invalid silence: {why}")))?;
    if matcher::all_match(&compiled, &Labels::default()) {
        return Err(invalid("invalid silence: at least one matcher must not match the empty string"));
    }
    let starts_at = draft.starts_at.unwrap_or(now);
    let ends_at = match draft.ends {
        Ends::At(at) => at,
        Ends::After(ms) => now.plus(ms),
    };
    if ends_at <= starts_at {
        return Err(invalid("Failed to create silence: start time must be before end time"));
    }
    if ends_at < now {
        return Err(invalid("Failed to create silence: end time can't be in the past"));
    }
    Ok(Silence {
        id: String::new(),
        state: SilenceState::Pending,
        matchers: draft.matchers.clone(),
        starts_at,
        ends_at,
        created_by: draft.created_by.clone(),
        comment: draft.comment.clone(),
    })
}

/// Whether a silence may be changed in its place: what it hides may not change, nor when it began.
fn may_become(held: &Silence, wanted: &Silence, now: Timestamp) -> bool {
    let set = |silence: &Silence| silence.matchers.iter().cloned().collect::<BTreeSet<_>>();
    let times = match state(held, now) {
        SilenceState::Active => held.starts_at.floor_to(SECOND) == wanted.starts_at.floor_to(SECOND),
        SilenceState::Pending => wanted.starts_at >= now,
        SilenceState::Expired => false,
    };
    times && set(held) == set(wanted)
}

fn end(silence: &mut Silence, now: Timestamp) {
    silence.starts_at = silence.starts_at.min(now);
    silence.ends_at = silence.ends_at.min(now);
}

fn state(silence: &Silence, now: Timestamp) -> SilenceState {
    match now {
        now if now >= silence.ends_at => SilenceState::Expired,
        now if now < silence.starts_at => SilenceState::Pending,
        _ => SilenceState::Active,
    }
}

/// Looks like those of a server, and differs at the front, which is what people compare.
fn id(number: u32) -> String {
    format!("{:08x}-0360-4a36-8360-{number:012x}", number.wrapping_mul(0x9e37_79b1))
}

fn first(started: Timestamp) -> Vec<Silence> {
    let silence = |id: &str, matcher, (from, to), by: &str, comment: &str| Silence {
        id: id.to_owned(),
        state: SilenceState::Pending,
        matchers: vec![matcher],
        starts_at: started.plus(from),
        ends_at: started.plus(to),
        created_by: by.into(),
        comment: comment.into(),
    };
    vec![
        silence(
            "0c5f3a52-7d0e-4b7c-9a53-1f2e8d64b901",
            Matcher::new("service", Op::Equal, "reports"),
            (-40 * MINUTE, 3 * HOUR),
            "mara",
            "rebuilding the index, slow until it is done",
        ),
        silence(
            "3b9d61c4-2f18-4e0a-8c77-a4d05be3f712",
            Matcher::new("job", Op::Equal, "cassandra"),
            (DAY, DAY + 2 * HOUR),
            "jonas",
            "database upgrade",
        ),
        silence(
            "9e27f0b8-51aa-4d36-b1e9-6c38a7d2540f",
            Matcher::new("alertname", Op::Fits, "HighErrorRate|HighLatency"),
            (-150 * MINUTE, -2 * HOUR),
            "mara",
            "deploy",
        ),
    ]
}

#[cfg(test)]
mod tests;
