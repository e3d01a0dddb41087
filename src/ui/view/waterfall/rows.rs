//! Which nodes have a row: what is folded, what is hidden.

use super::facts::Facts;
use crate::analysis::traces::{Node, Tree};
use crate::model::trace::Trace;

/// Percent of the trace; what took less can be hidden.
pub const SHARES: [i64; 4] = [0, 1, 5, 10];
/// A trace of so many spans opens whole.
const SMALL: usize = 16;
/// In a larger one what neither failed nor took so much of it, in percent, is folded at first.
const SLIGHT: i64 = 5;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Folds {
    /// As somebody chose, or as it opened.
    Own,
    Roots,
    OneLevel,
    Open,
}

#[derive(Debug)]
pub struct Rows {
    folded: Vec<bool>,
    folds: Folds,
    pub hide: bool,
    /// Which of the shares.
    pub share: usize,
    /// How many of the nodes before each one are not hidden; and of all.
    kept: Vec<u32>,
    /// The nodes that have a row, in their order.
    shown: Vec<u32>,
}

impl Rows {
    pub fn new(trace: &Trace, tree: &Tree, facts: &Facts) -> Self {
        let most = facts.length() / 100 * SLIGHT;
        let is_slight = |at: usize, node: &Node| {
            let span = trace.spans.get(node.span as usize);
            let is_short = span.is_some_and(|span| span.duration < most);
            node.has_children(at) && is_short && facts.failed_within(at, node.end as usize) == 0
        };
        let folded = tree.nodes.iter().enumerate().map(|(at, node)| tree.nodes.len() > SMALL && is_slight(at, node));
        let folded = folded.collect();
        Self { folded, folds: Folds::Own, hide: false, share: 0, kept: Vec::new(), shown: Vec::new() }
    }

    pub fn look_as(&mut self, other: &Self) {
        (self.folds, self.hide, self.share) = (other.folds, other.hide, other.share);
    }

    /// Decides anew; `stays` says which nodes are not to be hidden. What is above one that stays is not hidden either.
    pub fn list(&mut self, tree: &Tree, stays: impl Fn(usize, &Node) -> bool) {
        let mut is_kept: Vec<bool> = tree.nodes.iter().enumerate().map(|(at, node)| stays(at, node)).collect();
        for (at, node) in tree.nodes.iter().enumerate().rev() {
            let parent = node.parent.filter(|_| is_kept.get(at) == Some(&true));
            if let Some(above) = parent.and_then(|parent| is_kept.get_mut(parent as usize)) {
                *above = true;
            }
        }
        self.kept.clear();
        self.kept.push(0);
        let mut sum = 0;
        self.kept.extend(is_kept.iter().map(|is_kept| {
            sum += u32::from(*is_kept);
            sum
        }));
        self.shown.clear();
        let mut at = 0;
        while let Some(node) = tree.nodes.get(at) {
            let is_kept = is_kept.get(at) == Some(&true);
            if is_kept {
                self.shown.push(u32::try_from(at).unwrap_or(u32::MAX));
            }
            at = if is_kept && !self.is_folded(at) { at + 1 } else { (node.end as usize).max(at + 1) };
        }
    }

    pub fn shown(&self) -> &[u32] {
        &self.shown
    }

    /// The row of a node; else how many rows are above it.
    pub fn place(&self, node: u32) -> Result<usize, usize> {
        self.shown.binary_search(&node)
    }

    /// How many of these nodes are not hidden.
    pub fn kept_within(&self, from: usize, to: usize) -> u32 {
        let before = |at: usize| self.kept.get(at).or(self.kept.last()).copied().unwrap_or(0);
        before(to).saturating_sub(before(from))
    }

    pub fn is_kept(&self, at: usize) -> bool {
        self.kept_within(at, at + 1) > 0
    }

    pub fn hidden(&self) -> usize {
        self.folded.len().saturating_sub(self.kept.last().map_or(0, |kept| *kept as usize))
    }

    /// What took less, in ns, is hidden.
    pub fn shortest(&self, length: i64) -> i64 {
        let share = SHARES.get(self.share).copied().unwrap_or(0);
        i64::try_from(i128::from(length) * i128::from(share) / 100).unwrap_or(i64::MAX)
    }

    pub fn is_folded(&self, at: usize) -> bool {
        self.folded.get(at) == Some(&true)
    }

    pub fn set_folded(&mut self, at: usize, to: bool) {
        if let Some(folded) = self.folded.get_mut(at).filter(|folded| **folded != to) {
            *folded = to;
            self.folds = Folds::Own;
        }
    }

    /// Everything; from there only the roots, then one level more.
    pub fn fold_all(&mut self, tree: &Tree) {
        self.folds = match self.folds {
            Folds::Own if self.folded.contains(&true) => Folds::Open,
            Folds::Own | Folds::Open => Folds::Roots,
            Folds::Roots => Folds::OneLevel,
            Folds::OneLevel => Folds::Open,
        };
        let from = match self.folds {
            Folds::Roots => 0,
            Folds::OneLevel => 1,
            Folds::Own | Folds::Open => u16::MAX,
        };
        for ((at, node), folded) in tree.nodes.iter().enumerate().zip(&mut self.folded) {
            *folded = from < u16::MAX && node.depth >= from && node.has_children(at);
        }
    }
}
