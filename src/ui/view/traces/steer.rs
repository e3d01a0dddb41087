//! What the keys do to the list of traces and to what is sought.

use ratatui::layout::Rect;

use super::layout::places;
use super::{Goal, MOST_SEARCHES, Sort, Terms, Traces};

impl Traces {
    fn height(area: Rect) -> u16 {
        places(area).rows.height
    }

    /// Makes the rows of the list anew.
    pub(super) fn arrange(&mut self, area: Rect) {
        let traces = self.found.get().map_or(&[][..], |found| &found.traces);
        self.list.arrange(traces, Self::height(area));
    }

    pub fn order(&mut self, sort: Sort, area: Rect) {
        self.list.sort = sort;
        self.arrange(area);
    }

    pub fn step(&mut self, by: isize, area: Rect) {
        let traces = self.found.get().map_or(&[][..], |found| &found.traces);
        self.list.step(by, traces, Self::height(area));
    }

    pub fn page(&mut self, by: isize, area: Rect) {
        let half = isize::try_from(Self::height(area) / 2).unwrap_or(1).max(1);
        self.step(by.saturating_mul(half), area);
    }

    pub fn set_terms(&mut self, terms: Terms) {
        if self.terms != terms {
            self.terms = terms;
            // Why another search was not answered says nothing of this one.
            self.found.feed.error = None;
        }
    }

    pub fn toggle_failing(&mut self) {
        let mut terms = self.terms.clone();
        terms.toggle_failing();
        self.set_terms(terms);
    }

    /// Takes back the last thing that narrows the list; false if there is none.
    pub fn widen(&mut self) -> bool {
        let mut terms = self.terms.clone();
        let was_narrowed = terms.widen();
        self.set_terms(terms);
        was_narrowed
    }

    pub fn is_narrowed(&self) -> bool {
        self.terms != Terms::default()
    }

    /// Keeps a search to come back to.
    pub fn remember(&mut self, text: &str) {
        self.searches.retain(|known| known != text);
        if !text.is_empty() {
            self.searches.push(text.to_owned());
        }
        let excess = self.searches.len().saturating_sub(MOST_SEARCHES);
        self.searches.drain(..excess);
    }

    pub fn searches(&self) -> &[String] {
        &self.searches
    }

    /// Shows what a command line asked for.
    pub fn want(&mut self, goal: Goal) {
        match goal {
            Goal::Search(terms) => {
                self.remember(&terms.text());
                self.set_terms(terms);
                self.close();
            }
            Goal::Trace(id, span) => self.open(id, span),
        }
    }

    /// Looks for a text in the open trace, or in the list; nothing forgets it.
    pub fn seek(&mut self, text: &str) {
        if let Some(waterfall) = self.waterfall_mut() {
            return waterfall.find(text);
        }
        let traces = self.found.get().map_or(&[][..], |found| &found.traces);
        self.list.seek(text, traces);
    }

    /// Whether what is under the cursor of the list has what is looked for.
    pub fn is_hit(&self) -> bool {
        self.list.is_hit()
    }

    /// The number of the current hit, and how many there are.
    pub fn hits(&self) -> (usize, usize) {
        self.waterfall().map_or_else(|| self.list.hits(), |waterfall| waterfall.hits())
    }

    pub fn next_hit(&mut self, forward: bool, area: Rect) {
        if let Some(waterfall) = self.waterfall_mut() {
            return waterfall.next_hit(forward, area);
        }
        let traces = self.found.get().map_or(&[][..], |found| &found.traces);
        self.list.next_hit(forward, traces, Self::height(area));
    }
}
