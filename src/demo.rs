//! A simulated Agent360 that answers the console's questions without a server.

mod alertmanager;
pub mod documents;
pub mod engine;
mod logs;
mod service;
mod silences;
pub mod sim;
mod traces;

pub use service::Service;
