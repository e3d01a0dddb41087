//! The report as messages of a chat: blocks within every limit of Slack, made from the report itself.
//!
//! What comes from outside is text and stays text: it calls nobody, links to nothing and formats nothing.

mod facts;
mod words;

use serde_json::{Value, json};

use self::words::{code, cut, escape};
use super::Told;
use crate::analysis::insight::Finding;
use crate::model::place::Time;
use crate::report::document::Report;
use crate::report::render::word;
use crate::report::words::together;

/// Slack's limits. Of all blocks together it takes some 13,000 characters, which it says nowhere.
const HEADER: usize = 150;
const SECTION: usize = 3_000;
const MOST_BLOCKS: usize = 50;
const BUDGET: usize = 10_000;
const FALLBACK: usize = 3_000;
/// The most messages of one report: more are noise, and the report itself has the rest.
const MOST_MESSAGES: usize = 3;
/// The most findings that a channel reads.
const MOST_FINDINGS: usize = 10;
/// A sentence, and the command below it; one that is longer is not shown, because half a command is none.
const SENTENCE: usize = 900;
const COMMAND: usize = 1_200;

/// The bodies to post, in this order.
pub fn messages(report: &Report, told: &Told) -> Vec<String> {
    let (mut kept, more) = pack(blocks(report, told));
    let end = ending(report, told, more);
    if let Some(last) = kept.last_mut() {
        last.push(end);
    }
    let count = kept.len();
    let body = |(place, blocks): (usize, Vec<Value>)| {
        let part = if count > 1 { format!(" ({} of {count})", place + 1) } else { String::new() };
        let text = format!("{}{part}", fallback(report));
        let quiet = json!({
            "text": text,
            "blocks": blocks,
            "unfurl_links": false,
            "unfurl_media": false,
            "link_names": false,
            "parse": "none",
        });
        quiet.to_string()
    };
    kept.into_iter().enumerate().map(body).collect()
}

/// Into messages, in order. Gives how many blocks did not fit into the last one.
fn pack(blocks: Vec<Value>) -> (Vec<Vec<Value>>, usize) {
    // The last message has an ending of its own.
    const ENDING: usize = SECTION + 200;
    let mut messages: Vec<Vec<Value>> = vec![Vec::new()];
    let (mut used, all) = (0, blocks.len());
    for (place, block) in blocks.into_iter().enumerate() {
        let size = block.to_string().chars().count();
        let is_full =
            used + size > BUDGET - ENDING || messages.last().is_some_and(|last| last.len() + 1 >= MOST_BLOCKS);
        if is_full && messages.len() == MOST_MESSAGES {
            return (messages, all - place);
        }
        if is_full {
            messages.push(Vec::new());
            used = 0;
        }
        used += size;
        if let Some(last) = messages.last_mut() {
            last.push(block);
        }
    }
    (messages, 0)
}

fn blocks(report: &Report, told: &Told) -> Vec<Value> {
    let level = word(report.summary.level);
    let sentence = match level {
        "" => format!("*{}*", escape(&report.summary.text, SECTION / 2)),
        level => format!("*{level}:* {}", escape(&report.summary.text, SECTION / 2)),
    };
    let mut blocks = vec![header(&title(report)), context(&about(report, told)), section(&sentence)];
    blocks.extend(facts::fields(report));
    blocks.extend(facts::not_asked(report).map(|text| section(&text)));
    let findings = &report.insights;
    for (place, finding) in findings.iter().take(MOST_FINDINGS).enumerate() {
        blocks.push(section(&insight(report, place + 1, finding)));
    }
    if findings.len() > MOST_FINDINGS {
        blocks.push(context(&format!("and {} more findings in the report", findings.len() - MOST_FINDINGS)));
    }
    blocks
}

fn title(report: &Report) -> String {
    let plan = &report.plan;
    let level = match word(report.summary.level) {
        "" => String::new(),
        level => format!("{level}: "),
    };
    let demo = if plan.demo { " (demo: simulated data)" } else { "" };
    format!("{level}{}, {}{demo}", plan.context, plan.label)
}

/// What a reader of one line sees, such as that of a notification.
fn fallback(report: &Report) -> String {
    escape(&format!("{}: {}", title(report), report.summary.text), FALLBACK)
}

fn about(report: &Report, told: &Told) -> String {
    let plan = &report.plan;
    let scope = plan.scope.as_ref().map_or_else(String::new, |scope| format!(", scope {}", escape(scope, 200)));
    let code = match told.code {
        0 => "calm (exit code 0)",
        1 => "something fires (exit code 1)",
        _ => "something could not be asked (exit code 2)",
    };
    let period = together(report.grid.now, &plan.zone);
    format!("{period} · context {}{scope} · {code}", escape(&plan.context, 200))
}

/// `1. *[87]* sentence`, and the command that shows it.
fn insight(report: &Report, number: usize, finding: &Finding) -> String {
    let sentence = escape(&finding.text, SENTENCE);
    let command = finding.evidence.first().map(|evidence| code(&report.plan.opening.command(&evidence.place)));
    let command = command.filter(|command| command.chars().count() <= COMMAND);
    let command = command.map_or_else(String::new, |command| format!("\n`{command}`"));
    format!("{number}. *[{:.0}]* {sentence}{command}", finding.score)
}

/// Where the rest is.
fn ending(report: &Report, told: &Told, more: usize) -> Value {
    let left_out = if more > 0 { "More did not fit in here. " } else { "" };
    let places: Vec<String> = told.places.iter().map(|place| escape(place, 400)).collect();
    let text = match places.is_empty() {
        false => format!("{left_out}The whole report also goes to: {}", places.join(", ")),
        true => {
            let command = code(&report.plan.opening.line("overview", Time::Fixed(report.grid.now), None));
            match command.chars().count() {
                ..=COMMAND => format!("{left_out}Look around: `{command}`"),
                _ => left_out.to_owned(),
            }
        }
    };
    context(&format!("{text} · a360 {}", report.plan.version))
}

fn header(text: &str) -> Value {
    json!({ "type": "header", "text": { "type": "plain_text", "text": cut(text, HEADER), "emoji": false } })
}

/// Of text that is escaped and short enough.
fn section(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": cut(text, SECTION), "verbatim": true } })
}

fn context(text: &str) -> Value {
    json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": cut(text, SECTION), "verbatim": true }] })
}
