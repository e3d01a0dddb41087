//! What log lines say together: one sentence for each thing that stands out.

use super::patterns::PatternId;
use super::patterns::compare::Kind;
use super::patterns::tally::Finding;
use crate::model::log::{Count, Level, Page};
use crate::model::unit::Unit;
use crate::time::{Range, Timestamp};

/// What is new with fewer lines is worth a sentence only if it is an error or a warning.
const MANY: u64 = 20;
/// So many errors of one kind are worth it.
const FEW: u64 = 3;
/// A pattern is quoted up to so many characters; among other things up to fewer.
const QUOTED: usize = 80;
const SHORT: usize = 40;

/// The part of a stretch of time that a page of its newest lines tells all of: those that were left out are older.
pub fn covered(page: &Page, stretch: Range) -> Range {
    match page.lines.first() {
        _ if page.is_all() => stretch,
        Some(first) => {
            let start = Timestamp::of_ns(first.at).max(stretch.start);
            Range::new(start.min(stretch.end), stretch.end)
        }
        None => Range::new(stretch.end, stretch.end),
    }
}

/// What of the findings is worth a sentence, at most so many. `clock` writes a time in ms.
pub fn insights(findings: &[Finding], most: usize, clock: &dyn Fn(i64) -> String) -> Vec<String> {
    findings.iter().filter(|finding| is_news(finding)).take(most).map(|finding| sentence(finding, clock)).collect()
}

/// New, or grown.
pub fn stands_out(finding: &Finding) -> bool {
    matches!(finding.kind, Kind::New | Kind::Grown(_))
}

fn is_news(finding: &Finding) -> bool {
    let is_trouble = finding.level <= Level::Warn || finding.count >= MANY;
    stands_out(finding) && (is_trouble || finding.kind != Kind::New)
}

fn sentence(finding: &Finding, clock: &dyn Fn(i64) -> String) -> String {
    let is_rest = finding.id == PatternId::OTHERS;
    let text = if is_rest { "what fits no pattern".to_owned() } else { quoted(&finding.text, '`', QUOTED) };
    let from = finding.services.first().map_or_else(String::new, |service| match finding.services.len() {
        1 => format!(" from {service}"),
        more => format!(" from {service} and {} more", more - 1),
    });
    let first = clock(Timestamp::of_ns(finding.first).0);
    let lines = lines(finding.count);
    match finding.kind {
        Kind::Grown(times) => {
            let since = finding.since.map_or_else(String::new, |since| format!(" since {}", clock(since)));
            let first = if is_rest { String::new() } else { format!(", first seen {first}") };
            format!("{text}{from} grew {}{since}, {lines}{first}", factor(times))
        }
        _ => format!("{text}{from} is new: {lines}, first seen {first}"),
    }
}

/// What the logs say of an endpoint that fails, or of everything: `"upstream timeout after …" is new in its logs`.
pub fn blamed(findings: &[Finding], endpoint: Option<&str>) -> Option<String> {
    let is_of = |finding: &Finding| endpoint.is_none_or(|endpoint| is_about(finding, endpoint));
    let is_error = |finding: &Finding| finding.level == Level::Error && finding.id != PatternId::OTHERS;
    let found = findings.iter().find(|finding| stands_out(finding) && is_error(finding) && is_of(finding))?;
    let whose = if endpoint.is_some() { "its logs" } else { "the logs" };
    let text = quoted(beginning(&found.text), '"', SHORT);
    Some(match found.kind {
        Kind::Grown(times) => format!("{text} grew {} in {whose}", factor(times)),
        _ => format!("{text} is new in {whose}"),
    })
}

/// Its lines name the endpoint; where they name none, their service has the name of a part of the endpoint's path.
fn is_about(finding: &Finding, endpoint: &str) -> bool {
    if !finding.endpoints.is_empty() {
        return finding.endpoints.iter().any(|one| *one == *endpoint);
    }
    finding.services.iter().any(|service| endpoint.split('/').any(|part| *service == *part))
}

/// What is worth to be told although nothing fires: errors, or many lines.
pub fn loudest(findings: &[Finding]) -> Option<&Finding> {
    let least = |finding: &Finding| if finding.level == Level::Error { FEW } else { MANY };
    findings.iter().find(|finding| is_news(finding) && finding.count >= least(finding))
}

/// `40x`; `2.5x` where it is few.
pub fn factor(times: f64) -> String {
    if times < 9.95 { format!("{times:.1}x") } else { format!("{times:.0}x") }
}

/// `4,812`, or `1.2 M` where the last digits say nothing any more.
pub fn number(count: u64) -> String {
    match count {
        0..1_000 => count.to_string(),
        1_000..1_000_000 => format!("{},{:03}", count / 1_000, count % 1_000),
        _ => Unit::Count.show(count as f64),
    }
}

/// `4,812`; `10,000+` where there may be more.
pub fn total(count: Count) -> String {
    match count {
        Count::Exactly(count) => number(count),
        Count::AtLeast(count) => format!("{}+", number(count)),
    }
}

/// `1 line`, `4,812 lines`
pub fn lines(count: u64) -> String {
    if count == 1 { "1 line".to_owned() } else { format!("{} lines", number(count)) }
}

/// The words before the first value, where they say enough: whoever looks for them finds the lines.
fn beginning(text: &str) -> &str {
    const LINKS: [&str; 12] = ["after", "at", "by", "for", "from", "in", "is", "of", "on", "the", "to", "with"];
    let Some((mut start, _)) = text.split_once("<*>") else { return text };
    while let Some((rest, last)) = start.trim_end().rsplit_once(' ')
        && LINKS.contains(&last)
    {
        start = rest;
    }
    if start.split_whitespace().count() > 1 { start.trim_end() } else { text }
}

/// As whoever looks for it would type it, up to so many characters.
fn quoted(text: &str, quote: char, most: usize) -> String {
    let mut chars = text.chars();
    let start: String = chars.by_ref().take(most).collect();
    let more = if chars.next().is_some() { "…" } else { "" };
    format!("{quote}{start}{more}{quote}")
}

#[cfg(test)]
mod tests;
