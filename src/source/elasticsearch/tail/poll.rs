//! One poll by arrival: each shard counts its operations, so that whatever is numbered higher than what was seen is
//! new, however late it says it is.

use std::sync::Arc;

use serde_json::{Value, json};

use super::bodies::{anchored, arriving, floors, knock, watching, without_numbers};
use super::{CAP, Following, Gathered};
use crate::model::fault::FetchError;
use crate::model::log::{Arrivals, Level, Search};
use crate::source::elasticsearch::cursor::{Place, buckets};
use crate::source::elasticsearch::hits::{Found, Hit};
use crate::source::elasticsearch::request::{Paged, Shards};
use crate::source::elasticsearch::turns::{Reach, others};
use crate::source::elasticsearch::{Inner, Now};
use crate::time::{SECOND, Timestamp};

/// Whether an index is still the same is asked no more often.
const CHECK_EVERY: i64 = 5 * SECOND;

/// What one poll knows and finds.
pub struct Poll<'a> {
    pub inner: &'a Inner,
    pub search: &'a Search,
    pub filter: Option<Value>,
    pub now: Now,
    pub place: Place,
    pub gathered: Gathered,
    /// Which indices it is about.
    reach: Reach,
    /// Those that are asked about in each poll.
    awake: Vec<Arc<str>>,
    /// First it is asked whether there is anything at all: that is short to say, and no line is too large for it.
    knocking: bool,
    /// Whether anything came.
    came: bool,
}

/// What a round of questions says of the indices themselves.
#[derive(Default)]
struct Signs {
    total: u64,
    /// A mark is not where it was.
    suspicious: bool,
    /// Something came into an index that was not asked about.
    stirred: bool,
}

impl Inner {
    pub async fn follow(&self, search: &Search, mut place: Place, now: Now) -> Result<Arrivals, FetchError> {
        let caps = self.caps(now).await?;
        let filter = self.terms(&caps).matching(search);
        let (reach, awake) = (place.turn(now.ours), place.turns.awake(now.ours));
        let knocking = place.quiet;
        let gathered = Gathered::default();
        let mut poll = Poll { inner: self, search, filter, now, place, gathered, reach, awake, knocking, came: false };
        let known = poll.place.marks.len();
        let mut signs = poll.round().await?;
        if poll.reach != Reach::All && (signs.stirred || signs.total != poll.place.total) {
            poll.reach = Reach::All;
            signs = poll.round().await?;
        }
        let Poll { mut place, mut gathered, came, .. } = poll;
        place.quiet = !came;
        place.expire(now.ours);
        if signs.total == 0 {
            gathered.say(self.no_index(now).await);
        }
        let grown = place.marks.len() > known;
        let suspicious = signs.suspicious && now.ours.since(place.checked) >= CHECK_EVERY;
        if grown || signs.total != place.total || suspicious {
            self.check(&mut place, signs.total, now).await?;
        }
        if place.broken && !gathered.partial {
            place.shards = 0;
        }
        let newest = place.newest(now.server);
        Ok(gathered.into_arrivals(false, newest, Following::ByArrival(place)))
    }
}

impl Poll<'_> {
    async fn round(&mut self) -> Result<Signs, FetchError> {
        let answers = match self.ask().await {
            Err(FetchError::TooLarge { .. }) if !self.knocking => {
                // Page by page it is found out how many lines can be had at once.
                self.knocking = true;
                self.ask().await?
            }
            answers => answers?,
        };
        self.gather(answers).await
    }

    /// One request: what is new, what has come into holes and lies at the marks, and how many shards there are.
    async fn ask(&self) -> Result<Vec<Result<Found, FetchError>>, FetchError> {
        let (place, reach) = (&self.place, &self.reach);
        let mut items = Vec::new();
        for shard in 0..place.shards {
            let query = place.behind(shard, reach);
            let arriving = match self.knocking {
                true => knock(&query),
                false => arriving(&query, self.filter.as_ref(), self.inner.pace.size(), None),
            };
            items.push((Shards::Number(shard), arriving));
            // Where there is one number it is asked of all shards, and says how many there are.
            let of = if self.asks_of_all() { Shards::Number(shard) } else { Shards::All };
            items.push((of, watching(place, shard, reach)));
        }
        if self.asks_of_all() {
            let nothing = || json!({ "size": 0, "query": { "match_none": {} } });
            let all = if *reach == Reach::All { nothing() } else { others(&self.awake) };
            items.push((Shards::All, all));
        }
        self.inner.searches(&items, self.now).await
    }

    fn asks_of_all(&self) -> bool {
        self.place.shards > 1 || self.reach != Reach::All
    }

    async fn gather(&mut self, answers: Vec<Result<Found, FetchError>>) -> Result<Signs, FetchError> {
        let mut answers = answers.into_iter();
        let mut next = || answers.next().unwrap_or(Err(FetchError::Truncated));
        let mut signs = Signs::default();
        for shard in 0..self.place.shards {
            let (arrived, watched) = (next()?, next()?);
            self.gathered.note(&watched);
            signs.total = watched.shards;
            // Before the marks move: the holes that were asked for are those in the list. More is more, whoever is silent.
            signs.suspicious |= !watched.partial && anchored(&watched) < self.place.anchors(shard, &self.reach);
            self.reread(shard, &watched.aggs).await?;
            self.arrived(shard, arrived).await?;
        }
        if self.asks_of_all() {
            let all = next()?;
            self.gathered.note(&all);
            signs.total = all.shards;
            if self.reach != Reach::All && !all.partial {
                signs.stirred = self.place.turns.stirred(&self.awake, all.total());
            }
        }
        Ok(signs)
    }

    /// Lines that are new, page by page; of a burst the last.
    async fn arrived(&mut self, shard: u32, first: Found) -> Result<(), FetchError> {
        let mut query = self.place.behind(shard, &self.reach);
        let mut page = match self.knocking && first.total() > 0 {
            true => self.page(shard, &query, None).await?,
            // By their count: how many are asked for at once may have changed since.
            false => Paged { full: !first.partial && (first.hits.len() as u64) < first.total(), found: first },
        };
        let (new, total) = (buckets(&page.found.aggs), page.found.total());
        self.gathered.note(&page.found);
        self.came |= !new.is_empty();
        if total > CAP {
            query = floors(&self.place, shard, &new);
            page = self.page(shard, &query, None).await?;
            self.gathered.note(&page.found);
        }
        let wanted = page.found.total().min(CAP + CAP / 10);
        let (mut hits, mut failed, mut timed_out) = (Vec::new(), page.found.partial, page.found.timed_out);
        loop {
            hits.append(&mut page.found.hits);
            let Some(last) = hits.last().filter(|_| page.full && (hits.len() as u64) < wanted) else { break };
            let after = (last.seq, Arc::clone(&last.line.index));
            page = self.page(shard, &query, Some(&after)).await?;
            self.gathered.note(&page.found);
            failed |= page.found.partial;
            timed_out |= page.found.timed_out;
        }
        if hits.iter().any(|hit| hit.seq < 0) {
            return Err(without_numbers());
        }
        // What came while it was read makes up for nothing that was lost on the way.
        let is_sought = |hit: &&Hit| new.iter().any(|one| one.index == hit.line.index && hit.seq <= one.newest);
        let got = hits.iter().filter(is_sought).count() as u64;
        // A shard that did not answer at all has moved no mark; one that lost lines on the way must be asked again.
        if !timed_out && (!failed || got >= wanted) {
            let exact = self.filter.is_none() && total <= CAP;
            self.place.advance(shard, &new, &hits, exact, self.now.ours);
            self.gathered.skipped += total.saturating_sub(got.max(wanted.min(total)));
        }
        self.gathered.take(hits, &mut self.place, self.search.level);
        Ok(())
    }

    /// Lines of one shard number in the order of arrival.
    pub async fn page(&self, shard: u32, query: &Value, after: Option<&(i64, Arc<str>)>) -> Result<Paged, FetchError> {
        let body = |size| arriving(query, self.filter.as_ref(), size, after);
        self.inner.paged(&Shards::Number(shard), usize::MAX, self.now, body).await
    }
}

impl Gathered {
    /// Those that were not handed over before, and are of the level that is sought.
    pub fn take(&mut self, hits: Vec<Hit>, place: &mut Place, level: Option<Level>) {
        for Hit { line, .. } in hits {
            if place.seen.insert(&line.index, &line.id) && level.is_none_or(|level| line.level <= level) {
                place.newest = place.newest.max(Some(line.at));
                self.lines.push(line);
            }
        }
    }
}

impl Place {
    /// Which indices the next poll is about.
    fn turn(&mut self, now: Timestamp) -> Reach {
        let mut known: Vec<Arc<str>> = self.marks.keys().map(|(index, _)| Arc::clone(index)).collect();
        known.dedup();
        self.turns.next(&known, now)
    }

    /// When the newest line was; nothing is known of what is to come.
    pub fn newest(&self, server_now: Timestamp) -> Option<Timestamp> {
        self.newest.map(|ns| Timestamp::of_ns(ns).min(server_now))
    }
}
