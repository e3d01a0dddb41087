//! How often each pattern occurs, in a window that ends now and in the one before it.
//!
//! Lines are counted in buckets, of which as many are kept as both windows have: a line that comes late is counted in
//! its own, and nothing has to be counted again when time goes on.

mod between;
mod row;

use std::collections::HashMap;

pub use between::{Sample, between};
use row::Row;

use super::compare::{Exposure, Kind, compare, since};
use super::{Miner, PatternId};
use crate::model::log::{Level, Line, Said};
use crate::text::Plain;
use crate::time::{Range, Timestamp};

/// Of one window; as many as a sparkline has.
pub const BUCKETS: usize = 16;
const KEPT: usize = 2 * BUCKETS;
/// Rows of patterns that became one with others are put together when there are so many.
const CROWDED: usize = 2 * super::MOST;

/// What became of one pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub id: PatternId,
    pub text: Plain,
    pub kind: Kind,
    /// Lines in the window, and in the one before it.
    pub count: u64,
    pub before: u64,
    /// Of all its lines, in ns since the epoch.
    pub first: i64,
    pub last: i64,
    /// From when on there were so many more, in ms; of what is new or grown.
    pub since: Option<i64>,
    /// That of most of its lines.
    pub level: Level,
    /// How many lines have each, in the order of [`Level::ALL`]: of all its lines, like the services.
    pub levels: [u64; Level::ALL.len()],
    /// The most frequent first; not all of them where there are many.
    pub services: Vec<Plain>,
    /// The same of the endpoints, as far as whole lines were counted.
    pub endpoints: Vec<Plain>,
    pub spark: [u32; BUCKETS],
    /// The message of one of the newest lines.
    pub example: Plain,
}

/// Counts lines by pattern as they come.
#[derive(Debug)]
pub struct Tally {
    miner: Miner,
    /// ms
    bucket: i64,
    rows: HashMap<PatternId, Row>,
}

impl Tally {
    /// Of windows so long, in ms.
    pub fn new(window: i64) -> Self {
        let bucket = (window / BUCKETS as i64).max(1);
        Self { miner: Miner::default(), bucket, rows: HashMap::new() }
    }

    pub fn extend<'a>(&mut self, lines: impl IntoIterator<Item = &'a Line>) {
        for line in lines {
            let id = self.add(line.said());
            self.about(id, line);
        }
    }

    /// The pattern of a line, which is counted.
    pub fn add(&mut self, line: Said<'_>) -> PatternId {
        let id = self.mine(line);
        self.count(line, id, Timestamp::of_ns(line.at).0);
        id
    }

    /// Notes whose line this was.
    fn about(&mut self, id: PatternId, line: &Line) {
        if let Some(row) = self.rows.get_mut(&id).filter(|_| !line.endpoint.is_empty()) {
            row.about(&line.endpoint);
        }
    }

    /// The pattern of a line, which is not counted.
    pub fn mine(&mut self, line: Said<'_>) -> PatternId {
        if self.rows.len() >= CROWDED {
            self.settle();
        }
        // A stack trace that follows tells where, not what.
        self.miner.add(line.message.split('⏎').next().unwrap_or_default())
    }

    /// Counts a line whose pattern is known.
    pub fn count_as(&mut self, line: Said<'_>, id: PatternId) {
        self.count(line, self.find(id), Timestamp::of_ns(line.at).0);
    }

    /// Forgets what was counted, not the patterns; windows are so long from now on, in ms.
    pub fn restart(&mut self, window: i64) {
        let miner = std::mem::take(&mut self.miner);
        *self = Self { miner, ..Self::new(window) };
    }

    /// Counts a line as one of this moment.
    fn count(&mut self, line: Said<'_>, id: PatternId, ms: i64) {
        let bucket = self.bucket_of(ms);
        self.rows.entry(id).or_insert_with(|| Row::new(line, bucket)).add(line, bucket);
    }

    /// The pattern that this one is by now.
    pub fn find(&self, pattern: PatternId) -> PatternId {
        self.miner.find(pattern)
    }

    pub fn text(&self, pattern: PatternId) -> Plain {
        Plain::from(self.miner.text(pattern))
    }

    /// The two windows that are compared at `now`: whole buckets, the last of which is still going on.
    pub fn windows(&self, now: Timestamp) -> (Range, Range) {
        let end = self.bucket_of(now.0) + 1;
        let at = |buckets: i64| Timestamp((end - buckets) * self.bucket);
        (Range::new(at(KEPT as i64), at(BUCKETS as i64)), Range::new(at(BUCKETS as i64), now))
    }

    /// Every pattern of the two windows, what stands out first. All lines of the stretches in `seen` are known, which
    /// do not overlap: what was not looked at cannot be missing, and nothing is called new that nobody could have seen
    /// before.
    pub fn findings(&mut self, now: Timestamp, seen: &[Range]) -> Vec<Finding> {
        self.settle();
        let (before, window) = self.windows(now);
        let exposure = Exposure::new(before, window, self.bucket, seen);
        self.ranked(now, &exposure)
    }

    fn ranked(&self, now: Timestamp, exposure: &Exposure) -> Vec<Finding> {
        let newest = self.bucket_of(now.0);
        let mut found: Vec<(f64, Finding)> =
            self.rows.iter().filter_map(|(id, row)| self.finding(*id, row, newest, exposure)).collect();
        found.sort_by(|(a, one), (b, other)| {
            let order = one.kind.rank().cmp(&other.kind.rank()).then(b.total_cmp(a));
            order.then(other.count.cmp(&one.count)).then(one.id.cmp(&other.id))
        });
        found.into_iter().map(|(_, finding)| finding).collect()
    }

    fn finding(&self, id: PatternId, row: &Row, newest: i64, exposure: &Exposure) -> Option<(f64, Finding)> {
        let counts = row.counts.until(newest);
        let (earlier, spark) = counts.split_at(BUCKETS);
        let sum = |counts: &[u32]| counts.iter().copied().map(u64::from).sum::<u64>();
        let (before, count) = (sum(earlier), sum(spark));
        if before + count == 0 {
            return None;
        }
        let seen_earlier = Timestamp::of_ns(row.first).0 < exposure.window_start;
        let (kind, score) = compare(count, before, seen_earlier || id == PatternId::OTHERS, exposure);
        let level = row.level();
        let spark: [u32; BUCKETS] = spark.try_into().unwrap_or_default();
        let stands_out = matches!(kind, Kind::New | Kind::Grown(_));
        let finding = Finding {
            id,
            text: self.text(id),
            kind,
            count,
            before,
            first: row.first,
            last: row.last,
            since: since(&spark, before, exposure)
                .filter(|_| stands_out)
                .map(|place| exposure.window_start + place as i64 * self.bucket),
            level,
            levels: row.levels,
            services: row.services(),
            endpoints: row.endpoints(),
            spark,
            example: row.example.clone(),
        };
        Some((score * weight(level), finding))
    }

    fn bucket_of(&self, ms: i64) -> i64 {
        ms.div_euclid(self.bucket)
    }

    /// Puts the rows of patterns that became one together.
    fn settle(&mut self) {
        let stale: Vec<PatternId> = self.rows.keys().copied().filter(|id| self.miner.find(*id) != *id).collect();
        for id in stale {
            let Some(row) = self.rows.remove(&id) else { continue };
            self.rows.entry(self.miner.find(id)).and_modify(|other| other.join(&row)).or_insert(row);
        }
    }
}

/// A new error says more than a new remark.
fn weight(level: Level) -> f64 {
    match level {
        Level::Error => 4.0,
        Level::Warn => 2.0,
        Level::Info | Level::Debug | Level::Unknown => 1.0,
    }
}

#[cfg(test)]
mod tests;
