//! Which service holds up the traces: its part of their critical paths, against the period before.

use super::Tally;
use super::tally::Part;
use crate::text::Plain;

/// Traces that both periods must have.
const ENOUGH: usize = 30;
/// So much more of the whole is told, of one that has at least so much.
const MORE: f64 = 0.1;
const LEAST: f64 = 0.2;
/// Standard deviations that chance reaches once in a thousand times.
const SURE: f64 = 3.0;

#[derive(Debug, Clone, PartialEq)]
pub struct PathShare {
    pub service: Plain,
    /// Of the time of all critical paths, 0 to 1.
    pub now: f64,
    /// Nothing where no trace of the period before is known.
    pub before: Option<f64>,
    /// It has clearly more than before, and not by a few long traces alone.
    pub has_grown: bool,
}

/// The largest first; those of the period before that are no more have none.
pub fn shares(now: &Tally, before: &Tally) -> Vec<PathShare> {
    let names: std::collections::BTreeSet<&Plain> = now.services.keys().chain(before.services.keys()).collect();
    let of = |tally: &Tally, service: &Plain| {
        let time = tally.services.get(service).map_or(0, |part| part.time);
        (tally.critical > 0).then(|| time as f64 / tally.critical as f64)
    };
    let mut all: Vec<PathShare> = names
        .into_iter()
        .filter_map(|service| {
            let (is, was) = (of(now, service)?, of(before, service));
            let more = was.is_some_and(|was| is - was >= MORE && is >= LEAST);
            let has_grown = more && is_sure(now, before, service);
            Some(PathShare { service: service.clone(), now: is, before: was, has_grown })
        })
        .collect();
    all.sort_by(|a, b| b.now.total_cmp(&a.now).then_with(|| a.service.cmp(&b.service)));
    all
}

/// Whether its part of a trace, whatever that took, is larger on average. A few long traces change the time of all of
/// them, but not this.
fn is_sure(now: &Tally, before: &Tally, service: &Plain) -> bool {
    let counts = (now.counted(), before.counted());
    if counts.0.min(counts.1) < ENOUGH {
        return false;
    }
    let figures = |tally: &Tally| {
        let Part { sum, squares, .. } = tally.services.get(service).copied().unwrap_or_default();
        let count = tally.counted() as f64;
        let mean = sum / count;
        (mean, (squares / count - mean * mean).max(1e-6) / count)
    };
    let ((is, spread), (was, spread_before)) = (figures(now), figures(before));
    (is - was) / (spread + spread_before).sqrt() >= SURE
}
