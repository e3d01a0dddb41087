//! Operations that take longer than they did in the period before.
//!
//! Two samples of anything differ. An operation is slower only if enough traces have it in both periods, if clearly
//! more of them now take longer than half of them did (or than all but one in twenty did), and if the difference is
//! one that somebody feels.

use super::Tally;
use super::tally::Took;
use crate::text::Plain;

/// Traces that an operation must be in, in both periods.
pub const ENOUGH: usize = 20;
/// So many times longer, and longer by so many ns.
const FACTOR: f64 = 1.5;
const FLOOR: i64 = 20_000_000;
/// Standard deviations that chance reaches once in ten thousand times.
const SURE: f64 = 3.7;

/// Times are in ns; of each pair the period before comes first.
#[derive(Debug, Clone, PartialEq)]
pub struct Slower {
    pub service: Plain,
    pub operation: Plain,
    pub p50: (i64, i64),
    pub p95: (i64, i64),
    /// In so many traces of the sample.
    pub traces: (usize, usize),
    /// What it takes more by itself, without those it calls, in all traces of the sample together; not below 0.
    pub added: i64,
    /// At least half of what it takes more is its own: it does not only wait for what it calls.
    pub is_own: bool,
}

/// The one that adds most by itself comes first.
pub fn slower(now: &Tally, before: &Tally) -> Vec<Slower> {
    let pairs = now.operations.iter().filter_map(|(name, took)| Some((name, before.operations.get(name)?, took)));
    let mut found: Vec<Slower> = pairs
        .filter_map(|((service, operation), before, now)| {
            let one = compared(before, now)?;
            Some(Slower { service: service.clone(), operation: operation.clone(), ..one })
        })
        .collect();
    found.sort_by(|a, b| b.added.cmp(&a.added).then_with(|| b.p95.1.cmp(&a.p95.1)));
    found
}

fn compared(before: &[Took], now: &[Took]) -> Option<Slower> {
    if before.len() < ENOUGH || now.len() < ENOUGH {
        return None;
    }
    let sorted = |took: &[Took]| {
        let mut times: Vec<i64> = took.iter().map(|took| took.duration).collect();
        times.sort_unstable();
        times
    };
    let (was, is) = (sorted(before), sorted(now));
    let at = |part: usize| (rank(&was, part), rank(&is, part));
    let has_grown = |part: usize| {
        let (was_at, is_at) = at(part);
        let is_felt = is_at as f64 >= was_at as f64 * FACTOR && is_at.saturating_sub(was_at) >= FLOOR;
        is_felt && surprise(&was, &is, was_at) >= SURE
    };
    if !has_grown(50) && !has_grown(95) {
        return None;
    }
    let more = |pick: fn(&Took) -> i64| mean(now, pick) - mean(before, pick);
    let (own, all) = (more(|took| took.own), more(|took| took.duration));
    Some(Slower {
        service: Plain::default(),
        operation: Plain::default(),
        p50: at(50),
        p95: at(95),
        traces: (was.len(), is.len()),
        added: (own.max(0.0) * is.len() as f64) as i64,
        is_own: own > 0.0 && own >= all / 2.0,
    })
}

/// The value that so many of a hundred do not exceed.
fn rank(sorted: &[i64], part: usize) -> i64 {
    let at = (sorted.len() * part).div_ceil(100).saturating_sub(1);
    sorted.get(at).copied().unwrap_or_default()
}

fn mean(took: &[Took], pick: fn(&Took) -> i64) -> f64 {
    took.iter().map(|took| pick(took) as f64).sum::<f64>() / took.len().max(1) as f64
}

/// By how many standard deviations more of them lie above a bound now than before.
fn surprise(before: &[i64], now: &[i64], bound: i64) -> f64 {
    let above = |sorted: &[i64]| (sorted.len() - sorted.partition_point(|time| *time <= bound)) as f64;
    let (was, is) = (before.len() as f64, now.len() as f64);
    // One more on either side: where there was none at all it is not known that there can be none.
    let all = (above(before) + above(now) + 1.0) / (was + is + 2.0);
    let spread = (all * (1.0 - all) * (1.0 / was + 1.0 / is)).sqrt();
    (above(now) / is - above(before) / was) / spread
}
