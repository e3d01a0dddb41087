//! Following by arrival: each shard counts its operations, so that whatever is numbered higher than what was seen is
//! new, however late it says it is.

use std::sync::Arc;

use serde_json::{Value, json};

use super::cursor::{Bucket, Hole, Place, buckets, per_index, stretch};
use super::hits::{Found, Hit};
use super::query::{Terms, any};
use super::{Inner, Now};
use crate::model::fault::FetchError;
use crate::model::log::{Arrivals, Cursor, Level, Line, Search, Way};
use crate::text::Plain;
use crate::time::{SECOND, Timestamp};

/// Lines of one request: what a server gives at most. Fewer if they are too large for one answer.
const PAGE_SIZES: [usize; 4] = [10_000, 1_000, 100, 10];
/// Lines that are taken in one poll.
const CAP: u64 = 50_000;
/// Whether an index is still the same is asked no more often.
const CHECK_EVERY: i64 = 5 * SECOND;

/// What a tail remembers from one poll to the next.
enum Following {
    ByArrival(Place),
}

/// What a poll has gathered.
#[derive(Default)]
struct Gathered {
    lines: Vec<Line>,
    skipped: u64,
    notes: Vec<Plain>,
    partial: bool,
}

impl Gathered {
    fn note(&mut self, found: &Found) {
        self.partial |= found.partial;
        for note in &found.notes {
            if !self.notes.contains(note) {
                self.notes.push(note.clone());
            }
        }
    }

    /// Those that were not handed over before, and are of the level that is sought.
    fn take(&mut self, hits: Vec<Hit>, place: &mut Place, level: Option<Level>) {
        for Hit { line, .. } in hits {
            if place.seen.insert(&line.index, &line.id) && level.is_none_or(|level| line.level <= level) {
                place.newest = place.newest.max(Some(line.at));
                self.lines.push(line);
            }
        }
    }

    fn into_arrivals(mut self, anew: bool, place: Place, server_now: Timestamp) -> Arrivals {
        self.lines.sort_by_key(|line| line.at);
        let newest = place.newest.map(|ns| Timestamp(ns.div_euclid(1_000_000)).min(server_now));
        Arrivals {
            lines: self.lines,
            anew,
            skipped: self.skipped,
            complete_to: newest,
            way: Way::Arrival,
            notes: self.notes,
            cursor: Cursor(Arc::new(Following::ByArrival(place))),
        }
    }
}

impl Inner {
    pub async fn tail(
        &self,
        search: &Search,
        fill: u32,
        cursor: Option<&Cursor>,
        now: Now,
    ) -> Result<Arrivals, FetchError> {
        let held = cursor.and_then(|cursor| cursor.0.downcast_ref::<Following>());
        match held {
            Some(Following::ByArrival(place)) if place.shards > 0 => self.follow(search, place.clone(), now).await,
            _ => self.begin(search, fill, now).await,
        }
    }

    /// The numbers first and the newest lines then, so that nothing falls between.
    async fn begin(&self, search: &Search, fill: u32, now: Now) -> Result<Arrivals, FetchError> {
        let mut gathered = Gathered::default();
        let (shards, total) = self.survey(now).await?;
        if total == 0 {
            gathered.notes.push(self.no_index());
            return Ok(gathered.into_arrivals(true, Place::default(), now.server));
        }
        let mut place = Place { shards, total, checked: now.ours, ..Place::default() };
        place.uuids.extend(self.uuids(now).await);
        let baseline: Vec<_> =
            (0..shards).map(|shard| (Some(shard), json!({ "size": 0, "aggs": per_index() }))).collect();
        for (shard, found) in (0..shards).zip(self.searches(&baseline, now).await?) {
            let found = found?;
            gathered.note(&found);
            let marks: Vec<Bucket> = buckets(&found.aggs).into_iter().map(whole).collect();
            place.advance(shard, &marks, &[], false, now.ours);
        }
        let caps = self.caps(now).await?;
        let newest = self.newest(search, self.terms(&caps), fill, now).await?;
        gathered.note(&newest);
        gathered.take(newest.hits, &mut place, search.level);
        if gathered.partial {
            // Not whole: it begins anew with the next poll.
            place.shards = 0;
        }
        Ok(gathered.into_arrivals(true, place, now.server))
    }

    async fn newest(&self, search: &Search, terms: Terms<'_>, fill: u32, now: Now) -> Result<Found, FetchError> {
        let query = terms.matching(search).unwrap_or_else(|| json!({ "match_all": {} }));
        let mut fault = None;
        for size in PAGE_SIZES.map(|size| size.min(fill as usize)) {
            let body =
                json!({ "size": size, "query": query, "sort": terms.by_time("desc"), "track_total_hits": false });
            match self.search(&body, now).await {
                Err(too_large @ FetchError::TooLarge { .. }) => fault = Some(too_large),
                other => return other,
            }
        }
        Err(fault.unwrap_or(FetchError::Truncated))
    }

    async fn follow(&self, search: &Search, mut place: Place, now: Now) -> Result<Arrivals, FetchError> {
        let caps = self.caps(now).await?;
        let filter = self.terms(&caps).matching(search);
        let mut fault = None;
        for size in PAGE_SIZES {
            match self.poll(&place, filter.as_ref(), size, now).await {
                Err(too_large @ FetchError::TooLarge { .. }) => fault = Some(too_large),
                Err(other) => return Err(other),
                Ok(answers) => {
                    let gathered = self.gather(answers, &mut place, filter.as_ref(), size, search, now).await?;
                    return Ok(gathered.into_arrivals(false, place, now.server));
                }
            }
        }
        Err(fault.unwrap_or(FetchError::Truncated))
    }

    /// One request: what is new, what has come into holes and lies at the marks, and how many shards there are.
    async fn poll(
        &self,
        place: &Place,
        filter: Option<&Value>,
        size: usize,
        now: Now,
    ) -> Result<Vec<Result<Found, FetchError>>, FetchError> {
        let mut items = Vec::new();
        for shard in 0..place.shards {
            items.push((Some(shard), arriving(&place.behind(shard), filter, size, None)));
            // Where there is one number it is asked of all shards, and says how many there are.
            items.push((Some(shard).filter(|_| place.shards > 1), watching(place, shard)));
        }
        if place.shards > 1 {
            items.push((None, json!({ "size": 0, "query": { "match_none": {} } })));
        }
        self.searches(&items, now).await
    }

    async fn gather(
        &self,
        answers: Vec<Result<Found, FetchError>>,
        place: &mut Place,
        filter: Option<&Value>,
        size: usize,
        search: &Search,
        now: Now,
    ) -> Result<Gathered, FetchError> {
        let mut gathered = Gathered::default();
        let mut answers = answers.into_iter();
        let mut next = || answers.next().unwrap_or(Err(FetchError::Truncated));
        let (mut suspicious, known, mut total) = (false, place.marks.len(), 0);
        for shard in 0..place.shards {
            let (arrived, watched) = (next()?, next()?);
            gathered.note(&watched);
            total = watched.shards;
            // Before the marks move: the holes that were asked for are those in the list.
            suspicious |= !watched.partial && place.has_moved(shard, &watched);
            let changed = if watched.partial { Vec::new() } else { place.changed(shard, &watched.aggs) };
            self.reread(shard, &changed, place, filter, size, search, &mut gathered, now).await?;
            self.arrived(shard, arrived, place, filter, size, search, &mut gathered, now).await?;
        }
        place.expire(now.ours);
        if place.shards > 1 {
            let all = next()?;
            gathered.note(&all);
            total = all.shards;
        }
        if total == 0 {
            gathered.notes.push(self.no_index());
        }
        let grown = place.marks.len() > known;
        if grown || total != place.total || (suspicious && now.ours.since(place.checked) >= CHECK_EVERY) {
            self.check(place, total, now).await?;
        }
        Ok(gathered)
    }

    /// Lines that are new, page by page; of a burst the last.
    #[allow(clippy::too_many_arguments, reason = "one poll's state, which no two functions share otherwise")]
    async fn arrived(
        &self,
        shard: u32,
        mut found: Found,
        place: &mut Place,
        filter: Option<&Value>,
        size: usize,
        search: &Search,
        gathered: &mut Gathered,
        now: Now,
    ) -> Result<(), FetchError> {
        let (new, total) = (buckets(&found.aggs), found.total());
        gathered.note(&found);
        let mut query = place.behind(shard);
        if total > CAP {
            query = floors(place, shard, &new);
            found = self.search_shard(shard, &arriving(&query, filter, size, None), now).await?;
            gathered.note(&found);
        }
        let wanted = found.total().min(CAP + CAP / 10);
        let (mut hits, mut failed) = (Vec::new(), found.partial);
        let mut timed_out = found.timed_out;
        loop {
            let full = found.hits.len() >= size;
            hits.append(&mut found.hits);
            let Some(last) = hits.last().filter(|_| full && (hits.len() as u64) < wanted) else { break };
            let after = (last.seq, Arc::clone(&last.line.index));
            found = self.search_shard(shard, &arriving(&query, filter, size, Some(after)), now).await?;
            gathered.note(&found);
            failed |= found.partial;
            timed_out |= found.timed_out;
        }
        let got = hits.len() as u64;
        // A shard that did not answer at all has moved no mark; one that lost lines on the way must be asked again.
        if !timed_out && (!failed || got >= wanted) {
            let exact = filter.is_none() && total <= CAP;
            place.advance(shard, &new, &hits, exact, now.ours);
            gathered.skipped += total.saturating_sub(got.max(wanted.min(total)));
        }
        gathered.take(hits, place, search.level);
        Ok(())
    }

    /// What has come into holes.
    #[allow(clippy::too_many_arguments, reason = "as `arrived`")]
    async fn reread(
        &self,
        shard: u32,
        changed: &[usize],
        place: &mut Place,
        filter: Option<&Value>,
        size: usize,
        search: &Search,
        gathered: &mut Gathered,
        now: Now,
    ) -> Result<(), FetchError> {
        for number in changed {
            let Some(hole) = place.holes.get(*number).cloned() else { continue };
            let mut after = None;
            let mut count = None;
            loop {
                let body = arriving(&hole.clause(), filter, size, after);
                let found = self.search_shard(shard, &body, now).await?;
                gathered.note(&found);
                if found.partial {
                    count = None;
                    gathered.take(found.hits, place, search.level);
                    break;
                }
                // Of the first page: what comes while the others are read changes the count once more.
                count = count.or_else(|| Some(buckets(&found.aggs).first().map_or(0, |bucket| bucket.count)));
                let last = found.hits.last().map(|hit| (hit.seq, Arc::clone(&hit.line.index)));
                after = last.filter(|_| found.hits.len() >= size);
                gathered.take(found.hits, place, search.level);
                if after.is_none() {
                    break;
                }
            }
            if let Some(held) = place.holes.get_mut(*number) {
                // Another copy may hold less.
                held.count = held.count.max(count);
            }
        }
        Ok(())
    }

    async fn search_shard(&self, shard: u32, body: &Value, now: Now) -> Result<Found, FetchError> {
        self.search_at(&format!("&preference=_shards:{shard}"), body, now).await
    }
}

/// Below a first mark nothing is missed: it is the business of the fill.
fn whole(bucket: Bucket) -> Bucket {
    Bucket { count: u64::MAX, ..bucket }
}

/// Lines in the order of arrival, and how many documents of all there were by index.
fn arriving(query: &Value, filter: Option<&Value>, size: usize, after: Option<(i64, Arc<str>)>) -> Value {
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
        body["search_after"] = json!([seq, &*index]);
    }
    body
}

/// How many documents lie in each hole and at the marks.
pub fn watching(place: &Place, shard: u32) -> Value {
    let Some(marks) = place.at_marks(shard) else { return json!({ "size": 0, "query": { "match_none": {} } }) };
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

pub fn anchored(found: &Found) -> u64 {
    found.aggs.pointer("/w/buckets/at/doc_count").and_then(Value::as_u64).unwrap_or_else(|| found.total())
}

impl Place {
    fn has_moved(&self, shard: u32, watched: &Found) -> bool {
        self.anchors.get(&shard).is_some_and(|held| anchored(watched) < *held)
    }

    /// Holes with more in them than before.
    fn changed(&self, shard: u32, aggs: &Value) -> Vec<usize> {
        let count = |number: usize| aggs.pointer(&format!("/w/buckets/{number}/doc_count")).and_then(Value::as_u64);
        let more = |(number, hole): (usize, &Hole)| {
            let now = count(number)?;
            hole.count.is_none_or(|held| now > held).then_some(number)
        };
        self.holes_of(shard).filter_map(more).collect()
    }
}

/// The last numbers of each index, in proportion to how much it brought.
fn floors(place: &Place, shard: u32, new: &[Bucket]) -> Value {
    let sum: u64 = new.iter().map(|bucket| bucket.count).sum::<u64>().max(1);
    let ways = new.iter().map(|bucket| {
        let share = (u128::from(bucket.count) * u128::from(CAP) / u128::from(sum)) as i64;
        let held = place.marks.get(&(Arc::clone(&bucket.index), shard)).map_or(-1, |mark| mark.to);
        stretch(&bucket.index, &json!({ "gt": (bucket.newest - share).max(held), "lte": bucket.newest }))
    });
    any(ways.collect())
}
