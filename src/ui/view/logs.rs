//! The logs: what the services say, as it comes in, and what they said before.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line as Text;

use super::{Scene, View};
use crate::analysis::summary::Headline;
use crate::model::fault::FetchError;
use crate::model::log::{Count, Document, Search, Volume, Way};
use crate::model::query::{Answer, Query, Subscription, Update};
use crate::model::window::{Span, step_for};
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
mod steer;
mod take;
mod volume;
mod window;

pub use detail::{leaves, unfold};

use layout::places;
use list::List;
use row::Look;
pub use row::clock;

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
    /// How far the clock of the server is ahead of ours, in ms.
    ahead: i64,
    older_error: Option<FetchError>,
    volume: Slot<Volume>,
    /// What was sought and when, where the volume counts it.
    counted: Option<(Search, Span)>,
    document: Slot<Document>,
    /// The field under the cursor in the detail.
    field: usize,
    /// It goes to the trace id when the document comes.
    to_trace: bool,
    /// The fields of the line are asked for, to include one of them, or to exclude it.
    picking: Option<bool>,
    wrap: bool,
    sideways: usize,
    patterns: patterns::Patterns,
    window: Option<window::Window>,
    /// The cursor goes to the line of this moment, in ns, when it is held.
    wanted: Option<i64>,
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
    /// So many lines before a moment, in ns, are asked for.
    Asked { before: i64, limit: u32 },
    /// There is none in a range so long, in ms.
    None(i64),
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
    /// What is sought, within the scope.
    pub fn asked(&self, scene: &Scene) -> Search {
        self.search.within(scene.watch.logs.as_ref())
    }

    /// The question whose answer is the list.
    fn question(&self, scene: &Scene) -> Query {
        let search = self.asked(scene);
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
        Some(Query::Volume { search: self.asked(scene), span: scene.shown.span(), step })
    }

    /// The length of one bar, in ms.
    pub fn volume_step(&self, scene: &Scene, area: Rect) -> i64 {
        // One bucket more than asked for lies in a range that does not begin with a bucket.
        step_for(scene.shown.length(), layout::bars(area.width).1.saturating_sub(1))
    }

    /// Whether what is held answers what is asked now.
    fn is_current(&self, scene: &Scene) -> bool {
        self.held.as_ref() == Some(&self.question(scene))
    }

    fn older_question(&self, scene: &Scene) -> Option<Query> {
        let Older::Asked { before, limit } = self.older else { return None };
        // What is held answers another question: lines of this one do not belong before it.
        if !self.is_current(scene) {
            return None;
        }
        let (search, span) = (self.asked(scene), scene.shown.span());
        Some(Query::Lines { search, span, before: Some(before), limit })
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

    /// How many lines are held, shown or not.
    pub fn held(&self) -> usize {
        self.live.lines.held()
    }

    pub fn text(&self) -> String {
        let line = || self.line().map_or_else(String::new, |held| row::copied(&held));
        self.pattern_text().unwrap_or_else(line)
    }

    /// The name and the value of the field under the cursor of the detail.
    pub fn leaf(&self) -> Option<(String, String)> {
        if let (true, Some(held)) = (self.to_trace, self.line()) {
            return Some(("the trace id".to_owned(), held.trace.to_owned()));
        }
        let field = leaves(self.document()?).nth(self.field)?;
        Some((field.name.to_string(), field.value.as_ref()?.to_string()))
    }

    fn list_height(&self, area: Rect) -> u16 {
        places(area, self.has_patterns()).rows.height
    }

    /// The document of the line under the cursor.
    fn document(&self) -> Option<&Document> {
        self.document.get().filter(|_| self.document_question().is_some_and(|query| self.document.answers(&query)))
    }

    /// What the cursor of the detail is on, to filter by.
    pub fn field(&self) -> Option<(String, String)> {
        leaves(self.document()?).nth(self.field)?.exact.clone()
    }

    pub fn headline(&self, scene: &Scene) -> Headline {
        head::headline(self, scene)
    }

    fn total(&self) -> Option<Count> {
        self.volume.get().map(|volume| volume.total)
    }

    /// Whether the volume counts what is asked now, and not what was asked before.
    fn is_counted(&self, scene: &Scene) -> bool {
        self.counted.as_ref().is_some_and(|(search, span)| (search, *span) == (&self.asked(scene), scene.shown.span()))
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
        self.ahead = skew_ms;
        if *query == self.question(scene) {
            self.take_main(query, result, at, scene);
        } else if self.older_question(scene).as_ref() == Some(query) {
            self.take_older(result.and_then(Answer::into_lines), scene);
        } else if self.volume_question(scene, area).as_ref() == Some(query) {
            if result.is_ok() {
                self.counted = Some((self.asked(scene), scene.shown.span()));
            }
            self.volume.take(query, result.and_then(Answer::into_volume), at);
        } else if self.document_question().as_ref() == Some(query) {
            self.document.take(query, result.and_then(Answer::into_document), at);
            self.point_at_trace();
        } else if matches!(query, Query::Around { .. }) {
            let height = self.list_height(area);
            self.take_around(query, result.and_then(Answer::into_lines), height);
        } else {
            self.take_for_patterns(query, result, at);
        }
        self.reach_wanted(scene, area);
        self.refresh_patterns(scene);
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
        wanted.extend(self.pattern_questions(scene));
        wanted.extend(self.around.as_ref().map(|around| once(around.query.clone())));
        wanted
    }

    fn draw(&self, scene: &Scene, area: Rect, buf: &mut Buffer) {
        if scene.full && self.line().is_some() {
            return detail::draw(self, scene, area, buf);
        }
        let places = places(area, self.has_patterns());
        head::draw(self, scene, places, buf);
        let window = self.window.map(window::Window::range);
        volume::draw(self.volume.get().filter(|_| scene.logs), window, scene, places.volume, buf);
        self.draw_list(scene, places.rows, buf);
        patterns::draw::draw(self, scene, places.patterns, buf);
    }
}

/// Whether the list's question should have been answered long ago.
fn is_overdue(logs: &Logs, scene: &Scene) -> Option<i64> {
    let answered = logs.link.answered.filter(|_| scene.shown.is_live())?;
    let age = scene.now.since(answered);
    (age > millis(TAIL) * 3 + 5_000).then_some(age)
}
