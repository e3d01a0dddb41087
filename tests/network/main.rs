//! The network half against servers that misbehave, recorded answers, and real servers.

#![cfg(test)]

mod alertmanager;
mod change;
mod every_recording;
mod fake;
mod http;
mod identity;
#[path = "../support/program.rs"]
mod program;
mod prometheus;
mod real;
mod real_alertmanager;
mod real_writing;
mod recorded;
#[path = "../support/recorded.rs"]
mod recordings;
mod search_documents;
mod search_engine;
mod search_failures;
#[path = "../support/server.rs"]
mod server;
mod tail;
mod tail_by_time;
mod tls;
mod traces;
mod traces_failures;
mod traces_recorded;
mod writing;
