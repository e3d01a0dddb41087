//! Brings a finished report to its files and targets, and keeps what could not be brought there.

use std::collections::BTreeSet;

use super::document::Report;
use super::send::{Outcome, Told, file_name, send};
use super::write::{keep as keep_file, write};
use super::{Delivery, render, say};
use crate::cli::Output;
use crate::model::format::Format;
use crate::model::target::Way;
use crate::source::poll::Clock;
use crate::telemetry;
use crate::text::Plain;

/// Writes the files. Gives the formats of those that could not be written, and says why.
pub fn files(report: &Report, delivery: &Delivery) -> Vec<Format> {
    let mut unsent = Vec::new();
    for (format, output) in &delivery.files {
        let text = telemetry::step("render").in_scope(|| render(report, *format, delivery.ascii));
        if let Err(error) = telemetry::step("write").in_scope(|| write(output, &text)) {
            say(format!("a360: {error}\n"));
            unsent.push(*format);
        }
    }
    unsent
}

/// Sends to the targets, and says what became of each. Success is for a person who watches.
pub async fn targets(report: &Report, delivery: &Delivery, code: u8, watched: bool, clock: Clock) -> Vec<Format> {
    let told = Told { code, places: places(delivery) };
    let mut unsent = Vec::new();
    for Outcome { target, formats, result } in send(report, &delivery.targets, &told, &delivery.patience, clock).await {
        match result {
            Ok(how) if watched => say(format!("a360: sent to {target} ({how})\n")),
            Ok(_) => {}
            Err(why) => {
                say(format!("a360: not sent to {target}: {why}\n"));
                unsent.extend(formats);
            }
        }
    }
    unsent
}

/// Where those who read a message find the whole report.
fn places(delivery: &Delivery) -> Vec<Plain> {
    let path = |output: &Output| match output {
        Output::File(path) => Some(Plain::from(path.to_string_lossy().into_owned())),
        Output::Stdout => None,
    };
    let files = delivery.files.iter().filter_map(|(_, output)| path(output));
    let place = |way: &Way| match way {
        Way::Email(mail) => Some(Plain::from(format!("mailed to {}", mail.to.join(", ")))),
        Way::File(folder) => Some(Plain::from(folder.path.to_string_lossy().into_owned())),
        Way::Slack(_) | Way::Webhook(_) => None,
    };
    files.chain(delivery.targets.iter().filter_map(|target| place(&target.way))).collect()
}

/// On disk, and said where: nobody has to ask everything again.
pub fn keep(report: &Report, delivery: &Delivery, formats: &[Format]) {
    let formats: BTreeSet<Format> = formats.iter().copied().collect();
    let files: Vec<(String, String)> =
        formats.iter().map(|format| (file_name(&report.plan, *format), render(report, *format, false))).collect();
    match keep_file(&delivery.spare, &files) {
        Ok(paths) => {
            let paths: Vec<String> = paths.iter().map(|path| Plain::new(&path.to_string_lossy()).to_string()).collect();
            say(format!("a360: the report is kept in {}\n", paths.join(" and ")));
        }
        Err(error) => say(format!("a360: the report could not be kept either: {error}\n")),
    }
}
