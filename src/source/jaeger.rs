//! Jaeger and what answers like it: who sends traces, what was traced, one trace with all its spans.
//!
//! Newer servers are asked by API v3, older ones by v1; which it is, each server is asked once, and again after it has
//! failed.

mod api;
pub mod decode;
mod fits;
mod params;
mod refusal;
mod search;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use self::api::{Api, Known, success};
use self::decode::Names;
use self::refusal::{is_elsewhere, is_missing, no_such_trace};
use self::search::Haul;
use super::http::{Client, Clock};
use crate::model::endpoint::Endpoint;
use crate::model::fault::FetchError;
use crate::model::query::{Answer, Query};
use crate::model::trace::{Found, Sample, Trace, TraceId};
use crate::text::Plain;
use crate::time::Timestamp;

/// Cheap to clone: all of them share what was learned of the server.
#[derive(Debug, Clone)]
pub struct Jaeger(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    client: Client,
    known: Mutex<Known>,
    /// Who sent traces, and when that was asked.
    names: Mutex<Option<(Timestamp, Names)>>,
    /// The services in which no trace begins, and when that was seen.
    inner: Mutex<Option<(Timestamp, HashSet<String>)>>,
}

/// What a first contact tells, for `config check --connect`.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// `API v3 with summaries`, `API v3` or `API v1`.
    pub api: &'static str,
    pub services: usize,
    /// Milliseconds that the server's clock is ahead of ours.
    pub skew_ms: i64,
    /// Of one small question.
    pub round_trip: Duration,
}

impl Jaeger {
    pub fn new(endpoint: Endpoint) -> Self {
        Self(Arc::new(Inner {
            client: Client::new(endpoint),
            known: Mutex::default(),
            names: Mutex::default(),
            inner: Mutex::default(),
        }))
    }

    /// Milliseconds that the server's clock is ahead of ours, 0 if they agree well enough.
    pub fn skew_ms(&self) -> i64 {
        self.0.client.skew_ms()
    }

    /// Answers one question. `now` is our clock; live spans of time are planned on the server's.
    pub async fn ask(&self, query: &Query, now: Timestamp) -> Result<Answer, FetchError> {
        let (inner, clock) = (&*self.0, Clock::starting(now));
        let knew = inner.known().await.api.is_some();
        let answer = inner.answer(query, clock).await;
        let Err(fault) = &answer else { return answer };
        if !fault.is_outage() {
            return answer;
        }
        // It may come back as another one.
        let moved = knew && is_elsewhere(fault);
        inner.learn(|known| *known = Known::default()).await;
        *inner.inner.lock().await = None;
        if moved { inner.answer(query, clock).await } else { answer }
    }

    /// Reaches out once.
    pub async fn probe(&self, now: Timestamp) -> Result<Probe, FetchError> {
        let (inner, clock) = (&*self.0, Clock::starting(now));
        inner.api(clock).await?;
        let begun = Instant::now();
        let names = inner.services(clock).await?.0;
        let round_trip = begun.elapsed();
        let service = names.first().map_or("jaeger", String::as_str);
        let api = match inner.api(clock).await? {
            Api::V1 => "API v1",
            Api::V3 if inner.has_summaries(service, clock).await? => "API v3 with summaries",
            Api::V3 => "API v3",
        };
        Ok(Probe { api, services: names.len(), skew_ms: self.skew_ms(), round_trip })
    }
}

impl Inner {
    /// By the server's clock, as far as it is known.
    fn now(&self, clock: Clock) -> Timestamp {
        clock.now().plus(self.client.skew_ms())
    }

    async fn answer(&self, query: &Query, clock: Clock) -> Result<Answer, FetchError> {
        match query {
            Query::Services => Ok(plain(self.services(clock).await?)),
            Query::Operations { service } => Ok(plain(self.operations(service, clock).await?)),
            Query::Traces { search, span } => {
                let Haul { traces, is_limited, notes, .. } = self.find(search, *span, clock).await?;
                Ok(Answer::Traces(Found { traces, is_limited, notes }))
            }
            Query::Sample { search, span } => {
                let Haul { traces, is_limited, notes, .. } = self.find(search, *span, clock).await?;
                Ok(Answer::Sample(Sample { traces, is_limited, notes }))
            }
            Query::Trace { id } => Ok(Answer::Trace(Arc::new(self.trace(*id, clock).await?))),
            _ => Err(FetchError::Unsupported(Plain::new("Jaeger does not know that"))),
        }
    }

    async fn operations(&self, service: &str, clock: Clock) -> Result<Names, FetchError> {
        let service = self.exact(service.to_owned()).await;
        let page = |page: &str| params::address(page, &[("service", service.clone())]);
        if self.api(clock).await? == Api::V3 {
            return self.listed(&page("/api/v3/operations"), b"operations", clock).await;
        }
        match self.listed(&page("/api/operations"), b"data", clock).await {
            // The oldest, and some that answer like it, only know it so.
            Err(fault) if is_elsewhere(&fault) => {
                let page = format!("/api/services/{}/operations", params::in_path(&service));
                self.listed(&page, b"data", clock).await
            }
            names => names,
        }
    }

    async fn trace(&self, id: TraceId, clock: Clock) -> Result<Trace, FetchError> {
        let api = self.api(clock).await?;
        let page = if api == Api::V3 { "/api/v3/traces" } else { "/api/traces" };
        let reply = self.get(&format!("{page}/{id}"), clock).await?;
        if is_missing(&reply) {
            return Err(no_such_trace());
        }
        let (body, mut found, mut notes) = (success(&reply)?, None, Vec::new());
        let take = |trace: Trace| {
            if trace.id == id && !trace.spans.is_empty() {
                found = Some(trace);
            }
        };
        match api {
            Api::V3 => decode::otlp(body, take)?,
            Api::V1 => notes = decode::v1(body, take)?,
        }
        let mut trace = found.ok_or_else(no_such_trace)?;
        trace.notes.append(&mut notes);
        Ok(trace)
    }

    /// A service as the server calls it. Names are shown without what cannot be printed, and asked for as shown.
    async fn exact(&self, shown: String) -> String {
        let held = self.names.lock().await;
        let names = || held.iter().flat_map(|(_, names)| &names.0);
        // One that only looks like another must not stand in its place.
        if names().any(|name| *name == shown) {
            return shown;
        }
        let same = names().find(|name| *Plain::new(name) == *shown);
        same.cloned().unwrap_or(shown)
    }
}

fn plain(names: Names) -> Answer {
    Answer::Names(names.0.iter().map(|name| Plain::new(name)).collect())
}
