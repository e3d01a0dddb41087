//! The network half against servers that misbehave, recorded answers, and real servers.

#![cfg(test)]

mod http;
mod identity;
#[path = "../support/program.rs"]
mod program;
mod prometheus;
mod real;
mod recorded;
#[path = "../support/server.rs"]
mod server;
mod tls;
