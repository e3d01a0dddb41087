//! Whether a pattern is new, or occurs so much more often than before that it is no chance.

use super::tally::BUCKETS;
use crate::time::Range;

/// What a pattern does in the window, against the one before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Not in the window before.
    New,
    /// So many times more.
    Grown(f64),
    Same,
    /// Too little was seen of the window before to tell.
    Unknown,
    /// So many times less.
    Fallen(f64),
    /// Only in the window before.
    Gone,
}

impl Kind {
    /// The first is what one looks at first.
    pub fn rank(self) -> u8 {
        match self {
            Self::New => 0,
            Self::Grown(_) => 1,
            Self::Same | Self::Unknown => 2,
            Self::Fallen(_) => 3,
            Self::Gone => 4,
        }
    }
}

/// Two windows, and how much was seen of each.
#[derive(Debug, Clone, Copy)]
pub struct Exposure {
    /// ms
    pub window_start: i64,
    now: f64,
    before: f64,
    /// Of each bucket of the window.
    buckets: [f64; BUCKETS],
    /// Enough of the window before was seen.
    compares: bool,
    /// Of the time before only a part was looked at: few lines may have been missed by chance.
    is_sample: bool,
}

/// Of the window before so much must have been seen, for one part of the window.
const PART: f64 = 0.25;
/// Standard deviations that are no chance, with hundreds of patterns looked at every few seconds.
const SURE: f64 = 4.0;
/// The same for what is not in a sample at all.
const ABSENT: f64 = 2.5;
/// Less is no news, however sure.
const TIMES: f64 = 2.0;
/// A sample that is nearly the whole is taken for it.
const WHOLE: f64 = 0.9;

impl Exposure {
    /// Of both windows only what lies in the stretches that were seen, which do not overlap: of a busy service a few
    /// minutes of each are compared. The buckets of a window are so long, in ms.
    pub fn new(before: Range, window: Range, bucket: i64, seen: &[Range]) -> Self {
        Self::sampled((before.length(), length_within(before, seen)), window, bucket, seen)
    }

    /// Of stretches of the window against others, of a period so long, of which so much was seen (ms).
    pub fn sampled((period, seen_before): (i64, i64), window: Range, bucket: i64, seen: &[Range]) -> Self {
        let one = Self::of_window(window, bucket, seen);
        let before = seen_before.max(0) as f64;
        let is_sample = before < WHOLE * period as f64;
        Self { before, compares: before >= PART * one.now, is_sample, ..one }
    }

    fn of_window(window: Range, bucket: i64, seen: &[Range]) -> Self {
        let mut buckets = [0.0; BUCKETS];
        let starts = (0..).map(|place| window.start.plus(place * bucket));
        for (share, start) in buckets.iter_mut().zip(starts) {
            *share = length_within(Range::new(start, window.end.min(start.plus(bucket))), seen) as f64;
        }
        let now = (length_within(window, seen) as f64).max(1.0);
        Self { window_start: window.start.0, now, before: 0.0, buckets, compares: false, is_sample: false }
    }

    /// How far this is from what was to be expected, in standard deviations.
    fn sure(&self, count: u64, before: u64) -> f64 {
        let ratio = self.now / self.before;
        // Of numbers that chance makes, the root has about the same spread whatever their size.
        let root = |number: u64| (number as f64 + 0.375).sqrt();
        2.0 * (root(count) - ratio.sqrt() * root(before)) / (1.0 + ratio).sqrt()
    }
}

fn length_within(of: Range, seen: &[Range]) -> i64 {
    seen.iter().map(|one| of.end.min(one.end).since(of.start.max(one.start)).max(0)).sum()
}

/// The kind, and how far it stands out among its kind.
pub fn compare(count: u64, before: u64, seen_earlier: bool, exposure: &Exposure) -> (Kind, f64) {
    let size = (count as f64).sqrt();
    if !exposure.compares {
        return (Kind::Unknown, size);
    }
    let sure = exposure.sure(count, before);
    if before == 0 && !seen_earlier {
        let is_chance = exposure.is_sample && sure < ABSENT;
        return (if is_chance { Kind::Unknown } else { Kind::New }, size);
    }
    if count == 0 {
        return (Kind::Gone, (before as f64).sqrt());
    }
    let times = count as f64 / (exposure.now / exposure.before * before as f64).max(0.5);
    if sure >= SURE && times >= TIMES {
        (Kind::Grown(times), sure)
    } else if sure <= -SURE && times <= 1.0 / TIMES {
        (Kind::Fallen(1.0 / times), -sure)
    } else {
        (Kind::Same, size)
    }
}

/// The first bucket that has more than chance makes of what was usual, and more than a few of all there are.
pub fn since(spark: &[u32; BUCKETS], before: u64, exposure: &Exposure) -> Option<usize> {
    let rate = before as f64 / exposure.before.max(1.0);
    let total: u64 = spark.iter().copied().map(u64::from).sum();
    let is_more = |(count, seen): (&u32, &f64)| {
        let usual = rate * seen;
        let least = (usual + 3.0 * usual.sqrt()).max(total as f64 * seen / exposure.now / 10.0);
        f64::from(*count) > least
    };
    spark.iter().zip(&exposure.buckets).position(is_more)
}
