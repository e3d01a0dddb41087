//! What a list of silences says of a change that may have been made.

use std::collections::BTreeSet;

use crate::model::silence::{Silence, SilenceState};
use crate::model::write::{Draft, Ends, Write, Written};
use crate::time::{SECOND, Timestamp};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    Done(Written),
    /// The silence is there, and as it was.
    Undone,
    Missing,
}

/// What to send when it is tried again.
pub fn retry(write: Write) -> Write {
    match write {
        Write::Silence(draft) => Write::Again(draft),
        other => other,
    }
}

pub fn trace(write: &Write, silences: &[Silence], server_now: Timestamp) -> Seen {
    match write {
        Write::Silence(draft) | Write::Again(draft) => {
            let found = silences.iter().find(|silence| is_made_from(silence, draft, server_now));
            found.map_or(Seen::Missing, |silence| Seen::Done(Written::Silenced(silence.id.clone())))
        }
        Write::Expire(id) => match silences.iter().find(|silence| silence.id == *id) {
            None => Seen::Missing,
            Some(silence) if silence.state == SilenceState::Expired => Seen::Done(Written::Expired(id.clone())),
            Some(_) => Seen::Undone,
        },
    }
}

/// Whether what was done is among the silences already.
pub fn is_shown(written: &Written, silences: &[Silence]) -> bool {
    let is_over = |silence: &Silence| silence.state == SilenceState::Expired;
    match written {
        Written::Silenced(id) => silences.iter().any(|silence| silence.id == *id),
        Written::Expired(id) => silences.iter().all(|silence| silence.id != *id || is_over(silence)),
    }
}

fn is_made_from(silence: &Silence, draft: &Draft, server_now: Timestamp) -> bool {
    let near = |a: Timestamp, b: Timestamp| a.since(b).abs() <= SECOND;
    let ends = match draft.ends {
        Ends::At(at) => at,
        // Nobody knows when this one would have arrived.
        Ends::After(_) => return false,
    };
    let set = |matchers: &[_]| matchers.iter().cloned().collect::<BTreeSet<_>>();
    silence.state != SilenceState::Expired
        && near(silence.ends_at, ends)
        && begins_as(silence, draft.starts_at, server_now)
        && silence.created_by == draft.created_by
        && silence.comment == draft.comment
        && set(&silence.matchers) == set(&draft.matchers)
}

/// A start that is past becomes the moment at which the server has it.
fn begins_as(silence: &Silence, starts: Option<Timestamp>, server_now: Timestamp) -> bool {
    match starts {
        Some(at) if at > server_now => silence.starts_at.since(at).abs() <= SECOND,
        _ => silence.starts_at <= server_now.plus(SECOND),
    }
}
