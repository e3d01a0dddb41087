//! a360, the on-call console: the library behind the binary.
//!
//! The map, and who may import whom (`tests/layers.rs` enforces it):
pub mod analysis; // pure thinking over what was answered; imports model
pub mod cli; // the command line as plain data
pub mod config; // what the user decided; imports model
pub mod demo; // a simulated Agent360 and the engine that answers questions about it; imports model
pub mod model; // the nouns: questions, answers, faults; imports text and time
pub mod report; // asks everything once and writes it down; imports source, analysis, store, model
pub mod run; // the loop, the terminal guard, signals, the clock; sits on top
pub mod source; // the outside world: who is asked, and how answers are read; imports model, text, time
pub mod store; // the last good answer and its age; imports model
pub mod telemetry; // our own traces, and the only place that names OpenTelemetry; imports model, text and time
pub mod text; // Plain: outside text made safe; imports nothing of ours
pub mod time; // points and spans of time, no clock; imports nothing of ours
pub mod ui; // the interactive console; imports store, model, analysis
