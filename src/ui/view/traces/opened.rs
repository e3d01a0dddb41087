//! The trace that is open: asked until it is whole, and drawn by the waterfall.

use std::sync::Arc;

use super::Traces;
use crate::analysis::stats::median;
use crate::model::fault::FetchError;
use crate::model::query::{Answer, Query, Subscription};
use crate::model::trace::{SpanId, Summary, Trace, TraceId, TraceSearch};
use crate::text::Plain;
use crate::time::{MINUTE, Timestamp};
use crate::ui::view::Scene;
use crate::ui::view::waterfall::Waterfall;

/// Spans of a trace that ended less than this ago may still be on their way.
const FRESH: i64 = MINUTE;
/// Of fewer traces nobody can say what is usual.
const ENOUGH: usize = 5;

pub struct Opened {
    pub id: TraceId,
    /// Goes to the cursor when it comes.
    wanted: Option<SpanId>,
    pub held: Option<Held>,
    pub error: Option<(FetchError, Timestamp)>,
}

/// What has come.
pub struct Held {
    pub waterfall: Waterfall,
    /// The whole in one row.
    pub summary: Summary,
    pub at: Timestamp,
}

impl Opened {
    pub fn new(id: TraceId, span: Option<SpanId>) -> Self {
        Self { id, wanted: span, held: None, error: None }
    }

    pub fn question(&self) -> Query {
        Query::Trace { id: self.id }
    }

    /// Nothing is asked of what has all that will come.
    pub fn subscription(&self, scene: &Scene) -> Option<Subscription> {
        let is_whole = self.held.as_ref().is_some_and(|held| !held.is_fresh(scene.now));
        (!is_whole).then(|| Subscription { query: self.question(), every: Some(scene.tiles) })
    }

    pub fn take(&mut self, result: Result<Answer, FetchError>, at: Timestamp) {
        match result.and_then(Answer::into_trace) {
            Ok(trace) => self.hold(trace, at),
            Err(error) => {
                let since = self.error.as_ref().map_or(at, |(_, since)| *since);
                self.error = Some((error, since));
            }
        }
    }

    fn hold(&mut self, trace: Arc<Trace>, at: Timestamp) {
        self.error = None;
        let summary = Summary::of(&trace);
        match &mut self.held {
            Some(held) => {
                // Its folds and its cursor stay; of the same answer nothing has to be made anew.
                if **held.waterfall.trace() != *trace {
                    held.waterfall.renew(trace);
                }
                (held.summary, held.at) = (summary, at);
            }
            None => self.held = Some(Held { waterfall: Waterfall::new(trace), summary, at }),
        }
        if let (Some(held), Some(span)) = (&mut self.held, self.wanted.take()) {
            held.waterfall.select(span);
        }
    }

    /// Whether it was answered that there is none.
    pub fn is_refused(&self) -> bool {
        self.error.as_ref().is_some_and(|(error, _)| !error.is_outage())
    }

    /// The span under the cursor, or the one that is waited for.
    pub fn span(&self) -> Option<SpanId> {
        self.wanted.or_else(|| Some(self.held.as_ref()?.waterfall.span()?.id))
    }
}

impl Held {
    fn is_fresh(&self, now: Timestamp) -> bool {
        now.since(Timestamp::of_ns(self.end())).abs() < FRESH
    }

    /// ns since the epoch
    fn end(&self) -> i64 {
        self.summary.start.saturating_add(self.summary.duration)
    }
}

/// What a walk from here is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    pub id: TraceId,
    /// When it began and ended, as far as it is known.
    pub range: Option<(Timestamp, Timestamp)>,
    /// When the span under the cursor began.
    pub at: Option<Timestamp>,
    /// The span that is looked into.
    pub span: Option<SpanId>,
}

impl Traces {
    pub fn open(&mut self, id: TraceId, span: Option<SpanId>) {
        self.opened = Some(Opened::new(id, span));
    }

    pub fn close(&mut self) {
        self.opened = None;
    }

    /// The trace that is open, and the span under its cursor.
    pub fn opened(&self) -> Option<(TraceId, Option<SpanId>)> {
        self.opened.as_ref().map(|opened| (opened.id, opened.span()))
    }

    pub fn waterfall(&self) -> Option<&Waterfall> {
        Some(&self.opened.as_ref()?.held.as_ref()?.waterfall)
    }

    pub fn waterfall_mut(&mut self) -> Option<&mut Waterfall> {
        Some(&mut self.opened.as_mut()?.held.as_mut()?.waterfall)
    }

    /// The open trace, or the one under the cursor of the list.
    pub fn target(&self) -> Option<Target> {
        let times = |of: &Summary| {
            let end = of.start.saturating_add(of.duration.max(0));
            (Timestamp::of_ns(of.start), Timestamp::of_ns(end))
        };
        let Some(opened) = &self.opened else {
            let row = self.row()?;
            let range = times(row);
            return Some(Target { id: row.id, range: Some(range), at: Some(range.0), span: None });
        };
        let held = opened.held.as_ref();
        let range = held.map(|held| times(&held.summary));
        let span = held.and_then(|held| held.waterfall.span());
        let at = span.map(|span| Timestamp::of_ns(span.start)).or(range.map(|range| range.0));
        let looked_into = held.and_then(|held| held.waterfall.looked_into());
        Some(Target { id: opened.id, range, at, span: looked_into.map(|span| span.id) })
    }

    /// How many times as long as usual the open trace took, by those of the list that begin as it does. A list of slow
    /// or failing ones does not say what is usual.
    pub fn usual(&self) -> Option<f64> {
        let is_of_all = |search: &TraceSearch| search.min.is_none() && search.max.is_none() && search.tags.is_empty();
        match self.found.question() {
            Some(Query::Traces { search, .. }) if is_of_all(search) => {}
            _ => return None,
        }
        let open = &self.opened.as_ref()?.held.as_ref()?.summary;
        let root = |of: &Summary| -> (Plain, Plain) { (of.service.clone(), of.operation.clone()) };
        let sought = root(open);
        let others = self.traces().iter().filter(|other| root(other) == sought && other.id != open.id);
        let lengths: Vec<f64> = others.map(|other| other.duration as f64).collect();
        (lengths.len() >= ENOUGH)
            .then(|| median(lengths.into_iter()))
            .flatten()
            .filter(|usual| *usual > 0.0)
            .map(|usual| open.duration as f64 / usual)
    }
}
