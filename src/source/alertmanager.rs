//! Alertmanager, one or several that stand for each other: what it holds, what keeps it quiet, how it is set up.
//!
//! Of a pair both are asked at once. What one of them cannot say the other may; what is missing is noted, and only when
//! nobody answers is that a failure.

pub mod decode;
mod gather;
mod merge;
mod refusal;
mod write;

use std::time::Duration;

use tokio::time::Instant;

use self::decode::{AlertPage, Dated, EXPECTED, Mutings, Status};
use self::gather::{Gathered, beside, gather, nobody};
use super::http::{Client, Reply};
use crate::model::delivery::{Holdings, Routing};
use crate::model::endpoint::Endpoint;
use crate::model::fault::FetchError;
use crate::model::query::{Answer, Query};
use crate::model::silence::{Silence, SilenceState};
use crate::text::Plain;
use crate::time::Timestamp;

/// The server takes any other word than `true` for false, so that both are always written out.
const ALERTS: &str = "/api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true";
/// Those before 0.28 do not know `muted`, and give every group.
const GROUPS: &str = "/api/v2/alerts/groups?active=true&silenced=true&inhibited=true&muted=true";
const SILENCES: &str = "/api/v2/silences";
const STATUS: &str = "/api/v2/status";

#[derive(Debug, Clone)]
pub struct Alertmanager {
    servers: Vec<Server>,
}

#[derive(Debug, Clone)]
struct Server {
    /// Its address, as notes name it.
    name: Plain,
    client: Client,
}

/// What one server says of what it holds; muting is on a page of its own, which may fail alone.
struct Held {
    alerts: AlertPage,
    mutings: Result<Mutings, FetchError>,
}

/// What a first contact with one server tells, for `config check --connect`.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// May be empty: some builds do not know their own.
    pub version: Plain,
    /// Milliseconds that the server's clock is ahead of ours.
    pub skew_ms: i64,
    /// `ready`, `settling` or `disabled`.
    pub cluster: Plain,
    /// How many servers the cluster has, as this one sees it.
    pub members: usize,
    pub alerts: usize,
    /// The active ones.
    pub silences: usize,
    /// Of one small question.
    pub round_trip: Duration,
}

impl Alertmanager {
    /// One endpoint for each server.
    pub fn new(endpoints: Vec<Endpoint>) -> Self {
        let server = |endpoint: Endpoint| Server { name: name(&endpoint.url), client: Client::new(endpoint) };
        Self { servers: endpoints.into_iter().map(server).collect() }
    }

    /// Milliseconds that the clock of the server that is furthest off is ahead of ours; 0 if all agree well enough.
    pub fn skew_ms(&self) -> i64 {
        self.servers.iter().map(|server| server.client.skew_ms()).max_by_key(|ms| ms.abs()).unwrap_or(0)
    }

    /// Answers one question. `now` is our clock.
    pub async fn ask(&self, query: &Query, now: Timestamp) -> Result<Answer, FetchError> {
        match query {
            Query::Held => Ok(Answer::Held(self.held(now).await?)),
            Query::Silences => Ok(Answer::Silences(self.silences(now).await?)),
            Query::Routing => Ok(Answer::Routing(self.routing(now).await?)),
            _ => Err(FetchError::Unsupported(Plain::new("Alertmanager does not know that"))),
        }
    }

    async fn held(&self, now: Timestamp) -> Result<Holdings, FetchError> {
        let Gathered { answers, notes } = gather(&self.servers, |server| server.held(now)).await?;
        Ok(merge::holdings(answers, notes))
    }

    async fn silences(&self, now: Timestamp) -> Result<Vec<Silence>, FetchError> {
        // Who does not answer is noted among what is held, which is asked as often.
        let gathered = gather(&self.servers, |server| server.silences(now)).await?;
        Ok(merge::silences(gathered.answers.into_iter().map(|(_, silences)| silences)))
    }

    async fn routing(&self, now: Timestamp) -> Result<Routing, FetchError> {
        let gathered = gather(&self.servers, |server| server.status(now)).await?;
        // Those of a pair are set up alike.
        let first = gathered.answers.into_iter().next().map(|(_, status)| status.routing);
        first.ok_or_else(nobody)
    }

    /// Reaches out once to each server, in the order of the endpoints.
    pub async fn probe(&self, now: Timestamp) -> Vec<Result<Probe, FetchError>> {
        futures_util::future::join_all(self.servers.iter().map(|server| server.probe(now))).await
    }
}

impl Server {
    async fn held(&self, now: Timestamp) -> Result<Held, FetchError> {
        let (alerts, mutings) = beside(self.alerts(now), self.mutings(now)).await?;
        Ok(Held { alerts, mutings })
    }

    // Each reads its answer before it waits for anything else: a large one is in the way of the others until then.

    async fn alerts(&self, now: Timestamp) -> Result<AlertPage, FetchError> {
        let reply = self.client.get(ALERTS, now).await?;
        decode::alerts(success(&reply)?)
    }

    async fn mutings(&self, now: Timestamp) -> Result<Mutings, FetchError> {
        let reply = self.client.get(GROUPS, now).await?;
        decode::mutings(success(&reply)?)
    }

    async fn silences(&self, now: Timestamp) -> Result<Vec<Dated>, FetchError> {
        let reply = self.client.get(SILENCES, now).await?;
        decode::silences(success(&reply)?)
    }

    async fn status(&self, now: Timestamp) -> Result<Status, FetchError> {
        let reply = self.client.get(STATUS, now).await?;
        decode::status(success(&reply)?)
    }

    async fn probe(&self, now: Timestamp) -> Result<Probe, FetchError> {
        let begun = Instant::now();
        let status = self.status(now).await?;
        let round_trip = begun.elapsed();
        let alerts = self.alerts(now).await?;
        let silences = self.silences(now).await?;
        Ok(Probe {
            version: status.routing.version,
            skew_ms: self.client.skew_ms(),
            cluster: status.cluster,
            members: status.members,
            alerts: alerts.alerts.len() + alerts.dropped,
            silences: silences.iter().filter(|dated| dated.silence.state == SilenceState::Active).count(),
            round_trip,
        })
    }
}

/// The body of a success; anything else in terms of what is wrong.
fn success(reply: &Reply) -> Result<&[u8], FetchError> {
    if !reply.is_success() {
        return Err(refusal::refusal(reply));
    }
    // An empty list, as some write it.
    if reply.body.trim_ascii() == b"null" {
        return Ok(&reply.body);
    }
    reply.json(EXPECTED)
}

/// Without what is the same for all.
fn name(url: &str) -> Plain {
    Plain::new(url.split_once("://").map_or(url, |(_, rest)| rest))
}
