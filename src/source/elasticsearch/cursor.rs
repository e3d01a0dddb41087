//! How far a tail has come: the highest number it has seen of each shard, and the numbers below that were missing.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::hits::Hit;
use super::query::any;
use super::seen::Seen;
use crate::time::{MINUTE, Timestamp};

/// Operations become visible slightly out of order; what is missing for longer was updated or deleted.
const HOLE_AGE: i64 = MINUTE;
/// Narrow holes of one poll are watched one by one; where there are more, the whole stretch.
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
    /// How many documents lie exactly at the marks of each shard number: fewer, and an index may be another one.
    pub anchors: BTreeMap<u32, u64>,
    pub checked: Timestamp,
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

    /// All that a shard number has behind its marks, and all of indices that are not known.
    pub fn behind(&self, shard: u32) -> Value {
        let known: Vec<&Arc<str>> = self.marks_of(shard).map(|(index, _)| index).collect();
        if known.is_empty() {
            return json!({ "match_all": {} });
        }
        let mut ways: Vec<Value> =
            self.marks_of(shard).map(|(index, mark)| stretch(index, &json!({ "gt": mark.to }))).collect();
        let names: Vec<&str> = known.iter().map(|name| &***name).collect();
        ways.push(json!({ "bool": { "must_not": [{ "terms": { "_index": names } }] } }));
        any(ways)
    }

    /// The documents at the marks.
    pub fn at_marks(&self, shard: u32) -> Option<Value> {
        let at = |(index, mark): (&Arc<str>, Mark)| json!({ "bool": { "filter": [{ "term": { "_index": &**index } }, { "term": { "_seq_no": mark.to } }] } });
        let ways: Vec<Value> = self.marks_of(shard).map(at).collect();
        (!ways.is_empty()).then(|| any(ways))
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
                self.marks.insert(key, Mark { to: bucket.newest, term });
                self.anchors.insert(shard, self.marks_of(shard).count() as u64);
            }
        }
        let excess = self.holes.len().saturating_sub(MAX_HOLES);
        self.holes.drain(..excess);
    }

    /// After all of them were looked at.
    pub fn expire(&mut self, now: Timestamp) {
        self.holes.retain(|hole| !hole.is_full() && (0..HOLE_AGE).contains(&now.since(hole.since)));
    }

    /// As if it had never been known: its documents are read from the first on.
    pub fn forget(&mut self, index: &str) {
        self.marks.retain(|(known, _), _| &**known != index);
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
    if i64::try_from(bucket.count).is_ok_and(|count| count >= wanted) {
        return Vec::new();
    }
    let whole = vec![hole(held + 1, bucket.newest, bucket.count)];
    numbers.sort_unstable();
    numbers.dedup();
    if !exact || numbers.len() as u64 != bucket.count {
        return whole;
    }
    let mut gaps = Vec::new();
    let mut next = held + 1;
    for number in numbers.iter() {
        if *number > next {
            gaps.push(hole(next, number - 1, 0));
        }
        next = number + 1;
    }
    if gaps.len() > MAX_GAPS { whole } else { gaps }
}
