//! Two periods that are over, compared by what was seen of each.

use super::{BUCKETS, Exposure, Finding, Tally};
use crate::model::log::Line;
use crate::time::{Range, Timestamp};

/// What was seen of a period: all lines of some of its stretches, which do not overlap.
#[derive(Debug, Clone)]
pub struct Sample<'a> {
    pub period: Range,
    pub parts: Vec<(&'a [Line], Range)>,
}

impl Sample<'_> {
    /// ms
    fn seen(&self) -> i64 {
        self.parts.iter().map(|(_, stretch)| stretch.length().max(0)).sum()
    }

    /// Whether there are lines that nobody looked at.
    pub fn is_sample(&self) -> bool {
        // Neighbours lie a millisecond apart.
        self.seen() + (self.parts.len() as i64) < self.period.length()
    }
}

/// The patterns of a period against those of an earlier one, which may lie apart from it.
pub fn between(within: &Sample, earlier: &Sample) -> Vec<Finding> {
    // One bucket more: the window must not begin within the period.
    let buckets = BUCKETS as i64;
    let longest = within.period.length().max(earlier.period.length());
    let mut tally = Tally::new(longest * buckets / (buckets - 1) + buckets);
    let (_, window) = tally.windows(within.period.end);
    let shift = window.start.since(earlier.period.end) - 1;
    for line in earlier.parts.iter().flat_map(|(lines, _)| *lines) {
        let id = tally.mine(line.said());
        tally.count(line.said(), id, Timestamp::of_ns(line.at).0 + shift);
        tally.about(id, line);
    }
    tally.extend(within.parts.iter().flat_map(|(lines, _)| *lines));
    tally.settle();
    let seen: Vec<Range> = within.parts.iter().map(|(_, stretch)| *stretch).collect();
    let before = (earlier.period.length(), earlier.seen());
    let exposure = Exposure::sampled(before, window, tally.bucket, &seen);
    tally.ranked(within.period.end, &exposure)
}
