//! Which indices and shards there are, and whether they are still the same ones.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::cursor::{Bucket, Place, buckets};
use super::request::OPEN;
use super::request::Shards;
use super::tail::{marked, without_numbers};
use super::{Inner, Now, success};
use crate::model::fault::FetchError;
use crate::text::Plain;

/// Numbers of shards that are looked for at once.
const SHARDS: u32 = 16;
/// An index has no more.
const MOST_SHARDS: u32 = 1_024;

impl Inner {
    /// An index came, went, or is another one under the same name.
    pub async fn check(&self, place: &mut Place, total: u64, now: Now) -> Result<(), FetchError> {
        self.forget_caps().await;
        let (shards, _) = self.survey(now).await?;
        place.shards = place.shards.max(shards);
        place.total = total;
        place.checked = now.ours;
        let uuids = self.uuids(now).await;
        let other = |(index, uuid): (&String, &String)| {
            let held = place.uuids.get(index);
            held.is_some_and(|held| held != uuid).then(|| index.clone())
        };
        let mut gone: Vec<String> = uuids.iter().filter_map(other).collect();
        if !uuids.is_empty() {
            gone.extend(place.uuids.keys().filter(|index| !uuids.contains_key(*index)).cloned());
        }
        for index in gone {
            place.forget(&index);
        }
        place.uuids.extend(uuids);
        // What lies at the marks now is what is expected there.
        let items: Vec<_> = (0..place.shards).map(|shard| (Shards::Number(shard), marked(place, shard))).collect();
        for (shard, found) in (0..place.shards).zip(self.searches(&items, now).await?) {
            let Some(found) = found.ok().filter(|found| !found.partial) else { continue };
            let there: Vec<Bucket> = buckets(&found.aggs);
            let is_there = |index: &str| there.iter().any(|bucket| &*bucket.index == index);
            let gone: Vec<Arc<str>> =
                place.marks_of(shard).map(|(index, _)| Arc::clone(index)).filter(|index| !is_there(index)).collect();
            place.gone.retain(|(_, number)| *number != shard);
            place.gone.extend(gone.into_iter().map(|index| (index, shard)));
        }
        Ok(())
    }

    /// How many shard numbers there are, and how many shards. A search of nothing tells it without any rights.
    pub async fn survey(&self, now: Now) -> Result<(u32, u64), FetchError> {
        let nothing = json!({ "size": 0, "query": { "match_none": {} } });
        let (mut first, mut total) = (0, 0);
        loop {
            let mut items = vec![(Shards::All, nothing.clone())];
            items.extend((first..first + SHARDS).map(|shard| (Shards::Number(shard), nothing.clone())));
            let mut found = self.searches(&items, now).await?.into_iter();
            total = found.next().unwrap_or(Err(FetchError::Truncated))?.shards.max(total);
            let (mut highest, mut ignored) = (None, total > 0);
            for (shard, found) in (first..).zip(found) {
                let shards = found?.shards;
                ignored &= shards == total;
                if shards > 0 {
                    highest = Some(shard);
                }
            }
            // Whatever number is asked for, all shards answer: looked for on, there would be no last one.
            if ignored || first >= MOST_SHARDS {
                return Err(without_numbers());
            }
            match highest {
                Some(shard) if shard + 1 == first + SHARDS => first += SHARDS,
                Some(shard) => return Ok((shard + 1, total)),
                None => return Ok((first.max(1), total)),
            }
        }
    }

    /// Why nothing is found: there is no such index, or it is closed.
    pub async fn no_index(&self, now: Now) -> Plain {
        let path = format!("/{}/_settings?filter_path=*.settings.index.uuid&expand_wildcards=closed&{OPEN}", self.path);
        let closed = match self.client.get(&path, now.sent()).await {
            Ok(reply) => success(&reply, now).map_or(0, |body| {
                serde_json::from_slice::<serde_json::Map<String, Value>>(body).map_or(0, |indices| indices.len())
            }),
            Err(_) => 0,
        };
        match closed {
            0 => Plain::from(format!("no index matches {}", self.index)),
            1 => Plain::from(format!("no open index matches {}: one is closed; open it to read it", self.index)),
            _ => Plain::from(format!(
                "no open index matches {}: {closed} are closed; open them to read them",
                self.index
            )),
        }
    }

    /// Of each index; none for who may not see them.
    pub async fn uuids(&self, now: Now) -> BTreeMap<String, String> {
        let path = format!("/{}/_settings?filter_path=*.settings.index.uuid&{OPEN}", self.path);
        let Ok(reply) = self.client.get(&path, now.sent()).await else { return BTreeMap::new() };
        let Ok(body) = success(&reply, now) else { return BTreeMap::new() };
        let settings: serde_json::Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
        let uuid = |(index, own): (String, Value)| {
            let uuid = own.pointer("/settings/index/uuid")?.as_str()?.to_owned();
            Some((index, uuid))
        };
        settings.into_iter().filter_map(uuid).collect()
    }
}
