//! The one-shot report as a whole: from answers to the three formats, the exit code and the file.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

#[path = "report/browser.rs"]
mod browser;
#[path = "report/evidence.rs"]
mod evidence;
#[path = "report/exit.rs"]
mod exit;
#[path = "report/fired.rs"]
mod fired;
#[path = "report/hostile.rs"]
mod hostile;
#[path = "report/html.rs"]
mod html;
#[path = "report/json.rs"]
mod json;
#[path = "report/logs.rs"]
mod logs;
#[path = "report/markdown.rs"]
mod markdown;
#[path = "report/periods.rs"]
mod periods;
#[path = "report/schema.rs"]
mod schema;
#[path = "report/script.rs"]
mod script;
#[path = "report/send.rs"]
mod send;
#[path = "report/send_mail.rs"]
mod send_mail;
#[path = "report/send_words.rs"]
mod send_words;
#[allow(dead_code, reason = "the tests of the network use the rest of it")]
#[path = "support/server.rs"]
mod server;
#[path = "report/text.rs"]
mod text;
#[path = "report/told.rs"]
mod told;
#[path = "report/traces.rs"]
mod traces;
