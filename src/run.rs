//! Joins the pure console to the outside: the loop, the terminal, signals and the clock.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::time::{Timestamp, millis};

pub mod author;
pub mod backend;
pub mod commands;
pub mod console;
pub mod event_loop;
pub mod input;
pub mod own_traces;
pub mod plan;
pub mod reporter;
pub mod schedule;
pub mod setup;
pub mod signals;
pub mod terminal;

/// Looks up an environment variable.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The time of this machine.
pub fn clock() -> Timestamp {
    Timestamp(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, millis))
}
