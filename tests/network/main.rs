//! The network half against servers that misbehave, recorded answers, and real servers.

#![cfg(test)]

mod http;
mod identity;
mod prometheus;
mod real;
mod recorded;
#[path = "../support/server.rs"]
mod server;
mod tls;
