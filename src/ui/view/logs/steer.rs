//! What the keys do to the logs: where the cursor goes, what is asked, and what is shown of it.

use ratatui::layout::Rect;

use super::layout::places;
use super::list::List;
use super::patterns::PAGE;
use super::{AROUND, ASIDE, Around, FILL, Logs, MOST_QUERIES, Older, leaves};
use crate::model::log::{Document, Field, Filter, Level, Search};
use crate::model::query::Query;
use crate::store::Slot;
use crate::store::log::Key;
use crate::ui::view::Scene;

/// A line that is wanted is not sought beyond so many.
const FARTHEST: usize = 200_000;

impl Logs {
    pub fn step(&mut self, by: isize, scene: &Scene, area: Rect) {
        if scene.full {
            self.to_trace = false;
            let fields = self.document().map_or(0, |document| leaves(document).count());
            self.field = self.field.saturating_add_signed(by).min(fields.saturating_sub(1));
            return;
        }
        if self.step_patterns(by) {
            return;
        }
        let height = self.list_height(area);
        self.wanted = None;
        self.list_mut().step(by, height);
        self.reach_back(scene);
    }

    pub fn page(&mut self, by: isize, scene: &Scene, area: Rect) {
        let places = places(area, self.has_patterns());
        let rows = if self.is_in_patterns() { places.patterns } else { places.rows };
        let half = isize::try_from(rows.height / 2).unwrap_or(1).max(1);
        self.step(by.saturating_mul(half), scene, area);
    }

    /// Asks for older lines when the oldest is reached.
    fn reach_back(&mut self, scene: &Scene) {
        let is_there = self.around.is_none() && self.live.position() == 0 && !self.live.lines.is_full();
        // Nothing older is kept of lines that answer another question than the one that stands there now.
        if is_there && self.is_current(scene) && self.may_ask_older(scene) {
            // Others of the same moment may be missing.
            let before = |oldest: i64| Older::Asked { before: oldest.saturating_add(1), limit: FILL };
            self.older = self.live.lines.oldest().map_or(Older::NotAsked, before);
        }
    }

    /// Whether older lines of the range may be there that nobody has asked for.
    pub(super) fn may_ask_older(&self, scene: &Scene) -> bool {
        match self.older {
            Older::NotAsked => true,
            Older::Asked { .. } => false,
            Older::None(length) => length < scene.shown.length(),
        }
    }

    /// Stops following, or follows again.
    pub fn pause(&mut self, area: Rect) {
        let height = self.list_height(area);
        let list = self.list_mut();
        if list.follows() { list.hold(height) } else { list.follow() }
    }

    pub fn follows(&self) -> bool {
        self.live.follows()
    }

    pub fn search(&self) -> &Search {
        &self.search
    }

    pub fn set_search(&mut self, search: Search) {
        if self.search != search {
            (self.search, self.around, self.older) = (search, None, Older::NotAsked);
            self.link.error = None;
        }
    }

    /// Keeps a query to come back to.
    pub fn remember(&mut self, text: &str) {
        self.queries.retain(|known| known != text);
        if !text.is_empty() {
            self.queries.push(text.to_owned());
        }
        let excess = self.queries.len().saturating_sub(MOST_QUERIES);
        self.queries.drain(..excess);
    }

    pub fn queries(&self) -> &[String] {
        &self.queries
    }

    /// The next level that is the least shown: all, then less and less.
    pub fn next_level(&mut self) {
        let level = match self.search.level {
            None => Some(Level::Info),
            Some(Level::Debug | Level::Unknown) => Some(Level::Info),
            Some(Level::Info) => Some(Level::Warn),
            Some(Level::Warn) => Some(Level::Error),
            Some(Level::Error) => None,
        };
        self.set_search(Search { level, ..self.search.clone() });
    }

    pub fn add_filter(&mut self, filter: Filter) {
        let mut search = self.search.clone();
        // The opposite would find nothing at all.
        search.filters.retain(|other| (&other.field, &other.value) != (&filter.field, &filter.value));
        search.filters.push(filter);
        self.set_search(search);
    }

    /// Takes back the last thing that narrows the list; false if there is none.
    pub fn widen(&mut self) -> bool {
        let mut search = self.search.clone();
        if self.around.take().is_some() || self.widen_patterns() {
            return true;
        }
        if search.filters.pop().is_none() && search.level.take().is_none() {
            if search.text.is_empty() {
                return false;
            }
            search.text.clear();
        }
        self.set_search(search);
        true
    }

    pub fn is_narrowed(&self) -> bool {
        self.around.is_some() || self.patterns.is_filtered() || self.search != Search::default()
    }

    pub fn toggle_wrap(&mut self) {
        (self.wrap, self.sideways) = (!self.wrap, 0);
    }

    pub fn aside(&mut self, right: bool) {
        self.sideways = if right { self.sideways + ASIDE } else { self.sideways.saturating_sub(ASIDE) };
    }

    pub fn wraps(&self) -> bool {
        self.wrap
    }

    /// Shows the lines around the one under the cursor; false where its place is not known.
    pub fn look_around(&mut self) -> bool {
        let Some((key, held)) = self.list().key().zip(self.line()) else { return false };
        if held.place.is_empty() {
            return false;
        }
        let query = Query::Around { place: held.place.to_owned(), at: held.at, count: AROUND };
        self.around = Some(Around { query, list: List::default(), center: key, is_answered: false, error: None });
        true
    }

    pub fn seek(&mut self, text: &str) {
        self.live.lines.seek(text);
        if let Some(around) = &mut self.around {
            around.list.lines.seek(text);
        }
    }

    pub fn hits(&self) -> usize {
        self.list().lines.hits()
    }

    /// To the next line with what is looked for; from the newest line on, backwards is the way to go.
    pub fn next_hit(&mut self, forward: bool, area: Rect) {
        let height = self.list_height(area);
        let list = self.list_mut();
        if let Some(position) = list.lines.next_hit(list.position(), forward) {
            list.go_to(position, height);
        }
    }

    /// Asks for the fields of the line under the cursor, to choose one of them.
    pub fn pick(&mut self, exclude: bool, area: Rect) {
        self.picking = Some(exclude);
        self.stay(area);
    }

    /// Stays with the line under the cursor while its document is looked at; nothing is told of another one.
    fn stay(&mut self, area: Rect) {
        let height = self.list_height(area);
        self.list_mut().hold(height);
        if self.document().is_none() {
            self.document = Slot::default();
        }
    }

    /// The fields to choose from, when they have come.
    pub fn picked(&mut self) -> Option<(bool, &Document)> {
        let is_there = self.document().is_some();
        let exclude = self.picking.take_if(|_| is_there)?;
        Some((exclude, self.document()?))
    }

    /// Why they have not.
    pub fn picking_failed(&mut self) -> Option<String> {
        let (error, _) = self.document.feed.error.as_ref()?;
        let said = format!("the line's fields: {error}");
        self.picking.take().map(|_| said)
    }

    pub fn begin_detail(&mut self, area: Rect) {
        (self.field, self.to_trace) = (0, false);
        self.stay(area);
    }

    /// The same with the cursor on the trace id; false where the line has none.
    pub fn begin_trace(&mut self, area: Rect) -> bool {
        let has_trace = self.line().is_some_and(|held| !held.trace.is_empty());
        if has_trace {
            self.begin_detail(area);
            self.to_trace = true;
            self.point_at_trace();
        }
        has_trace
    }

    /// Puts the cursor of the detail on the trace id, once the document is there.
    pub(super) fn point_at_trace(&mut self) {
        if !self.to_trace {
            return;
        }
        let Some((document, held)) = self.document().zip(self.line()) else { return };
        let is_trace = |field: &Field| field.value.as_ref().is_some_and(|value| **value == *held.trace);
        // It may lie within the text of another field.
        let found = leaves(document).position(is_trace);
        if let Some(field) = found {
            (self.field, self.to_trace) = (field, false);
        }
    }

    /// Shows the lines that a command line asked for, with the cursor on one of a moment, in ns.
    pub fn want(&mut self, search: Search, at: Option<i64>) {
        self.remember(&search.text);
        self.set_search(search);
        self.wanted = at;
    }

    /// Puts the cursor on the line that is wanted; asks for older ones while it may be among them.
    pub(super) fn reach_wanted(&mut self, scene: &Scene, area: Rect) {
        let Some(at) = self.wanted.filter(|_| self.is_current(scene)) else { return };
        let lines = &self.live.lines;
        let Some(oldest) = lines.oldest() else { return };
        let has_room = lines.held() < FARTHEST && !lines.is_full();
        if oldest > at && has_room && matches!(self.older, Older::NotAsked) {
            self.older = Older::Asked { before: oldest.saturating_add(1), limit: PAGE };
        } else if !matches!(self.older, Older::Asked { .. }) {
            let position = lines.position(&Key { at, index: "".into(), id: "".into() });
            let height = self.list_height(area);
            self.live.go_to(position.min(self.live.lines.len().saturating_sub(1)), height);
            self.wanted = None;
        }
    }
}
