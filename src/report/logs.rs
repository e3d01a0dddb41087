//! What is asked of the logs, and what the report makes of it.

use super::ask::{Answers, Question, Topic, When};
use super::document::{Logs, Patterns};
use super::plan::Grid;
use crate::analysis::patterns::compare::Kind;
use crate::analysis::patterns::tally::between;
use crate::model::log::{Count, Page, Search};
use crate::model::query::{Answer, Query};
use crate::model::window::Span;
use crate::time::{Range, Timestamp};

/// Lines of each period that patterns are sought in: what a server gives at once.
const LINES: u32 = 10_000;
/// Patterns that are told.
const MOST: usize = 20;

pub fn questions(grid: &Grid) -> Vec<Question> {
    let search = Search::default;
    let lines =
        |period: Range| Query::Lines { search: search(), span: Span::Fixed(period), before: None, limit: LINES };
    let tallies = Query::Tallies { search: search(), span: Span::Fixed(grid.now) };
    vec![
        Question { topic: Topic::LogTallies, when: When::Now, query: tallies },
        Question { topic: Topic::LogLines, when: When::Now, query: lines(grid.now) },
        Question { topic: Topic::LogLines, when: When::Before, query: lines(grid.before) },
    ]
}

pub fn logs(answers: &Answers, grid: &Grid) -> Logs {
    let tallies = match answers.of(Topic::LogTallies, When::Now) {
        Some(Answer::Tallies(tallies)) => Some(tallies.clone()),
        _ => None,
    };
    Logs { tallies, patterns: patterns(answers, grid) }
}

fn patterns(answers: &Answers, grid: &Grid) -> Option<Patterns> {
    let page = |when| if let Answer::Lines(page) = answers.of(Topic::LogLines, when)? { Some(page) } else { None };
    let (now, before) = (page(When::Now)?, page(When::Before)?);
    let (within, within_before) = (seen(now, grid.now), seen(before, grid.before));
    let mut found = between((&now.lines, within), (&before.lines, within_before));
    found.retain(|finding| matches!(finding.kind, Kind::New | Kind::Grown(_)));
    found.truncate(MOST);
    Some(Patterns {
        lines: now.lines.len(),
        from: within.start.0,
        lines_before: before.lines.len(),
        from_before: within_before.start.0,
        found,
    })
}

/// The part of the period that the lines are of: those that were left out are older.
fn seen(page: &Page, period: Range) -> Range {
    match (page.total, page.lines.first()) {
        (Count::Exactly(total), _) if total <= page.lines.len() as u64 => period,
        (_, Some(first)) => {
            let start = Timestamp(first.at.div_euclid(1_000_000)).max(period.start);
            Range::new(start.min(period.end), period.end)
        }
        (_, None) => Range::new(period.end, period.end),
    }
}
