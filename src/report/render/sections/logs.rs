//! The logs as a section of the page.

use super::NOT_ASKED;
use crate::analysis::logs::factor;
use crate::analysis::patterns::compare::Kind;
use crate::analysis::patterns::tally::Finding;
use crate::model::log::Tallies;
use crate::report::document::{Logs, Patterns, Report};
use crate::report::render::page::{Block, Sheet};
use crate::text::Plain;

pub fn logs(logs: &Logs, report: &Report) -> Vec<Block> {
    let absent = |what: &str| vec![Block::Line(format!("{what}: {NOT_ASKED}"))];
    let mut blocks = logs.tallies.as_ref().map_or_else(|| absent("error types and requests"), tallies);
    blocks.extend(logs.patterns.as_ref().map_or_else(|| absent("patterns"), |found| patterns(found, report)));
    blocks
}

fn tallies(tallies: &Tallies) -> Vec<Block> {
    let mut blocks: Vec<Block> = tallies
        .over
        .map(|over| Block::Line(format!("error types and requests are counted over {over} lines")))
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
    let rows = of.iter().map(|(name, count)| vec![name.to_string(), count.to_string()]).collect();
    Block::Table(Sheet::new(&[name, "lines"], rows))
}

fn patterns(patterns: &Patterns, report: &Report) -> Vec<Block> {
    let clock = |at| report.plan.clock(at, &report.grid);
    let seen = format!(
        "patterns of {} lines since {}, against {} lines since {} in the period before",
        patterns.lines,
        clock(patterns.from),
        patterns.lines_before,
        clock(patterns.from_before)
    );
    let row = |finding: &Finding| {
        let kind = if let Kind::Grown(times) = finding.kind { factor(times) } else { "new".to_owned() };
        let first = clock(finding.first.div_euclid(1_000_000));
        let cells =
            [finding.level.word().to_owned(), finding.count.to_string(), finding.before.to_string(), kind, first];
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
