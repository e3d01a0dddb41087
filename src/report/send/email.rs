//! The report as a mail: what it says, and who was left after each try.

use tokio::time::sleep;

use super::hook::key;
use super::{Patience, file_name};
use crate::model::format::Format;
use crate::model::target::Mail;
use crate::report::document::Report;
use crate::report::render::{mail as html, render, word};
use crate::source::smtp::{self, Fault, Parts};
use crate::text::Plain;

pub async fn send(mail: &Mail, report: &Report, patience: &Patience) -> Result<Plain, Plain> {
    let (text, full) = (render(report, Format::Text, false), render(report, Format::Html, false));
    let parts = Parts {
        subject: &subject(report),
        text: &text,
        html: &html(report),
        attached: (&file_name(&report.plan, Format::Html), &full),
        at: report.plan.generated_at,
        id: &key(&[&mail.server, &mail.to.join(","), &full]),
    };
    let letter = smtp::letter(mail, &parts)?;
    let mut left = mail.to.clone();
    let mut refused: Vec<Plain> = Vec::new();
    let mut tries = 0;
    loop {
        tries += 1;
        let why = match smtp::send(mail, &letter, &left).await {
            Ok(not_taken) => {
                let (later, never): (Vec<_>, Vec<_>) =
                    not_taken.into_iter().partition(|one| matches!(one.fault, Fault::Passing(_)));
                refused.extend(never.into_iter().map(|one| one.fault.text().clone()));
                left = later.iter().map(|one| one.mailbox.clone()).collect();
                later.first().map(|one| one.fault.text().clone())
            }
            Err(Fault::Passing(why)) => Some(why),
            Err(Fault::Lasting(why)) => return Err(left_over(mail, &left, &refused, why)),
            Err(Fault::Unclear(why)) => {
                let why = format!("{why}: it may have arrived, so it was not sent again");
                return Err(left_over(mail, &left, &refused, Plain::from(why)));
            }
        };
        let Some(why) = why else { return done(mail, &refused) };
        match patience.pause(tries, None) {
            Some(pause) => sleep(pause).await,
            None => {
                let why = Plain::from(format!("{why} (tried {tries} times)"));
                return Err(left_over(mail, &left, &refused, why));
            }
        }
    }
}

fn done(mail: &Mail, refused: &[Plain]) -> Result<Plain, Plain> {
    let reached = mail.to.len() - refused.len();
    match refused {
        [] if reached == 1 => Ok(Plain::new("1 mailbox")),
        [] => Ok(Plain::from(format!("{reached} mailboxes"))),
        refused => Err(Plain::from(format!("{}{}", join(refused), others(reached)))),
    }
}

fn left_over(mail: &Mail, left: &[String], refused: &[Plain], why: Plain) -> Plain {
    let reached = mail.to.len() - left.len() - refused.len();
    let all: Vec<Plain> = refused.iter().cloned().chain([why]).collect();
    Plain::from(format!("{}{}", join(&all), others(reached)))
}

fn join(whys: &[Plain]) -> String {
    whys.iter().map(Plain::as_str).collect::<Vec<_>>().join("; ")
}

fn others(reached: usize) -> String {
    match reached {
        0 => String::new(),
        1 => "; 1 other mailbox has it".to_owned(),
        more => format!("; {more} other mailboxes have it"),
    }
}

/// `CRITICAL: a360 daily report, prod: one sentence`; the level first, where a phone still shows it.
fn subject(report: &Report) -> String {
    let plan = &report.plan;
    let level = match word(report.summary.level) {
        "" => String::new(),
        level => format!("{level}: "),
    };
    let scope = plan.scope.as_ref().map_or_else(String::new, |scope| format!(" {scope}"));
    let demo = if plan.demo { "demo, " } else { "" };
    format!("{level}{}{scope}, {demo}{}: {}", plan.context, plan.label, report.summary.text)
}
