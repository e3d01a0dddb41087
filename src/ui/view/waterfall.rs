//! One trace: every span in its place in time, below the one that caused it; where the time went, and what failed.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Scene;
use crate::analysis::summary::Headline;
use crate::analysis::traces::{Node, Spent, Tree, spent};
use crate::model::trace::{Span, SpanId, Trace};

mod bar;
mod detail;
mod facts;
mod faults;
mod find;
mod head;
mod layout;
mod line;
mod panel;
mod rows;
mod ruler;
mod said;
mod service;
mod steer;
mod table;

use facts::Facts;
use find::Found;
use layout::{Size, places};
use rows::Rows;
use table::Table;

/// What a key does to an open trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Down,
    Up,
    Top,
    Bottom,
    PageDown,
    PageUp,
    /// Folds, or goes to the parent.
    Left,
    /// Unfolds, or goes to the first child.
    Right,
    Fold,
    /// Only the roots, one level below them, everything.
    FoldAll,
    /// Marks the critical path, or not.
    Critical,
    /// Where the time went, by operation, instead of the tree.
    SelfTimes,
    /// Only what was found, and what is above it.
    Hide,
    /// Without what took less than a share of the trace.
    Shorter,
    /// To the next span that failed, those where it began first.
    NextError,
    /// The time of the span under the cursor fills the width.
    ZoomIn,
    ZoomOut,
    ZoomReset,
    /// Everything that is known of the span, in more room at each press.
    Open,
    /// Long values of the detail wrapped, or cut.
    Wrap,
}

/// An open trace, and how it is looked at. What it keeps beside the trace itself is some 160 bytes a span.
pub struct Waterfall {
    trace: Arc<Trace>,
    tree: Tree,
    spent: Vec<Spent>,
    facts: Facts,
    rows: Rows,
    /// The node under the cursor.
    cursor: u32,
    /// The first row in sight, as far as the cursor allows it.
    top: usize,
    /// The spans whose time fills the width, one within the other.
    zoom: Vec<SpanId>,
    marks_path: bool,
    table: Option<Table>,
    found: Option<Found>,
    size: Size,
    /// Rows of the detail that are scrolled out at its top.
    scrolled: usize,
    wraps: bool,
}

impl Waterfall {
    pub fn new(trace: Arc<Trace>) -> Self {
        let tree = Tree::of(&trace);
        let spent = spent(&trace, &tree);
        let facts = Facts::of(&trace, &tree);
        let rows = Rows::new(&trace, &tree, &facts);
        let mut waterfall = Self {
            trace,
            tree,
            spent,
            facts,
            rows,
            cursor: 0,
            top: 0,
            zoom: Vec::new(),
            marks_path: true,
            table: None,
            found: None,
            size: Size::Small,
            scrolled: 0,
            wraps: true,
        };
        waterfall.list();
        waterfall
    }

    /// A later answer about the same trace: the cursor, the folds and the zoom stay with their spans.
    pub fn renew(&mut self, trace: Arc<Trace>) {
        if Arc::ptr_eq(&self.trace, &trace) {
            return;
        }
        let old = std::mem::replace(self, Self::new(trace));
        let mut known = old.facts.ids().iter().peekable();
        for (id, at) in self.facts.ids() {
            while known.next_if(|(before, _)| before < id).is_some() {}
            if let Some((_, was)) = known.peek().filter(|(same, _)| same == id) {
                self.rows.set_folded(*at as usize, old.rows.is_folded(*was as usize));
            }
        }
        let under = old.span().and_then(|span| self.facts.node_of(span.id));
        self.rows.look_as(&old.rows);
        self.zoom = old.zoom.into_iter().filter(|id| self.facts.node_of(*id).is_some()).collect();
        (self.top, self.marks_path, self.table) = (old.top, old.marks_path, old.table);
        (self.size, self.scrolled, self.wraps) = (old.size, old.scrolled, old.wraps);
        self.cursor = under.unwrap_or(0);
        if let Some(found) = old.found {
            self.seek(&found.text, found.is_fresh);
        }
        self.list();
    }

    pub fn trace(&self) -> &Arc<Trace> {
        &self.trace
    }

    /// The span under the cursor.
    pub fn span(&self) -> Option<&Span> {
        self.span_of(self.cursor as usize)
    }

    /// The same where its detail has the room and the keys.
    pub fn looked_into(&self) -> Option<&Span> {
        self.span().filter(|_| self.size != Size::Small)
    }

    pub fn has_failures(&self) -> bool {
        !self.facts.failures.is_empty()
    }

    fn span_of(&self, at: usize) -> Option<&Span> {
        self.trace.spans.get(self.tree.nodes.get(at)?.span as usize)
    }

    /// From and to of the time that fills the width, in ns.
    fn window(&self) -> (i64, i64) {
        let zoomed = self.zoom.last().and_then(|id| self.facts.node_of(*id)).and_then(|at| self.span_of(at as usize));
        zoomed.map_or((self.facts.start, self.facts.end), |span| (span.start, span.end()))
    }

    /// Puts together what is shown; a cursor that has lost its row goes to the nearest one above.
    fn list(&mut self) {
        let (trace, facts, found) = (&self.trace, &self.facts, &self.found);
        let shortest = self.rows.shortest(facts.length());
        let is_hiding = self.rows.hide && found.is_some();
        let stays = |at: usize, node: &Node| {
            let is_found = !is_hiding || found.as_ref().is_some_and(|found| found.is_hit(at));
            let span = trace.spans.get(node.span as usize);
            let is_long = node.critical > 0 || span.is_none_or(|span| span.is_error || span.duration >= shortest);
            is_found && (shortest <= 0 || is_long)
        };
        self.rows.list(&self.tree, stays);
        while self.rows.place(self.cursor).is_err() {
            match self.tree.nodes.get(self.cursor as usize).and_then(|node| node.parent) {
                Some(parent) => self.cursor = parent,
                None => {
                    let before = self.rows.place(self.cursor).unwrap_or_else(|before| before).saturating_sub(1);
                    self.cursor = self.rows.shown().get(before).copied().unwrap_or(0);
                    break;
                }
            }
        }
    }

    pub fn draw(&self, scene: &Scene, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        let places = places(area, self.size, self.has_note(), self.table.is_some());
        head::draw(self, scene, &places, buf);
        match &self.table {
            Some(table) => table::draw(self, table, scene, places.rows, buf),
            None => self.draw_rows(scene, places.rows, buf),
        }
        panel::draw(self, scene, places.panel, buf);
    }

    pub fn headline(&self, usual: Option<f64>) -> Headline {
        said::headline(self, usual)
    }
}
