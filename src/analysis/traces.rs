//! What a trace says: which span caused which, and where the time went. Whatever is wrong with it, no span is left out:
//! one whose parent is missing begins a tree of its own, and a circle is cut where it began.

use std::collections::HashMap;

use crate::model::trace::{SpanId, Trace};

mod blame;
mod critical;
mod share;
mod slower;
mod spent;
mod tally;
pub mod words;

pub use blame::{Blame, Row, blame, error};
pub use share::{PathShare, shares};
pub use slower::{ENOUGH, Slower, slower};
pub use spent::{Spent, spent};
pub use tally::Tally;

/// The spans of a trace, each below the one that caused it; children by their start.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tree {
    /// Depth first.
    pub nodes: Vec<Node>,
    /// The critical path, by node and within each by time.
    pub path: Vec<Stretch>,
}

/// When nothing but one node held up the whole, in ns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stretch {
    pub node: u32,
    pub from: i64,
    pub to: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Its number in the trace.
    pub span: u32,
    pub depth: u16,
    /// The node above; none of a root.
    pub parent: Option<u32>,
    /// The node after its last descendant.
    pub end: u32,
    /// What it says has caused it is not there, or is caused by it.
    pub is_orphan: bool,
    /// ns that none of its children were at work.
    pub self_time: i64,
    /// ns of its own that nothing but it held up the whole.
    pub critical: i64,
}

impl Node {
    pub fn has_children(&self, at: usize) -> bool {
        self.end as usize > at + 1
    }
}

/// From and to, in ns; a negative duration is none.
fn extent(trace: &Trace, span: u32) -> (i64, i64) {
    trace.spans.get(span as usize).map_or((0, 0), |span| (span.start, span.start.saturating_add(span.duration.max(0))))
}

impl Tree {
    pub fn of(trace: &Trace) -> Self {
        let above = uncircled(&above(trace));
        let children = Children::of(trace, &above);
        let mut nodes: Vec<Node> = Vec::with_capacity(trace.spans.len());
        // Spans to be put down, the next one last, with the node above.
        let mut open: Vec<(u32, Option<u32>)> = children.of_none().iter().rev().map(|root| (*root, None)).collect();
        while let Some((span, parent)) = open.pop() {
            let at = number(nodes.len());
            let depth =
                parent.and_then(|parent| nodes.get(parent as usize)).map_or(0, |node| node.depth.saturating_add(1));
            let caused = trace.spans.get(span as usize).is_some_and(|span| !span.references.is_empty());
            let is_orphan = parent.is_none() && caused;
            nodes.push(Node { span, depth, parent, end: at + 1, is_orphan, self_time: 0, critical: 0 });
            open.extend(children.of_span(span).iter().rev().map(|child| (*child, Some(at))));
        }
        for at in (0..nodes.len()).rev() {
            let (end, parent) = nodes.get(at).map_or((0, None), |node| (node.end, node.parent));
            if let Some(above) = parent.and_then(|parent| nodes.get_mut(parent as usize)) {
                above.end = above.end.max(end);
            }
        }
        let path = critical::measure(trace, &children, &mut nodes);
        Self { nodes, path }
    }

    /// The part of the critical path that is a node's own.
    pub fn path_of(&self, at: usize) -> &[Stretch] {
        let first = self.path.partition_point(|stretch| (stretch.node as usize) < at);
        let own = self.path.get(first..).unwrap_or_default();
        own.get(..own.partition_point(|stretch| stretch.node as usize == at)).unwrap_or_default()
    }

    pub fn roots(&self) -> impl Iterator<Item = (usize, &Node)> {
        self.nodes.iter().enumerate().filter(|(_, node)| node.parent.is_none())
    }
}

fn number(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

/// Of each span the number of the one that caused it, as far as it is there. Of several with one id the first is meant.
fn above(trace: &Trace) -> Vec<Option<u32>> {
    let mut numbers: HashMap<SpanId, u32> = HashMap::with_capacity(trace.spans.len());
    for (number, span) in (0..).zip(&trace.spans) {
        numbers.entry(span.id).or_insert(number);
    }
    let own = |number: u32| {
        let references = trace.spans.get(number as usize).map_or(&[][..], |span| &span.references);
        let here = references.iter().filter(|reference| reference.trace == trace.id);
        here.filter_map(|reference| numbers.get(&reference.span).copied()).find(|parent| *parent != number)
    };
    (0..number(trace.spans.len())).map(own).collect()
}

/// Without what goes round in a circle: whoever is reached twice on the way up has nobody above.
fn uncircled(above: &[Option<u32>]) -> Vec<Option<u32>> {
    let mut parents = above.to_vec();
    // Which walk came by a span first; 0 is none.
    let mut walked = vec![0u32; parents.len()];
    for start in 0..number(parents.len()) {
        let mut at = start;
        while let Some(walk) = walked.get_mut(at as usize) {
            if *walk != 0 {
                if *walk == start + 1
                    && let Some(parent) = parents.get_mut(at as usize)
                {
                    *parent = None;
                }
                break;
            }
            *walk = start + 1;
            let Some(parent) = parents.get(at as usize).copied().flatten() else { break };
            at = parent;
        }
    }
    parents
}

/// Who is caused by whom, in one list.
struct Children {
    /// Sorted by start within each parent.
    list: Vec<u32>,
    /// Where those of each span begin; those of none stand first.
    starts: Vec<u32>,
}

impl Children {
    fn of(trace: &Trace, above: &[Option<u32>]) -> Self {
        let slot = |parent: Option<u32>| parent.map_or(0, |parent| parent as usize + 1);
        let mut list: Vec<u32> = (0..number(above.len())).collect();
        let parent = |span: u32| slot(above.get(span as usize).copied().flatten());
        list.sort_by_key(|span| (parent(*span), extent(trace, *span).0, *span));
        let mut starts = vec![0u32; above.len() + 2];
        for span in &list {
            if let Some(count) = starts.get_mut(parent(*span) + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self { list, starts }
    }

    fn of_slot(&self, slot: usize) -> &[u32] {
        let bound = |slot: usize| self.starts.get(slot).map_or(self.list.len(), |start| *start as usize);
        self.list.get(bound(slot)..bound(slot + 1)).unwrap_or_default()
    }

    fn of_none(&self) -> &[u32] {
        self.of_slot(0)
    }

    fn of_span(&self, span: u32) -> &[u32] {
        self.of_slot(span as usize + 1)
    }
}

#[cfg(test)]
mod tests;
