//! Of which stretches of time every line was counted: only there can a pattern be missing.

use crate::time::{Range, Timestamp};

/// Gaps that are told apart; beyond them the oldest two become one, with what was seen between them.
const MOST: usize = 1_000;

/// Moments in ms.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Seen {
    /// From here on, but for the gaps.
    pub from: Option<i64>,
    gaps: Vec<Range>,
    /// A stretch that was counted and is not held; it ends before the other begins.
    pub earlier: Option<Range>,
}

impl Seen {
    /// The newest lines were given, the first of which is this one, in ns; others of its moment may be missing.
    pub fn begin(&mut self, first: Option<i64>, now: Timestamp) {
        self.from = Some(first.map_or(now.0, |first| Timestamp::of_ns(first).plus(1).0));
    }

    /// Older lines were given too, down to this moment.
    pub fn reach(&mut self, from: i64) {
        self.from = Some(self.from.map_or(from, |known| known.min(from)));
    }

    /// Lines between these moments may be missing.
    pub fn miss(&mut self, from: i64, to: i64) {
        self.gaps.push(Range::new(Timestamp(from), Timestamp(to)));
        if self.gaps.len() > MOST {
            self.gaps.sort_by_key(|gap| gap.start);
            let oldest = self.gaps.remove(0);
            if let Some(next) = self.gaps.first_mut() {
                *next = Range::new(oldest.start, oldest.end.max(next.end));
            }
        }
    }

    /// Only what is held is still known; lines before this moment, in ns, were let go.
    pub fn keep_held(&mut self, dropped: Option<i64>) {
        self.earlier = None;
        let first = dropped.map(|oldest| Timestamp::of_ns(oldest).plus(1).0);
        self.from = self.from.map(|from| first.map_or(from, |first| from.max(first)));
    }

    /// What lies between the gaps, up to this moment.
    pub fn stretches(&self, end: Timestamp) -> Vec<Range> {
        let mut stretches: Vec<Range> = self.earlier.into_iter().collect();
        let Some(from) = self.from else { return stretches };
        let mut gaps = self.gaps.clone();
        gaps.sort_by_key(|gap| gap.start);
        let mut start = Timestamp(from);
        for gap in gaps {
            if gap.start > start {
                stretches.push(Range::new(start, gap.start.min(end)));
            }
            start = start.max(gap.end);
        }
        if start < end {
            stretches.push(Range::new(start, end));
        }
        stretches
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_not_seen_and_older_lines_are() {
        let range = |from, to| Range::new(Timestamp(from), Timestamp(to));
        let mut seen = Seen::default();
        assert_eq!(seen.stretches(Timestamp(100)), []);
        seen.begin(Some(Timestamp(49).ns() + 7), Timestamp(90));
        assert_eq!(seen.stretches(Timestamp(100)), [range(50, 100)]);
        seen.miss(80, 90);
        seen.miss(60, 70);
        seen.reach(20);
        seen.earlier = Some(range(0, 10));
        let expected = [range(0, 10), range(20, 60), range(70, 80), range(90, 100)];
        assert_eq!(seen.stretches(Timestamp(100)), expected);
        seen.keep_held(Some(Timestamp(64).ns()));
        assert_eq!(seen.stretches(Timestamp(100)), [range(70, 80), range(90, 100)]);
        seen.begin(None, Timestamp(95));
        assert_eq!(seen.from, Some(95));
    }
    #[test]
    fn a_burst_that_lasts_for_days_is_kept_short() {
        let mut seen = Seen::default();
        seen.begin(Some(0), Timestamp(0));
        (1..=5_000).for_each(|second| seen.miss(second * 1_000, second * 1_000 + 500));
        assert_eq!(seen.gaps.len(), MOST);
        let stretches = seen.stretches(Timestamp(6_000_000));
        assert_eq!(stretches[1], Range::new(Timestamp(4_001_500), Timestamp(4_002_000)), "the newest are told apart");
    }
}
