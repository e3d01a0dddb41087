//! Looking for traces, the newest first, without making every request of a day.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{fit, has_ended, is_there, shown};
use crate::demo::sim::request::MS;
use crate::demo::sim::trace::{self, rate};
use crate::demo::sim::{ENDPOINT_PATHS, Sim};
use crate::model::trace::{Sample, Trace, TraceSearch};
use crate::model::window::Span;
use crate::text::Plain;
use crate::time::{Range, SECOND, Timestamp, format_duration};

/// No trace takes longer, in ms.
const LONGEST: i64 = 13 * SECOND;
/// So many requests are made for the newest stretch, and again for what lies before it.
const BUDGET: f64 = 6_000.0;
/// What lies before the newest stretch is looked at in so many places.
const PLACES: i64 = 24;
/// One in so many requests fails in a usual incident, and where nothing happens far fewer do.
const FAILING: f64 = 0.04;
/// The first stretch; each next one is twice as long.
const FIRST: i64 = 2 * SECOND;
const MOST: u32 = 2_000;

/// What is looked for, and what it takes to look for it.
struct Seeker<'a> {
    sim: &'a Sim,
    search: &'a TraceSearch,
    now: Timestamp,
    /// When a trace may begin; the end is not included.
    within: Range,
    endpoints: [bool; ENDPOINT_PATHS.len()],
    failing: bool,
    /// By start, then id.
    found: BTreeMap<(i64, u128), Arc<Trace>>,
}

pub fn search(sim: &Sim, search: &TraceSearch, span: Span, now: Timestamp) -> Sample {
    let within = match span {
        Span::Live { length } => Range::new(now.plus(-length), now.plus(1)),
        Span::Fixed(Range { start, end }) => Range::new(start, end.plus(1).min(now.plus(1))),
    };
    let endpoints = std::array::from_fn(|endpoint| fit::can_fit(search, endpoint));
    let failing = fit::wants_error(search);
    let seeker = Seeker { sim, search, now, within, endpoints, failing, found: BTreeMap::new() };
    seeker.all(span)
}

impl Seeker<'_> {
    fn all(mut self, span: Span) -> Sample {
        let limit = self.search.limit.clamp(1, MOST) as usize;
        self.batches();
        let length = match span {
            Span::Live { length } => length,
            Span::Fixed(range) => range.length(),
        };
        let end = self.within.end.plus(LONGEST).min(self.now.plus(1)).0;
        let reached = self.newest(end, limit);
        let part = self.seconds().max(PLACES) / PLACES * SECOND;
        let is_whole = reached <= self.within.start.0 || !self.needs(limit, reached);
        if !is_whole {
            self.places(reached, (length / PLACES).max(part), part, limit);
        }
        let is_full = self.found.len() >= limit;
        let step = (length / PLACES).max(part);
        let note = (!is_whole && !is_full && step > part).then(|| {
            let (part, step) = (format_duration(part), format_duration(step / SECOND * SECOND));
            Plain::from(format!("the demo looked at {part} of each {step} before the newest: there may be more"))
        });
        let traces = self.found.into_values().rev().take(limit).collect();
        Sample { traces, is_limited: is_full || !is_whole, notes: note.into_iter().collect() }
    }

    /// Whether what is known down to a moment is not enough: what ended before it began before it.
    fn needs(&self, limit: usize, reached: i64) -> bool {
        self.found.range((reached * MS, 0)..).count() < limit
    }

    /// Seconds whose requests the budget pays for.
    fn seconds(&self) -> i64 {
        let all: f64 = (0..ENDPOINT_PATHS.len()).filter(|one| self.endpoints[*one]).map(rate).sum();
        let pace = if self.failing { all * FAILING } else { all };
        (BUDGET / pace.max(1.0)) as i64 + 1
    }

    /// Everything, back from the end, until it is enough or the budget is spent. Gives how far it came.
    fn newest(&mut self, end: i64, limit: usize) -> i64 {
        let from = self.within.start.0.max(end - self.seconds() * SECOND);
        let (mut to, mut step) = (end, FIRST);
        while to > from && self.needs(limit, to) {
            let start = (to - step).max(from);
            self.stretch(start, to);
            (to, step) = (start, step * 2);
        }
        to
    }

    /// A part of each step before a moment. They lie on a grid: who asks again sees the same ones.
    fn places(&mut self, before: i64, step: i64, part: i64, limit: usize) {
        let mut place = before.div_euclid(step) * step;
        while place + part > self.within.start.0 && self.needs(limit, place + part) {
            let (from, to) = (place.max(self.within.start.0), (place + part).min(before));
            self.stretch(from, to);
            place -= step;
        }
    }

    /// Those that end within a stretch.
    fn stretch(&mut self, from: i64, to: i64) {
        if from >= to || !self.endpoints.contains(&true) {
            return;
        }
        let (endpoints, failing) = (self.endpoints, self.failing);
        let wanted = |endpoint: usize, status: &str| {
            endpoints.get(endpoint) == Some(&true) && (!failing || status.starts_with('5'))
        };
        for request in self.sim.requests_of(Timestamp(from), Timestamp(to), wanted) {
            let start = request.end - request.duration;
            let is_long = self.search.min.is_none_or(|min| request.duration >= min);
            if is_long && self.begins_within(start) && is_there(&request, self.now) {
                let spans = trace::spans(&request);
                self.take(start, &spans);
            }
        }
    }

    fn batches(&mut self) {
        let Range { start, end } = self.within;
        // The newest of them: a day has a hundred, of more than a thousand spans each.
        let all: Vec<_> = self.sim.batches(start, end).collect();
        for batch in all.into_iter().rev().take(2) {
            let spans = batch.spans();
            if has_ended(&spans, self.now) {
                self.take(batch.start, &spans);
            }
        }
    }

    fn begins_within(&self, start: i64) -> bool {
        (self.within.start.ns()..self.within.end.ns()).contains(&start)
    }

    fn take(&mut self, start: i64, spans: &[trace::Span]) {
        if fit::fits(self.search, spans) {
            let trace = shown::trace(spans);
            self.found.insert((start, trace.id.0), Arc::new(trace));
        }
    }
}
