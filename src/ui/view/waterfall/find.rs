//! A text that is looked for in all that the spans say.

use super::Waterfall;
use crate::model::trace::{Span, Tag};
use crate::store::log::Needle;
use crate::text::Plain;

/// What was looked for, and the nodes that have it.
#[derive(Debug)]
pub struct Found {
    pub text: String,
    pub hits: Vec<u32>,
    /// Nobody has gone to a hit yet: the row under the cursor counts.
    pub is_fresh: bool,
}

impl Found {
    pub fn is_hit(&self, at: usize) -> bool {
        u32::try_from(at).is_ok_and(|at| self.hits.binary_search(&at).is_ok())
    }

    /// The next hit around the end.
    pub fn next(&self, from: u32, forward: bool) -> Option<u32> {
        if self.is_fresh && self.is_hit(from as usize) {
            return Some(from);
        }
        if forward {
            let after = self.hits.partition_point(|hit| *hit <= from);
            return self.hits.get(after).or(self.hits.first()).copied();
        }
        let before = self.hits.partition_point(|hit| *hit < from);
        before.checked_sub(1).and_then(|at| self.hits.get(at)).or(self.hits.last()).copied()
    }
}

impl Waterfall {
    /// Looks for a text, whatever its case; nothing forgets it. The cursor stays: `next_hit` goes to the first.
    pub fn find(&mut self, text: &str) {
        self.seek(text, true);
        if self.rows.hide {
            self.rows.hide = !text.is_empty();
            self.unfold_hits();
        }
        self.list();
    }

    pub(super) fn seek(&mut self, text: &str, is_fresh: bool) {
        let Some(needle) = Needle::new(&text.to_lowercase()) else {
            self.found = None;
            return;
        };
        let services: Vec<bool> = self.facts.services.iter().map(|service| needle.is_in(&service.name)).collect();
        let of_service = |span: &Span| {
            let service = self.facts.service(span);
            let at = service.and_then(|service| self.facts.services.iter().position(|one| one.name == service.name));
            at.is_some_and(|at| services.get(at) == Some(&true))
        };
        let any_service = services.contains(&true);
        let nodes = (0u32..).zip(&self.tree.nodes);
        let mut sought = Sought::new(needle);
        let mut is_hit = |span: u32| {
            let span = self.trace.spans.get(span as usize);
            span.is_some_and(|span| sought.is_of(span) || (any_service && of_service(span)))
        };
        let hits = nodes.filter(|(_, node)| is_hit(node.span)).map(|(at, _)| at).collect();
        self.found = Some(Found { text: text.to_owned(), hits, is_fresh });
    }

    /// The number of the hit under the cursor, 0 where there is none, and how many there are.
    pub fn hits(&self) -> (usize, usize) {
        let Some(found) = &self.found else { return (0, 0) };
        (found.hits.binary_search(&self.cursor).map_or(0, |at| at + 1), found.hits.len())
    }

    pub(super) fn is_hit(&self, at: usize) -> bool {
        self.found.as_ref().is_some_and(|found| found.is_hit(at))
    }

    /// One walk from below: of a deep trace each hit may have everything else above it.
    pub(super) fn unfold_hits(&mut self) {
        let Some(found) = &self.found else { return };
        let mut has_hit = vec![false; self.tree.nodes.len()];
        for (at, node) in self.tree.nodes.iter().enumerate().rev() {
            let counts = has_hit.get(at) == Some(&true) || found.is_hit(at);
            let Some(parent) = node.parent.filter(|_| counts) else { continue };
            self.rows.set_folded(parent as usize, false);
            if let Some(above) = has_hit.get_mut(parent as usize) {
                *above = true;
            }
        }
    }
}

/// Texts that are remembered at once; a power of two.
const MEMORY: usize = 4_096;

/// What is looked for, and which texts have it: spans share most of theirs, and a text that was looked at already is
/// known by its place, without another look.
struct Sought {
    needle: Needle,
    known: Vec<(usize, bool)>,
}

impl Sought {
    fn new(needle: Needle) -> Self {
        // No text lies at 0.
        Self { needle, known: vec![(0, false); MEMORY] }
    }

    fn is_of(&mut self, span: &Span) -> bool {
        self.is_in(&span.operation)
            || self.is_said(&span.tags)
            || span.events.iter().any(|event| self.is_in(&event.name) || self.is_said(&event.tags))
    }

    fn is_said(&mut self, tags: &[Tag]) -> bool {
        tags.iter().any(|tag| self.is_in(&tag.key) || self.is_in(&tag.value))
    }

    /// Each text of a trace has a place of its own for as long as the trace is there.
    fn is_in(&mut self, text: &Plain) -> bool {
        let place = text.as_str().as_ptr() as usize;
        // Texts of one size lie at equal distances: all bits of the place have a say.
        let slot = (place ^ (place >> 16)).wrapping_mul(0x9e37_79b9) >> 12 & (MEMORY - 1);
        let Some(known) = self.known.get_mut(slot) else { return self.needle.is_in(text) };
        if known.0 != place {
            *known = (place, self.needle.is_in(text));
        }
        known.1
    }
}
