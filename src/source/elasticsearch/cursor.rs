//! How far a tail has come: the highest number it has seen of each shard, and the numbers below that were missing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use super::hits::Hit;
use super::query::any;
use super::seen::Seen;
use super::turns::{Reach, Turns};
use crate::time::{MINUTE, Timestamp};

/// Operations become visible slightly out of order; what is missing for longer was updated or deleted.
const HOLE_AGE: i64 = MINUTE;
/// What one poll leaves to be watched: each is a condition in the next ones.
const MAX_GAPS: usize = 4;
/// Each is a condition in every poll; a server takes about a thousand.
const MAX_HOLES: usize = 256;
/// Numbers that another primary may have given anew.
const REWIND: i64 = 1_000;

pub type ShardKey = (Arc<str>, u32);

/// Up to where a shard was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub to: i64,
    /// 0 as long as no document has told.
    pub term: i64,
}

/// A stretch of numbers, both ends in it, of which some were not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    pub shard: ShardKey,
    pub from: i64,
    pub to: i64,
    /// How many were there; none is unknown, to be read in any case.
    pub count: Option<u64>,
    pub since: Timestamp,
}

#[derive(Debug, Clone, Default)]
pub struct Place {
    /// How many shards the index with the most of them has.
    pub shards: u32,
    /// How many there are in all: it changes when an index comes or goes.
    pub total: u64,
    pub marks: BTreeMap<ShardKey, Mark>,
    /// An index that is made anew under its name has another.
    pub uuids: BTreeMap<String, String>,
    pub holes: Vec<Hole>,
    pub seen: Seen,
    /// Time of the newest line, in ns.
    pub newest: Option<i64>,
    /// Marks whose document was deleted since. Where another is gone too, the index may be another one.
    pub gone: BTreeSet<ShardKey>,
    pub checked: Timestamp,
    pub turns: Turns,
    /// A shard was silent at the beginning: of what is not known nobody can say whether it is new. It begins anew when
    /// all of them answer.
    pub broken: bool,
    /// Nothing came with the last poll: most likely nothing comes with the next.
    pub quiet: bool,
}

/// One index in what arrived: how many documents of all, and the highest number among them.
#[derive(Debug, Clone, PartialEq)]
pub struct Bucket {
    pub index: Arc<str>,
    pub count: u64,
    pub newest: i64,
}

/// From `terms` of `_index` with the highest `_seq_no` of each.
pub fn buckets(aggs: &Value) -> Vec<Bucket> {
    let list = aggs.pointer("/i/buckets").and_then(Value::as_array);
    let bucket = |bucket: &Value| {
        let newest = bucket.pointer("/m/value")?.as_f64()? as i64;
        Some(Bucket { index: Arc::from(bucket["key"].as_str()?), count: bucket["doc_count"].as_u64()?, newest })
    };
    list.into_iter().flatten().filter_map(bucket).collect()
}

pub fn per_index() -> Value {
    let newest = json!({ "m": { "max": { "field": "_seq_no" } } });
    json!({ "i": { "terms": { "field": "_index", "size": 1_000 }, "aggs": newest } })
}

/// Documents of one index whose numbers fulfil `range`.
pub fn stretch(index: &str, range: &Value) -> Value {
    json!({ "bool": { "filter": [{ "term": { "_index": index } }, { "range": { "_seq_no": range } }] } })
}

impl Hole {
    pub fn clause(&self) -> Value {
        stretch(&self.shard.0, &json!({ "gte": self.from, "lte": self.to }))
    }

    fn is_full(&self) -> bool {
        self.count.is_some_and(|count| i64::try_from(count).is_ok_and(|count| count > self.to - self.from))
    }
}

impl Place {
    pub fn marks_of(&self, shard: u32) -> impl Iterator<Item = (&Arc<str>, Mark)> {
        self.marks.iter().filter(move |((_, number), _)| *number == shard).map(|((index, _), mark)| (index, *mark))
    }

    /// All that a shard number has behind the marks of these indices; if it is of all, what is not known too.
    pub fn behind(&self, shard: u32, reach: &Reach) -> Value {
        let known: Vec<&Arc<str>> = self.marks_of(shard).map(|(index, _)| index).collect();
        if known.is_empty() && !self.broken {
            return json!({ "match_all": {} });
        }
        let within = self.marks_of(shard).filter(|(index, _)| reach.holds(index));
        let mut ways: Vec<Value> = within.map(|(index, mark)| stretch(index, &json!({ "gt": mark.to }))).collect();
        if reach.holds_unknown() && !self.broken {
            let names: Vec<&str> = known.iter().map(|name| &***name).collect();
            ways.push(json!({ "bool": { "must_not": [{ "terms": { "_index": names } }] } }));
        }
        if ways.is_empty() { json!({ "match_none": {} }) } else { any(ways) }
    }

    /// The documents at the marks.
    pub fn at_marks(&self, shard: u32, reach: &Reach) -> Option<Value> {
        let term = |name: &str, value: Value| json!({ "term": { name: value } });
        let at = |(index, mark): (&Arc<str>, Mark)| json!({ "bool": { "filter": [term("_index", (**index).into()), term("_seq_no", mark.to.into())] } });
        let ways: Vec<Value> = self.marks_of(shard).filter(|(index, _)| reach.holds(index)).map(at).collect();
        (!ways.is_empty()).then(|| any(ways))
    }

    /// How many documents should be found at the marks.
    pub fn anchors(&self, shard: u32, reach: &Reach) -> u64 {
        let gone = |index: &Arc<str>| self.gone.contains(&(Arc::clone(index), shard));
        self.marks_of(shard).filter(|(index, _)| reach.holds(index) && !gone(index)).count() as u64
    }

    /// Holes of a shard number with their places in the list.
    pub fn holes_of(&self, shard: u32) -> impl Iterator<Item = (usize, &Hole)> {
        self.holes.iter().enumerate().filter(move |(_, hole)| hole.shard.1 == shard)
    }

    /// Moves the marks of a shard number. `hits` are all of what arrived if `exact`, otherwise those that were sought.
    pub fn advance(&mut self, shard: u32, buckets: &[Bucket], hits: &[Hit], exact: bool, now: Timestamp) {
        for bucket in buckets {
            let key = (Arc::clone(&bucket.index), shard);
            let held = self.marks.get(&key).copied().unwrap_or(Mark { to: -1, term: 0 });
            let own = || hits.iter().filter(|hit| hit.line.index == bucket.index && hit.seq <= bucket.newest);
            let term = own().map(|hit| hit.term).max().unwrap_or(0).max(held.term);
            if bucket.newest > held.to {
                let mut numbers: Vec<i64> = if exact { own().map(|hit| hit.seq).collect() } else { Vec::new() };
                self.holes.extend(missing(&key, held.to, bucket, &mut numbers, exact, now));
                if held.term != 0 && term > held.term {
                    let from = (held.to - REWIND).max(0);
                    self.holes.push(Hole { shard: key.clone(), from, to: held.to, count: None, since: now });
                }
                self.gone.remove(&key);
                self.turns.moved(&key.0, now);
                self.marks.insert(key, Mark { to: bucket.newest, term });
            }
        }
        let excess = self.holes.len().saturating_sub(MAX_HOLES);
        self.holes.drain(..excess);
    }

    /// The last numbers before the marks, of which some may not be visible yet.
    pub fn watch_ends(&mut self, now: Timestamp) {
        let end = |(key, mark): (&ShardKey, &Mark)| {
            let from = (mark.to - REWIND + 1).max(0);
            Hole { shard: key.clone(), from, to: mark.to, count: None, since: now }
        };
        let ends: Vec<Hole> = self.marks.iter().rev().take(MAX_HOLES).map(end).collect();
        self.holes.extend(ends);
    }

    /// After all of them were looked at.
    pub fn expire(&mut self, now: Timestamp) {
        self.holes.retain(|hole| !hole.is_full() && (0..HOLE_AGE).contains(&now.since(hole.since)));
    }

    /// As if it had never been known: its documents are read from the first on.
    pub fn forget(&mut self, index: &str) {
        self.marks.retain(|(known, _), _| &**known != index);
        self.gone.retain(|(known, _)| &**known != index);
        self.holes.retain(|hole| &*hole.shard.0 != index);
        self.uuids.remove(index);
    }
}

/// The holes between a mark and the newest number.
fn missing(
    key: &ShardKey,
    held: i64,
    bucket: &Bucket,
    numbers: &mut Vec<i64>,
    exact: bool,
    now: Timestamp,
) -> Vec<Hole> {
    let hole = |from, to, count| Hole { shard: key.clone(), from, to, count: Some(count), since: now };
    let wanted = bucket.newest.saturating_sub(held);
    if i64::try_from(bucket.count).map_or(true, |count| count >= wanted) {
        return Vec::new();
    }
    let whole = vec![hole(held + 1, bucket.newest, bucket.count)];
    numbers.sort_unstable();
    numbers.dedup();
    if !exact || numbers.len() as u64 != bucket.count {
        return whole;
    }
    let mut gaps: Vec<Hole> = Vec::new();
    // How many documents lie between a gap and the one before it.
    let mut apart: Vec<(u64, usize)> = Vec::new();
    let (mut next, mut run) = (held + 1, 0);
    for number in numbers.iter() {
        if *number > next {
            apart.push((run, gaps.len()));
            gaps.push(hole(next, number - 1, 0));
            run = 0;
        }
        run += 1;
        next = number + 1;
    }
    joined(gaps, apart)
}

/// Of many gaps, those that lie close together are watched as one.
fn joined(gaps: Vec<Hole>, mut apart: Vec<(u64, usize)>) -> Vec<Hole> {
    let before: Vec<u64> = apart.iter().map(|(run, _)| *run).collect();
    // The first begins one in any case.
    apart.drain(..apart.len().min(1));
    apart.sort_unstable_by(|a, b| b.cmp(a));
    let splits: BTreeSet<usize> = apart.iter().take(MAX_GAPS - 1).map(|(_, number)| *number).collect();
    let mut holes: Vec<Hole> = Vec::new();
    for (number, (gap, run)) in gaps.into_iter().zip(before).enumerate() {
        match holes.last_mut() {
            Some(last) if !splits.contains(&number) => {
                last.to = gap.to;
                last.count = last.count.map(|count| count + run);
            }
            _ => holes.push(gap),
        }
    }
    holes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holes(numbers: &[i64]) -> Vec<(i64, i64, u64)> {
        let newest = numbers.iter().copied().max().unwrap();
        let bucket = Bucket { index: Arc::from("i"), count: numbers.len() as u64, newest };
        let found = missing(&(Arc::from("i"), 0), 9, &bucket, &mut numbers.to_vec(), true, Timestamp(0));
        found.iter().map(|hole| (hole.from, hole.to, hole.count.unwrap())).collect()
    }

    #[test]
    fn gaps_are_watched_one_by_one_and_close_ones_together() {
        assert_eq!(holes(&[10, 11, 12]), []);
        assert_eq!(holes(&[13, 11, 17]), [(10, 10, 0), (12, 12, 0), (14, 16, 0)]);
        // Gaps at 10, 12, 14, 20, 30, 40: the three that lie closest become one.
        let numbers: Vec<i64> = (10..=50).filter(|number| ![10, 12, 14, 20, 30, 40].contains(number)).collect();
        assert_eq!(holes(&numbers), [(10, 14, 2), (20, 20, 0), (30, 30, 0), (40, 40, 0)]);
    }
}
