//! The logs as a section of the page.

use super::NOT_ASKED;
use crate::analysis::logs::{factor, number, total};
use crate::analysis::patterns::compare::Kind;
use crate::analysis::patterns::tally::Finding;
use crate::model::log::{Level, Tallies};
use crate::report::document::{Logs, Patterns, Report};
use crate::report::render::page::{Block, Sheet};
use crate::report::words::looked_at;
use crate::text::Plain;
use crate::time::Timestamp;

pub fn logs(logs: &Logs, report: &Report) -> Vec<Block> {
    let absent = |what: &str| vec![Block::Line(format!("{what}: {NOT_ASKED}"))];
    let mut blocks: Vec<Block> = volume(logs).into_iter().map(Block::Line).collect();
    blocks.extend(logs.tallies.as_ref().map_or_else(|| absent("error types and requests"), tallies));
    blocks.extend(logs.patterns.as_ref().map_or_else(|| absent("patterns"), |found| patterns(found, report)));
    blocks
}

/// `63,210 lines, 51,000 before; ERROR 1,310 (0 before), WARN 3,502 (212 before)`
fn volume(logs: &Logs) -> Option<String> {
    let volume = logs.volume.as_ref()?;
    let before = logs.volume_before.as_ref();
    let levels = [Level::Error, Level::Warn].map(|level| {
        let before = before.map_or_else(String::new, |before| format!(" ({} before)", number(before.of(level))));
        format!("{} {}{before}", level.word(), number(volume.of(level)))
    });
    let before = before.map_or_else(String::new, |before| format!(", {} before", total(before.total)));
    Some(format!("{} lines{before}; {}", total(volume.total), levels.join(", ")))
}

fn tallies(tallies: &Tallies) -> Vec<Block> {
    let mut blocks: Vec<Block> = tallies
        .over
        .map(|over| Block::Line(format!("error types and requests are counted over {} lines", number(over))))
        .into_iter()
        .collect();
    blocks.push(counts("error type", "no line of level ERROR", &tallies.error_types));
    blocks.push(counts("request", "no line of type request", &tallies.requests));
    blocks
}

fn counts(name: &str, none: &str, of: &[(Plain, u64)]) -> Block {
    if of.is_empty() {
        return Block::Line(none.to_owned());
    }
    let rows = of.iter().map(|(name, count)| vec![name.to_string(), number(*count)]).collect();
    Block::Table(Sheet::new(&[name, "lines"], rows))
}

fn patterns(patterns: &Patterns, report: &Report) -> Vec<Block> {
    let clock = |at| report.plan.clock(at, &report.grid);
    let seen = format!(
        "patterns of {}, against {} in the period before{}",
        looked_at(patterns.lines, patterns.of),
        looked_at(patterns.lines_before, patterns.of_before),
        if patterns.is_sample { ": the newest of each part of it, and counts are of those" } else { "" }
    );
    let row = |finding: &Finding| {
        let kind = if let Kind::Grown(times) = finding.kind { factor(times) } else { "new".to_owned() };
        let first = clock(Timestamp::of_ns(finding.first).0);
        let cells = [finding.level.word().to_owned(), number(finding.count), number(finding.before), kind, first];
        [finding.text.to_string()].into_iter().chain(cells).collect()
    };
    let rows: Vec<Vec<String>> = patterns.found.iter().map(row).collect();
    let found = if rows.is_empty() {
        Block::Line("none is new or grown".to_owned())
    } else {
        Block::Table(Sheet::new(&["pattern", "level", "lines", "before", "change", "first"], rows))
    };
    vec![Block::Line(seen), found]
}
