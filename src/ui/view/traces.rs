//! The traces: which requests were slow or failed, and where the time of one of them went.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{Scene, View};
use crate::analysis::summary::Headline;
use crate::model::query::{Answer, Query, Subscription, Update};
use crate::model::trace::{Found, Summary, TraceSearch};
use crate::store::Slot;
use crate::text::Plain;
use crate::time::{Range, Timestamp};
use crate::ui::view::overview::fit;

mod dots;
mod head;
mod layout;
mod list;
mod names;
mod opened;
mod row;
mod steer;
mod terms;

pub use list::Sort;
pub use opened::Target;
pub use terms::{EVERY, Goal, Terms, Wrong};

use layout::places;
use list::List;
use opened::Opened;

/// Searches that can be gone back to.
const MOST_SEARCHES: usize = 50;

#[derive(Default)]
pub struct Traces {
    terms: Terms,
    found: Slot<Found>,
    list: List,
    opened: Option<Opened>,
    names: names::Names,
    searches: Vec<String>,
}

impl Traces {
    /// What is sought, within the scope.
    pub fn asked(&self, scene: &Scene) -> TraceSearch {
        self.terms.search(scene.watch.service.as_deref())
    }

    /// The question whose answer is the list.
    fn question(&self, scene: &Scene) -> Query {
        Query::Traces { search: self.asked(scene), span: scene.shown.span() }
    }

    /// Whether what is held answers what is asked now.
    fn is_current(&self, scene: &Scene) -> bool {
        self.found.answers(&self.question(scene))
    }

    fn traces(&self) -> &[Summary] {
        self.found.get().map_or(&[], |found| &found.traces)
    }

    /// The trace under the cursor of the list.
    pub fn row(&self) -> Option<&Summary> {
        self.list.get(self.traces())
    }

    pub fn count(&self) -> usize {
        self.traces().len()
    }

    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// How many ms the crosshair moves by.
    pub fn dot_step(&self, scene: &Scene, area: Rect) -> i64 {
        dots::step(self.dotted(scene), area.width)
    }

    /// From the oldest to the newest of what was found, where that is less than there is.
    fn stretch(&self, scene: &Scene) -> Option<Range> {
        let found = self.found.get().filter(|found| found.is_limited && self.is_current(scene))?;
        let starts = || found.traces.iter().map(|trace| Timestamp::of_ns(trace.start));
        Some(Range::new(starts().min()?, starts().max()?.plus(1)))
    }

    /// The time that the dots are of: in all of a long range those of a busy service would lie in one place.
    pub fn dotted(&self, scene: &Scene) -> Range {
        self.stretch(scene).unwrap_or_else(|| scene.shown.at(scene.now))
    }

    pub fn sort(&self) -> Sort {
        self.list.sort
    }

    /// Whether the backend is asked again and again now: only then can its answers be late.
    pub fn is_polling(&self, scene: &Scene) -> bool {
        match &self.opened {
            // Who knows of no such trace has answered.
            Some(opened) => opened.subscription(scene).is_some() && !opened.is_refused(),
            None => scene.shown.is_live(),
        }
    }

    /// What `y` copies.
    pub fn text(&self) -> String {
        match self.waterfall() {
            Some(waterfall) => waterfall.text(),
            None => self.target().map_or_else(String::new, |target| target.id.to_string()),
        }
    }

    /// Where the cursor is: `5 of 41`.
    pub fn words(&self) -> String {
        match (&self.opened, self.waterfall()) {
            (_, Some(waterfall)) => waterfall.words(),
            (None, None) if self.count() > 0 => format!("{} of {}", self.list.place() + 1, self.count()),
            _ => String::new(),
        }
    }

    pub fn headline(&self, scene: &Scene) -> Headline {
        head::headline(self, scene)
    }
}

impl View for Traces {
    fn apply(&mut self, update: Update, scene: &Scene, area: Rect) {
        let Update { subscription, at, result, .. } = update;
        let query = &subscription.query;
        if *query == self.question(scene) {
            if result.is_ok() && !self.found.answers(query) {
                self.list.begin();
            }
            self.found.take(query, result.and_then(Answer::into_traces), at);
            self.arrange(area);
        } else if let Some(opened) = self.opened.as_mut().filter(|opened| opened.question() == *query) {
            opened.take(result, at);
        } else {
            self.names.take(query, result.and_then(Answer::into_names), at);
        }
    }

    fn queries(&self, scene: &Scene, _: Rect) -> Vec<Subscription> {
        if !scene.traces {
            return Vec::new();
        }
        let every = scene.shown.is_live().then_some(scene.tiles);
        let main = match &self.opened {
            Some(opened) => opened.subscription(scene),
            None => Some(Subscription { query: self.question(scene), every }),
        };
        main.into_iter().chain(self.names.subscriptions()).collect()
    }

    fn draw(&self, scene: &Scene, area: Rect, buf: &mut Buffer) {
        if let Some(waterfall) = self.waterfall() {
            return waterfall.draw(scene, area, buf);
        }
        if let Some(opened) = &self.opened {
            return lines(&head::waiting(opened, scene), scene, area, buf);
        }
        let places = places(area);
        head::draw(self, scene, places, buf);
        let selected = self.row().map(|row| row.id);
        dots::draw(self.traces(), selected, self.dotted(scene), scene, places.dots, buf);
        if self.traces().is_empty() {
            return lines(&head::nothing(self, scene), scene, places.rows, buf);
        }
        let longest = self.traces().iter().map(|trace| trace.duration).max().unwrap_or(0);
        let columns = row::Columns::of(area.width, scene);
        columns.heads(scene, places.heads, buf);
        for ((place, trace), area) in self.list.sight(places.rows.height, self.traces()).zip(places.rows.rows()) {
            columns.draw(trace, longest, place == self.list.place(), scene, area, buf);
        }
    }
}

/// One line each, as far as there is room.
fn lines(lines: &[(String, super::Role)], scene: &Scene, area: Rect, buf: &mut Buffer) {
    for ((text, role), row) in lines.iter().zip(area.rows()) {
        let text = fit(&Plain::new(text), usize::from(area.width).saturating_sub(2));
        buf.set_line(row.x, row.y, &Line::styled(format!("  {text}"), scene.theme.style(*role)), row.width);
    }
}
