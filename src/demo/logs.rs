//! The demo's search engine: log lines of the simulation, as they arrive, found by what is sought.

mod count;
mod line;
mod parse;
mod sought;
mod tail;
mod tally;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::sim::Sim;
use super::sim::log::Line;
use super::sim::request::MS;
use crate::model::fault::FetchError;
use crate::model::log::{Arrivals, Count, Cursor, Page, Search};
use crate::model::query::{Answer, Query};
use crate::model::window::{Progress, Span};
use crate::text::Plain;
use crate::time::{HOUR, MINUTE, Range, SECOND, Timestamp};
use count::{Asked, Counts};
use line::arrival;
use sought::Sought;
use tail::Reached;

/// One in so many requests that went well has a line.
const ONE_IN: u64 = 20;
/// A search goes back no further in one answer: to make the lines takes time.
const BACK: i64 = 2 * HOUR;
/// So far from a line are its neighbours sought.
const AROUND: i64 = 10 * MINUTE;
/// The first stretch of a search; each next one is twice as long, up to the last.
const FIRST: i64 = 20 * SECOND;
const LONGEST: i64 = 5 * MINUTE;

#[derive(Default)]
pub struct Logs {
    counts: Counts,
}

impl Logs {
    pub fn answer(&self, sim: &Sim, query: &Query, progress: &Progress, now: Timestamp) -> Result<Answer, FetchError> {
        match query {
            Query::Tail { search, fill } => tail(sim, search, *fill, progress, now).map(Answer::Arrivals),
            Query::Lines { search, span, before, limit } => {
                let range = range(*span, now);
                lines(sim, search, range, *before, *limit as usize, now).map(Answer::Lines)
            }
            Query::Around { place, at, count } => Ok(Answer::Lines(around(sim, place, *at, *count as usize, now))),
            Query::Volume { search, span, step } => {
                let sought = Sought::of(search)?;
                let asked = Asked { sim, search, sought: &sought, now };
                Ok(Answer::Volume(self.counts.volume(asked, range(*span, now), *step)))
            }
            Query::Tallies { search, span } => {
                let sought = Sought::of(search)?;
                let asked = Asked { sim, search, sought: &sought, now };
                Ok(Answer::Tallies(self.counts.tallies(asked, range(*span, now))))
            }
            Query::Document { id, .. } => line::find(sim, id, now).map(|line| Answer::Document(line::document(&line))),
            _ => Err(FetchError::Unsupported("this is no question about logs".into())),
        }
    }
}

/// From the start up to, not including, the end; nothing of the future.
fn range(span: Span, now: Timestamp) -> Range {
    match span {
        Span::Live { length } => Range::new(now.plus(-length), now.plus(1)),
        Span::Fixed(Range { start, end }) => Range::new(start, end.plus(1).min(now.plus(1))),
    }
}

/// What is in the index at `now` of a stretch of time.
fn written(sim: &Sim, start: i64, end: i64, now: Timestamp) -> impl Iterator<Item = Line> + use<> {
    let all = sim.lines(Timestamp(start), Timestamp(end.min(now.0 + 1)), ONE_IN);
    all.into_iter().filter(move |line| arrival(line) <= now.0)
}

fn tail(sim: &Sim, search: &Search, fill: u32, progress: &Progress, now: Timestamp) -> Result<Arrivals, FetchError> {
    let sought = Sought::of(search)?;
    let reached = progress.cursor.as_ref().and_then(|Cursor(any)| any.downcast_ref::<Reached>());
    Ok(match reached.filter(|reached| reached.is_near(now)) {
        Some(reached) => reached.next(sim, &sought, now),
        None => tail::begin(sim, &sought, fill as usize, now),
    })
}

/// The last lines of a stretch that are sought, in order of time, and from when on they are all of them.
fn last(sim: &Sim, sought: &Sought, (start, end): (i64, i64), most: usize, now: Timestamp) -> (Vec<Line>, i64) {
    let (mut found, mut to, mut step) = (Vec::new(), end, FIRST);
    while to > start && found.len() < most {
        let from = (to - step).max(start);
        let mut part: Vec<Line> = written(sim, from, to, now).filter(|line| sought.matches(line)).collect();
        part.append(&mut found);
        (found, to, step) = (part, from, (step * 2).min(LONGEST));
    }
    (found, to)
}

fn lines(
    sim: &Sim,
    search: &Search,
    within: Range,
    before: Option<i64>,
    most: usize,
    now: Timestamp,
) -> Result<Page, FetchError> {
    let sought = Sought::of(search)?;
    // A moment within a millisecond: its lines are made with the rest and left out one by one.
    let end = before.map_or(within.end.0, |before| within.end.0.min(before.div_euclid(MS) + 1));
    let start = within.start.0.max(end - BACK);
    let before_end = |line: &Line| before.is_none_or(|before| line.time < before);
    let (mut found, from) = last(sim, &sought, (start, end), most + 1, now);
    found.retain(before_end);
    let is_whole = from <= within.start.0;
    let count = found.len() as u64;
    let total = if is_whole { Count::Exactly(count) } else { Count::AtLeast(count) };
    let mut notes = Vec::new();
    if found.len() < most && !is_whole {
        notes.push(Plain::new("the demo searches two hours at once: there may be more before them"));
    }
    found.drain(..found.len().saturating_sub(most));
    Ok(Page { lines: found.iter().map(line::shown).collect(), total, notes })
}

fn around(sim: &Sim, place: &str, at: i64, count: usize, now: Timestamp) -> Page {
    let middle = at.div_euclid(MS);
    let here = |line: &Line| line.place.pod == place;
    let near: Vec<Line> = written(sim, middle - AROUND, middle + AROUND, now).filter(here).collect();
    let (first, after) = (near.partition_point(|line| line.time < at), near.partition_point(|line| line.time <= at));
    let (from, to) = (first.saturating_sub(count), (after + count).min(near.len()));
    let lines: Vec<_> = near[from..to].iter().map(line::shown).collect();
    let total = Count::AtLeast(lines.len() as u64);
    Page { lines, total, notes: Vec::new() }
}

fn cursor(reached: Reached) -> Cursor {
    Cursor(Arc::new(reached))
}
