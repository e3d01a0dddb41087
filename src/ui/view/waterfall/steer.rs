//! What the keys do to an open trace.

use ratatui::layout::Rect;

use super::layout::{Places, Size, places};
use super::rows::SHARES;
use super::table::Table;
use super::{Step, Waterfall};
use crate::analysis::traces::Tree;
use crate::model::trace::SpanId;

impl Waterfall {
    pub fn act(&mut self, step: Step, area: Rect) {
        let places = self.places(area);
        match step {
            Step::Down => self.step(1, &places),
            Step::Up => self.step(-1, &places),
            Step::Top => self.step(isize::MIN, &places),
            Step::Bottom => self.step(isize::MAX, &places),
            Step::PageDown => self.step(self.half(&places), &places),
            Step::PageUp => self.step(-self.half(&places), &places),
            Step::Critical => self.marks_path = !self.marks_path,
            Step::SelfTimes => self.table = if self.table.is_some() { None } else { Some(Table::default()) },
            Step::Open if self.table.is_some() => self.open_row(),
            Step::Open => self.grow(),
            Step::Wrap => (self.wraps, self.scrolled) = (!self.wraps, 0),
            Step::NextError => self.next_failure(),
            _ if self.table.is_some() => {}
            Step::Left => self.left(),
            Step::Right => self.right(),
            Step::Fold => self.fold(!self.rows.is_folded(self.cursor as usize)),
            Step::FoldAll => {
                self.rows.fold_all(&self.tree);
                self.list();
            }
            Step::Hide => self.hide(),
            Step::Shorter => {
                self.rows.share = (self.rows.share + 1) % SHARES.len();
                self.list();
            }
            Step::ZoomIn => self.zoom_in(),
            Step::ZoomOut => drop(self.zoom.pop()),
            Step::ZoomReset => self.zoom.clear(),
        }
        self.top = self.sight(self.places(area).rows.height);
    }

    fn places(&self, area: Rect) -> Places {
        places(area, self.size, self.has_note(), self.table.is_some())
    }

    /// Half of what the keys move in.
    fn half(&self, places: &Places) -> isize {
        let rows = if self.has_panel_keys() { places.panel } else { places.rows };
        isize::try_from(rows.height / 2).unwrap_or(1).max(1)
    }

    /// The detail takes the keys.
    pub(super) fn has_panel_keys(&self) -> bool {
        self.size != Size::Small && self.table.is_none()
    }

    fn step(&mut self, by: isize, places: &Places) {
        if self.has_panel_keys() {
            self.scrolled = self.scrolled.saturating_add_signed(by).min(self.last_scroll(places.panel));
            return;
        }
        if let Some(table) = &mut self.table {
            return table.step(by, self.spent.len(), places.rows.height);
        }
        let from = self.rows.place(self.cursor).unwrap_or(0);
        let to = from.saturating_add_signed(by).min(self.rows.shown().len().saturating_sub(1));
        if let Some(node) = self.rows.shown().get(to) {
            self.go(*node);
        }
    }

    fn go(&mut self, node: u32) {
        if self.cursor != node {
            (self.cursor, self.scrolled) = (node, 0);
        }
    }

    /// The first row in sight: the cursor is, and no row stays blank while there is a node for it.
    pub(super) fn sight(&self, height: u16) -> usize {
        let height = usize::from(height).max(1);
        let at = self.rows.place(self.cursor).unwrap_or(0);
        let last = self.rows.shown().len().saturating_sub(height);
        self.top.clamp((at + 1).saturating_sub(height), at).min(last)
    }

    fn left(&mut self) {
        let at = self.cursor as usize;
        if self.has_rows_below(at) && !self.rows.is_folded(at) {
            return self.fold(true);
        }
        if let Some(parent) = self.tree.nodes.get(at).and_then(|node| node.parent) {
            self.go(parent);
        }
    }

    fn right(&mut self) {
        let at = self.cursor as usize;
        if !self.has_rows_below(at) {
            return;
        }
        if self.rows.is_folded(at) {
            return self.fold(false);
        }
        let next = self.rows.place(self.cursor).map_or(0, |row| row + 1);
        if let Some(child) = self.rows.shown().get(next) {
            self.go(*child);
        }
    }

    /// How many nodes below it are not hidden.
    pub(super) fn below(&self, at: usize) -> u32 {
        self.tree.nodes.get(at).map_or(0, |node| self.rows.kept_within(at + 1, node.end as usize))
    }

    pub(super) fn has_rows_below(&self, at: usize) -> bool {
        self.below(at) > 0
    }

    fn fold(&mut self, to: bool) {
        let at = self.cursor as usize;
        if self.has_rows_below(at) {
            self.rows.set_folded(at, to);
            self.list();
        }
    }

    /// Only the hits, or everything again; where nothing is looked for there is nothing to hide.
    fn hide(&mut self) {
        self.rows.hide = !self.rows.hide && self.found.is_some();
        if self.rows.hide {
            self.unfold_hits();
        }
        self.list();
    }

    fn zoom_in(&mut self) {
        let Some(span) = self.span().filter(|span| span.duration > 0) else { return };
        if self.window() != (span.start, span.end()) {
            self.zoom.push(span.id);
        }
    }

    /// More room for the detail; from the whole screen back to half of it.
    fn grow(&mut self) {
        self.size = match self.size {
            Size::Small | Size::Full => Size::Half,
            Size::Half => Size::Full,
        };
        self.scrolled = 0;
    }

    /// From the table to the longest span of the row.
    fn open_row(&mut self) {
        let row = self.table.as_ref().and_then(|table| self.spent.get(table.at));
        let Some(row) = row else { return };
        let is_of = |at: u32| {
            let span = self.span_of(at as usize)?;
            let is_of = span.operation == row.operation && self.trace.service(span) == row.service;
            is_of.then_some((span.duration, std::cmp::Reverse(at)))
        };
        let longest = (0u32..).take(self.tree.nodes.len()).filter_map(is_of).max();
        self.table = None;
        if let Some((_, std::cmp::Reverse(at))) = longest {
            self.reveal(at);
        }
    }

    /// To where it began to fail; then up to those that failed with it, and on to the next.
    fn next_failure(&mut self) {
        let failures = &self.facts.failures;
        let next = match failures.iter().position(|at| *at == self.cursor) {
            Some(place) => failures.get(place + 1).or(failures.first()),
            None => failures.iter().find(|at| **at > self.cursor).or(failures.first()),
        };
        if let Some(at) = next.copied() {
            self.table = None;
            self.reveal(at);
        }
    }

    /// Puts the cursor on a span, and unfolds what hides it.
    pub fn select(&mut self, id: SpanId) {
        if let Some(at) = self.facts.node_of(id) {
            self.table = None;
            self.reveal(at);
        }
    }

    pub fn next_hit(&mut self, forward: bool, area: Rect) {
        let Some(next) = self.found.as_ref().and_then(|found| found.next(self.cursor, forward)) else { return };
        if let Some(found) = &mut self.found {
            found.is_fresh = false;
        }
        self.table = None;
        self.reveal(next);
        self.top = self.sight(self.places(area).rows.height);
    }

    /// Shows the row of a node with some rows above it, unless it is near.
    fn reveal(&mut self, at: u32) {
        self.unfold_above(at);
        if !self.rows.is_kept(at as usize) {
            (self.rows.hide, self.rows.share) = (false, 0);
        }
        self.go(at);
        self.list();
        let row = self.rows.place(at).unwrap_or(0);
        if row < self.top || row > self.top + NEAR {
            self.top = row.saturating_sub(ABOVE);
        }
    }

    pub(super) fn unfold_above(&mut self, at: u32) {
        let parent = |tree: &Tree, at: u32| tree.nodes.get(at as usize).and_then(|node| node.parent);
        let mut above = parent(&self.tree, at);
        while let Some(at) = above {
            self.rows.set_folded(at as usize, false);
            above = parent(&self.tree, at);
        }
    }

    /// Takes back the last thing that narrows or covers the tree; false if there is none.
    pub fn back(&mut self) -> bool {
        if self.table.take().is_some() {
            return true;
        }
        if self.size != Size::Small {
            self.size = if self.size == Size::Full { Size::Half } else { Size::Small };
            self.scrolled = 0;
            return true;
        }
        if self.rows.hide || self.rows.share > 0 {
            if self.rows.hide {
                self.rows.hide = false
            } else {
                self.rows.share = 0
            }
            self.list();
            return true;
        }
        self.zoom.pop().is_some()
    }
}

/// Rows from the top within which a jump does not scroll, and the rows above it where it does.
const NEAR: usize = 6;
const ABOVE: usize = 4;
