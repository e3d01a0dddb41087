//! The demo's tracing backend: the traces that the simulation keeps, found by what is sought.

mod fit;
mod search;
mod shown;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::sim::Sim;
use super::sim::id::TraceId;
use super::sim::trace::{self, BATCH_SERVICE};
use super::sim::{ENDPOINT_PATHS, Request};
use crate::model::fault::FetchError;
use crate::model::query::{Answer, Query};
use crate::model::trace::{Found, Sample, Summary, Trace};
use crate::text::Plain;
use crate::time::Timestamp;

pub fn answer(sim: &Sim, query: &Query, now: Timestamp) -> Result<Answer, FetchError> {
    match query {
        Query::Services => Ok(Answer::Names(ordered(names().into_iter().map(|(service, _)| service.to_owned())))),
        Query::Operations { service } => {
            let own = names().into_iter().filter(|(name, _)| name == service);
            Ok(Answer::Names(ordered(own.map(|(_, operation)| operation))))
        }
        Query::Traces { search, span } => {
            let Sample { traces, is_limited, notes } = search::search(sim, search, *span, now);
            let traces = traces.iter().map(|trace| Summary::of(trace)).collect();
            Ok(Answer::Traces(Found { traces, is_limited, notes }))
        }
        Query::Sample { search, span } => Ok(Answer::Sample(search::search(sim, search, *span, now))),
        Query::Trace { id } => trace(sim, TraceId(id.0), now).map(|trace| Answer::Trace(Arc::new(trace))),
        _ => Err(FetchError::Unsupported("this is no question about traces".into())),
    }
}

/// Every service with what it does.
fn names() -> BTreeSet<(&'static str, String)> {
    let batch = ["settle_payments", "load_open_payments", "settle_chunk", "SELECT cassandra"];
    let batch = batch.map(|name| (BATCH_SERVICE, name.to_owned()));
    (0..ENDPOINT_PATHS.len()).flat_map(trace::names).chain(batch).collect()
}

fn ordered(names: impl Iterator<Item = String>) -> Vec<Plain> {
    names.collect::<BTreeSet<_>>().into_iter().map(Plain::from).collect()
}

/// Whether its trace can be found by now.
fn is_there(request: &Request, now: Timestamp) -> bool {
    request.kept() && request.end <= now.ns()
}

fn trace(sim: &Sim, id: TraceId, now: Timestamp) -> Result<Trace, FetchError> {
    let request = sim.request(id).filter(|request| is_there(request, now)).map(|request| trace::spans(&request));
    let spans = request.or_else(|| sim.batch(id).map(|batch| batch.spans()).filter(|spans| has_ended(spans, now)));
    let missing = || FetchError::Server {
        kind: "no such trace".into(),
        message: "sampled out, or older than the server keeps".into(),
    };
    spans.map(|spans| shown::trace(&spans)).ok_or_else(missing)
}

fn has_ended(spans: &[trace::Span], now: Timestamp) -> bool {
    spans.first().is_some_and(|root| root.end <= now.ns())
}
