//! Questions and their answers. An answer carries its question, so a late one is known as such.

use std::time::Duration;

use super::alert::Alert;
use super::fault::FetchError;
use super::host::HostSample;
use super::series::{Frame, Vector};
use super::window::Span;
use crate::time::Timestamp;

/// Where an answer comes from: one of each kind in a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    Prometheus,
    /// The machine this program runs on.
    Host,
}

impl Source {
    /// As the header names it.
    pub fn short(self) -> &'static str {
        match self {
            Self::Prometheus => "prom",
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
    /// CPU, memory, disks and network of this machine.
    Host,
}

impl Query {
    pub fn source(&self) -> Source {
        match self {
            Self::Range { .. } | Self::Instant { .. } | Self::Alerts => Source::Prometheus,
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
    Host(HostSample),
}

/// What became of one request.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    pub subscription: Subscription,
    /// When the answer was complete, by our clock.
    pub at: Timestamp,
    /// When it will be asked again, by our clock.
    pub next: Option<Timestamp>,
    pub result: Result<Answer, FetchError>,
}
