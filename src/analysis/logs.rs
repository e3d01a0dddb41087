//! What log lines say together: the tables of errors and requests, and one sentence for each thing that stands out.

use std::collections::HashMap;

use super::patterns::compare::Kind;
use super::patterns::tally::Finding;
use crate::model::log::{Level, Line, Tallies};
use crate::text::Plain;

/// What lines without the field are counted as.
pub const NONE: &str = "(none)";
/// What is new with fewer lines is worth a sentence only if it is an error or a warning.
const MANY: u64 = 20;
/// A pattern is quoted up to so many characters.
const QUOTED: usize = 80;

/// Error types of the lines of level ERROR, endpoints of those of type `request`: of these lines and no others.
pub fn tallies<'a>(lines: impl IntoIterator<Item = &'a Line>) -> Tallies {
    let (mut errors, mut requests, mut over) = (HashMap::new(), HashMap::new(), 0);
    for line in lines {
        over += 1;
        if line.level == Level::Error {
            *errors.entry(&line.error_type).or_insert(0_u64) += 1;
        }
        if line.kind == "request" {
            *requests.entry(&line.endpoint).or_insert(0_u64) += 1;
        }
    }
    Tallies { error_types: ranked(errors), requests: ranked(requests), over: Some(over), notes: Vec::new() }
}

fn ranked(counts: HashMap<&Plain, u64>) -> Vec<(Plain, u64)> {
    let name = |name: &Plain| if name.is_empty() { Plain::new(NONE) } else { name.clone() };
    let mut ranked: Vec<(Plain, u64)> = counts.into_iter().map(|(field, count)| (name(field), count)).collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    ranked
}

/// What of the findings is worth a sentence, at most so many. `clock` writes a time in ms.
pub fn insights(findings: &[Finding], most: usize, clock: &dyn Fn(i64) -> String) -> Vec<String> {
    findings.iter().filter(|finding| is_news(finding)).take(most).map(|finding| sentence(finding, clock)).collect()
}

fn is_news(finding: &Finding) -> bool {
    match finding.kind {
        Kind::New => finding.level <= Level::Warn || finding.count >= MANY,
        Kind::Grown(_) => true,
        Kind::Same | Kind::Unknown | Kind::Fallen(_) | Kind::Gone => false,
    }
}

fn sentence(finding: &Finding, clock: &dyn Fn(i64) -> String) -> String {
    let text = quoted(&finding.text);
    let from = finding.services.first().map_or_else(String::new, |service| match finding.services.len() {
        1 => format!(" from {service}"),
        more => format!(" from {service} and {} more", more - 1),
    });
    let first = clock(finding.first.div_euclid(1_000_000));
    let lines = if finding.count == 1 { "1 line".to_owned() } else { format!("{} lines", finding.count) };
    match finding.kind {
        Kind::Grown(times) => {
            let since = finding.since.map_or_else(String::new, |since| format!(" since {}", clock(since)));
            format!("{text}{from} grew {}{since}, {lines}, first seen {first}", factor(times))
        }
        _ => format!("{text}{from} is new: {lines}, first seen {first}"),
    }
}

/// `40x`; `2.5x` where it is few.
pub fn factor(times: f64) -> String {
    if times < 9.95 { format!("{times:.1}x") } else { format!("{times:.0}x") }
}

/// Backticks, as whoever looks for it would type it.
fn quoted(text: &str) -> String {
    let mut chars = text.chars();
    let start: String = chars.by_ref().take(QUOTED).collect();
    let more = if chars.next().is_some() { "…" } else { "" };
    format!("`{start}{more}`")
}

#[cfg(test)]
mod tests;
