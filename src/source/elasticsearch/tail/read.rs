//! Reading by time: seconds that hold more than before, and what lies behind the edge.

use serde_json::{Value, json};

use super::CAP;
use super::seconds::second;
use super::sweep::Begin;
use super::time::{Sweeper, Watched};
use crate::model::fault::FetchError;
use crate::source::elasticsearch::hits::{Found, Hit};

impl Sweeper<'_> {
    /// How many lines each second holds.
    pub async fn counts(&mut self, query: Value) -> Result<Vec<(i64, u64)>, FetchError> {
        let by = json!({ "field": self.terms.fields.time(), "fixed_interval": "1s", "min_doc_count": 1 });
        let body =
            json!({ "size": 0, "track_total_hits": false, "query": query, "aggs": { "t": { "date_histogram": by } } });
        let found = self.inner.search_at(&self.copies, &body, self.now).await?;
        self.gathered.note(&found);
        let list = found.aggs.pointer("/t/buckets").and_then(Value::as_array);
        let count = |bucket: &Value| Some((second(bucket["key"].as_f64()? as i64), bucket["doc_count"].as_u64()?));
        Ok(list.into_iter().flatten().filter_map(count).collect())
    }

    /// Seconds that hold more than before are read again: which lines first, then those that are new.
    pub async fn late(&mut self, watched: &mut Watched, edge: i64, until: i64) -> Result<(), FetchError> {
        let counts = self.counts(self.elsewhere(watched, edge, until)).await?;
        if self.gathered.partial {
            return Ok(());
        }
        for gone in watched.seconds.known(watched.floor, edge) {
            if !counts.iter().any(|(second, _)| *second == gone) {
                watched.seconds.set(gone, 0);
            }
        }
        for (second, count) in counts {
            if count < watched.seconds.count(second) {
                watched.seconds.set(second, count);
            } else if count > watched.seconds.count(second) {
                self.again(watched, second, edge, until).await?;
            }
        }
        Ok(())
    }

    async fn again(&mut self, watched: &mut Watched, which: i64, edge: i64, until: i64) -> Result<(), FetchError> {
        let (from, to) = (which.saturating_mul(1_000), which.saturating_add(1).saturating_mul(1_000));
        let span = if from < edge { (from.max(watched.floor), to.min(edge)) } else { (from.max(until), to) };
        let there = self.sweep(span, Begin::Oldest, u64::MAX, true, None).await?;
        let count = there.hits.len() as u64;
        let unknown: Vec<Hit> = there.hits.into_iter().filter(|hit| watched.seconds.is_new(which, hit)).collect();
        let read = self.fetch(&unknown).await?;
        for hit in &read.hits {
            watched.seconds.take(which, hit);
            if let Some(at) = hit.at.filter(|at| *at < edge) {
                watched.saw_late(at, self.now);
            }
        }
        if !there.partial && !read.partial && read.hits.len() == unknown.len() {
            watched.seconds.set(which, count);
        }
        self.gathered.hand_over(read.hits, self.search);
        Ok(())
    }

    /// What lies behind the edge; of a burst the last.
    pub async fn newer(
        &mut self,
        watched: &mut Watched,
        first: Found,
        edge: i64,
        until: i64,
    ) -> Result<(), FetchError> {
        let total = first.total();
        let mut counts = Vec::new();
        let swept = if total > CAP {
            // What is skipped is counted before: what comes later makes its second fuller.
            counts = self.counts(self.between(edge, until)).await?;
            self.sweep((edge, until), Begin::Newest, CAP, false, None).await?
        } else {
            // Too large to be had with the counts: it is read alone.
            let first = Some(first).filter(|first| !first.hits.is_empty() || total == 0 || first.partial);
            self.sweep((edge, until), Begin::Oldest, u64::MAX, false, first).await?
        };
        let got = swept.hits.len() as u64;
        let (mut fresh, mut latest) = (Vec::new(), None);
        for hit in swept.hits {
            let Some(at) = hit.at else { continue };
            latest = latest.max(Some(at));
            let place = second(at);
            if watched.seconds.take(place, &hit) {
                watched.seconds.set(place, watched.seconds.count(place) + 1);
                fresh.push(hit);
            }
        }
        if !swept.partial {
            if total > CAP {
                self.gathered.skipped += total.saturating_sub(got);
                watched.skip(&counts, &fresh);
            }
            watched.edge = Some(latest.map_or(edge, |at| (at + 1).clamp(edge, until)));
        }
        self.gathered.hand_over(fresh, self.search);
        Ok(())
    }
}
