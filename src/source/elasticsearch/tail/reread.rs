//! What has come into holes: numbers that were missing when later ones were there already.

use std::sync::Arc;

use serde_json::Value;

use super::poll::Poll;
use crate::model::fault::FetchError;
use crate::source::elasticsearch::cursor::{Hole, Place, buckets};

impl Poll<'_> {
    pub async fn reread(&mut self, shard: u32, counts: &Value) -> Result<(), FetchError> {
        for number in self.place.changed(shard, counts) {
            let Some(hole) = self.place.holes.get(number).cloned() else { continue };
            let count = self.hole(shard, &hole).await?;
            if let Some(held) = self.place.holes.get_mut(number) {
                // Another copy may hold less.
                held.count = held.count.max(count);
            }
        }
        Ok(())
    }

    /// Takes what lies in a hole, and says how many documents there were; none if that is not sure.
    async fn hole(&mut self, shard: u32, hole: &Hole) -> Result<Option<u64>, FetchError> {
        let (mut after, mut count) = (None, None);
        loop {
            let page = self.page(shard, &hole.clause(), after.as_ref()).await?;
            let found = page.found;
            self.gathered.note(&found);
            let partial = found.partial;
            // Of the first page: what comes while the others are read changes the count once more.
            count = count.or_else(|| Some(buckets(&found.aggs).first().map_or(0, |bucket| bucket.count)));
            let last = found.hits.last().map(|hit| (hit.seq, Arc::clone(&hit.line.index)));
            self.gathered.take(found.hits, &mut self.place, self.search.level);
            after = last.filter(|_| page.full);
            if partial {
                return Ok(None);
            }
            if after.is_none() {
                return Ok(count);
            }
        }
    }
}

impl Place {
    /// Holes with more in them than before.
    fn changed(&self, shard: u32, aggs: &Value) -> Vec<usize> {
        let more = |(number, hole): (usize, &Hole)| {
            let now = count(aggs, number)?;
            hole.count.is_none_or(|held| now > held).then_some(number)
        };
        self.holes_of(shard).filter_map(more).collect()
    }

    /// What lies in the holes of a shard number is known.
    pub fn counted(&mut self, shard: u32, aggs: &Value) {
        for (number, hole) in self.holes.iter_mut().enumerate() {
            if hole.shard.1 == shard {
                hole.count = count(aggs, number);
            }
        }
    }
}

/// How many documents a hole holds, from what `watching` asks.
fn count(aggs: &Value, number: usize) -> Option<u64> {
    aggs.pointer(&format!("/w/buckets/{number}/doc_count")).and_then(Value::as_u64)
}
