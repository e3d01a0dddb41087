//! The one-shot report as a whole: from answers to the three formats, the exit code and the file.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

#[path = "report/evidence.rs"]
mod evidence;
#[path = "report/exit.rs"]
mod exit;
#[path = "report/fired.rs"]
mod fired;
#[path = "report/hostile.rs"]
mod hostile;
#[path = "report/json.rs"]
mod json;
#[path = "report/logs.rs"]
mod logs;
#[path = "report/markdown.rs"]
mod markdown;
#[path = "report/schema.rs"]
mod schema;
#[path = "report/script.rs"]
mod script;
#[path = "report/text.rs"]
mod text;
#[path = "report/told.rs"]
mod told;
#[path = "report/traces.rs"]
mod traces;
