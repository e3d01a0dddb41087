//! What the answers change: lines join those that are held, or take their place.

use super::{FILL, Link, Logs, Older};
use crate::model::fault::FetchError;
use crate::model::log::{Arrivals, Page};
use crate::model::query::{Answer, Query};
use crate::time::Timestamp;
use crate::ui::view::Scene;

/// Whether a page has every line there is. One that is too large for the server comes with fewer than were asked for.
pub(super) fn is_whole(page: &Page, limit: u32) -> bool {
    page.lines.len() < limit as usize && page.notes.is_empty() && page.is_all()
}

impl Logs {
    fn take_arrivals(&mut self, arrivals: Arrivals, is_other: bool, now: Timestamp) {
        let first = arrivals.lines.first().map(|line| line.at);
        let newest = self.live.lines.newest_by(now.ns());
        // What a burst brings of before says nothing of what it skips.
        let newer = arrivals.lines.iter().map(|line| line.at).find(|at| newest.is_none_or(|newest| *at > newest));
        if is_other {
            self.patterns.seen.begin(first, now);
        } else if arrivals.anew {
            self.gap = self.missed(first, now).or(self.gap);
        }
        let next = if arrivals.skipped > 0 { newer } else { first };
        if let Some((from, to)) = self.missed(next, now).filter(|_| arrivals.anew || arrivals.skipped > 0) {
            self.patterns.seen.miss(from, to);
        }
        self.skipped = self.skipped.saturating_add(arrivals.skipped);
        (self.complete_to, self.way, self.notes) = (arrivals.complete_to, Some(arrivals.way), arrivals.notes);
        let patterns = &mut self.patterns;
        self.live.arrive(arrivals.lines, now.ns(), |line| patterns.take(line, now.0));
    }

    /// Between which moments, in ms, lines may be missing that came while nobody asked: unless the first of the new
    /// ones are known.
    fn missed(&self, first: Option<i64>, now: Timestamp) -> Option<(i64, i64)> {
        let (newest, first) = self.live.lines.newest_by(now.ns()).zip(first)?;
        (first > newest).then(|| (Timestamp::of_ns(newest).0, Timestamp::of_ns(first).0))
    }

    fn take_page(&mut self, page: Page, scene: &Scene) {
        let range = scene.shown.at(scene.now);
        if is_whole(&page, FILL) {
            self.older = Older::None(range.length());
            self.patterns.seen.reach(range.start.0);
        } else {
            self.patterns.seen.begin(page.lines.first().map(|line| line.at), range.end);
        }
        (self.complete_to, self.way, self.notes) = (None, None, page.notes);
        let patterns = &mut self.patterns;
        self.live.lines.fill(page.lines, |line| patterns.take(line, range.end.0));
    }

    pub(super) fn take_older(&mut self, result: Result<Page, FetchError>, scene: &Scene) {
        let Older::Asked { limit, .. } = self.older else { return };
        let page = match result {
            Ok(page) => page,
            // The panel and a line that is wanted ask on; else it is asked again when the oldest line is reached once more.
            Err(error) => {
                self.older_error = Some(error);
                if !self.has_patterns() && self.wanted.is_none() {
                    self.older = Older::NotAsked;
                }
                return;
            }
        };
        let range = scene.shown.at(scene.now);
        let (is_all, may_end) = (is_whole(&page, limit), page.lines.len() < limit as usize && page.notes.is_empty());
        let first = page.lines.first().map(|line| Timestamp::of_ns(line.at).plus(1).0);
        self.older_error = None;
        let patterns = &mut self.patterns;
        let taken = self.live.lines.fill(page.lines, |line| patterns.take(line, range.end.0));
        // A server may give less than was asked for: where all of that is known there is nothing older.
        let is_end = is_all || taken.held == 0;
        match first {
            _ if is_end && may_end => self.patterns.seen.reach(range.start.0),
            Some(first) => self.patterns.seen.reach(first),
            None => {}
        }
        self.patterns.apply(&mut self.live.lines);
        self.older = if is_end { Older::None(range.length()) } else { Older::NotAsked };
    }

    /// Another question: nothing of the former answer may be taken for its own.
    fn start_over(&mut self, query: &Query, scene: &Scene) {
        self.live.lines.clear();
        self.live.follow();
        self.held = Some(query.clone());
        (self.skipped, self.gap, self.older, self.older_error) = (0, None, Older::NotAsked, None);
        self.patterns.start_over(scene.shown.length());
    }

    pub(super) fn take_main(
        &mut self,
        query: &Query,
        result: Result<Answer, FetchError>,
        at: Timestamp,
        scene: &Scene,
    ) {
        let is_other = self.held.as_ref() != Some(query);
        let taken = match (query, result) {
            (Query::Tail { .. }, Ok(answer)) => answer.into_arrivals().map(|arrivals| {
                if is_other {
                    self.start_over(query, scene);
                }
                self.take_arrivals(arrivals, is_other, at.plus(self.ahead));
            }),
            (_, Ok(answer)) => answer.into_lines().map(|page| {
                if is_other {
                    self.start_over(query, scene);
                }
                self.take_page(page, scene);
            }),
            (_, Err(error)) => Err(error),
        };
        match taken {
            Ok(()) => {
                self.patterns.apply(&mut self.live.lines);
                self.link = Link { answered: Some(at), error: None };
            }
            Err(error) => {
                let since = self.link.error.as_ref().map_or(at, |(_, since)| *since);
                self.link.error = Some((error, since));
            }
        }
    }

    pub(super) fn take_around(&mut self, query: &Query, result: Result<Page, FetchError>, height: u16) {
        let Some(around) = self.around.as_mut().filter(|around| around.query == *query) else { return };
        match result {
            Ok(page) => {
                around.list.lines.fill(page.lines, |_| 0);
                around.list.select(around.center.clone(), height);
                (around.is_answered, around.error) = (true, None);
            }
            Err(error) => around.error = Some(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::log::{Cursor, Level, Line, Way};
    use crate::time::Range;

    fn arrivals(moments: &[i64], skipped: u64) -> Arrivals {
        let none = || "".into();
        let line = |at: &i64| Line {
            index: "i".into(),
            id: at.to_string().into(),
            at: Timestamp(*at).ns(),
            level: Level::Info,
            service: none(),
            place: none(),
            message: none(),
            kind: none(),
            endpoint: none(),
            error_type: none(),
            trace: none(),
        };
        Arrivals {
            lines: moments.iter().map(line).collect(),
            anew: false,
            skipped,
            complete_to: None,
            way: Way::Arrival,
            notes: Vec::new(),
            cursor: Cursor(Arc::new(())),
        }
    }

    #[test]
    fn what_a_burst_skips_is_not_seen_though_late_lines_came_with_it() {
        let (mut logs, now) = (Logs::default(), Timestamp(100_000));
        logs.take_arrivals(arrivals(&[10_000, 50_000], 0), true, now);
        logs.take_arrivals(arrivals(&[20_000, 70_000, 80_000], 9), false, now);
        let seen = [Range::new(Timestamp(10_001), Timestamp(50_000)), Range::new(Timestamp(70_000), now)];
        assert_eq!((logs.patterns.seen.stretches(now), logs.skipped), (seen.to_vec(), 9));
    }
}
