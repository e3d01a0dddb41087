//! Sends a finished report to its targets, all at once: one that hangs holds up nobody.
//!
//! Everything is written before the first byte goes out. What may have arrived is never sent a second time.

mod email;
mod file;
mod hook;
mod name;
mod slack;

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::timeout;

use super::document::Report;
use crate::model::format::Format;
use crate::model::target::{Target, Way};
use crate::source::poll::Clock;
use crate::text::Plain;
use crate::time::{format_duration, millis};

pub use name::file_name;
pub use slack::messages;

/// How often and how long it is tried.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Before the second and the third try.
    pub pauses: [Duration; 2],
    /// The longest that a server may ask us to wait.
    pub most_wait: Duration,
    /// Of one target, with all its tries.
    pub deadline: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            pauses: [Duration::from_secs(2), Duration::from_secs(10)],
            most_wait: Duration::from_secs(60),
            deadline: Duration::from_secs(4 * 60),
        }
    }
}

impl Patience {
    /// How long to wait after so many tries; nothing when that was the last one.
    fn pause(&self, tries: usize, asked: Option<Duration>) -> Option<Duration> {
        let pause = tries.checked_sub(1).and_then(|place| self.pauses.get(place))?;
        Some(asked.map_or(*pause, |asked| asked.min(self.most_wait)))
    }
}

/// What became of one target.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub target: String,
    /// What would have gone there, for whoever keeps it.
    pub formats: Vec<Format>,
    /// How it went there, or why it did not.
    pub result: Result<Plain, Plain>,
}

/// What a chat is told beside the report.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The exit code.
    pub code: u8,
    /// Where the whole report is to be found.
    pub places: Vec<Plain>,
}

/// A mail or message has these beside it when it is kept.
pub const WHOLE: [Format; 2] = [Format::Html, Format::Json];

/// Sends to all targets. The outcomes stand in their order.
pub async fn send(report: &Report, targets: &[Target], told: &Told, patience: &Patience, clock: Clock) -> Vec<Outcome> {
    join_all(targets.iter().map(|target| send_one(report, target, told, patience, clock))).await
}

async fn send_one(report: &Report, target: &Target, told: &Told, patience: &Patience, clock: Clock) -> Outcome {
    let sent = async {
        match &target.way {
            Way::Slack(hook) => hook::slack(hook, &messages(report, told), patience, clock).await,
            Way::Webhook(hook) => hook::json(hook, &target.name, report, patience, clock).await,
            Way::Email(mail) => email::send(mail, report, patience).await,
            Way::File(folder) => file::send(folder, report).await,
        }
    };
    let late = || {
        let after = format_duration(millis(patience.deadline));
        Err(Plain::from(format!("not done after {after} and given up; a part of it may have arrived")))
    };
    let result = timeout(patience.deadline, sent).await.unwrap_or_else(|_| late());
    let formats = match &target.way {
        Way::Slack(_) | Way::Email(_) => WHOLE.to_vec(),
        Way::Webhook(_) => vec![Format::Json],
        Way::File(folder) => folder.formats.clone(),
    };
    Outcome { target: target.name.clone(), formats, result }
}
