//! What the answers change: lines join those that are held, or take their place.

use super::{FILL, Link, Logs, Older, patterns};
use crate::model::fault::FetchError;
use crate::model::log::{Arrivals, Page};
use crate::model::query::{Answer, Query};
use crate::time::Timestamp;

impl Logs {
    pub(super) fn take_arrivals(&mut self, query: &Query, arrivals: Arrivals, now: Timestamp) {
        let now = now.0.saturating_mul(1_000_000);
        let is_other = self.held.as_ref() != Some(query);
        if is_other {
            self.start_over(query);
        }
        let first = arrivals.lines.first().map(|line| line.at);
        if arrivals.anew && !is_other {
            self.note_gap(first, now);
        }
        self.skipped = self.skipped.saturating_add(arrivals.skipped);
        (self.complete_to, self.way, self.notes) = (arrivals.complete_to, Some(arrivals.way), arrivals.notes);
        self.live.arrive(arrivals.lines, now);
    }

    /// A tail that begins anew may have missed what came meanwhile, unless its first lines are known.
    pub(super) fn note_gap(&mut self, first: Option<i64>, now: i64) {
        if let (Some(newest), Some(first)) = (self.live.lines.newest_by(now), first)
            && first > newest
        {
            self.gap = Some((newest.div_euclid(1_000_000), first.div_euclid(1_000_000)));
        }
    }

    pub(super) fn take_page(&mut self, query: &Query, page: Page) {
        if self.held.as_ref() != Some(query) {
            self.start_over(query);
        }
        (self.complete_to, self.way, self.notes) = (None, None, page.notes);
        if page.lines.len() < FILL as usize {
            self.older = Older::None;
        }
        self.live.lines.fill(page.lines);
    }

    pub(super) fn take_older(&mut self, page: Page) {
        let is_all = page.lines.len() < FILL as usize;
        self.older_error = None;
        let new = self.live.lines.fill(page.lines);
        self.older = if is_all || new == 0 { Older::None } else { Older::NotAsked };
    }

    /// Another question: nothing of the former answer may be taken for its own.
    pub(super) fn start_over(&mut self, query: &Query) {
        self.live.lines.clear();
        self.live.follow();
        self.held = Some(query.clone());
        (self.skipped, self.gap, self.older, self.older_error) = (0, None, Older::NotAsked, None);
    }

    pub(super) fn take_main(
        &mut self,
        query: &Query,
        result: Result<Answer, FetchError>,
        (at, now): (Timestamp, Timestamp),
    ) {
        let taken = match (query, result) {
            (Query::Tail { .. }, Ok(answer)) => {
                answer.into_arrivals().map(|arrivals| self.take_arrivals(query, arrivals, now))
            }
            (_, Ok(answer)) => answer.into_lines().map(|page| self.take_page(query, page)),
            (_, Err(error)) => Err(error),
        };
        match taken {
            Ok(()) => self.link = Link { answered: Some(at), error: None },
            Err(error) => {
                let since = self.link.error.as_ref().map_or(at, |(_, since)| *since);
                self.link.error = Some((error, since));
            }
        }
        if self.patterns.is_some() {
            self.patterns = Some(patterns::mine(&self.live.lines));
        }
    }

    pub(super) fn take_around(&mut self, query: &Query, result: Result<Page, FetchError>, height: u16) {
        let Some(around) = self.around.as_mut().filter(|around| around.query == *query) else { return };
        match result {
            Ok(page) => {
                around.list.lines.fill(page.lines);
                around.list.select(around.center.clone(), height);
                (around.is_answered, around.error) = (true, None);
            }
            Err(error) => around.error = Some(error),
        }
    }
}
