//! Prometheus and what speaks its language: Thanos, Mimir, VictoriaMetrics.

pub mod decode;
mod flavour;
mod refusal;
mod rules;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::time::Instant;

use self::decode::EXPECTED;
use self::flavour::Build;
use super::http::{Client, Reply};
use crate::model::endpoint::Endpoint;
use crate::model::fault::FetchError;
use crate::model::query::{Answer, Query};
use crate::model::series::{Frame, Vector};
use crate::model::tail;
use crate::model::window::{Progress, Span, Window};
use crate::text::Plain;
use crate::time::Timestamp;

pub use flavour::Flavour;

/// A server refuses more steps than this: `(end - start) / step`, which is one less than the points.
const MAX_STEPS: i64 = 11_000;

#[derive(Debug, Clone)]
pub struct Prometheus {
    client: Client,
    /// What it says it is, once it has said so.
    build: Arc<OnceCell<Build>>,
}

/// What a first contact tells, for `config check --connect`.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    pub flavour: Flavour,
    /// May be empty: some builds do not know their own.
    pub version: Plain,
    /// Milliseconds that the server's clock is ahead of ours.
    pub skew_ms: i64,
    /// Scrape targets that have an `up` series.
    pub targets: u64,
    /// Of one small question.
    pub round_trip: Duration,
}

impl Prometheus {
    pub fn new(endpoint: Endpoint) -> Self {
        Self { client: Client::new(endpoint), build: Arc::default() }
    }

    /// Milliseconds that the server's clock is ahead of ours, 0 if they agree well enough.
    pub fn skew_ms(&self) -> i64 {
        self.client.skew_ms()
    }

    /// Answers one question. `now` is our clock; live windows are planned on the server's.
    pub async fn ask(&self, query: &Query, progress: Progress, now: Timestamp) -> Result<Answer, FetchError> {
        match query {
            Query::Range { expr, span, step } => {
                Ok(Answer::Frame(self.range(expr, *span, *step, progress, now).await?))
            }
            Query::Instant { expr, at } => Ok(Answer::Vector(self.instant(expr, *at, now).await?)),
            Query::Alerts => self.alerts(now).await,
            Query::Rules => Ok(Answer::Rules(self.rules(now).await?)),
            _ => Err(FetchError::Unsupported(Plain::new("Prometheus does not know that"))),
        }
    }

    async fn range(
        &self,
        expr: &str,
        span: Span,
        step: i64,
        progress: Progress,
        now: Timestamp,
    ) -> Result<Frame, FetchError> {
        let server_now = now.plus(self.client.skew_ms());
        let window = progress.plan(span, step, tail::is_ok(expr), server_now);
        let Window { start, end, step, .. } = window;
        if end < start || (end - start) / step > MAX_STEPS {
            let text = format!("{} points; a server gives at most 11,000: ask for a larger step", window.points());
            return Err(FetchError::Unsupported(Plain::from(text)));
        }
        let (start, end, step) = (seconds(start), seconds(end), seconds(step));
        let form = [("query", expr), ("start", &start), ("end", &end), ("step", &step)];
        let reply = self.client.post_form("/api/v1/query_range", &form, now).await?;
        decode::range(self.success(&reply, now).await?, window)
    }

    async fn instant(&self, expr: &str, at: Option<Timestamp>, now: Timestamp) -> Result<Vector, FetchError> {
        let at = at.map(|at| seconds(at.0));
        let mut form = vec![("query", expr)];
        form.extend(at.as_deref().map(|at| ("time", at)));
        let reply = self.client.post_form("/api/v1/query", &form, now).await?;
        decode::instant(self.success(&reply, now).await?)
    }

    async fn alerts(&self, now: Timestamp) -> Result<Answer, FetchError> {
        let reply = self.client.get("/api/v1/alerts", now).await?;
        let alerts = decode::alerts(self.success(&reply, now).await?)?;
        // VictoriaMetrics answers for an absent vmalert with an empty list, which must not look like peace.
        if alerts.is_empty() && self.is_victoria(now).await? && !self.has_rules(now).await {
            return Err(no_rule_engine());
        }
        Ok(Answer::Alerts(alerts))
    }

    async fn is_victoria(&self, now: Timestamp) -> Result<bool, FetchError> {
        Ok(self.build(now).await?.flavour == Flavour::VictoriaMetrics)
    }

    /// Reaches out once, with a small question: who is there, and what can it see?
    pub async fn probe(&self, now: Timestamp) -> Result<Probe, FetchError> {
        let begun = Instant::now();
        let up = self.instant("count(up)", None, now).await?;
        let round_trip = begun.elapsed();
        let build = self.build(now).await?;
        let flavour = match build.flavour {
            Flavour::Prometheus if self.lists_stores(now).await => Flavour::Thanos,
            flavour => flavour,
        };
        let targets = up.samples.first().map_or(0, |sample| sample.value.max(0.0) as u64);
        Ok(Probe { flavour, version: build.version.clone(), skew_ms: self.skew_ms(), targets, round_trip })
    }

    async fn build(&self, now: Timestamp) -> Result<&Build, FetchError> {
        let ask = || async {
            match self.client.get("/api/v1/status/buildinfo", now).await {
                // Old servers do not have this page, and a gateway may hide it: that is no fault.
                Ok(reply) if matches!(reply.status, 400 | 404 | 405) => Ok(flavour::without_page(&reply.words())),
                Err(FetchError::Forbidden(_)) => Ok(Build::default()),
                reply => flavour::build(self.success(&reply?, now).await?),
            }
        };
        self.build.get_or_try_init(ask).await
    }

    /// A vmalert that stands behind VictoriaMetrics shows its rules.
    async fn has_rules(&self, now: Timestamp) -> bool {
        let reply = self.client.get("/api/v1/rules", now).await;
        reply.is_ok_and(|reply| reply.is_success() && flavour::lists_groups(&reply.body))
    }

    /// Only Thanos' querier has this page.
    async fn lists_stores(&self, now: Timestamp) -> bool {
        let reply = self.client.get("/api/v1/stores", now).await;
        reply.is_ok_and(|reply| reply.json(EXPECTED).is_ok())
    }

    /// The body of a success; anything else in terms of what is wrong.
    async fn success<'a>(&self, reply: &'a Reply, now: Timestamp) -> Result<&'a [u8], FetchError> {
        if reply.is_success() {
            return reply.json(EXPECTED);
        }
        let fault = refusal::refusal(reply);
        if !matches!(fault, FetchError::Starting(_)) {
            return Err(fault);
        }
        let replay = self.client.get("/api/v1/status/walreplay", now).await;
        let progress = replay.ok().and_then(|reply| refusal::replay(&reply.body)).unwrap_or_default();
        Err(FetchError::Starting(Plain::from(progress)))
    }
}

fn no_rule_engine() -> FetchError {
    FetchError::Unsupported(Plain::new("this backend does not evaluate rules"))
}

/// Milliseconds as a decimal number of seconds, which every backend reads.
fn seconds(ms: i64) -> String {
    let sign = if ms < 0 { "-" } else { "" };
    let (whole, rest) = (ms.unsigned_abs() / 1_000, ms.unsigned_abs() % 1_000);
    if rest == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest:03}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_are_written_as_seconds() {
        for (ms, text) in
            [(0, "0"), (20_000, "20"), (5_100, "5.100"), (1_795_388_290_007, "1795388290.007"), (-1_500, "-1.500")]
        {
            assert_eq!(seconds(ms), text);
        }
    }
}
