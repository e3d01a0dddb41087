//! The outside world: every request, every secret, every byte that comes back, and what this machine says of itself.
//! Nothing else in the crate names a network library.

pub mod alertmanager;
pub mod elasticsearch;
pub mod hook;
pub mod host;
pub mod http;
pub mod jaeger;
pub mod json;
pub mod poll;
pub mod prometheus;
pub mod secret;
pub mod smtp;
pub mod writer;
