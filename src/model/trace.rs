//! Traces: what one request did, span by span, as a tracing backend holds it, and how traces are sought.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::Arc;

use crate::text::Plain;

/// 128 bits; the shorter ids of older clients have zeros in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TraceId(pub u128);

impl TraceId {
    /// Up to 32 hexadecimal digits in any case; all zeros is no id.
    pub fn parse(text: &str) -> Option<Self> {
        let is_hex = (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let id = is_hex.then(|| u128::from_str_radix(text, 16).ok()).flatten()?;
        (id != 0).then_some(Self(id))
    }
}

/// As backends write it: 32 digits, or 16 where the upper half is empty.
impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 >> 64 == 0 { write!(f, "{:016x}", self.0) } else { write!(f, "{:032x}", self.0) }
    }
}

/// 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpanId(pub u64);

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// What is sought.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TraceSearch {
    /// Exact; empty is every service that the backend knows, as far as it can be asked.
    pub service: String,
    pub operation: Option<String>,
    /// All of them hold of one span, exact.
    pub tags: Vec<(String, String)>,
    /// How long a span took, in ns.
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub limit: u32,
}

/// A trace in one row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Summary {
    pub id: TraceId,
    /// ns since the epoch
    pub start: i64,
    /// ns, from the first span's start to the last one's end
    pub duration: i64,
    pub service: Plain,
    pub operation: Plain,
    pub spans: u32,
    pub errors: u32,
    /// By name.
    pub services: Vec<Share>,
}

/// What one service has of a trace.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Share {
    pub service: Plain,
    pub spans: u32,
    pub errors: u32,
}

/// What a search found, each trace in one row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// The newest first.
    pub traces: Vec<Summary>,
    /// There may be more: as many came as were asked for.
    pub is_limited: bool,
    pub notes: Vec<Plain>,
}

/// Some of the traces that fit a search, whole.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sample {
    pub traces: Vec<Arc<Trace>>,
    /// There may be more: as many came as were asked for.
    pub is_limited: bool,
    pub notes: Vec<Plain>,
}

/// One trace, its spans as they came: nothing is left out, whatever is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    pub id: TraceId,
    pub spans: Vec<Span>,
    pub processes: Vec<Process>,
    pub notes: Vec<Plain>,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Process {
    pub service: Plain,
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    pub id: SpanId,
    /// The spans that caused it, the parent first; they may lie in other traces, or be missing.
    pub references: Vec<Reference>,
    pub operation: Plain,
    /// Its number in the trace; none where the backend names none.
    pub process: Option<u32>,
    /// ns since the epoch
    pub start: i64,
    /// ns; as it came, so it may be negative
    pub duration: i64,
    pub kind: Kind,
    pub is_error: bool,
    pub tags: Vec<Tag>,
    pub events: Vec<Event>,
    /// The backend's own: skewed clocks, duplicate ids.
    pub warnings: Vec<Plain>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    pub trace: TraceId,
    pub span: SpanId,
    /// Caused by it, which did not wait.
    pub follows: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    #[default]
    Internal,
    Server,
    Client,
    Producer,
    Consumer,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Tag {
    pub key: Plain,
    pub value: Plain,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// ns since the epoch
    pub at: i64,
    pub name: Plain,
    pub tags: Vec<Tag>,
}

impl Trace {
    /// Whose a span is; empty where nobody says.
    pub fn service(&self, span: &Span) -> Plain {
        let process = span.process.and_then(|number| self.processes.get(number as usize));
        process.map(|process| process.service.clone()).unwrap_or_default()
    }

    /// Where it all began: the earliest span whose cause is not in the trace; the earliest one, where all have one.
    pub fn root(&self) -> Option<&Span> {
        let known: HashSet<SpanId> = self.spans.iter().map(|span| span.id).collect();
        let is_caused = |span: &Span| {
            let mut references = span.references.iter().filter(|reference| reference.trace == self.id);
            references.any(|reference| reference.span != span.id && known.contains(&reference.span))
        };
        self.spans.iter().min_by_key(|span| (is_caused(span), span.start))
    }
}

impl Span {
    /// When it ended, in ns; one that lasted less than nothing ended when it began.
    pub fn end(&self) -> i64 {
        self.start.saturating_add(self.duration.max(0))
    }

    pub fn tag(&self, key: &str) -> Option<&Plain> {
        self.tags.iter().find(|tag| tag.key == key).map(|tag| &tag.value)
    }
}

impl Summary {
    /// One without spans has nothing to tell but its id.
    pub fn of(trace: &Trace) -> Self {
        let root = trace.root();
        let start = trace.spans.iter().map(|span| span.start).min().unwrap_or(0);
        let end = trace.spans.iter().map(Span::end).max().unwrap_or(start);
        let mut services: BTreeMap<Plain, Share> = BTreeMap::new();
        for span in &trace.spans {
            let service = trace.service(span);
            let share = services.entry(service.clone()).or_insert_with(|| Share { service, spans: 0, errors: 0 });
            share.spans += 1;
            share.errors += u32::from(span.is_error);
        }
        let services: Vec<Share> = services.into_values().collect();
        Self {
            id: trace.id,
            start,
            duration: end.saturating_sub(start),
            service: root.map(|root| trace.service(root)).unwrap_or_default(),
            operation: root.map(|root| root.operation.clone()).unwrap_or_default(),
            spans: services.iter().map(|share| share.spans).sum(),
            errors: services.iter().map(|share| share.errors).sum(),
            services,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_in_any_length_and_written_as_backends_do() {
        let said = |text: &str| TraceId::parse(text).map(|id| id.to_string());
        assert_eq!(said("ABC").as_deref(), Some("0000000000000abc"));
        let long = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(said(long).as_deref(), Some(long));
        for bad in ["", "0", "00000000000000000000000000000000", "xyz", "+1", &format!("{long}0"), "abc "] {
            assert_eq!(said(bad), None, "{bad}");
        }
    }

    fn span(id: u64, parent: Option<u64>, start: i64, duration: i64, process: Option<u32>) -> Span {
        let reference = |span| Reference { trace: TraceId(7), span: SpanId(span), follows: false };
        Span {
            id: SpanId(id),
            references: parent.map(reference).into_iter().collect(),
            operation: format!("o{id}").into(),
            process,
            start,
            duration,
            kind: Kind::Internal,
            is_error: id == 3,
            tags: Vec::new(),
            events: Vec::new(),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn a_summary_tells_of_the_whole_and_begins_at_its_root() {
        // The clock of the child's machine is behind: it starts before what caused it.
        let spans =
            vec![span(2, Some(1), 90, 10, Some(1)), span(1, None, 100, 50, Some(0)), span(3, Some(2), 140, 60, None)];
        let process = |name: &str| Process { service: name.into(), tags: Vec::new() };
        let processes = vec![process("gateway"), process("shop")];
        let summary = Summary::of(&Trace { id: TraceId(7), spans, processes, notes: Vec::new() });
        assert_eq!((summary.start, summary.duration, summary.spans, summary.errors), (90, 110, 3, 1));
        assert_eq!((summary.service.as_str(), summary.operation.as_str()), ("gateway", "o1"));
        let shares: Vec<_> =
            summary.services.iter().map(|share| (share.service.as_str(), share.spans, share.errors)).collect();
        assert_eq!(shares, [("", 1, 1), ("gateway", 1, 0), ("shop", 1, 0)]);
    }

    #[test]
    fn of_spans_that_all_have_a_cause_the_earliest_is_the_root() {
        let spans = vec![span(2, Some(1), 20, 5, None), span(1, Some(2), 10, 5, None)];
        let trace = Trace { id: TraceId(7), spans, processes: Vec::new(), notes: Vec::new() };
        assert_eq!(trace.root().map(|root| root.id), Some(SpanId(1)));
    }
}
