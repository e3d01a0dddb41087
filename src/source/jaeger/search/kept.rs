//! What is kept of the traces that an answer brings: rows, or all of them.

use std::sync::Arc;

use crate::model::trace::{Summary, Trace, TraceId};
use crate::text::Plain;

/// What is kept of a trace.
pub trait Kept: Sized {
    /// Whether a row of it is enough.
    const IS_ROW: bool;
    fn of(trace: Trace) -> Self;
    fn of_row(row: Summary) -> Option<Self>;
    fn id(&self) -> TraceId;
    /// ns since the epoch
    fn start(&self) -> i64;
    /// The service that it began in.
    fn entry(&self) -> Plain;
}

impl Kept for Summary {
    const IS_ROW: bool = true;

    fn of(trace: Trace) -> Self {
        Self::of(&trace)
    }

    fn of_row(row: Summary) -> Option<Self> {
        Some(row)
    }

    fn id(&self) -> TraceId {
        self.id
    }

    fn start(&self) -> i64 {
        self.start
    }

    fn entry(&self) -> Plain {
        self.service.clone()
    }
}

impl Kept for Arc<Trace> {
    const IS_ROW: bool = false;

    fn of(trace: Trace) -> Self {
        Self::new(trace)
    }

    fn of_row(_: Summary) -> Option<Self> {
        None
    }

    fn id(&self) -> TraceId {
        self.id
    }

    fn start(&self) -> i64 {
        self.spans.iter().map(|span| span.start).min().unwrap_or(0)
    }

    fn entry(&self) -> Plain {
        self.root().map(|root| self.service(root)).unwrap_or_default()
    }
}

/// What a search brought in.
pub struct Haul<T> {
    pub traces: Vec<T>,
    pub is_limited: bool,
    pub notes: Vec<Plain>,
    /// How many came that were not sought.
    pub dropped: usize,
}

impl<T> Default for Haul<T> {
    fn default() -> Self {
        Self { traces: Vec::new(), is_limited: false, notes: Vec::new(), dropped: 0 }
    }
}

impl<T: Kept> Haul<T> {
    pub fn take(&mut self, trace: Trace, is_sought: impl FnOnce(&Trace) -> bool) {
        if is_sought(&trace) { self.traces.push(T::of(trace)) } else { self.dropped += 1 }
    }

    /// Once all of an answer is in.
    pub fn closed(mut self, limit: u32) -> Self {
        self.is_limited = self.traces.len() + self.dropped >= limit as usize;
        self
    }

    pub fn note(&mut self, text: &str) {
        if !self.notes.iter().any(|note| note == text) {
            self.notes.push(Plain::new(text));
        }
    }
}
