//! The simulated Agent360 as a live process: what it serves, what it sends, and what can be done to it.

#![cfg(test)]

#[path = "watched_service/control.rs"]
mod control;
#[path = "watched_service/logs.rs"]
mod logs;
#[path = "watched_service/process.rs"]
mod process;
#[path = "watched_service/sink.rs"]
mod sink;
#[path = "watched_service/traces.rs"]
mod traces;
#[path = "support/wire.rs"]
mod wire;
