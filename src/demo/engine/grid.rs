//! The points in time that a part of an expression is worked out for.

use super::EvalError;

/// `count` points, `step` ms apart, from `start` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    pub start: i64,
    pub step: i64,
    pub count: usize,
}

impl Grid {
    /// From `start` up to and not beyond `end`; without points when `end` lies before `start`.
    pub fn new(start: i64, end: i64, step: i64) -> Self {
        let count = if end < start { 0 } else { (end - start) / step.max(1) + 1 };
        Self { start, step, count: usize::try_from(count).unwrap_or(usize::MAX) }
    }

    pub fn times(self) -> impl Iterator<Item = i64> {
        (0..self.count as i64).map(move |i| self.start + i * self.step)
    }

    pub fn last(self) -> Option<i64> {
        Some(self.start + i64::try_from(self.count.checked_sub(1)?).ok()? * self.step)
    }
}

/// Which moment a selector looks at when it is asked about `t`: `@` and `offset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moment {
    pub at: Option<i64>,
    pub offset: i64,
}

impl Moment {
    pub fn seen_from(self, t: i64) -> i64 {
        self.at.unwrap_or(t).saturating_sub(self.offset)
    }

    /// The first and the last moment over a grid.
    pub fn ends(self, grid: Grid) -> Option<(i64, i64)> {
        Some((self.seen_from(grid.start), self.seen_from(grid.last()?)))
    }
}

/// So many values may be in memory at once for one part of an expression; Prometheus has such a limit too.
const MAX_VALUES: usize = 10_000_000;

pub fn check_size(series: usize, grid: Grid) -> Result<(), EvalError> {
    if series.max(1).saturating_mul(grid.count) <= MAX_VALUES {
        return Ok(());
    }
    Err(EvalError::Execution("query processing would load too many samples into memory in query execution".to_owned()))
}
