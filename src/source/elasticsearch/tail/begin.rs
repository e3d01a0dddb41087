//! The beginning of a tail by arrival: the numbers first and the newest lines then, so that nothing falls between.

use serde_json::{Value, json};

use super::bodies::{baseline, numbered, of_numbers, watching};
use super::{Following, Gathered};
use crate::model::fault::FetchError;
use crate::model::log::{Arrivals, Search};
use crate::source::elasticsearch::cursor::{Bucket, Place, buckets};
use crate::source::elasticsearch::hits::Found;
use crate::source::elasticsearch::request::Shards;
use crate::source::elasticsearch::turns::Reach;
use crate::source::elasticsearch::{Inner, Now};

impl Inner {
    pub async fn begin(&self, search: &Search, fill: u32, now: Now) -> Result<Arrivals, FetchError> {
        let mut gathered = Gathered::default();
        let (shards, total) = self.survey(now).await?;
        if total == 0 {
            gathered.say(self.no_index(now).await);
            return Ok(gathered.into_arrivals(true, None, Following::ByArrival(Place::default())));
        }
        let mut place = Place { shards, total, checked: now.ours, ..Place::default() };
        place.uuids.extend(self.uuids(now).await);
        let items: Vec<_> = (0..shards).map(|shard| (Shards::Number(shard), baseline())).collect();
        for (shard, found) in (0..shards).zip(self.searches(&items, now).await.map_err(of_numbers)?) {
            let found = found.map_err(of_numbers)?;
            numbered(&found)?;
            gathered.note(&found);
            let marks: Vec<Bucket> = buckets(&found.aggs).into_iter().map(whole).collect();
            place.advance(shard, &marks, &[], false, now.ours);
        }
        self.count_ends(&mut place, now).await?;
        place.turns.rest();
        place.quiet = true;
        let caps = self.caps(now).await?;
        let terms = self.terms(&caps);
        let newest = self.newest(terms.matching(search), terms.by_time("desc"), &Shards::All, fill, now).await?;
        gathered.note(&newest);
        gathered.take(newest.hits, &mut place, search.level);
        place.broken = gathered.partial;
        let newest = place.newest(now.server);
        Ok(gathered.into_arrivals(true, newest, Following::ByArrival(place)))
    }

    /// What is missing just below the marks is watched like any other hole.
    async fn count_ends(&self, place: &mut Place, now: Now) -> Result<(), FetchError> {
        place.watch_ends(now.ours);
        let items: Vec<_> =
            (0..place.shards).map(|shard| (Shards::Number(shard), watching(place, shard, &Reach::All))).collect();
        for (shard, found) in (0..place.shards).zip(self.searches(&items, now).await?) {
            place.counted(shard, &found?.aggs);
        }
        place.expire(now.ours);
        Ok(())
    }

    pub async fn newest(
        &self,
        filter: Option<Value>,
        sort: Value,
        shards: &Shards,
        fill: u32,
        now: Now,
    ) -> Result<Found, FetchError> {
        let query = filter.unwrap_or_else(|| json!({ "match_all": {} }));
        let body = |size| json!({ "size": size, "query": query, "sort": sort, "track_total_hits": false });
        Ok(self.paged(shards, fill as usize, now, body).await?.found)
    }
}

/// Below a first mark nothing is missed: it is the business of the fill.
fn whole(bucket: Bucket) -> Bucket {
    Bucket { count: u64::MAX, ..bucket }
}
