//! From time to dot columns, and back.

/// Which dot column a time falls into: the range is cut into as many equal parts as there are columns.
#[derive(Debug)]
pub(super) struct Columns {
    pub start: i64,
    pub end: i64,
    /// The first millisecond of each column, and after them the end of the last.
    edges: Vec<i64>,
}

impl Columns {
    pub fn new((start, end): (i64, i64), count: u16) -> Self {
        let span = end.abs_diff(start).max(1);
        let parts = u64::from(count.max(1));
        let (whole, rest) = (span / parts, span % parts);
        // Added up instead of divided for each: exact, and quick.
        let edges = (0..=parts).map(|i| start.saturating_add_unsigned(whole * i + (rest * i).div_ceil(parts)));
        Self { start, end, edges: edges.collect() }
    }

    pub fn count(&self) -> i64 {
        self.edges.len() as i64 - 1
    }

    pub fn holds(&self, column: i64) -> bool {
        (0..self.count()).contains(&column)
    }

    /// The column of any time; outside of the range it is below zero or beyond the last.
    pub fn of(&self, time: i64) -> i64 {
        let span = i128::from(self.end.abs_diff(self.start).max(1));
        let from_start = i128::from(time) - i128::from(self.start);
        let column = (from_start * i128::from(self.count())).div_euclid(span);
        if time == self.end { self.count() - 1 } else { column.clamp(-FAR, FAR) as i64 }
    }

    /// The column of a time at or after a column already reached, and the time at which it ends. Walks, since the
    /// next sample is near.
    pub fn walk(&self, reached: i64, time: i64) -> (i64, i64) {
        if time < self.start {
            return (self.of(time), self.start);
        }
        if time > self.end {
            return (self.of(time), i64::MAX);
        }
        let last = self.edges.len().saturating_sub(2);
        let mut at = usize::try_from(reached).unwrap_or(0).min(last);
        while at < last && self.edges.get(at + 1).is_some_and(|edge| time >= *edge) {
            at += 1;
        }
        let until = if at == last { self.end.saturating_add(1) } else { self.edges[at + 1] };
        (at as i64, until)
    }

    /// The column of a time within the range.
    pub fn inside(&self, time: i64) -> Option<u16> {
        if time < self.start || time > self.end { None } else { u16::try_from(self.of(time)).ok() }
    }

    /// The middle of a column, in time.
    pub fn time_at(&self, column: u16) -> Option<i64> {
        let at = usize::from(column);
        let (from, to) = (*self.edges.get(at)?, *self.edges.get(at + 1)?);
        Some(from.saturating_add_unsigned(to.abs_diff(from) / 2))
    }
}

/// Far enough outside for any line, near enough to multiply without overflow.
const FAR: i128 = 1 << 40;
