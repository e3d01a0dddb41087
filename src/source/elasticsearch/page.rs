//! Lines as they were: a page before a moment, and the surroundings of a line.
//!
//! A page never ends within a moment: what shares its last one is in it, so that the next page can begin there.

use serde_json::{Value, json};

use super::fields::Role;
use super::hits::Found;
use super::query::all;
use super::request::{Paged, Shards};
use super::{Inner, Now};
use crate::model::fault::FetchError;
use crate::model::log::{Count, Filter, Line, Page, Search};
use crate::model::window::Span;
use crate::text::Plain;
use crate::time::Timestamp;

/// What a server gives at most.
const MAX: usize = 10_000;

/// Which way from a moment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Back,
    On,
}

impl Inner {
    pub async fn lines(
        &self,
        search: &Search,
        span: Span,
        before: Option<i64>,
        limit: u32,
        now: Now,
    ) -> Result<Page, FetchError> {
        let caps = self.caps(now).await?;
        let terms = self.terms(&caps);
        let (from, to) = bounds(span, now);
        // A moment within a millisecond: all of that is asked, and what is not before it left out.
        let until = before.map_or(to, |before| to.min(ceil_ms(before)));
        let mut conditions = vec![terms.between(Some(from), Some(until))];
        conditions.extend(terms.matching(search));
        let mut page = self.page(conditions, Way::Back, limit as usize, now).await?;
        page.lines.retain(|line| {
            before.is_none_or(|before| line.at < before) && search.level.is_none_or(|level| line.level <= level)
        });
        Ok(page)
    }

    pub async fn around(&self, place: &str, at: i64, count: u32, now: Now) -> Result<Page, FetchError> {
        let caps = self.caps(now).await?;
        let terms = self.terms(&caps);
        let filter = |field: &String| Filter { field: field.clone(), value: place.to_owned(), exclude: false };
        let names = self.fields.names(Role::Place).iter();
        let ways: Vec<Value> = names
            .filter(|name| !caps.is_known() || caps.is_searchable(name))
            .map(|name| terms.field(&filter(name)))
            .collect();
        if ways.is_empty() {
            return Err(FetchError::Unsupported(Plain::new(
                "the server cannot search the field that says where lines come from",
            )));
        }
        let there = super::query::any(ways);
        let until = ceil_ms(at);
        let before = vec![there.clone(), terms.between(None, Some(until))];
        let after = vec![there, terms.between(Some(until), None)];
        let mut page = self.page(before, Way::Back, count as usize, now).await?;
        let next = self.page(after, Way::On, count as usize, now).await?;
        page.lines.extend(next.lines);
        page.total = match (page.total, next.total) {
            (Count::Exactly(a), Count::Exactly(b)) => Count::Exactly(a + b),
            (a, b) => Count::AtLeast(a.least() + b.least()),
        };
        page.notes.extend(next.notes.into_iter().filter(|note| !page.notes.contains(note)).collect::<Vec<_>>());
        Ok(page)
    }

    async fn page(&self, conditions: Vec<Value>, way: Way, limit: usize, now: Now) -> Result<Page, FetchError> {
        let caps = self.caps(now).await?;
        let terms = self.terms(&caps);
        let order = if way == Way::Back { "desc" } else { "asc" };
        let (query, sort) = (all(conditions.clone()), terms.by_time(order));
        let body = |size| json!({ "size": size, "query": query, "sort": sort });
        let Paged { found, full } = self.paged(&Shards::All, limit.clamp(1, MAX), now, body).await?;
        let (total, mut notes, shards) = (found.count(), found.notes.clone(), found.shards);
        let mut lines = found.lines();
        if shards == 0 {
            notes.push(self.no_index(now).await);
        }
        if let Some(last) = lines.last().filter(|_| full).map(|line| Timestamp::of_ns(line.at)) {
            let mut tied = conditions;
            tied.push(terms.between(Some(last.0), Some(last.plus(1).0)));
            let ties = self.ties(tied, now).await?;
            if ties.total() > ties.hits.len() as u64 {
                notes.push(Plain::from(format!(
                    "{} lines share one moment; {} of them are shown",
                    ties.total(),
                    ties.hits.len()
                )));
            }
            for note in &ties.notes {
                if !notes.contains(note) {
                    notes.push(note.clone());
                }
            }
            // Half of them may lack what is there already.
            if !ties.partial {
                lines.retain(|line| Timestamp::of_ns(line.at) != last);
                lines.extend(ties.lines());
            }
        }
        lines.sort_by_key(|line: &Line| line.at);
        Ok(Page { lines, total, notes })
    }

    async fn ties(&self, conditions: Vec<Value>, now: Now) -> Result<Found, FetchError> {
        let query = all(conditions);
        let body = |size| json!({ "size": size, "query": query, "track_total_hits": true });
        Ok(self.paged(&Shards::All, MAX, now, body).await?.found)
    }
}

/// From and until (without it), in ms.
pub fn bounds(span: Span, now: Now) -> (i64, i64) {
    match span {
        Span::Live { length } => (now.server.0.saturating_sub(length), now.server.0.saturating_add(1)),
        Span::Fixed(range) => (range.start.0, range.end.0.saturating_add(1)),
    }
}

fn ceil_ms(ns: i64) -> i64 {
    Timestamp::of_ns(ns.saturating_sub(1)).plus(1).0
}
