//! A trace in one row, and where its error began: in the deepest span that failed.

use super::Tree;
use crate::model::trace::{Span, Summary, Trace, TraceId};
use crate::text::Plain;

/// A trace in one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub id: TraceId,
    /// ns since the epoch
    pub start: i64,
    /// ns
    pub duration: i64,
    pub service: Plain,
    pub operation: Plain,
    pub spans: u32,
    pub blame: Option<Blame>,
}

/// Where an error began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blame {
    pub service: Plain,
    pub operation: Plain,
    /// In the words of the span; empty where it says no more than that it failed.
    pub error: Plain,
}

impl Row {
    pub fn of(trace: &Trace) -> Self {
        Self::with(trace, &Tree::of(trace))
    }

    /// The same for who has the tree already.
    pub fn with(trace: &Trace, tree: &Tree) -> Self {
        let Summary { id, start, duration, service, operation, spans, .. } = Summary::of(trace);
        Self { id, start, duration, service, operation, spans, blame: blame(trace, tree) }
    }
}

/// Of several that are as deep the one that failed first.
pub fn blame(trace: &Trace, tree: &Tree) -> Option<Blame> {
    let failed = tree.nodes.iter().filter_map(|node| {
        let span = trace.spans.get(node.span as usize).filter(|span| span.is_error)?;
        Some((node.depth, span))
    });
    let (_, span) = failed.max_by_key(|(depth, span)| (*depth, std::cmp::Reverse(span.end())))?;
    Some(Blame { service: trace.service(span), operation: span.operation.clone(), error: error(span) })
}

/// What a span says of its error: its tag, the exception, the status; empty where it says nothing.
pub fn error(span: &Span) -> Plain {
    let says = |value: &&Plain| !matches!(value.as_str(), "" | "true" | "false" | "1");
    let tags = ["error", "exception.message", "error.message", "otel.status_description"];
    if let Some(said) = tags.iter().find_map(|key| span.tag(key).filter(says)) {
        return said.clone();
    }
    for event in span.events.iter().filter(|event| event.name == "exception") {
        let of = |key: &str| event.tags.iter().find(|tag| tag.key == key).map(|tag| tag.value.as_str());
        let said: Vec<&str> = [of("exception.type"), of("exception.message")].into_iter().flatten().collect();
        if !said.is_empty() {
            return Plain::from(said.join(": "));
        }
    }
    let status = ["http.status_code", "http.response.status_code"].into_iter().find_map(|key| span.tag(key));
    status.map_or_else(Plain::default, |status| Plain::from(format!("HTTP {status}")))
}
