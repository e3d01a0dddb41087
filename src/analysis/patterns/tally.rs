//! How often each pattern occurs, in a window that ends now and in the one before it.
//!
//! Lines are counted in buckets, of which as many are kept as both windows have: a line that comes late is counted in
//! its own, and nothing has to be counted again when time goes on.

use std::collections::HashMap;

use super::compare::{Exposure, Kind, compare, since};
use super::{Miner, PatternId};
use crate::model::log::{Level, Line, Said};
use crate::text::Plain;
use crate::time::{Range, Timestamp};

/// Of one window; as many as a sparkline has.
pub const BUCKETS: usize = 16;
const KEPT: usize = 2 * BUCKETS;
/// Services that are told apart for one pattern.
const SERVICES: usize = 4;
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

#[derive(Debug, Clone)]
struct Row {
    first: i64,
    last: i64,
    example: Plain,
    levels: [u64; Level::ALL.len()],
    services: Vec<(Plain, u64)>,
    counts: Counts,
}

impl Tally {
    /// Of windows so long, in ms.
    pub fn new(window: i64) -> Self {
        let bucket = (window / BUCKETS as i64).max(1);
        Self { miner: Miner::default(), bucket, rows: HashMap::new() }
    }

    pub fn extend<'a>(&mut self, lines: impl IntoIterator<Item = &'a Line>) {
        for line in lines {
            self.add(line.said());
        }
    }

    /// The pattern of a line, which is counted.
    pub fn add(&mut self, line: Said<'_>) -> PatternId {
        let id = self.mine(line);
        self.count(line, id, line.at.div_euclid(1_000_000));
        id
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
        self.count(line, self.find(id), line.at.div_euclid(1_000_000));
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
        let exposure = Exposure::new(before, window, seen);
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
        let seen_earlier = row.first.div_euclid(1_000_000) < exposure.window_start;
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

/// The patterns of the lines of one stretch of time against those of an earlier one, which may lie apart from it.
pub fn between((lines, within): (&[Line], Range), (earlier, before): (&[Line], Range)) -> Vec<Finding> {
    // One bucket more: the window must not begin within the stretch.
    let buckets = BUCKETS as i64;
    let mut tally = Tally::new(within.length().max(before.length()) * buckets / (buckets - 1) + buckets);
    let (_, window) = tally.windows(within.end);
    let shift = window.start.since(before.end) - 1;
    for line in earlier {
        let id = tally.mine(line.said());
        tally.count(line.said(), id, line.at.div_euclid(1_000_000) + shift);
    }
    tally.extend(lines);
    tally.settle();
    let exposure = Exposure::whole(before.length(), within.length(), window.start.0);
    tally.ranked(within.end, &exposure)
}

/// A new error says more than a new remark.
fn weight(level: Level) -> f64 {
    match level {
        Level::Error => 4.0,
        Level::Warn => 2.0,
        Level::Info | Level::Debug | Level::Unknown => 1.0,
    }
}

impl Row {
    fn new(line: Said<'_>, bucket: i64) -> Self {
        Self {
            first: line.at,
            last: line.at,
            example: line.message.into(),
            levels: [0; Level::ALL.len()],
            services: Vec::new(),
            counts: Counts { counts: [0; KEPT], newest: bucket },
        }
    }

    fn add(&mut self, line: Said<'_>, bucket: i64) {
        self.first = self.first.min(line.at);
        if line.at > self.last {
            // One a bucket is new enough, and copying each would cost more than all the rest.
            if bucket > self.counts.newest {
                self.example = line.message.into();
            }
            self.last = line.at;
        }
        self.levels[line.level as usize] += 1;
        self.serve(line.service, 1);
        self.counts.add(bucket, 1);
    }

    fn serve(&mut self, service: &str, lines: u64) {
        if let Some((_, count)) = self.services.iter_mut().find(|(known, _)| **known == *service) {
            *count += lines;
        } else if self.services.len() < SERVICES && !service.is_empty() {
            self.services.push((service.into(), lines));
        }
    }

    fn join(&mut self, other: &Self) {
        self.first = self.first.min(other.first);
        if other.last > self.last {
            (self.last, self.example) = (other.last, other.example.clone());
        }
        self.levels.iter_mut().zip(other.levels).for_each(|(sum, count)| *sum += count);
        other.services.iter().for_each(|(service, lines)| self.serve(service, *lines));
        let first = other.counts.newest - KEPT as i64 + 1;
        for (bucket, count) in (first..).zip(other.counts.until(other.counts.newest)) {
            if count > 0 {
                self.counts.add(bucket, count);
            }
        }
    }

    fn level(&self) -> Level {
        let most = Level::ALL.into_iter().zip(self.levels).rev().max_by_key(|(_, count)| *count);
        most.map_or(Level::Unknown, |(level, _)| level)
    }

    fn services(&self) -> Vec<Plain> {
        let mut services = self.services.clone();
        services.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        services.into_iter().map(|(service, _)| service).collect()
    }
}

/// The last buckets, each in its place of a ring.
#[derive(Debug, Clone)]
struct Counts {
    counts: [u32; KEPT],
    newest: i64,
}

impl Counts {
    fn add(&mut self, bucket: i64, lines: u32) {
        if bucket > self.newest {
            let passed = (bucket - self.newest).min(KEPT as i64);
            (bucket - passed + 1..=bucket).for_each(|bucket| self.counts[place(bucket)] = 0);
            self.newest = bucket;
        }
        if bucket > self.newest - KEPT as i64 {
            let count = &mut self.counts[place(bucket)];
            *count = count.saturating_add(lines);
        }
    }

    /// As many as are kept, the last one being `end`.
    fn until(&self, end: i64) -> [u32; KEPT] {
        let mut counts = [0; KEPT];
        for (count, bucket) in counts.iter_mut().zip(end - KEPT as i64 + 1..) {
            if bucket <= self.newest && bucket > self.newest - KEPT as i64 {
                *count = self.counts[place(bucket)];
            }
        }
        counts
    }
}

fn place(bucket: i64) -> usize {
    bucket.rem_euclid(KEPT as i64) as usize
}

#[cfg(test)]
mod tests;
