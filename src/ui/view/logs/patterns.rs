//! What the lines say: each is given its pattern once, when it is taken in, and counted in the range that is shown and
//! in the one before it.

use std::collections::HashMap;

use super::take::is_whole;
use super::{FILL, Logs, Older};
use crate::analysis::patterns::PatternId;
use crate::analysis::patterns::tally::{BUCKETS, Finding, Tally};
use crate::model::fault::FetchError;
use crate::model::log::{Line, Page, Tallies};
use crate::model::query::{Answer, Query, Subscription};
use crate::model::window::Span;
use crate::store::Slot;
use crate::store::log::{Lines, Shown};
use crate::time::{HOUR, Range, Timestamp};
use crate::ui::range::Shown as Time;
use crate::ui::view::Scene;

pub mod draw;
pub mod seen;
mod steer;
#[cfg(test)]
mod tests;

use seen::Seen;

/// So many lines of the range are fetched while the panel is open, and of the range before it.
pub const PAGE: u32 = 10_000;

pub struct Patterns {
    tally: Tally,
    /// Of the windows that are counted, in ms.
    window: i64,
    /// One more than the highest number that a pattern has.
    numbers: u32,
    pub seen: Seen,
    earlier: Earlier,
    pub panel: Option<Panel>,
    /// Only lines of this pattern are shown.
    only: Option<PatternId>,
    /// Lines of these are not; the last one was hidden last.
    hidden: Vec<PatternId>,
    about: Slot<Tallies>,
}

/// The lines of the range before the one that is shown: they are counted and let go.
#[derive(Debug, Default, Clone, PartialEq)]
enum Earlier {
    #[default]
    NotAsked,
    Asked(Range, Option<FetchError>),
    Counted,
}

/// What is shown of the patterns.
#[derive(Debug, Default)]
pub struct Panel {
    /// What stands out first.
    pub found: Vec<Finding>,
    pub windows: Option<(Range, Range)>,
    /// The pattern that the cursor is on.
    cursor: Option<PatternId>,
    /// The cursor is here, and not among the lines.
    pub focused: bool,
    /// They were ranked with the range before being known.
    is_ranked: bool,
}

impl Default for Patterns {
    fn default() -> Self {
        Self {
            tally: Tally::new(HOUR),
            window: HOUR,
            numbers: 0,
            seen: Seen::default(),
            earlier: Earlier::default(),
            panel: None,
            only: None,
            hidden: Vec::new(),
            about: Slot::default(),
        }
    }
}

/// The end of the range that is shown, by the clock that dates the lines.
fn end(scene: &Scene, ahead: i64) -> Timestamp {
    match scene.shown {
        Time::Live(_) => scene.now.plus(ahead),
        Time::Fixed(range) => range.end,
    }
}

impl Patterns {
    /// The pattern of a line that is new, which is counted unless it is dated later than this, in ms.
    pub fn take(&mut self, line: &Line, latest: i64) -> u32 {
        let said = line.said();
        let id = self.tally.mine(said);
        // A wrong clock must not make the present the long past.
        if Timestamp::of_ns(said.at).0 <= latest.saturating_add(self.window / BUCKETS as i64) {
            self.tally.count_as(said, id);
        }
        self.numbers = self.numbers.max(id.0.saturating_add(1));
        id.0
    }

    /// Another question: nothing is counted yet.
    pub fn start_over(&mut self, window: i64) {
        self.tally.restart(window);
        (self.window, self.seen, self.earlier) = (window, Seen::default(), Earlier::NotAsked);
    }

    /// Another range: what is held is counted in it, and what was counted and let go is asked for again.
    fn recount(&mut self, lines: &Lines, window: i64, end: Timestamp) {
        self.tally.restart(window);
        (self.window, self.earlier) = (window, Earlier::NotAsked);
        self.seen.keep_held(lines.oldest().filter(|_| lines.dropped() > 0));
        let from = end.plus(window.saturating_mul(-2)).ns();
        let latest = end.plus(window / BUCKETS as i64).ns();
        for held in lines.since(from).take_while(|held| held.at <= latest) {
            self.tally.count_as(held.said(), PatternId(held.pattern));
        }
    }

    /// Ranks the patterns anew. Under the cursor rows stay where they are.
    fn rank(&mut self, end: Timestamp) {
        let Some(panel) = &mut self.panel else { return };
        let mut found = self.tally.findings(end, &self.seen.stretches(end));
        if panel.focused && panel.is_ranked {
            let places: HashMap<PatternId, usize> =
                panel.found.iter().enumerate().map(|(place, finding)| (finding.id, place)).collect();
            found.sort_by_key(|finding| places.get(&finding.id).copied().unwrap_or(usize::MAX));
        }
        panel.cursor = panel.cursor.map(|id| self.tally.find(id));
        panel.is_ranked = self.earlier == Earlier::Counted;
        (panel.found, panel.windows) = (found, Some(self.tally.windows(end)));
    }

    /// Which of the held lines are shown.
    fn shown(&self) -> Option<Shown> {
        let find = |id: &PatternId| self.tally.find(*id);
        let (only, hidden) = (self.only.as_ref().map(find), self.hidden.iter().map(find).collect::<Vec<_>>());
        if only.is_none() && hidden.is_empty() {
            return None;
        }
        let is_shown = |number| {
            let id = self.tally.find(PatternId(number));
            only.is_none_or(|only| only == id) && !hidden.contains(&id)
        };
        Some(Shown { patterns: (0..self.numbers).map(is_shown).collect(), others: only.is_none() })
    }

    /// Tells the lines which of them are shown. Patterns that are new are often nobody's yet.
    pub fn apply(&self, lines: &mut Lines) {
        let (Some(new), Some(old)) = (self.shown(), lines.shown()) else { return lines.show(self.shown()) };
        let (known, added) = new.patterns.split_at(old.patterns.len().min(new.patterns.len()));
        let is_same = known == old.patterns && new.others == old.others && added.iter().all(|one| *one == new.others);
        if is_same { lines.also_show(new) } else { lines.show(Some(new)) }
    }

    pub fn is_filtered(&self) -> bool {
        self.only.is_some() || !self.hidden.is_empty()
    }

    pub fn is_focused(&self) -> bool {
        self.panel.as_ref().is_some_and(|panel| panel.focused)
    }

    /// Whether this asks for the range before.
    fn takes(&self, query: &Query) -> bool {
        matches!((&self.earlier, query), (Earlier::Asked(range, _), Query::Lines { span: Span::Fixed(of), .. }) if range == of)
    }

    /// Counts the lines of the range before, none of those that are held.
    fn take_earlier(&mut self, result: Result<Page, FetchError>, lines: &Lines) {
        let Earlier::Asked(range, _) = self.earlier else { return };
        match result {
            Ok(page) => {
                let first = page.lines.first().map(|line| Timestamp::of_ns(line.at).plus(1));
                let from = if is_whole(&page, PAGE) { Some(range.start) } else { first };
                for line in page.lines.iter().filter(|line| !lines.has(line)) {
                    let id = self.tally.add(line.said());
                    self.numbers = self.numbers.max(id.0.saturating_add(1));
                }
                self.seen.earlier = from.map(|from| Range::new(from.min(range.end), range.end));
                self.earlier = Earlier::Counted;
            }
            Err(error) => self.earlier = Earlier::Asked(range, Some(error)),
        }
    }
}

impl Logs {
    /// Counts in another range if another is shown, also while no answer comes.
    pub fn follow_range(&mut self, scene: &Scene) {
        if self.patterns.window != scene.shown.length() {
            self.refresh_patterns(scene);
        }
    }

    /// Counts in another range if another is shown, ranks, and sees what more must be asked for.
    pub fn refresh_patterns(&mut self, scene: &Scene) {
        if self.patterns.panel.is_none() || !self.is_current(scene) {
            return;
        }
        let (end, length) = (end(scene, self.ahead), scene.shown.length());
        if self.patterns.window != length {
            self.patterns.recount(&self.live.lines, length, end);
        }
        let (before, window) = self.patterns.tally.windows(end);
        let seen_from = self.patterns.seen.from.unwrap_or(end.0);
        let missing = seen_from > window.start.0 && self.may_ask_older(scene) && !self.live.lines.is_full();
        let left = (PAGE as usize).saturating_sub(self.live.lines.held());
        if missing && left > 0 {
            let oldest = self.live.lines.oldest().map_or(end.ns(), |oldest| oldest.saturating_add(1));
            self.older = Older::Asked { before: oldest, limit: u32::try_from(left).unwrap_or(PAGE).max(FILL) };
        }
        if self.patterns.earlier == Earlier::NotAsked {
            let to = window.start.0.min(seen_from) - 1;
            self.patterns.earlier = if to > before.start.0 {
                Earlier::Asked(Range::new(before.start, Timestamp(to)), None)
            } else {
                Earlier::Counted
            };
        }
        self.patterns.rank(end);
    }

    /// Whether this is the answer to what only the panel asks; it is taken.
    pub(super) fn take_for_patterns(&mut self, query: &Query, result: Result<Answer, FetchError>, at: Timestamp) {
        match query {
            Query::Tallies { .. } => {
                self.patterns.about.take(query, result.and_then(Answer::into_tallies), at);
            }
            query if self.patterns.takes(query) => {
                let page = result.and_then(Answer::into_lines);
                self.patterns.take_earlier(page, &self.live.lines);
                self.patterns.apply(&mut self.live.lines);
            }
            _ => {}
        }
    }

    fn about_question(&self, scene: &Scene) -> Query {
        Query::Tallies { search: self.asked(scene), span: scene.shown.span() }
    }

    /// What the panel wants to know while it is open.
    pub(super) fn pattern_questions(&self, scene: &Scene) -> Vec<Subscription> {
        if self.patterns.panel.is_none() {
            return Vec::new();
        }
        let every = scene.shown.is_live().then_some(scene.tiles);
        let mut wanted = vec![Subscription { query: self.about_question(scene), every }];
        if let (Earlier::Asked(range, _), true) = (&self.patterns.earlier, self.is_current(scene)) {
            let search = self.asked(scene);
            let query = Query::Lines { search, span: Span::Fixed(*range), before: None, limit: PAGE };
            wanted.push(Subscription { query, every: None });
        }
        wanted
    }
}
