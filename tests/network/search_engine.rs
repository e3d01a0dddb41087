//! A search engine in small: shards that count their operations and show them late, out of order, and from copies
//! that lag behind each other. What it answers, it answers as the real ones do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

#[derive(Debug, Clone)]
pub struct Doc {
    pub id: String,
    pub seq: i64,
    pub term: i64,
    pub at: i64,
    pub level: &'static str,
    /// The round from which on each copy shows it.
    pub visible: [u32; 2],
    /// Where it is more than the fields above.
    pub source: Option<Arc<Value>>,
}

#[derive(Debug, Clone, Default)]
pub struct Shard {
    pub docs: Vec<Doc>,
    pub next: i64,
    pub term: i64,
}

#[derive(Debug, Default)]
pub struct Engine {
    pub shards: BTreeMap<(String, u32), Shard>,
    pub uuids: BTreeMap<String, u32>,
    pub made: u32,
    /// How often it was polled.
    pub round: u32,
    /// Which copy answers next.
    pub copy: usize,
    /// Fails a shard of the next answer that finds anything, though it is a success.
    pub failing: bool,
    /// These are nowhere, with all they hold.
    pub absent: BTreeSet<(String, u32)>,
    /// Stops searching before it has looked at all: half of what is there.
    pub slow: bool,
    /// Refuses the next question: too many are asked.
    pub busy: bool,
    /// Says 400 to whoever names `_seq_no`, as a look-alike does.
    pub numberless: bool,
}

/// Whom a question goes to.
#[derive(Clone, Copy)]
enum Asked {
    Any,
    Number(u32),
    Copy(usize),
}

impl Asked {
    fn of(preference: Option<&str>) -> Self {
        match preference {
            None => Self::Any,
            Some(word) => match word.strip_prefix("_shards:") {
                Some(number) => Self::Number(number.parse().expect("a number")),
                None => Self::Copy(word.bytes().map(usize::from).sum::<usize>() % 2),
            },
        }
    }
}

impl Engine {
    pub fn create(&mut self, index: &str, shards: u32) {
        self.made += 1;
        self.uuids.insert(index.to_owned(), self.made);
        for number in 0..shards {
            self.shards.insert((index.to_owned(), number), Shard { term: 1, ..Shard::default() });
        }
    }

    pub fn delete(&mut self, index: &str) {
        self.uuids.remove(index);
        self.shards.retain(|(known, _), _| known != index);
    }

    pub fn write(&mut self, index: &str, shard: u32, id: &str, at: i64, level: &'static str, delays: [u32; 2]) {
        let round = self.round;
        let shard = self.shards.get_mut(&(index.to_owned(), shard)).expect("an index");
        let doc = Doc {
            id: id.to_owned(),
            seq: shard.next,
            term: shard.term,
            at,
            level,
            visible: delays.map(|delay| round + delay),
            source: None,
        };
        shard.next += 1;
        shard.docs.push(doc);
    }

    /// A whole document, into the first shard, seen at once.
    pub fn put(&mut self, index: &str, id: &str, at: i64, source: Arc<Value>) {
        self.write(index, 0, id, at, "INFO", [0, 0]);
        let doc = self.shards.get_mut(&(index.to_owned(), 0)).and_then(|shard| shard.docs.last_mut());
        doc.expect("it was written").source = Some(source);
    }

    /// What is asked of one index pattern, all in JSON.
    pub fn answer(&mut self, path: &str, body: &str) -> Value {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        if std::mem::take(&mut self.busy) {
            let error = json!({ "type": "es_rejected_execution_exception", "reason": "queue" });
            return json!({ "error": error, "status": 429 });
        }
        if path.ends_with("/_msearch") {
            self.round += 1;
            let lines: Vec<Value> = body.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
            let items: Vec<Value> =
                lines.chunks(2).map(|two| self.search(Asked::of(two[0]["preference"].as_str()), &two[1])).collect();
            return json!({ "responses": items });
        }
        if path.ends_with("/_search") {
            let preference = query.split('&').find_map(|pair| pair.strip_prefix("preference="));
            return self.search(Asked::of(preference), &serde_json::from_str(body).expect("JSON"));
        }
        if path.ends_with("/_settings") {
            if query.contains("expand_wildcards=closed") {
                return json!({});
            }
            let own = |(index, uuid): (&String, &u32)| {
                (index.clone(), json!({ "settings": { "index": { "uuid": uuid.to_string() } } }))
            };
            return Value::Object(self.uuids.iter().map(own).collect());
        }
        let text = json!({ "keyword": { "searchable": true, "aggregatable": true } });
        let date = json!({ "date": { "searchable": true, "aggregatable": true } });
        json!({ "indices": [], "fields": { "level": text, "@timestamp": date } })
    }

    fn search(&mut self, asked: Asked, body: &Value) -> Value {
        if self.numberless && body.to_string().contains("_seq_no") {
            let reason = json!({ "type": "illegal_argument_exception", "reason": "field [_seq_no] is not known" });
            return json!({ "error": { "root_cause": [reason], "type": "search_phase_execution_exception", "reason": "all shards failed" }, "status": 400 });
        }
        self.copy = match asked {
            Asked::Copy(copy) => copy,
            _ => (self.copy + 1) % 2,
        };
        let holds = |number: u32| !matches!(asked, Asked::Number(only) if only != number);
        let shards: Vec<_> = self.shards.iter().filter(|((_, number), _)| holds(*number)).collect();
        let total_shards = shards.len();
        let shards: Vec<_> = shards.into_iter().filter(|(key, _)| !self.absent.contains(key)).collect();
        if total_shards > 0 && shards.is_empty() {
            let reason = json!({ "type": "no_shard_available_action_exception", "reason": null });
            return json!({ "error": { "root_cause": [reason], "type": "search_phase_execution_exception", "reason": "all shards failed" }, "status": 503 });
        }
        let mut found: Vec<(&String, &Doc)> = Vec::new();
        for ((index, _), shard) in &shards {
            let seen = shard.docs.iter().filter(|doc| doc.visible[self.copy] <= self.round);
            found.extend(seen.filter(|doc| matches(&body["query"], index, doc)).map(|doc| (index, doc)));
        }
        if self.slow {
            found.truncate(found.len() / 2);
        }
        let failed = !found.is_empty() && std::mem::take(&mut self.failing);
        let aggs = aggregations(&body["aggs"], &found);
        let mut hits = found;
        hits.retain(|(index, doc)| body.get("post_filter").is_none_or(|filter| matches(filter, index, doc)));
        let total = hits.len();
        sort(&mut hits, body);
        if failed {
            // The fetch of one was lost, after it was counted.
            hits.pop();
        }
        let hits: Vec<Value> = hits.iter().map(|hit| shown(hit, body)).collect();
        let mut about = json!({ "total": total_shards, "successful": shards.len(), "failed": 0 });
        if failed {
            about["failed"] = 1.into();
            let reason = json!({ "type": "node_disconnected", "reason": "gone" });
            about["failures"] = json!([{ "index": "x", "reason": reason }]);
        }
        json!({
            "timed_out": self.slow, "status": 200, "_shards": about,
            "hits": { "total": { "value": total, "relation": "eq" }, "hits": hits }, "aggregations": aggs,
        })
    }
}

fn aggregations(asked: &Value, found: &[(&String, &Doc)]) -> Value {
    let mut aggs = serde_json::Map::new();
    let count = |filter: &Value| found.iter().filter(|(index, doc)| matches(filter, index, doc)).count();
    if asked.get("i").is_some() {
        aggs.insert("i".to_owned(), per_index(found));
    }
    if let Some(filter) = asked.pointer("/numbered/filter") {
        aggs.insert("numbered".to_owned(), json!({ "doc_count": count(filter) }));
    }
    if let Some(filters) = asked.pointer("/w/filters/filters").and_then(Value::as_object) {
        let buckets = filters.iter().map(|(name, filter)| (name.clone(), json!({ "doc_count": count(filter) })));
        aggs.insert("w".to_owned(), json!({ "buckets": Value::Object(buckets.collect()) }));
    }
    if asked.pointer("/t/date_histogram").is_some() {
        let mut seconds: BTreeMap<i64, u64> = BTreeMap::new();
        for (_, doc) in found {
            *seconds.entry(doc.at.div_euclid(1_000) * 1_000).or_insert(0) += 1;
        }
        let buckets: Vec<Value> =
            seconds.iter().map(|(key, count)| json!({ "key": key, "doc_count": count })).collect();
        aggs.insert("t".to_owned(), json!({ "buckets": buckets }));
    }
    Value::Object(aggs)
}

/// In the order and up to the number that is asked for.
fn sort(hits: &mut Vec<(&String, &Doc)>, body: &Value) {
    let by_number = body["sort"][0].get("_seq_no").is_some();
    let order = body.pointer("/sort/0/@timestamp/order").and_then(Value::as_str);
    match (by_number, order) {
        (true, _) => hits.sort_by_key(|(index, doc)| (doc.seq, index.as_str())),
        (_, Some("asc")) => hits.sort_by_key(|(_, doc)| doc.at),
        _ => hits.sort_by_key(|(_, doc)| -doc.at),
    }
    if let (Some(seq), Some(after)) = (body["search_after"][0].as_i64(), body["search_after"][1].as_str()) {
        hits.retain(|(index, doc)| (doc.seq, index.as_str()) > (seq, after));
    }
    hits.truncate(body["size"].as_u64().unwrap_or(10) as usize);
}

fn shown((index, doc): &(&String, &Doc), body: &Value) -> Value {
    let mut hit = json!({ "_index": index, "_id": doc.id });
    if body["seq_no_primary_term"] == true {
        (hit["_seq_no"], hit["_primary_term"]) = (doc.seq.into(), doc.term.into());
    }
    if body["_source"] != false {
        hit["_source"] = match &doc.source {
            Some(source) => (**source).clone(),
            None => json!({ "@timestamp": doc.at, "level": doc.level, "message": doc.id }),
        };
    }
    if let Some(sort) = body["sort"].as_array() {
        hit["_score"] = Value::Null;
        let of = |one: &Value| match one.as_str() {
            Some(_) => json!(index),
            None if one.get("_seq_no").is_some() => json!(doc.seq),
            None => json!(doc.at),
        };
        hit["sort"] = sort.iter().map(of).collect();
    }
    hit
}

fn per_index(found: &[(&String, &Doc)]) -> Value {
    let mut indices: BTreeMap<&String, (u64, i64)> = BTreeMap::new();
    for (index, doc) in found {
        let own = indices.entry(index).or_insert((0, -1));
        *own = (own.0 + 1, own.1.max(doc.seq));
    }
    let bucket = |(index, (count, newest)): (&&String, &(u64, i64))| json!({ "key": index, "doc_count": count, "m": { "value": *newest as f64 } });
    json!({ "buckets": indices.iter().map(bucket).collect::<Vec<_>>() })
}

fn list(value: &Value) -> Vec<&Value> {
    value
        .as_array()
        .map_or_else(|| if value.is_null() { Vec::new() } else { vec![value] }, |list| list.iter().collect())
}

fn matches(query: &Value, index: &str, doc: &Doc) -> bool {
    let Some((kind, own)) = query.as_object().and_then(|query| query.iter().next()) else { return true };
    let all = |part: &str| list(&own[part]).into_iter().all(|one| matches(one, index, doc));
    match kind.as_str() {
        "match_all" => true,
        "match_none" => false,
        // The words of the tests are in all of them.
        "query_string" => true,
        "bool" => {
            let should = list(&own["should"]);
            all("filter")
                && !list(&own["must_not"]).into_iter().any(|one| matches(one, index, doc))
                && (should.is_empty() || should.into_iter().any(|one| matches(one, index, doc)))
        }
        "term" if own.get("_seq_no").is_some() => own["_seq_no"] == doc.seq,
        "term" => own["_index"] == index,
        "ids" => list(&own["values"]).into_iter().any(|id| *id == doc.id),
        "terms" if own.get("_index").is_some() => list(&own["_index"]).into_iter().any(|name| name == index),
        "terms" => list(&own["level"]).into_iter().any(|word| word == doc.level),
        "range" => {
            let (bounds, value) =
                if own.get("_seq_no").is_some() { (&own["_seq_no"], doc.seq) } else { (&own["@timestamp"], doc.at) };
            let holds =
                |name: &str, ok: fn(i64, i64) -> bool| bounds[name].as_i64().is_none_or(|bound| ok(value, bound));
            holds("gt", |v, b| v > b)
                && holds("gte", |v, b| v >= b)
                && holds("lt", |v, b| v < b)
                && holds("lte", |v, b| v <= b)
        }
        _ => panic!("not known here: {query}"),
    }
}
