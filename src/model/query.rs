//! Questions and their answers. An answer carries its question, so a late one is known as such.

use std::sync::Arc;
use std::time::Duration;

use super::alert::Alert;
use super::delivery::{Holdings, Routing};
use super::fault::FetchError;
use super::host::HostSample;
use super::log::{Arrivals, Document, Page, Search, Tallies, Volume};
use super::rule::RuleGroup;
use super::series::{Frame, Vector};
use super::silence::Silence;
use super::trace::{Found, Sample, Trace, TraceId, TraceSearch};
use super::window::Span;
use crate::text::Plain;
use crate::time::Timestamp;

/// Where an answer comes from: one of each kind in a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    Prometheus,
    Alertmanager,
    Elasticsearch,
    Jaeger,
    /// The machine this program runs on.
    Host,
}

impl Source {
    /// As the header names it.
    pub fn short(self) -> &'static str {
        match self {
            Self::Prometheus => "prom",
            Self::Alertmanager => "am",
            Self::Elasticsearch => "es",
            Self::Jaeger => "jaeger",
            Self::Host => "host",
        }
    }
}

/// One question to one source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Query {
    /// PromQL over a span, a point every `step` ms.
    Range { expr: String, span: Span, step: i64 },
    /// PromQL at one moment: `None` is the server's now.
    Instant { expr: String, at: Option<Timestamp> },
    /// The alerts that are pending or firing, as Prometheus sees them.
    Alerts,
    /// Every rule with its health and its alerts.
    Rules,
    /// The alerts that Alertmanager holds, with what keeps them quiet.
    Held,
    /// All silences, those that are over too.
    Silences,
    /// How Alertmanager is set up.
    Routing,
    /// The newest `fill` lines, then each that arrives.
    Tail { search: Search, fill: u32 },
    /// The last `limit` lines before a moment (ns since the epoch; it is not included), none is the end.
    Lines { search: Search, span: Span, before: Option<i64>, limit: u32 },
    /// The lines of one place around a moment, in ns: so many before it and after it.
    Around { place: String, at: i64, count: u32 },
    /// How many lines by level, in buckets of `step` ms.
    Volume { search: Search, span: Span, step: i64 },
    /// Error types and requests.
    Tallies { search: Search, span: Span },
    /// One document with all its fields.
    Document { index: String, id: String },
    /// Who sends traces.
    Services,
    /// What a service does, by the names it gives its spans.
    Operations { service: String },
    /// Traces with a span that fits, the newest first.
    Traces { search: TraceSearch, span: Span },
    /// Some of the same, with all their spans.
    Sample { search: TraceSearch, span: Span },
    /// One trace with all its spans.
    Trace { id: TraceId },
    /// CPU, memory, disks and network of this machine.
    Host,
}

impl Query {
    pub fn source(&self) -> Source {
        match self {
            Self::Range { .. } | Self::Instant { .. } | Self::Alerts | Self::Rules => Source::Prometheus,
            Self::Held | Self::Silences | Self::Routing => Source::Alertmanager,
            Self::Tail { .. }
            | Self::Lines { .. }
            | Self::Around { .. }
            | Self::Volume { .. }
            | Self::Tallies { .. }
            | Self::Document { .. } => Source::Elasticsearch,
            Self::Services
            | Self::Operations { .. }
            | Self::Traces { .. }
            | Self::Sample { .. }
            | Self::Trace { .. } => Source::Jaeger,
            Self::Host => Source::Host,
        }
    }
}

/// A question that should be open, and how often it is asked again; `None` is once, until it is answered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subscription {
    pub query: Query,
    pub every: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Frame(Frame),
    Vector(Vector),
    Alerts(Vec<Alert>),
    Rules(Vec<RuleGroup>),
    Held(Holdings),
    Silences(Vec<Silence>),
    Routing(Routing),
    Arrivals(Arrivals),
    Lines(Page),
    Volume(Volume),
    Tallies(Tallies),
    Document(Document),
    /// Services or operations, in order.
    Names(Vec<Plain>),
    Traces(Found),
    Sample(Sample),
    /// Shared: it may be large.
    Trace(Arc<Trace>),
    Host(HostSample),
}

impl Answer {
    pub fn into_frame(self) -> Result<Frame, FetchError> {
        if let Self::Frame(frame) = self { Ok(frame) } else { Err(self.mismatch()) }
    }

    pub fn into_vector(self) -> Result<Vector, FetchError> {
        if let Self::Vector(vector) = self { Ok(vector) } else { Err(self.mismatch()) }
    }

    pub fn into_alerts(self) -> Result<Vec<Alert>, FetchError> {
        if let Self::Alerts(alerts) = self { Ok(alerts) } else { Err(self.mismatch()) }
    }

    pub fn into_rules(self) -> Result<Vec<RuleGroup>, FetchError> {
        if let Self::Rules(groups) = self { Ok(groups) } else { Err(self.mismatch()) }
    }

    pub fn into_held(self) -> Result<Holdings, FetchError> {
        if let Self::Held(holdings) = self { Ok(holdings) } else { Err(self.mismatch()) }
    }

    pub fn into_silences(self) -> Result<Vec<Silence>, FetchError> {
        if let Self::Silences(silences) = self { Ok(silences) } else { Err(self.mismatch()) }
    }

    pub fn into_routing(self) -> Result<Routing, FetchError> {
        if let Self::Routing(routing) = self { Ok(routing) } else { Err(self.mismatch()) }
    }

    pub fn into_arrivals(self) -> Result<Arrivals, FetchError> {
        if let Self::Arrivals(arrivals) = self { Ok(arrivals) } else { Err(self.mismatch()) }
    }

    pub fn into_lines(self) -> Result<Page, FetchError> {
        if let Self::Lines(page) = self { Ok(page) } else { Err(self.mismatch()) }
    }

    pub fn into_volume(self) -> Result<Volume, FetchError> {
        if let Self::Volume(volume) = self { Ok(volume) } else { Err(self.mismatch()) }
    }

    pub fn into_tallies(self) -> Result<Tallies, FetchError> {
        if let Self::Tallies(tallies) = self { Ok(tallies) } else { Err(self.mismatch()) }
    }

    pub fn into_document(self) -> Result<Document, FetchError> {
        if let Self::Document(document) = self { Ok(document) } else { Err(self.mismatch()) }
    }

    pub fn into_names(self) -> Result<Vec<Plain>, FetchError> {
        if let Self::Names(names) = self { Ok(names) } else { Err(self.mismatch()) }
    }

    pub fn into_traces(self) -> Result<Found, FetchError> {
        if let Self::Traces(found) = self { Ok(found) } else { Err(self.mismatch()) }
    }

    pub fn into_sample(self) -> Result<Sample, FetchError> {
        if let Self::Sample(sample) = self { Ok(sample) } else { Err(self.mismatch()) }
    }

    pub fn into_trace(self) -> Result<Arc<Trace>, FetchError> {
        if let Self::Trace(trace) = self { Ok(trace) } else { Err(self.mismatch()) }
    }

    pub fn into_host(self) -> Result<HostSample, FetchError> {
        if let Self::Host(sample) = self { Ok(sample) } else { Err(self.mismatch()) }
    }

    /// An answer of another kind than its question is an error, never an empty answer.
    fn mismatch(&self) -> FetchError {
        let kind = match self {
            Self::Frame(_) => "a range",
            Self::Vector(_) => "a vector",
            Self::Alerts(_) => "alerts",
            Self::Rules(_) => "rules",
            Self::Held(_) => "held alerts",
            Self::Silences(_) => "silences",
            Self::Routing(_) => "a routing tree",
            Self::Arrivals(_) => "what arrived",
            Self::Lines(_) => "log lines",
            Self::Volume(_) => "a volume of lines",
            Self::Tallies(_) => "tallies of lines",
            Self::Document(_) => "a document",
            Self::Names(_) => "names",
            Self::Traces(_) => "traces",
            Self::Sample(_) => "whole traces",
            Self::Trace(_) => "a trace",
            Self::Host(_) => "a host's state",
        };
        FetchError::Decode(format!("{kind} came as the answer to another kind of question").into())
    }
}

/// What became of one request, or of a part of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    pub subscription: Subscription,
    /// When the answer was complete, by our clock.
    pub at: Timestamp,
    /// When it will be asked again, by our clock.
    pub next: Option<Timestamp>,
    /// How far the clock of the source is ahead of ours, in ms, as far as known.
    pub skew_ms: i64,
    pub result: Result<Answer, FetchError>,
}

impl Update {
    /// How many log lines it brings.
    pub fn lines(&self) -> usize {
        match &self.result {
            Ok(Answer::Arrivals(arrivals)) => arrivals.lines.len(),
            Ok(Answer::Lines(page)) => page.lines.len(),
            _ => 0,
        }
    }
}
