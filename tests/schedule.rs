//! `a360 schedule` as a whole: the loop on a clock of its own, and the program with its lock, its signals and its state.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

#[path = "schedule/looping.rs"]
mod looping;
#[path = "schedule/printing.rs"]
mod printing;
#[path = "schedule/program.rs"]
mod program;
