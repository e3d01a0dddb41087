//! Where the time of each span went: to itself, and to what held up the whole.

use super::{Children, Node, Stretch, extent};
use crate::model::trace::Trace;

/// Writes into the nodes how long; gives when, by node and time.
pub fn measure(trace: &Trace, children: &Children, nodes: &mut [Node]) -> Vec<Stretch> {
    let mut numbers = vec![0u32; nodes.len()];
    for (at, node) in (0..).zip(nodes.iter()) {
        if let Some(number) = numbers.get_mut(node.span as usize) {
            *number = at;
        }
    }
    for node in nodes.iter_mut() {
        node.self_time = alone(trace, children, node.span);
    }
    let roots: Vec<u32> = nodes.iter().filter(|node| node.parent.is_none()).map(|node| node.span).collect();
    let mut path = Vec::with_capacity(nodes.len());
    for root in roots {
        walk(trace, children, root, |span, from, to| {
            let Some(at) = numbers.get(span as usize).copied().filter(|_| to > from) else { return };
            if let Some(node) = nodes.get_mut(at as usize) {
                node.critical = node.critical.saturating_add(to.saturating_sub(from));
                path.push(Stretch { node: at, from, to });
            }
        });
    }
    path.sort_unstable();
    path
}

/// What is left of a span when its children's time is taken away.
fn alone(trace: &Trace, children: &Children, span: u32) -> i64 {
    let (start, end) = extent(trace, span);
    let (mut free, mut reached) = (0i64, start);
    for child in children.of_span(span) {
        let (from, to) = extent(trace, *child);
        free = free.saturating_add(from.min(end).saturating_sub(reached).max(0));
        reached = reached.max(to.min(end));
    }
    free.saturating_add(end.saturating_sub(reached).max(0))
}

/// Backwards from the end of a root: what finished last held up the whole, up to its own start; before that whatever
/// finished last before that. Tells of each stretch whose it is.
fn walk(trace: &Trace, children: &Children, root: u32, mut tell: impl FnMut(u32, i64, i64)) {
    let (start, end) = extent(trace, root);
    let mut open = vec![(root, start, end)];
    while let Some((span, start, end)) = open.pop() {
        let mut at = end;
        let mut by_end: Vec<(i64, i64, u32)> = children
            .of_span(span)
            .iter()
            .map(|child| {
                let (from, to) = extent(trace, *child);
                // What goes on after its parent, or began before it, counts within it only.
                (to.min(end), from.max(start), *child)
            })
            .filter(|(to, from, _)| to > from)
            .collect();
        by_end.sort_unstable_by(|a, b| b.cmp(a));
        for (to, from, child) in by_end {
            if to > at {
                continue;
            }
            tell(span, to, at);
            open.push((child, from, to));
            at = from;
        }
        tell(span, start, at);
    }
}
