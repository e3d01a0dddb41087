//! A simulated Agent360 that answers the console's questions without a server.

mod alertmanager;
pub mod engine;
mod service;
mod silences;
pub mod sim;

pub use service::Service;
