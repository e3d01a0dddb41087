//! Following by time, where a server does not give its numbers: what is newer than what was seen is read, and how many
//! lines the last minute holds is watched; a second that holds more than before is read again.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use serde_json::{Value, json};

use super::seconds::{Seconds, second};
use super::{Following, Gathered};
use crate::model::fault::FetchError;
use crate::model::log::{Arrivals, Search};
use crate::source::elasticsearch::hits::{Found, Hit};
use crate::source::elasticsearch::query::{Terms, all, any};
use crate::source::elasticsearch::request::Shards;
use crate::source::elasticsearch::{Inner, Now};
use crate::text::Plain;
use crate::time::{MINUTE, SECOND, Timestamp};

/// How far back late lines are looked for; twice as late as any that was seen, within reason.
const OVERLAP: i64 = MINUTE;
const MAX_OVERLAP: i64 = 10 * MINUTE;
/// How long a server may keep a line before it can be found.
const REFRESH: i64 = SECOND;
/// A line that went while another came changes no sum: so often the seconds are compared one by one.
const COMPARE_EVERY: u32 = 10;

/// What is remembered between polls. All moments are in ms.
#[derive(Clone)]
pub struct Watched {
    /// Always the same copies: another may know less.
    copies: Arc<str>,
    /// All before it was read, but for what comes late; none if the beginning was not whole.
    pub edge: Option<i64>,
    /// From where on late lines are noticed.
    pub floor: i64,
    overlap: i64,
    pub seconds: Seconds,
    complete: Option<Timestamp>,
    polls: u32,
}

impl Watched {
    fn new(now: Now) -> Self {
        Self {
            copies: copies(now),
            edge: None,
            floor: floor(now.server.0 - OVERLAP),
            overlap: OVERLAP,
            seconds: Seconds::default(),
            complete: None,
            polls: 0,
        }
    }

    pub fn is_whole(&self) -> bool {
        self.edge.is_some()
    }
}

/// One poll by time, or its beginning.
pub struct Sweeper<'a> {
    pub inner: &'a Inner,
    pub terms: Terms<'a>,
    pub filter: Option<Value>,
    pub search: &'a Search,
    pub copies: Shards,
    pub now: Now,
    pub gathered: Gathered,
}

/// Any word chooses some, and the same word the same ones.
fn copies(now: Now) -> Arc<str> {
    Arc::from(format!("a360-{:x}", RandomState::new().hash_one(now.ours.0)))
}

/// The beginning of its second.
fn floor(ms: i64) -> i64 {
    second(ms).saturating_mul(1_000)
}

/// The end of the second that it is now: what is later comes from clocks that are ahead.
fn present(now: Now) -> i64 {
    floor(now.server.0).saturating_add(1_000)
}

impl Inner {
    pub async fn begin_by_time(
        &self,
        search: &Search,
        fill: u32,
        why: Option<&FetchError>,
        now: Now,
    ) -> Result<Arrivals, FetchError> {
        let caps = self.caps(now).await?;
        let mut watched = Watched::new(now);
        let mut sweeper = self.sweeper(self.terms(&caps), search, &watched, now);
        if let Some(why) = why {
            let text = format!("the server does not number what arrives ({why}): lines are followed by time");
            sweeper.gathered.say(Plain::from(text));
        }
        // The counts first: what comes in between makes a second fuller.
        for (second, count) in sweeper.counts(sweeper.from(watched.floor)).await? {
            watched.seconds.set(second, count);
        }
        let (filter, sort) = (sweeper.filter.clone(), sweeper.terms.by_ms("desc"));
        let newest = self.newest(filter, sort, &sweeper.copies, fill, now).await?;
        sweeper.gathered.note(&newest);
        if newest.shards == 0 {
            let note = self.no_index(now).await;
            sweeper.gathered.say(note);
        }
        let latest = newest.hits.iter().filter_map(|hit| hit.at).filter(|at| *at < present(now)).max();
        for hit in &newest.hits {
            if let Some(at) = hit.at.filter(|at| *at >= watched.floor) {
                watched.seconds.take(second(at), hit);
            }
        }
        let Sweeper { mut gathered, .. } = sweeper;
        gathered.hand_over(newest.hits, search);
        if !gathered.partial {
            watched.edge = Some(latest.map_or(watched.floor, |at| at + 1));
        }
        Ok(watched.into_arrivals(gathered, true, now))
    }

    fn sweeper<'a>(&'a self, terms: Terms<'a>, search: &'a Search, watched: &Watched, now: Now) -> Sweeper<'a> {
        let (filter, copies) = (terms.matching(search), Shards::Copies(Arc::clone(&watched.copies)));
        Sweeper { inner: self, terms, filter, search, copies, now, gathered: Gathered::default() }
    }

    pub async fn follow_by_time(
        &self,
        search: &Search,
        mut watched: Watched,
        now: Now,
    ) -> Result<Arrivals, FetchError> {
        let caps = self.caps(now).await?;
        let mut sweeper = self.sweeper(self.terms(&caps), search, &watched, now);
        watched.polls = watched.polls.wrapping_add(1);
        let edge = watched.edge.unwrap_or(watched.floor);
        let until = present(now).max(edge);
        let (new, late) = sweeper.ask(&watched, edge, until).await?;
        if new.shards == 0 && !new.partial {
            let note = self.no_index(now).await;
            sweeper.gathered.say(note);
        }
        sweeper.gathered.note(&late);
        if !late.partial && watched.is_fuller(&late, edge, until) {
            sweeper.late(&mut watched, edge, until).await?;
        }
        sweeper.newer(&mut watched, new, edge, until).await?;
        let Sweeper { mut gathered, .. } = sweeper;
        if gathered.partial {
            // Other copies may be whole.
            watched.copies = copies(now);
        }
        if let Some(note) = watched.forget(now) {
            gathered.say(note);
        }
        Ok(watched.into_arrivals(gathered, false, now))
    }
}

impl Watched {
    /// Where late lines are looked for: before the edge, and where clocks are ahead.
    fn sum(&self, edge: i64, until: i64) -> u64 {
        self.seconds.sum(self.floor, edge) + self.seconds.sum(until, i64::MAX)
    }

    fn is_fuller(&self, late: &Found, edge: i64, until: i64) -> bool {
        let sum = self.sum(edge, until);
        late.total() != sum || (sum > 0 && self.polls.is_multiple_of(COMPARE_EVERY))
    }

    /// A line that was this late says how far back to look.
    pub fn saw_late(&mut self, at: i64, now: Now) {
        let late = now.server.0.saturating_sub(at);
        self.overlap = self.overlap.max(late.saturating_mul(2)).min(MAX_OVERLAP);
    }

    /// Lines of a burst that were not read are known by their number alone.
    pub fn skip(&mut self, counts: &[(i64, u64)], fresh: &[Hit]) {
        for (which, count) in counts {
            let read = fresh.iter().filter(|hit| hit.at.is_some_and(|at| second(at) == *which)).count() as u64;
            self.seconds.set(*which, self.seconds.count(*which) + count.saturating_sub(read));
        }
    }

    /// What nobody looks for any more; a note if there are too many lines to look back as far as is wanted.
    fn forget(&mut self, now: Now) -> Option<Plain> {
        let before = second(now.server.0.saturating_sub(self.overlap)).max(second(self.floor));
        let kept = self.seconds.forget_before(before);
        self.floor = kept.saturating_mul(1_000);
        let back = now.server.0.saturating_sub(self.floor) / 1_000;
        (kept > before).then(|| Plain::from(format!("too many lines: late ones are noticed for {back} s only")))
    }

    fn into_arrivals(mut self, gathered: Gathered, anew: bool, now: Now) -> Arrivals {
        if !gathered.partial {
            self.complete = Some(now.server.plus(-REFRESH - self.overlap));
        }
        let complete = self.complete;
        gathered.into_arrivals(anew, complete, Following::ByTime(self))
    }
}

impl Sweeper<'_> {
    /// One request: the lines from the edge on, and how many there are where late ones are looked for.
    async fn ask(&self, watched: &Watched, edge: i64, until: i64) -> Result<(Found, Found), FetchError> {
        let size = self.inner.pace.size();
        let (query, sort) = (self.between(edge, until), self.terms.by_ms("asc"));
        let new = |size: usize| json!({ "size": size, "query": query, "sort": sort, "track_total_hits": true });
        let late = self.count_late(watched, edge, until);
        let items = |size| [(self.copies.clone(), new(size)), (self.copies.clone(), late.clone())];
        let found = match self.inner.searches(&items(size), self.now).await {
            // Page by page it is found out how many lines can be had at once.
            Err(FetchError::TooLarge { .. }) => self.inner.searches(&items(0), self.now).await?,
            found => found?,
        };
        let mut found = found.into_iter();
        let mut next = || found.next().unwrap_or(Err(FetchError::Truncated));
        Ok((next()?, next()?))
    }

    fn count_late(&self, watched: &Watched, edge: i64, until: i64) -> Value {
        json!({ "size": 0, "track_total_hits": true, "query": self.elsewhere(watched, edge, until) })
    }

    pub fn elsewhere(&self, watched: &Watched, edge: i64, until: i64) -> Value {
        any(vec![self.between(watched.floor, edge.max(watched.floor)), self.from(until)])
    }

    pub fn between(&self, from: i64, until: i64) -> Value {
        self.sought(Some(from), Some(until))
    }

    fn from(&self, from: i64) -> Value {
        self.sought(Some(from), None)
    }

    fn sought(&self, from: Option<i64>, until: Option<i64>) -> Value {
        let range = self.terms.between(from, until);
        match &self.filter {
            Some(filter) => all(vec![range, filter.clone()]),
            None => range,
        }
    }
}

impl Gathered {
    pub fn hand_over(&mut self, hits: Vec<Hit>, search: &Search) {
        let lines = hits.into_iter().map(|hit| hit.line);
        self.lines.extend(lines.filter(|line| search.level.is_none_or(|level| line.level <= level)));
    }
}
