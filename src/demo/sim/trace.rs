//! The trace of a request: who did what for how long, and where it went wrong.

mod batch;
mod failure;
mod names;
mod recipe;

pub use batch::{Batch, SERVICE as BATCH_SERVICE};
pub use failure::{Failure, failure, stack};
pub use names::{names, rate};
pub use recipe::{Recipe, Step, recipe};

use super::fleet::{self, Place};
use super::id::{SpanId, TraceId};
use super::noise::{pair, unit};
use super::request::{MS, Request};
use super::story::Kind;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpanKind {
    Internal,
    Server,
    Client,
}

/// Something that happened within a span; times are nanoseconds since the epoch.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub at: i64,
    pub name: &'static str,
    pub attributes: Vec<(&'static str, String)>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    pub trace: TraceId,
    pub id: SpanId,
    pub parent: Option<SpanId>,
    pub name: String,
    pub kind: SpanKind,
    pub place: Place,
    pub start: i64,
    pub end: i64,
    pub attributes: Vec<(&'static str, String)>,
    pub events: Vec<Event>,
    /// What went wrong in it or below it.
    pub error: Option<String>,
}

/// What it takes to make the spans of one request.
struct Maker<'a> {
    request: &'a Request,
    recipe: &'static Recipe,
    failure: Option<Failure>,
    /// Which step took the time, if one took too much.
    culprit: Option<usize>,
    spans: Vec<Span>,
}

/// The span of a request that its log line belongs to: that of the endpoint's own service.
pub fn handler(request: &Request) -> SpanId {
    span_id(request, 1)
}

fn span_id(request: &Request, number: usize) -> SpanId {
    SpanId(pair(request.own, 100 + number as u64) | 1)
}

/// The spans of a request; the first is its root, and each comes after its parent.
pub fn spans(request: &Request) -> Vec<Span> {
    let recipe = recipe(request.key.endpoint);
    let failure = failure(request);
    let troubled = failure.is_some() || request.cause.is_some() || request.is_slow();
    let culprit = troubled.then(|| recipe.culprit(request.cause, pair(request.own, 12)));
    let mut maker = Maker { request, recipe, failure, culprit, spans: Vec::new() };
    maker.all();
    maker.spans
}

impl Maker<'_> {
    fn all(&mut self) {
        let request = self.request;
        let (start, end) = (request.end - request.duration, request.end);
        let edge = (request.duration / 100).min(MS);
        let instance = request.key.instance;
        let path = request.path();
        let root = self.span(None, fleet::own("gateway", instance), format!("{} {path}", request.method), (start, end));
        self.http(root, SpanKind::Server, path, request.status);
        let recipe = self.recipe;
        let within = (start + edge, end - edge);
        let handler = self.span(Some(root), fleet::own(recipe.service, instance), recipe.function.to_owned(), within);
        self.function(handler, recipe.function, recipe.args);
        let times = self.times(within);
        for (number, &time) in times.iter().enumerate() {
            self.step(handler, number, time);
        }
        if self.failure.is_some() {
            self.give_up(handler, times.last().map_or(within.0, |&(_, to)| to), within.1);
        }
        if let Some(error) = self.failure.as_ref().map(Failure::text) {
            self.fail(root, &error);
            self.fail(handler, &error);
        }
    }

    /// From when until when each step goes. After the one that fails there is none; the one that is slow has what the
    /// others leave.
    fn times(&self, (start, end): (i64, i64)) -> Vec<(i64, i64)> {
        let count = match (self.culprit, &self.failure) {
            (Some(culprit), Some(_)) => culprit + 1,
            _ => self.recipe.steps.len(),
        };
        let steps = &self.recipe.steps[..count];
        let weights: Vec<f64> = (20u64..)
            .zip(steps)
            .map(|(number, step)| step.share * (0.6 + 0.8 * unit(pair(self.request.own, number))))
            .collect();
        let room = (end - start) as f64 * 0.94;
        let others: f64 = weights.iter().enumerate().filter(|(i, _)| Some(*i) != self.culprit).map(|(_, w)| w).sum();
        let all: f64 = weights.iter().sum();
        // What the steps take that are not to blame.
        let quick = (room * 0.15).min(90e6);
        let gap = ((end - start) as f64 * 0.05 / count as f64) as i64;
        let mut at = start;
        let mut times = Vec::with_capacity(count);
        for (i, weight) in weights.into_iter().enumerate() {
            let length = match self.culprit {
                Some(culprit) if culprit == i => room - if others > 0.0 { quick } else { 0.0 },
                Some(_) => quick * weight / others,
                None => room * weight / all,
            };
            let from = at + gap;
            at = from + length as i64;
            times.push((from, at.min(end)));
        }
        times
    }

    fn step(&mut self, handler: usize, number: usize, (start, end): (i64, i64)) {
        let request = self.request;
        let step = &self.recipe.steps[number];
        let to_blame = self.culprit == Some(number);
        let failure = self.failure.clone().filter(|_| to_blame);
        let here = fleet::own(self.recipe.service, request.key.instance);
        let (doer, within) = if step.service == self.recipe.service {
            (handler, (start, end))
        } else {
            let client = self.span(Some(handler), here, format!("POST /{}", step.name), (start, end));
            let status = failure.as_ref().map_or("200", |failure| failure.status);
            self.http(client, SpanKind::Client, step.name, status);
            if let Some(failure) = &failure {
                self.fail(client, &failure.text());
            }
            let edge = ((end - start) / 50).min(MS);
            (client, (start + edge, end - edge))
        };
        let place = fleet::of(step.service, request.key.instance, pair(request.own, 13));
        let own = self.span(Some(doer), place, step.name.to_owned(), within);
        self.function(own, step.name, step.args);
        if step.service != self.recipe.service {
            self.spans[own].kind = SpanKind::Server;
        }
        let waits = to_blame && request.cause == Some(Kind::Stuck);
        if let Some(statement) = step.statement.filter(|_| !waits) {
            self.database(own, place, statement, within, to_blame);
        }
        if waits {
            let pool = vec![("pool.name", "main".to_owned()), ("pool.size", "32".to_owned())];
            self.spans[own].events.push(Event { at: within.0, name: "pool.wait", attributes: pool });
        }
        if let Some(failure) = &failure {
            let trace = stack(failure, self.recipe.service, self.recipe.function, step.name);
            let kind = failure.kind.unwrap_or("Exception").to_owned();
            let attributes = vec![
                ("exception.type", kind),
                ("exception.message", failure.message.clone()),
                ("exception.stacktrace", trace),
            ];
            self.spans[own].events.push(Event { at: within.1, name: "exception", attributes });
            self.fail(own, &failure.text());
        }
    }

    /// What the service does once a step has failed.
    fn give_up(&mut self, handler: usize, from: i64, to: i64) {
        let here = fleet::own(self.recipe.service, self.request.key.instance);
        let middle = from.midpoint(to);
        for (name, time) in [("roll_back", (from, middle)), ("write_audit", (middle, to))] {
            let span = self.span(Some(handler), here, name.to_owned(), time);
            self.function(span, name, "(<redacted>)");
        }
    }

    /// What a step asks of the database. It takes all the time where the database is slow, else a part of it.
    fn database(&mut self, own: usize, place: Place, statement: &str, (start, end): (i64, i64), to_blame: bool) {
        let slow = to_blame && self.request.cause == Some(Kind::Database);
        let part = if slow { 0.97 } else { 0.2 + 0.5 * unit(pair(self.request.own, 14)) };
        let from = start + (end - start) / 100;
        let to = from + ((end - from) as f64 * part) as i64;
        let operation = statement.split(' ').next().unwrap_or("QUERY");
        let client = self.span(Some(own), place, format!("{operation} cassandra"), (from, to));
        let span = &mut self.spans[client];
        span.kind = SpanKind::Client;
        span.attributes.push(("db.system", "cassandra".to_owned()));
        span.attributes.push(("db.statement", statement.to_owned()));
        let node = fleet::of("cassandra", 0, pair(self.request.own, 15));
        let edge = ((to - from) / 20).min(MS);
        let served = self.span(Some(client), node, operation.to_lowercase(), (from + edge, to - edge));
        self.spans[served].kind = SpanKind::Server;
        self.spans[served].attributes.push(("db.operation", operation.to_owned()));
        if let Some(failure) = self.failure.as_ref().filter(|_| slow).map(Failure::text) {
            self.fail(client, &failure);
        }
    }

    fn span(&mut self, parent: Option<usize>, place: Place, name: String, (start, end): (i64, i64)) -> usize {
        let number = self.spans.len();
        self.spans.push(Span {
            trace: self.request.trace,
            id: span_id(self.request, number),
            parent: parent.map(|parent| self.spans[parent].id),
            name,
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

    fn http(&mut self, span: usize, kind: SpanKind, route: &str, status: &str) {
        let method = if kind == SpanKind::Client { "POST" } else { self.request.method };
        let span = &mut self.spans[span];
        span.kind = kind;
        span.attributes.push(("http.method", method.to_owned()));
        span.attributes.push(("http.route", format!("/{}", route.trim_start_matches('/'))));
        span.attributes.push(("http.status_code", status.to_owned()));
    }

    fn function(&mut self, span: usize, name: &str, args: &str) {
        self.spans[span].attributes.push(("function.name", name.to_owned()));
        self.spans[span].attributes.push(("function.args", args.to_owned()));
    }

    fn fail(&mut self, span: usize, error: &str) {
        self.spans[span].attributes.push(("error", error.to_owned()));
        self.spans[span].error = Some(error.to_owned());
    }
}
