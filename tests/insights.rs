//! Whether the first finding of a report names what went wrong, over simulated incidents, and says nothing on calm days.
//!
//! `cargo test --test insights -- --include-ignored --nocapture` prints the tables. The whole takes minutes without
//! optimisation; one seed of incidents and a few calm days are part of every run.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

#[path = "insights/calm.rs"]
mod calm;
#[path = "insights/draw.rs"]
mod draw;
#[path = "insights/incidents.rs"]
mod incidents;
#[path = "insights/stage.rs"]
mod stage;
