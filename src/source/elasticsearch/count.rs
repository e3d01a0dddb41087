//! Lines counted: over time and by level, by error type and by endpoint.

use serde_json::{Value, json};

use super::caps::Caps;
use super::fields::Role;
use super::page::bounds;
use super::query::all;
use super::request::Shards;
use super::{Inner, Now};
use crate::model::fault::FetchError;
use crate::model::log::{Level, NONE, Search, Tallies, Volume};
use crate::model::window::Span;
use crate::text::Plain;

/// What a server makes at most, in its oldest versions.
const MAX_BUCKETS: i64 = 2_000;
/// Over so many lines it is counted where the server cannot.
const COUNTED: usize = 10_000;
/// Rows of a table.
const ROWS: usize = 50;

impl Inner {
    pub async fn volume(&self, search: &Search, span: Span, step: i64, now: Now) -> Result<Volume, FetchError> {
        let caps = self.caps(now).await?;
        let terms = self.terms(&caps);
        let (from, until) = bounds(span, now);
        let step = step.max(1).max((until - from) / MAX_BUCKETS + 1);
        let start = from - from.rem_euclid(step);
        let buckets = usize::try_from((until - 1 - start) / step + 1).unwrap_or(0);
        let time = self.fields.time();
        let over_time = json!({ "t": { "date_histogram": {
            "field": time, "fixed_interval": format!("{step}ms"), "min_doc_count": 1,
        }}});
        let mut levels = serde_json::Map::new();
        for level in Level::ALL {
            if let Some(which) = terms.level(level) {
                levels.insert(level.word().to_owned(), which);
            }
        }
        let mut aggs = over_time.clone();
        if !levels.is_empty() {
            aggs["l"] = json!({ "filters": { "filters": levels }, "aggs": over_time });
        }
        let mut conditions = vec![terms.between(Some(from), Some(until))];
        conditions.extend(terms.matching(search));
        let body = json!({ "size": 0, "track_total_hits": true, "query": all(conditions), "aggs": aggs });
        let found = self.search(&body, now).await?;
        let mut notes = found.notes.clone();
        if found.shards == 0 {
            notes.push(self.no_index(now).await);
        }
        if levels.is_empty() {
            notes.push(Plain::new("the server cannot tell levels: all lines are counted as one"));
        } else if !terms.has_level() {
            notes.push(Plain::new("levels are told by the words in the line: they may be off by a little"));
        }
        let grid = Grid { start, step, buckets };
        Ok(Volume { start, step, levels: grid.levels(&found.aggs), total: found.count(), notes })
    }

    pub async fn tallies(&self, search: &Search, span: Span, now: Now) -> Result<Tallies, FetchError> {
        let caps = self.caps(now).await?;
        let terms = self.terms(&caps);
        let (from, until) = bounds(span, now);
        let mut conditions = vec![terms.between(Some(from), Some(until))];
        conditions.extend(terms.matching(search));
        let columns = [Role::ErrorType, Role::Endpoint].map(|role| self.column(role, &caps));
        // The type of a line must be a field of its own, and its level as well.
        let kind = self.column(Role::Kind, &caps).filter(|_| terms.has_level());
        let ([Some(error), Some(endpoint)], Some(kind), Some(is_error)) = (columns, kind, terms.level(Level::Error))
        else {
            return self.tallies_of_lines(search, conditions, now).await;
        };
        let by = |field: &str| json!({ "by": { "terms": { "field": field, "size": ROWS, "missing": NONE } } });
        let aggs = json!({
            "errors": { "filter": is_error, "aggs": by(&error) },
            "requests": { "filter": { "term": { kind: "request" } }, "aggs": by(&endpoint) },
        });
        let body = json!({ "size": 0, "track_total_hits": false, "query": all(conditions), "aggs": aggs });
        let found = self.search(&body, now).await?;
        let mut notes = found.notes.clone();
        if found.shards == 0 {
            notes.push(self.no_index(now).await);
        }
        // Each shard names only its own most frequent ones.
        let missed = |path: &str| found.aggs.pointer(path).and_then(Value::as_u64).unwrap_or(0);
        let most = ["errors", "requests"].map(|of| missed(&format!("/{of}/by/doc_count_error_upper_bound")));
        if let Some(most) = most.into_iter().max().filter(|most| *most > 0) {
            notes.push(Plain::from(format!("a count may be up to {most} too low: there are too many different ones")));
        }
        let rows = |path: &str| {
            let list = found.aggs.pointer(path).and_then(Value::as_array);
            let row = |bucket: &Value| Some((Plain::new(&key(bucket)?), bucket["doc_count"].as_u64()?));
            let mut rows: Vec<_> = list.into_iter().flatten().filter_map(row).collect();
            order(&mut rows);
            rows
        };
        let (error_types, requests) = (rows("/errors/by/buckets"), rows("/requests/by/buckets"));
        Ok(Tallies { error_types, requests, over: None, notes })
    }

    /// The first name that the server can count by.
    fn column(&self, role: Role, caps: &Caps) -> Option<String> {
        self.fields.names(role).iter().find_map(|name| caps.countable(name))
    }

    async fn tallies_of_lines(&self, search: &Search, conditions: Vec<Value>, now: Now) -> Result<Tallies, FetchError> {
        let caps = self.caps(now).await?;
        let sort = self.terms(&caps).by_time("desc");
        let query = all(conditions);
        let body = |size| json!({ "size": size, "query": query, "sort": sort, "track_total_hits": false });
        let found = self.paged(&Shards::All, COUNTED, now, body).await?.found;
        let mut notes = found.notes.clone();
        if found.shards == 0 {
            notes.push(self.no_index(now).await);
        }
        let mut lines = found.lines();
        // The server may not know of levels.
        lines.retain(|line| search.level.is_none_or(|level| line.level <= level));
        let mut tallies = Tallies { notes, ..Tallies::of(&lines) };
        tallies.error_types.truncate(ROWS);
        tallies.requests.truncate(ROWS);
        Ok(tallies)
    }
}

fn order(rows: &mut [(Plain, u64)]) {
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
}

fn key(bucket: &Value) -> Option<String> {
    let named = bucket.get("key_as_string").or_else(|| bucket.get("key"))?;
    Some(named.as_str().map_or_else(|| named.to_string(), str::to_owned))
}

/// The buckets that are wanted; a server gives those that hold something.
#[derive(Clone, Copy)]
struct Grid {
    start: i64,
    step: i64,
    buckets: usize,
}

impl Grid {
    fn levels(self, aggs: &Value) -> Vec<(Level, Vec<u64>)> {
        let mut rest = self.counts(aggs.pointer("/t/buckets"));
        let mut levels = Vec::new();
        for level in Level::ALL {
            let own = self.counts(aggs.pointer(&format!("/l/buckets/{}/t/buckets", level.word())));
            if own.iter().any(|count| *count > 0) {
                for (rest, own) in rest.iter_mut().zip(&own) {
                    *rest = rest.saturating_sub(*own);
                }
                levels.push((level, own));
            }
        }
        if rest.iter().any(|count| *count > 0) {
            levels.push((Level::Unknown, rest));
        }
        levels
    }

    fn counts(self, buckets: Option<&Value>) -> Vec<u64> {
        let mut counts = vec![0; self.buckets];
        for bucket in buckets.and_then(Value::as_array).into_iter().flatten() {
            let place = bucket["key"].as_f64().map(|key| (key as i64 - self.start).div_euclid(self.step));
            let slot = place.and_then(|place| usize::try_from(place).ok()).and_then(|place| counts.get_mut(place));
            if let Some(slot) = slot {
                *slot += bucket["doc_count"].as_u64().unwrap_or(0);
            }
        }
        counts
    }
}
