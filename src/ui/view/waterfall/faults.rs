//! What is wrong with a span, as far as it can be seen from here: most of it is the clocks' fault or the collector's.

use super::Waterfall;
use crate::model::trace::{Reference, Span};
use crate::model::unit::nanos;
use crate::time::{DAY, Timestamp};

/// No trace is older than this, in ns: the first second of 2001.
const OLDEST: i64 = 978_307_200_000_000_000;

impl Waterfall {
    /// In sentences.
    pub(super) fn faults(&self, at: usize) -> Vec<String> {
        let (Some(node), Some(span)) = (self.tree.nodes.get(at), self.span_of(at)) else { return Vec::new() };
        let mut faults = Vec::new();
        if node.is_orphan {
            faults.push(self.orphan(span));
        } else if node.parent.is_none() && at != self.facts.main {
            faults.push("this trace has more than one beginning: this is not the first".to_owned());
        }
        let parent = node.parent.and_then(|parent| self.span_of(parent as usize));
        faults.extend(parent.and_then(|parent| early(span, parent)));
        if span.duration < 0 {
            faults.push(format!("its duration is negative: {}", nanos(span.duration)));
        }
        let twins = self.facts.twins(span.id);
        if twins > 1 {
            faults.push(format!("{twins} spans have the id {}", span.id));
        }
        if self.facts.service(span).is_none_or(|service| service.name.is_empty()) {
            faults.push("nobody says which service it is of".to_owned());
        }
        if span.start < OLDEST {
            let years = Timestamp::of_ns(span.start).0 / (365 * DAY) + 1970;
            faults.push(format!("its clock is wrong: it says that it began about {years}"));
        }
        faults
    }

    fn orphan(&self, span: &Span) -> String {
        let id = self.trace.id;
        let here = span.references.iter().find(|reference| reference.trace == id);
        match here {
            Some(Reference { span: parent, .. }) if *parent == span.id => {
                "it says that it has caused itself".to_owned()
            }
            Some(Reference { span: parent, .. }) if self.facts.node_of(*parent).is_some() => {
                format!("it and its parent {parent} have caused each other: cut here")
            }
            Some(Reference { span: parent, .. }) => format!("its parent {parent} is not in the trace"),
            None => "what has caused it lies in another trace".to_owned(),
        }
    }

    /// What ends after its parent is often meant so.
    pub(super) fn late(&self, at: usize) -> Option<String> {
        let span = self.span_of(at)?;
        let parent = self.span_of(self.tree.nodes.get(at)?.parent? as usize)?;
        let late = span.end().saturating_sub(parent.end());
        let is_alone = span.start > parent.end();
        let what = if is_alone { "begins and ends" } else { "ends" };
        (late > 0).then(|| format!("it {what} after its parent, {} later", nanos(late)))
    }

    /// Whether a row is to be marked: there is something to be read below.
    pub(super) fn is_odd(&self, at: usize) -> bool {
        !self.faults(at).is_empty() || self.span_of(at).is_some_and(|span| !span.warnings.is_empty())
    }
}

fn early(span: &Span, parent: &Span) -> Option<String> {
    let early = parent.start.saturating_sub(span.start);
    (early > 0).then(|| format!("it begins {} before its parent: their clocks differ", nanos(early)))
}
