//! Which of its ways to ask a server knows, found out by asking and remembered until it fails.

use super::Inner;
use super::decode::{self, EXPECTED, Names};
use super::refusal::{is_elsewhere, refusal};
use crate::model::fault::FetchError;
use crate::source::http::{Clock, Reply};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// OpenTelemetry's JSON; the one that stays.
    V3,
    /// What its own pages were made from; gone since 2.21.
    V1,
}

/// What is known of a server; nothing at first.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known {
    pub api: Option<Api>,
    /// Whether v3 gives traces in one row each.
    pub summaries: Option<bool>,
    /// Whether it searches by v1, whatever else it knows.
    pub v1_search: Option<bool>,
    /// Whether it finds spans that failed by `error=true`.
    pub errors: Option<bool>,
}

impl Inner {
    pub async fn known(&self) -> Known {
        *self.known.lock().await
    }

    pub async fn learn(&self, what: impl FnOnce(&mut Known)) {
        what(&mut *self.known.lock().await);
    }

    pub async fn api(&self, clock: Clock) -> Result<Api, FetchError> {
        match self.known().await.api {
            Some(api) => Ok(api),
            None => self.meet(clock).await.map(|(api, _)| api),
        }
    }

    /// Who sends traces, exactly as the server calls them.
    pub async fn services(&self, clock: Clock) -> Result<Names, FetchError> {
        let names = match self.known().await.api {
            Some(Api::V3) => self.listed("/api/v3/services", b"services", clock).await?,
            Some(Api::V1) => self.listed("/api/services", b"data", clock).await?,
            None => return self.meet(clock).await.map(|(_, names)| names),
        };
        self.keep(&names, clock).await;
        Ok(names)
    }

    /// The first question to a server: by v3, and by v1 where that is not there.
    async fn meet(&self, clock: Clock) -> Result<(Api, Names), FetchError> {
        let first = self.listed("/api/v3/services", b"services", clock).await;
        let (api, names) = match first {
            Ok(names) => (Api::V3, names),
            Err(fault) if !is_absent(&fault) => return Err(fault),
            Err(fault) => match (self.listed("/api/services", b"data", clock).await, fault) {
                (Ok(names), _) => (Api::V1, names),
                (Err(_), forbidden @ FetchError::Forbidden(_)) => return Err(forbidden),
                (Err(fault), _) => return Err(fault),
            },
        };
        self.learn(|known| known.api = Some(api)).await;
        self.keep(&names, clock).await;
        Ok((api, names))
    }

    async fn keep(&self, names: &Names, clock: Clock) {
        *self.names.lock().await = Some((clock.now(), names.clone()));
    }

    pub async fn listed(&self, path: &str, key: &[u8], clock: Clock) -> Result<Names, FetchError> {
        let reply = self.get(path, clock).await?;
        decode::names(success(&reply)?, key)
    }

    pub async fn get(&self, path: &str, clock: Clock) -> Result<Reply, FetchError> {
        self.client.get(path, clock.now()).await
    }

    /// Whether it has summaries, asked if need be.
    pub async fn has_summaries(&self, service: &str, clock: Clock) -> Result<bool, FetchError> {
        if let Some(known) = self.known().await.summaries {
            return Ok(known);
        }
        let path = super::params::small("/api/v3/trace-summaries", service, self.now(clock));
        let reply = self.get(&path, clock).await?;
        let has = match success(&reply) {
            Ok(body) => decode::summaries(body).is_ok(),
            // It has understood that it was asked.
            Err(fault) => !is_elsewhere(&fault) && reply.status < 500,
        };
        self.learn(|known| known.summaries = Some(has)).await;
        Ok(has)
    }
}

/// Another API may be there: this one is not, or is not for us.
fn is_absent(fault: &FetchError) -> bool {
    is_elsewhere(fault) || matches!(fault, FetchError::Forbidden(_) | FetchError::Server { .. })
}

/// The body of a success; anything else in terms of what is wrong.
pub fn success(reply: &Reply) -> Result<&[u8], FetchError> {
    if reply.is_success() { reply.json(EXPECTED) } else { Err(refusal(reply)) }
}
