//! What a tail by arrival asks, in the server's words.

use std::sync::Arc;

use serde_json::{Value, json};

use super::CAP;
use crate::model::fault::FetchError;
use crate::source::elasticsearch::cursor::{Bucket, Place, per_index, stretch};
use crate::source::elasticsearch::hits::Found;
use crate::source::elasticsearch::query::any;
use crate::source::elasticsearch::turns::Reach;
use crate::text::Plain;

const NUMBER: &str = "_seq_no";

/// Lines in the order of arrival, and how many documents of all there were by index.
pub fn arriving(query: &Value, filter: Option<&Value>, size: usize, after: Option<&(i64, Arc<str>)>) -> Value {
    let mut body = json!({
        "size": size,
        "seq_no_primary_term": true,
        "track_total_hits": true,
        "query": query,
        "sort": [{ "_seq_no": { "unmapped_type": "long" } }, "_index"],
        "aggs": per_index(),
    });
    if let Some(filter) = filter {
        body["post_filter"] = filter.clone();
    }
    if let Some((seq, index)) = after {
        body["search_after"] = json!([seq, &**index]);
    }
    body
}

/// Whether there is anything.
pub fn knock(query: &Value) -> Value {
    json!({ "size": 0, "track_total_hits": true, "query": query })
}

/// How many documents lie in each hole and at the marks.
pub fn watching(place: &Place, shard: u32, reach: &Reach) -> Value {
    let Some(marks) = place.at_marks(shard, reach) else {
        return json!({ "size": 0, "query": { "match_none": {} } });
    };
    let holes: serde_json::Map<String, Value> =
        place.holes_of(shard).map(|(number, hole)| (number.to_string(), hole.clause())).collect();
    if holes.is_empty() {
        return json!({ "size": 0, "track_total_hits": true, "query": marks });
    }
    let mut ways: Vec<Value> = holes.values().cloned().collect();
    ways.push(marks.clone());
    let mut filters = holes;
    filters.insert("at".to_owned(), marks);
    json!({ "size": 0, "query": any(ways), "aggs": { "w": { "filters": { "filters": filters } } } })
}

/// How many of the marks were found.
pub fn anchored(found: &Found) -> u64 {
    found.aggs.pointer("/w/buckets/at/doc_count").and_then(Value::as_u64).unwrap_or_else(|| found.total())
}

/// The marks alone, by index.
pub fn marked(place: &Place, shard: u32) -> Value {
    let query = place.at_marks(shard, &Reach::All).unwrap_or_else(|| json!({ "match_none": {} }));
    json!({ "size": 0, "query": query, "aggs": per_index() })
}

/// The last numbers of each index, in proportion to how much it brought.
pub fn floors(place: &Place, shard: u32, new: &[Bucket]) -> Value {
    let sum: u64 = new.iter().map(|bucket| bucket.count).sum::<u64>().max(1);
    let ways = new.iter().map(|bucket| {
        let share = (u128::from(bucket.count) * u128::from(CAP) / u128::from(sum)) as i64;
        let held = place.marks.get(&(Arc::clone(&bucket.index), shard)).map_or(-1, |mark| mark.to);
        stretch(&bucket.index, &json!({ "gt": (bucket.newest - share).max(held), "lte": bucket.newest }))
    });
    any(ways.collect())
}

/// All numbers of a shard: what a server must understand to be followed by them.
pub fn baseline() -> Value {
    let numbered = json!({ "filter": { "range": { "_seq_no": { "gte": 0 } } } });
    let mut body = json!({
        "size": 1,
        "_source": false,
        "seq_no_primary_term": true,
        "track_total_hits": true,
        "sort": [{ "_seq_no": { "order": "desc", "unmapped_type": "long" } }],
        "aggs": per_index(),
    });
    body["aggs"]["numbered"] = numbered;
    body
}

/// Whether all documents have their number; nobody can be followed by half of them.
pub fn numbered(found: &Found) -> Result<(), FetchError> {
    let with = found.aggs.pointer("/numbered/doc_count").and_then(Value::as_u64);
    let told = found.hits.iter().all(|hit| hit.seq >= 0);
    let all = found.partial || with.is_some_and(|with| with >= found.total());
    if all && told { Ok(()) } else { Err(without_numbers()) }
}

/// A question about numbers only was refused: that is what is not understood, whatever the words.
pub fn of_numbers(fault: FetchError) -> FetchError {
    let other = ["circuit_breaking_exception", "index_not_found_exception", "too_many_buckets_exception"];
    let refused = match &fault {
        FetchError::Server { kind, .. } => !other.contains(&kind.as_str()),
        FetchError::Status { code, .. } => matches!(code, 400 | 405 | 501),
        _ => false,
    };
    if !refused {
        return fault;
    }
    FetchError::Server { kind: Plain::new(NUMBER), message: Plain::from(fault.to_string()) }
}

pub fn without_numbers() -> FetchError {
    FetchError::Server { kind: Plain::new(NUMBER), message: Plain::new("documents come without it") }
}

/// Whether the server understood and does not give its numbers, as against one that cannot answer now.
pub fn refuses_numbers(fault: &FetchError) -> bool {
    match fault {
        FetchError::Server { kind, message } => {
            [kind, message].iter().any(|said| said.contains("_seq_no") || said.contains("_shards:"))
        }
        _ => false,
    }
}
