//! What is kept of the lines of one pattern: how many there were when, and whose they are.

use super::KEPT;
use crate::model::log::{Level, Said};
use crate::text::Plain;

/// Services, and endpoints, that are told apart for one pattern.
pub const APART: usize = 4;

#[derive(Debug, Clone)]
pub struct Row {
    pub first: i64,
    pub last: i64,
    pub example: Plain,
    pub levels: [u64; Level::ALL.len()],
    services: Names,
    endpoints: Names,
    pub counts: Counts,
}

impl Row {
    pub fn new(line: Said<'_>, bucket: i64) -> Self {
        Self {
            first: line.at,
            last: line.at,
            example: line.message.into(),
            levels: [0; Level::ALL.len()],
            services: Names::default(),
            endpoints: Names::default(),
            counts: Counts { counts: [0; KEPT], newest: bucket },
        }
    }

    pub fn add(&mut self, line: Said<'_>, bucket: i64) {
        self.first = self.first.min(line.at);
        if line.at > self.last {
            // One a bucket is new enough, and copying each would cost more than all the rest.
            if bucket > self.counts.newest {
                self.example = line.message.into();
            }
            self.last = line.at;
        }
        self.levels[line.level as usize] += 1;
        self.services.add(line.service, 1);
        self.counts.add(bucket, 1);
    }

    pub fn about(&mut self, endpoint: &str) {
        self.endpoints.add(endpoint, 1);
    }

    pub fn join(&mut self, other: &Self) {
        self.first = self.first.min(other.first);
        if other.last > self.last {
            (self.last, self.example) = (other.last, other.example.clone());
        }
        self.levels.iter_mut().zip(other.levels).for_each(|(sum, count)| *sum += count);
        self.services.join(&other.services);
        self.endpoints.join(&other.endpoints);
        let first = other.counts.newest - KEPT as i64 + 1;
        for (bucket, count) in (first..).zip(other.counts.until(other.counts.newest)) {
            if count > 0 {
                self.counts.add(bucket, count);
            }
        }
    }

    /// That of most lines.
    pub fn level(&self) -> Level {
        let most = Level::ALL.into_iter().zip(self.levels).rev().max_by_key(|(_, count)| *count);
        most.map_or(Level::Unknown, |(level, _)| level)
    }

    pub fn services(&self) -> Vec<Plain> {
        self.services.ranked()
    }

    pub fn endpoints(&self) -> Vec<Plain> {
        self.endpoints.ranked()
    }
}

/// The first few names that lines had, each with how many.
#[derive(Debug, Clone, Default)]
struct Names(Vec<(Plain, u64)>);

impl Names {
    fn add(&mut self, name: &str, lines: u64) {
        if let Some((_, count)) = self.0.iter_mut().find(|(known, _)| **known == *name) {
            *count += lines;
        } else if self.0.len() < APART && !name.is_empty() {
            self.0.push((name.into(), lines));
        }
    }

    fn join(&mut self, other: &Self) {
        other.0.iter().for_each(|(name, lines)| self.add(name, *lines));
    }

    /// The most frequent first.
    fn ranked(&self) -> Vec<Plain> {
        let mut names = self.0.clone();
        names.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        names.into_iter().map(|(name, _)| name).collect()
    }
}

/// The last buckets, each in its place of a ring.
#[derive(Debug, Clone)]
pub struct Counts {
    counts: [u32; KEPT],
    /// The last bucket that has a line.
    newest: i64,
}

impl Counts {
    pub fn add(&mut self, bucket: i64, lines: u32) {
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
    pub fn until(&self, end: i64) -> [u32; KEPT] {
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
