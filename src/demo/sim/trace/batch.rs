//! A job that runs every quarter of an hour and settles some hundred payments at once: the traces with many spans.

use super::{Event, Span, SpanKind};
use crate::demo::sim::Sim;
use crate::demo::sim::fleet::{self, Place};
use crate::demo::sim::id::{Key, SpanId, TraceId};
use crate::demo::sim::noise::{pair, unit};
use crate::demo::sim::request::MS;
use crate::demo::sim::service::INSTANCES;
use crate::time::{MINUTE, SECOND, Timestamp};

/// Whose it is.
pub const SERVICE: &str = "billing";
const EVERY: i64 = 15 * MINUTE;
const STATEMENT: &str = "UPDATE authorizations SET captured = ? WHERE id = ?";
/// So many payments are settled at a time.
const LANES: usize = 8;
const CHUNKS: usize = 12;
/// One payment in so many cannot be settled; it is left for the next time.
const REFUSED: u64 = 900;

/// One run of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Batch {
    pub trace: TraceId,
    /// Nanoseconds since the epoch.
    pub start: i64,
    own: u64,
}

impl Sim {
    /// The runs that begin from `start` on and before `end`, in order of time.
    pub fn batches(&self, start: Timestamp, end: Timestamp) -> impl Iterator<Item = Batch> + use<> {
        let (first, last) = (start.0.div_euclid(EVERY), (end.0 - 1).div_euclid(EVERY));
        let (seed, oldest) = (self.seed, self.story.oldest());
        let all = (first..=last).map(move |number| Batch::of(seed, number * EVERY / SECOND));
        all.filter(move |batch| (start.0 * MS..end.0 * MS).contains(&batch.start) && batch.start >= oldest * MS)
    }

    /// The run of a trace id, if it is one.
    pub fn batch(&self, trace: TraceId) -> Option<Batch> {
        let key = Key::of(trace, self.seed)?;
        let batch = Batch::of(self.seed, key.second);
        (key.second.rem_euclid(EVERY / SECOND) == 0 && batch.trace == trace).then_some(batch)
    }
}

impl Batch {
    fn of(seed: u64, second: i64) -> Self {
        // No request is of an instance with this number.
        let key = Key { second, instance: INSTANCES.len(), endpoint: 0, answer: 0, number: 0 };
        let trace = key.trace(seed);
        let own = (trace.0 >> 64) as u64;
        Self { trace, start: second * SECOND * MS + (pair(own, 1) % 900) as i64 * MS, own }
    }

    fn chance(&self, what: usize) -> f64 {
        unit(pair(self.own, 100 + what as u64))
    }

    /// The first is the root, and each comes after its parent.
    pub fn spans(&self) -> Vec<Span> {
        let instance = (self.own % INSTANCES.len() as u64) as usize;
        let here = fleet::own(SERVICE, instance);
        let mut run = Run { batch: *self, here, spans: Vec::with_capacity(1_800) };
        run.all();
        run.spans
    }
}

struct Run {
    batch: Batch,
    here: Place,
    spans: Vec<Span>,
}

impl Run {
    fn all(&mut self) {
        let start = self.batch.start;
        let root = self.span(None, self.here, "settle_payments", (start, start));
        self.function(root, "settle_payments", "(since='15m')");
        let loaded = start + 20 * MS + (60.0 * self.batch.chance(1)) as i64 * MS;
        let load = self.span(Some(root), self.here, "load_open_payments", (start + MS, loaded));
        self.function(load, "load_open_payments", "()");
        let read = (start + 2 * MS, loaded - MS);
        self.database(load, "SELECT id FROM authorizations WHERE captured = null", read);
        let count = 24 + (self.batch.own % 8) as usize;
        let mut lanes = [loaded + MS; LANES];
        for number in 0..CHUNKS {
            self.chunk(root, number, count, &mut lanes);
        }
        let settled = lanes.into_iter().max().unwrap_or(loaded);
        let written = settled + 12 * MS;
        let report = self.span(Some(root), self.here, "write_audit", (settled + MS, written));
        self.function(report, "write_audit", "(<redacted>)");
        self.spans[root].end = written + MS;
    }

    /// Some payments, each in the lane that is free first.
    fn chunk(&mut self, root: usize, number: usize, count: usize, lanes: &mut [i64; LANES]) {
        let begin = lanes.iter().copied().min().unwrap_or(self.batch.start);
        let chunk = self.span(Some(root), self.here, "settle_chunk", (begin, begin));
        self.function(chunk, "settle_chunk", &format!("(number={number}, [{count} payments])"));
        let mut end = begin;
        for place in 0..count {
            let lane = (0..LANES).min_by_key(|lane| lanes[*lane]).unwrap_or_default();
            let payment = number * count + place;
            let (took, from) = (3.0 + 50.0 * self.batch.chance(payment).powi(6) + 5.0, lanes[lane]);
            let to = from + (took * MS as f64) as i64;
            self.payment(chunk, payment, (from, to));
            lanes[lane] = to + MS / 10;
            end = end.max(to);
        }
        self.spans[chunk].end = end;
    }

    fn payment(&mut self, chunk: usize, number: usize, (start, end): (i64, i64)) {
        let chance = pair(self.batch.own, 5_000 + number as u64);
        let client = self.span(Some(chunk), self.here, "POST /capture", (start, end));
        self.spans[client].kind = SpanKind::Client;
        let place = fleet::of("payment", 0, chance);
        let within = (start + MS / 2, end - MS / 2);
        let own = self.span(Some(client), place, "capture", within);
        self.spans[own].kind = SpanKind::Server;
        self.function(own, "capture", "(<redacted>)");
        let statement = (within.0 + MS / 2, within.1 - MS / 2);
        self.database(own, STATEMENT, statement);
        let is_refused = chance.is_multiple_of(REFUSED);
        let status = if is_refused { "409" } else { "200" };
        self.spans[client].attributes.extend([
            ("http.method", "POST".to_owned()),
            ("http.route", "/capture".to_owned()),
            ("http.status_code", status.to_owned()),
        ]);
        if is_refused {
            let message = format!("order {} was changed by someone else", 1_000 + chance % 9_000);
            let error = format!("Conflict: {message}");
            let attributes = vec![("exception.type", "Conflict".to_owned()), ("exception.message", message)];
            self.spans[own].events.push(Event { at: within.1, name: "exception", attributes });
            for span in [own, client] {
                self.spans[span].attributes.push(("error", error.clone()));
                self.spans[span].error = Some(error.clone());
            }
        }
    }

    fn database(&mut self, own: usize, statement: &str, time: (i64, i64)) {
        let place = self.spans[own].place;
        let operation = statement.split(' ').next().unwrap_or("QUERY");
        let client = self.span(Some(own), place, &format!("{operation} cassandra"), time);
        self.spans[client].kind = SpanKind::Client;
        self.spans[client]
            .attributes
            .extend([("db.system", "cassandra".to_owned()), ("db.statement", statement.to_owned())]);
        let node = fleet::of("cassandra", 0, pair(self.batch.own, client as u64));
        let edge = (time.1 - time.0) / 20;
        let served = self.span(Some(client), node, &operation.to_lowercase(), (time.0 + edge, time.1 - edge));
        self.spans[served].kind = SpanKind::Server;
        self.spans[served].attributes.push(("db.operation", operation.to_owned()));
    }

    fn span(&mut self, parent: Option<usize>, place: Place, name: &str, (start, end): (i64, i64)) -> usize {
        let number = self.spans.len();
        self.spans.push(Span {
            trace: self.batch.trace,
            id: SpanId(pair(self.batch.own, 100_000 + number as u64) | 1),
            parent: parent.map(|parent| self.spans[parent].id),
            name: name.to_owned(),
            kind: SpanKind::Internal,
            place,
            start,
            end: end.max(start),
            attributes: Vec::new(),
            events: Vec::new(),
            error: None,
        });
        number
    }

    fn function(&mut self, span: usize, name: &str, args: &str) {
        let named = [("function.name", name.to_owned()), ("function.args", args.to_owned())];
        self.spans[span].attributes.extend(named);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const START: Timestamp = Timestamp(1_763_901_234_567);

    #[test]
    fn a_run_has_many_spans_within_each_other_and_is_found_by_its_id() {
        let sim = Sim::new(360, START);
        let all: Vec<Batch> = sim.batches(START.plus(-4 * EVERY), START).collect();
        assert_eq!(all.len(), 4);
        assert!(all.windows(2).all(|pair| pair[0].start < pair[1].start));
        for batch in all {
            assert_eq!(sim.batch(batch.trace), Some(batch));
            assert_eq!(sim.request(batch.trace), None);
            let spans = batch.spans();
            assert!((1_000..2_000).contains(&spans.len()), "{}", spans.len());
            let known: BTreeMap<SpanId, &Span> = spans.iter().map(|span| (span.id, span)).collect();
            assert_eq!(known.len(), spans.len());
            assert!(spans[0].end - spans[0].start < 3_500 * MS, "{}", spans[0].end - spans[0].start);
            for span in &spans[1..] {
                let parent = known[&span.parent.unwrap()];
                assert!(parent.start <= span.start && span.start <= span.end && span.end <= parent.end, "{span:?}");
            }
        }
        let second = sim.requests(START.plus(-1_000), START);
        assert!(second.iter().all(|request| sim.batch(request.trace).is_none()));
    }
}
