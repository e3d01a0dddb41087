//! Whether a pattern is new, or occurs so much more often than before that it is no chance.

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
    /// Enough of the window before was seen.
    compares: bool,
}

/// Of the window before so much must have been seen, for one part of the window.
const PART: f64 = 0.25;
/// Standard deviations that are no chance, with hundreds of patterns looked at every few seconds.
const SURE: f64 = 4.0;
/// Less is no news, however sure.
const TIMES: f64 = 2.0;

impl Exposure {
    /// Of both windows only what lies in the stretches that were seen, which do not overlap.
    pub fn new(before: Range, window: Range, seen: &[Range]) -> Self {
        let seen = |of: Range| {
            let part = |one: &Range| (of.end.min(one.end).0 - of.start.max(one.start).0).max(0);
            seen.iter().map(part).sum::<i64>() as f64
        };
        let (now, before) = (seen(window).max(1.0), seen(before));
        // Of a busy service a few minutes of each are seen: they are compared.
        Self { window_start: window.start.0, now, before, compares: before >= PART * now }
    }

    /// Of two stretches that were seen as a whole.
    pub fn whole(before: i64, window: i64, window_start: i64) -> Self {
        let (now, before) = (window.max(1) as f64, before.max(0) as f64);
        Self { window_start, now, before, compares: before >= PART * now }
    }
}

/// The kind, and how far it stands out among its kind.
pub fn compare(count: u64, before: u64, seen_earlier: bool, exposure: &Exposure) -> (Kind, f64) {
    let size = (count as f64).sqrt();
    if !exposure.compares {
        return (Kind::Unknown, size);
    }
    if before == 0 && !seen_earlier {
        return (Kind::New, size);
    }
    if count == 0 {
        return (Kind::Gone, (before as f64).sqrt());
    }
    let ratio = exposure.now / exposure.before;
    let expected = ratio * before as f64;
    // Of numbers that chance makes, the root has about the same spread whatever their size.
    let root = |number: f64| (number + 0.375).sqrt();
    let sure = 2.0 * (root(count as f64) - ratio.sqrt() * root(before as f64)) / (1.0 + ratio).sqrt();
    let times = count as f64 / expected.max(0.5);
    if sure >= SURE && times >= TIMES {
        (Kind::Grown(times), sure)
    } else if sure <= -SURE && times <= 1.0 / TIMES {
        (Kind::Fallen(1.0 / times), -sure)
    } else {
        (Kind::Same, size)
    }
}

/// The first bucket that has more than chance makes of what was usual, and more than a few of all there are.
pub fn since(spark: &[u32], before: u64, exposure: &Exposure) -> Option<usize> {
    let usual = before as f64 * exposure.now / exposure.before.max(1.0) / spark.len().max(1) as f64;
    let most = usual + 3.0 * usual.sqrt();
    let total: u64 = spark.iter().copied().map(u64::from).sum();
    let least = most.max(total as f64 / spark.len().max(1) as f64 / 10.0);
    spark.iter().position(|count| f64::from(*count) > least)
}
