//! What is worth knowing of a trace before its first frame: so that no frame looks at more than its own rows.

use std::collections::BTreeMap;

use super::service::{Service, services};
use crate::analysis::traces::{Blame, Tree, blame};
use crate::model::trace::{Span, SpanId, Trace};
use crate::model::unit::Unit;
use crate::text::Plain;

#[derive(Debug)]
pub struct Facts {
    /// The beginning of the first span and the end of the last, in ns.
    pub start: i64,
    pub end: i64,
    /// By name.
    pub services: Vec<Service>,
    /// The service of each process, and after them that of spans without one.
    of_process: Vec<usize>,
    /// How many of the nodes before each one failed; and of all.
    failed: Vec<u32>,
    /// The nodes that failed, each after those below it.
    pub failures: Vec<u32>,
    /// The deepest of them.
    pub blame: Option<Blame>,
    /// Where it all began.
    pub main: usize,
    /// Nodes by the ids of their spans.
    ids: Vec<(SpanId, u32)>,
}

impl Facts {
    pub fn of(trace: &Trace, tree: &Tree) -> Self {
        let start = trace.spans.iter().map(|span| span.start).min().unwrap_or(0);
        let end = trace.spans.iter().map(Span::end).max().unwrap_or(start);
        let (services, of_process) = known(trace);
        let nodes = (0u32..).zip(&tree.nodes);
        let spans = nodes.filter_map(|(at, node)| Some((at, trace.spans.get(node.span as usize)?)));
        let (mut failed, mut sum) = (Vec::with_capacity(tree.nodes.len() + 1), 0);
        let mut ids: Vec<(SpanId, u32)> = Vec::with_capacity(tree.nodes.len());
        for (at, span) in spans {
            failed.push(sum);
            sum += u32::from(span.is_error);
            ids.push((span.id, at));
        }
        failed.push(sum);
        ids.sort_unstable();
        let (failures, blame) = (Vec::new(), blame(trace, tree));
        let mut facts = Self { start, end, services, of_process, failed, failures, blame, main: 0, ids };
        facts.failures = facts.in_order(tree);
        facts.main = facts.main(trace, tree);
        facts
    }

    /// Children before their parents: where it began, then who suffered from it.
    fn in_order(&self, tree: &Tree) -> Vec<u32> {
        let is_failed = |at: &u32| self.failed_within(*at as usize, *at as usize + 1) > 0;
        let end = |at: u32| tree.nodes.get(at as usize).map_or(0, |node| node.end);
        let mut all: Vec<u32> = (0u32..).take(tree.nodes.len()).filter(is_failed).collect();
        all.sort_unstable_by_key(|at| (end(*at), std::cmp::Reverse(*at)));
        all
    }

    /// The node of `Trace::root`. As a rule one of the roots of the tree is, and they stand by their start.
    fn main(&self, trace: &Trace, tree: &Tree) -> usize {
        let is_caused = |span: &Span| {
            let here = span.references.iter().filter(|reference| reference.trace == trace.id);
            here.into_iter().any(|reference| reference.span != span.id && self.node_of(reference.span).is_some())
        };
        let span = |at: usize| trace.spans.get(tree.nodes.get(at)?.span as usize);
        let first = tree.roots().map(|(at, _)| at).find(|at| span(*at).is_some_and(|span| !is_caused(span)));
        let earliest = || (0..tree.nodes.len()).min_by_key(|at| span(*at).map(|span| span.start));
        first.or_else(earliest).unwrap_or(0)
    }

    /// Nodes by the ids of their spans, in the order of the ids.
    pub fn ids(&self) -> &[(SpanId, u32)] {
        &self.ids
    }

    /// How many of these nodes failed.
    pub fn failed_within(&self, from: usize, to: usize) -> u32 {
        let before = |at: usize| self.failed.get(at).or(self.failed.last()).copied().unwrap_or(0);
        before(to).saturating_sub(before(from))
    }

    /// How long all of it took, in ns.
    pub fn length(&self) -> i64 {
        self.end.saturating_sub(self.start)
    }

    /// The part of the whole that a time is, 0 to 1; more where several were at it at once.
    fn share(&self, ns: i64) -> f64 {
        if self.length() > 0 { ns as f64 / self.length() as f64 } else { 0.0 }
    }

    /// The same, as it is read.
    pub fn percent(&self, ns: i64) -> String {
        let share = self.share(ns);
        if share > 0.0 && share < 1e-4 { "<0.01 %".to_owned() } else { Unit::Ratio.show(share) }
    }

    pub fn service(&self, span: &Span) -> Option<&Service> {
        let none = self.of_process.len().saturating_sub(1);
        let process = span.process.map_or(none, |process| (process as usize).min(none));
        self.services.get(*self.of_process.get(process)?)
    }

    /// The first node of a span.
    pub fn node_of(&self, id: SpanId) -> Option<u32> {
        let first = self.ids.partition_point(|(known, _)| *known < id);
        self.ids.get(first).filter(|(known, _)| *known == id).map(|(_, at)| *at)
    }

    /// How many spans have this id.
    pub fn twins(&self, id: SpanId) -> usize {
        let before = |is_before: &dyn Fn(SpanId) -> bool| self.ids.partition_point(|(known, _)| is_before(*known));
        before(&|known| known <= id) - before(&|known| known < id)
    }
}

/// The services that have spans, and which one each process is of.
fn known(trace: &Trace) -> (Vec<Service>, Vec<usize>) {
    let processes = trace.processes.len();
    let mut is_used = vec![false; processes + 1];
    for span in &trace.spans {
        let process = span.process.map_or(processes, |process| (process as usize).min(processes));
        if let Some(used) = is_used.get_mut(process) {
            *used = true;
        }
    }
    let mut names: Vec<Plain> = trace.processes.iter().map(|process| process.service.clone()).collect();
    names.push(Plain::default());
    let used = names.iter().zip(&is_used).filter(|(_, is_used)| **is_used);
    let mut numbers: BTreeMap<Plain, usize> = used.map(|(name, _)| (name.clone(), 0)).collect();
    numbers.values_mut().zip(0..).for_each(|(number, at)| *number = at);
    let of_process = names.iter().map(|name| numbers.get(name).copied().unwrap_or(usize::MAX)).collect();
    (services(numbers.into_keys().collect()), of_process)
}
