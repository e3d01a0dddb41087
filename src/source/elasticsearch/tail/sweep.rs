//! All lines of a stretch of time, page by page. Nothing in a document orders those of one moment, so that what was
//! read of the moment where a page ends is left out of the next.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::time::Sweeper;
use crate::model::fault::FetchError;
use crate::source::elasticsearch::hits::{Found, Hit};
use crate::source::elasticsearch::query::all;

/// Where it begins: what comes first is read if it is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    Oldest,
    Newest,
}

/// Documents that are wanted at once by their ids.
const IDS: usize = 1_000;

/// What was read, and whether all shards gave theirs.
pub struct Swept {
    pub hits: Vec<Hit>,
    pub partial: bool,
}

impl Sweeper<'_> {
    /// From one moment up to and without another, in ms. `bare` asks for the ids alone. `first` is a page that was
    /// read before.
    pub async fn sweep(
        &mut self,
        (mut from, mut until): (i64, i64),
        begin: Begin,
        limit: u64,
        bare: bool,
        first: Option<Found>,
    ) -> Result<Swept, FetchError> {
        let order = if begin == Begin::Oldest { "asc" } else { "desc" };
        let mut swept = Swept { hits: Vec::new(), partial: false };
        let mut tied: Vec<Hit> = Vec::new();
        // By their count: how many are asked for at once may have changed since.
        let mut next = first.map(|found| ((found.hits.len() as u64) < found.total(), found));
        loop {
            let (full, mut found) = match next.take() {
                Some(page) => page,
                None => {
                    let query = without(self.between(from, until), &tied);
                    let sort = self.terms.by_ms(order);
                    let body = |size: usize| self.body(&query, &sort, size, bare);
                    let page = self.inner.paged(&self.copies, usize::MAX, self.now, body).await?;
                    (page.full, page.found)
                }
            };
            self.gathered.note(&found);
            swept.partial |= found.partial;
            let last = found.hits.last().and_then(|hit| hit.at);
            swept.hits.append(&mut found.hits);
            let more = full && !swept.partial && (swept.hits.len() as u64) < limit;
            let Some(edge) = last.filter(|_| more) else { return Ok(swept) };
            // They lie at the end of what was read.
            tied = swept.hits.iter().rev().take_while(|hit| hit.at == Some(edge)).cloned().collect();
            match begin {
                Begin::Oldest => from = edge,
                Begin::Newest => until = edge.saturating_add(1),
            }
        }
    }

    /// The documents of these, whole.
    pub async fn fetch(&mut self, wanted: &[Hit]) -> Result<Swept, FetchError> {
        let mut swept = Swept { hits: Vec::new(), partial: false };
        let mut rest = wanted;
        while !rest.is_empty() {
            let size = self.inner.pace.size().min(IDS).min(rest.len());
            let (now, later) = rest.split_at(size);
            let query = these(now);
            let sort = self.terms.by_ms("asc");
            let body = |_| self.body(&query, &sort, size, false);
            match self.inner.search_at(&self.copies, &body(size), self.now).await {
                // The pace is slower then; one line that is too large comes without its text.
                Err(FetchError::TooLarge { .. }) if size > 1 => {
                    self.inner.pace.slower();
                    continue;
                }
                Err(FetchError::TooLarge { .. }) => {
                    let page = self.inner.paged(&self.copies, 1, self.now, body).await?;
                    self.put(&mut swept, page.found);
                }
                found => self.put(&mut swept, found?),
            }
            rest = later;
        }
        Ok(swept)
    }

    fn put(&mut self, swept: &mut Swept, mut found: Found) {
        self.gathered.note(&found);
        swept.partial |= found.partial;
        swept.hits.append(&mut found.hits);
    }

    fn body(&self, query: &Value, sort: &Value, size: usize, bare: bool) -> Value {
        let mut body = json!({ "size": size, "query": query, "sort": sort, "track_total_hits": false });
        if bare {
            body["_source"] = false.into();
        }
        body
    }
}

/// Ids are only unique within an index.
fn by_index(hits: &[Hit]) -> Vec<Value> {
    let mut indices: BTreeMap<&Arc<str>, Vec<&str>> = BTreeMap::new();
    for hit in hits {
        indices.entry(&hit.line.index).or_default().push(&hit.line.id);
    }
    let one = |(index, ids): (&Arc<str>, Vec<&str>)| {
        all(vec![json!({ "term": { "_index": &**index } }), json!({ "ids": { "values": ids } })])
    };
    indices.into_iter().map(one).collect()
}

fn these(hits: &[Hit]) -> Value {
    json!({ "bool": { "should": by_index(hits) } })
}

fn without(query: Value, hits: &[Hit]) -> Value {
    match hits.is_empty() {
        true => query,
        false => json!({ "bool": { "filter": query, "must_not": by_index(hits) } }),
    }
}
