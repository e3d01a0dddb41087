//! Traces: what one request did, span by span, as a tracing backend holds it, and how traces are sought.

use std::fmt;

use crate::text::Plain;

/// 128 bits; the shorter ids of older clients have zeros in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// Exact; a backend answers nothing without it.
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
#[derive(Debug, Clone, PartialEq)]
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
    pub services: Vec<Share>,
}

/// What one service has of a trace.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    pub service: Plain,
    pub spans: u32,
    pub errors: u32,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// The newest first.
    pub traces: Vec<Summary>,
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
}
