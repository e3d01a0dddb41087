//! What is asked of the logs, and what the report makes of it.
//!
//! Nobody can fetch all lines of a busy day: of each of some even parts of the period the newest lines are looked at,
//! so that what went on at noon is seen in the evening.

use super::ask::{Answers, Question, Topic, When};
use super::document::{Logs, Patterns};
use super::plan::{Depth, Grid, Plan, parts};
use crate::analysis::logs::{covered, stands_out};
use crate::analysis::patterns::tally::{Sample, between};
use crate::model::log::{Page, Search, Volume};
use crate::model::query::{Answer, Query};
use crate::model::window::Span;
use crate::time::Range;

/// Parts that a period is looked at in; fewer where somebody waits.
const PARTS: u8 = 12;
const PARTS_QUICK: u8 = 4;
/// Lines of each part that are looked at.
const LINES: u32 = 1_000;
const LINES_QUICK: u32 = 500;
/// Buckets that a period's lines are counted in: ten minutes of a day, or a storm would drown in its hour.
const BUCKETS: i64 = 144;
/// Patterns that are told.
const MOST: usize = 20;

pub fn questions(plan: &Plan, grid: &Grid) -> Vec<Question> {
    let search = Search::default().within(plan.watch.logs.as_ref());
    let (most, limit) = plan.depth.of((PARTS, LINES), (PARTS_QUICK, LINES_QUICK));
    let span = |period: Range| Span::Fixed(period);
    let tallies = Query::Tallies { search: search.clone(), span: span(grid.now) };
    let mut all = vec![Question { topic: Topic::LogTallies, when: When::Now, query: tallies }];
    for (when, period) in [(When::Now, grid.now), (When::Before, grid.before)] {
        let volume =
            Query::Volume { search: search.clone(), span: span(period), step: (period.length() / BUCKETS).max(1) };
        all.push(Question { topic: Topic::LogVolume, when, query: volume });
        all.extend(parts(period, most).map(|(number, part)| {
            let query = Query::Lines { search: search.clone(), span: span(part), before: None, limit };
            Question { topic: Topic::LogLines(number), when, query }
        }));
    }
    all
}

pub fn logs(answers: &Answers, grid: &Grid, depth: Depth) -> Logs {
    let tallies = match answers.of(Topic::LogTallies, When::Now) {
        Some(Answer::Tallies(tallies)) => Some(tallies.clone()),
        _ => None,
    };
    let volume =
        |when| if let Answer::Volume(volume) = answers.of(Topic::LogVolume, when)? { Some(volume) } else { None };
    let (volume, volume_before) = (volume(When::Now), volume(When::Before));
    let patterns = patterns(answers, grid, depth, (volume, volume_before));
    Logs { tallies, volume: volume.cloned(), volume_before: volume_before.cloned(), patterns }
}

fn patterns(
    answers: &Answers,
    grid: &Grid,
    depth: Depth,
    (volume, volume_before): (Option<&Volume>, Option<&Volume>),
) -> Option<Patterns> {
    let now = sample(answers, When::Now, grid.now, depth)?;
    let before = sample(answers, When::Before, grid.before, depth)?;
    let mut found = between(&now, &before);
    found.retain(stands_out);
    found.truncate(MOST);
    let count = |sample: &Sample| sample.parts.iter().map(|(lines, _)| lines.len()).sum();
    Some(Patterns {
        lines: count(&now),
        of: volume.map(|volume| volume.total),
        lines_before: count(&before),
        of_before: volume_before.map(|volume| volume.total),
        is_sample: now.is_sample() || before.is_sample(),
        found,
    })
}

/// What was seen of a period; nothing if no part of it was answered.
fn sample(answers: &Answers, when: When, period: Range, depth: Depth) -> Option<Sample<'_>> {
    let page =
        |number| if let Answer::Lines(page) = answers.of(Topic::LogLines(number), when)? { Some(page) } else { None };
    let seen: Vec<(&Page, Range)> =
        parts(period, depth.of(PARTS, PARTS_QUICK)).filter_map(|(number, part)| Some((page(number)?, part))).collect();
    let parts = seen.into_iter().map(|(page, part)| (&page.lines[..], covered(page, part))).collect::<Vec<_>>();
    (!parts.is_empty()).then_some(Sample { period, parts })
}
