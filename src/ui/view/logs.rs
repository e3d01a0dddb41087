//! The logs: what the services say, as it comes in, and what they said before.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line as Text;

use super::{Scene, View};
use crate::analysis::summary::Headline;
use crate::model::fault::FetchError;
use crate::model::log::{Arrivals, Count, Document, Filter, Level, Page, Search, Volume, Way};
use crate::model::query::{Answer, Query, Subscription, Update};
use crate::model::window::step_for;
use crate::store::Slot;
use crate::store::log::{Held, Key};
use crate::text::Plain;
use crate::time::{Timestamp, millis};

mod detail;
mod head;
mod layout;
mod list;
mod patterns;
mod row;
mod volume;

pub use detail::leaves;

use layout::places;
use list::List;
use row::Look;

/// How often a tail asks for what is new.
pub const TAIL: Duration = Duration::from_secs(1);
/// Lines that a tail begins with, and that scrolling back asks for at once.
const FILL: u32 = 1_000;
/// Lines before and after the one whose surroundings are looked at.
const AROUND: u32 = 50;
/// Cells that scrolling sideways moves.
const ASIDE: usize = 16;
/// Queries that can be gone back to.
const MOST_QUERIES: usize = 50;

#[derive(Default)]
pub struct Logs {
    live: List,
    around: Option<Around>,
    search: Search,
    /// The question that the held lines answer.
    held: Option<Query>,
    link: Link,
    complete_to: Option<Timestamp>,
    way: Option<Way>,
    /// Lines of bursts that were never fetched.
    skipped: u64,
    notes: Vec<Plain>,
    /// Lines may be missing between these moments, in ms.
    gap: Option<(i64, i64)>,
    older: Older,
    older_error: Option<FetchError>,
    volume: Slot<Volume>,
    document: Slot<Document>,
    /// The field under the cursor in the detail.
    field: usize,
    /// The fields of the line are asked for, to include one of them, or to exclude it.
    picking: Option<bool>,
    wrap: bool,
    sideways: usize,
    patterns: Option<Vec<patterns::Pattern>>,
    queries: Vec<String>,
}

/// How the question for lines does.
#[derive(Debug, Default)]
struct Link {
    answered: Option<Timestamp>,
    error: Option<(FetchError, Timestamp)>,
}

/// What lies before the oldest line that is held.
#[derive(Debug, Default, Clone, PartialEq)]
enum Older {
    #[default]
    NotAsked,
    /// Lines before this moment, in ns, are asked for.
    Asked(i64),
    /// There is none in the range.
    None,
}

/// The lines around one.
struct Around {
    query: Query,
    list: List,
    center: Key,
    is_answered: bool,
    error: Option<FetchError>,
}

impl Logs {
    /// The question whose answer is the list.
    fn question(&self, scene: &Scene) -> Query {
        let search = self.search.clone();
        if scene.shown.is_live() {
            Query::Tail { search, fill: FILL }
        } else {
            Query::Lines { search, span: scene.shown.span(), before: None, limit: FILL }
        }
    }

    /// It is asked where there is no room for it too: the headline counts with it.
    fn volume_question(&self, scene: &Scene, area: Rect) -> Option<Query> {
        if area.width == 0 {
            return None;
        }
        let step = self.volume_step(scene, area);
        Some(Query::Volume { search: self.search.clone(), span: scene.shown.span(), step })
    }

    /// The length of one bar, in ms.
    pub fn volume_step(&self, scene: &Scene, area: Rect) -> i64 {
        // One bucket more than asked for lies in a range that does not begin with a bucket.
        step_for(scene.shown.length(), layout::bars(area.width).1.saturating_sub(1))
    }

    fn older_question(&self, scene: &Scene) -> Option<Query> {
        let Older::Asked(before) = self.older else { return None };
        let (search, span) = (self.search.clone(), scene.shown.span());
        Some(Query::Lines { search, span, before: Some(before), limit: FILL })
    }

    fn document_question(&self) -> Option<Query> {
        let key = self.list().key()?;
        Some(Query::Document { index: key.index.to_string(), id: key.id.to_string() })
    }

    fn list(&self) -> &List {
        self.around.as_ref().map_or(&self.live, |around| &around.list)
    }

    fn list_mut(&mut self) -> &mut List {
        self.around.as_mut().map_or(&mut self.live, |around| &mut around.list)
    }

    /// The line under the cursor.
    pub fn line(&self) -> Option<Held<'_>> {
        self.list().get()
    }

    pub fn text(&self) -> String {
        self.line().map_or_else(String::new, |held| row::copied(&held))
    }

    fn take_arrivals(&mut self, query: &Query, arrivals: Arrivals, now: Timestamp) {
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
    fn note_gap(&mut self, first: Option<i64>, now: i64) {
        if let (Some(newest), Some(first)) = (self.live.lines.newest_by(now), first)
            && first > newest
        {
            self.gap = Some((newest.div_euclid(1_000_000), first.div_euclid(1_000_000)));
        }
    }

    fn take_page(&mut self, query: &Query, page: Page) {
        if self.held.as_ref() != Some(query) {
            self.start_over(query);
        }
        (self.complete_to, self.way, self.notes) = (None, None, page.notes);
        if page.lines.len() < FILL as usize {
            self.older = Older::None;
        }
        self.live.lines.fill(page.lines);
    }

    fn take_older(&mut self, page: Page) {
        let is_all = page.lines.len() < FILL as usize;
        self.older_error = None;
        let new = self.live.lines.fill(page.lines);
        self.older = if is_all || new == 0 { Older::None } else { Older::NotAsked };
    }

    /// Another question: nothing of the former answer may be taken for its own.
    fn start_over(&mut self, query: &Query) {
        self.live.lines.clear();
        self.live.follow();
        self.held = Some(query.clone());
        (self.skipped, self.gap, self.older, self.older_error) = (0, None, Older::NotAsked, None);
    }

    fn list_height(&self, area: Rect) -> u16 {
        places(area, self.patterns.is_some()).rows.height
    }

    pub fn step(&mut self, by: isize, scene: &Scene, area: Rect) {
        if scene.full {
            let fields = self.document().map_or(0, |document| leaves(document).count());
            self.field = self.field.saturating_add_signed(by).min(fields.saturating_sub(1));
            return;
        }
        let height = self.list_height(area);
        self.list_mut().step(by, height);
        self.reach_back(scene);
    }

    pub fn page(&mut self, by: isize, scene: &Scene, area: Rect) {
        let half = isize::try_from(self.list_height(area) / 2).unwrap_or(1).max(1);
        self.step(by.saturating_mul(half), scene, area);
    }

    /// Asks for older lines when the oldest is reached.
    fn reach_back(&mut self, scene: &Scene) {
        let is_there = self.around.is_none() && self.live.position() == 0 && !self.live.lines.is_full();
        // Nothing older is kept of lines that answer another question than the one that stands there now.
        let is_current = self.held.as_ref() == Some(&self.question(scene));
        if is_there && is_current && self.older == Older::NotAsked {
            // Others of the same moment may be missing.
            self.older =
                self.live.lines.oldest().map_or(Older::NotAsked, |oldest| Older::Asked(oldest.saturating_add(1)));
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
        if self.around.take().is_some() {
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
        self.around.is_some() || self.search != Search::default()
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

    pub fn toggle_patterns(&mut self) {
        self.patterns = if self.patterns.is_some() { None } else { Some(patterns::mine(&self.live.lines)) };
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

    /// The document of the line under the cursor.
    fn document(&self) -> Option<&Document> {
        self.document.get().filter(|_| self.document_question().is_some_and(|query| self.document.answers(&query)))
    }

    /// What the cursor of the detail is on, to filter by.
    pub fn field(&self) -> Option<(String, String)> {
        leaves(self.document()?).nth(self.field)?.exact.clone()
    }

    pub fn begin_detail(&mut self, area: Rect) {
        self.field = 0;
        self.stay(area);
    }

    pub fn headline(&self, scene: &Scene) -> Headline {
        head::headline(self, scene)
    }

    fn total(&self) -> Option<Count> {
        self.volume.get().map(|volume| volume.total)
    }

    fn take_main(&mut self, query: &Query, result: Result<Answer, FetchError>, (at, now): (Timestamp, Timestamp)) {
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

    fn take_around(&mut self, query: &Query, result: Result<Page, FetchError>, height: u16) {
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

    fn draw_list(&self, scene: &Scene, area: Rect, buf: &mut Buffer) {
        let list = self.list();
        if list.lines.is_empty() {
            if let (Some((text, role)), false) = (head::nothing(self, scene), area.is_empty()) {
                buf.set_line(area.x, area.y, &Text::styled(format!("  {text}"), scene.theme.style(role)), area.width);
            }
            return;
        }
        let look = Look { width: area.width, wrap: self.wrap, sideways: self.sideways, most: area.height };
        let sight = list.sight(area.height, |held| look.height(&held, scene));
        let (mut y, mut cut, selected) = (area.y, sight.cut, list.position());
        for (position, held) in (sight.first..).zip(list.lines.from(sight.first)) {
            if y >= area.bottom() {
                break;
            }
            let rows = look.height(&held, scene).saturating_sub(cut).min(area.bottom() - y);
            row::draw(&held, look, cut, position == selected, scene, Rect { y, height: rows, ..area }, buf);
            (y, cut) = (y + rows, 0);
        }
    }
}

impl View for Logs {
    fn apply(&mut self, update: Update, scene: &Scene, area: Rect) {
        let Update { subscription, at, result, skew_ms, .. } = update;
        let query = &subscription.query;
        if *query == self.question(scene) {
            self.take_main(query, result, (at, at.plus(skew_ms)));
        } else if self.older_question(scene).as_ref() == Some(query) {
            match result.and_then(Answer::into_lines) {
                Ok(page) => self.take_older(page),
                // It is asked again when the oldest line is reached once more.
                Err(error) => (self.older, self.older_error) = (Older::NotAsked, Some(error)),
            }
        } else if self.volume_question(scene, area).as_ref() == Some(query) {
            self.volume.take(query, result.and_then(Answer::into_volume), at);
        } else if self.document_question().as_ref() == Some(query) {
            self.document.take(query, result.and_then(Answer::into_document), at);
        } else if matches!(query, Query::Around { .. }) {
            let height = self.list_height(area);
            self.take_around(query, result.and_then(Answer::into_lines), height);
        }
    }

    fn queries(&self, scene: &Scene, area: Rect) -> Vec<Subscription> {
        if !scene.logs {
            return Vec::new();
        }
        let once = |query: Query| Subscription { query, every: None };
        let live = scene.shown.is_live();
        let mut wanted = vec![Subscription { query: self.question(scene), every: live.then_some(TAIL) }];
        let pace = live.then_some(scene.refresh);
        wanted.extend(self.volume_question(scene, area).map(|query| Subscription { query, every: pace }));
        wanted.extend(self.older_question(scene).map(once));
        if scene.full || self.picking.is_some() {
            wanted.extend(self.document_question().map(once));
        }
        wanted.extend(self.around.as_ref().map(|around| once(around.query.clone())));
        wanted
    }

    fn draw(&self, scene: &Scene, area: Rect, buf: &mut Buffer) {
        if scene.full && self.line().is_some() {
            return detail::draw(self, scene, area, buf);
        }
        let places = places(area, self.patterns.is_some());
        head::draw(self, scene, places, buf);
        volume::draw(self.volume.get().filter(|_| scene.logs), scene, places.volume, buf);
        self.draw_list(scene, places.rows, buf);
        if let Some(found) = &self.patterns {
            patterns::draw(found, self.live.lines.len(), scene, places.patterns, buf);
        }
    }
}

/// Whether the list's question should have been answered long ago.
fn is_overdue(logs: &Logs, scene: &Scene) -> Option<i64> {
    let answered = logs.link.answered.filter(|_| scene.shown.is_live())?;
    let age = scene.now.since(answered);
    (age > millis(TAIL) * 3 + 5_000).then_some(age)
}

#[cfg(test)]
mod tests;
