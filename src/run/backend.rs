//! Who answers: the real sources of a context, or the demo.

use std::sync::Arc;

use super::clock;
use crate::cli::Cli;
use crate::config::Config;
use crate::demo;
use crate::model::ask::Ask;
use crate::model::endpoint::Endpoint;
use crate::model::fault::FetchError;
use crate::model::query::{Answer, Query};
use crate::model::window::Progress;
use crate::source::host::Host;
use crate::source::prometheus::Prometheus;
use crate::time::Timestamp;

/// The sources of one context. Cheap to make: nothing connects before the first question.
#[derive(Clone)]
pub struct Sources {
    prometheus: Option<Prometheus>,
    host: Arc<Host>,
}

impl Sources {
    pub fn new(prometheus: Option<&Endpoint>, host: Arc<Host>) -> Self {
        Self { prometheus: prometheus.cloned().map(Prometheus::new), host }
    }
}

/// Whoever the console asks.
#[derive(Clone)]
pub enum Backend {
    Sources(Sources),
    Demo(Demo),
}

impl Backend {
    /// Those of one context of the config, by its number; the demo has only its own.
    pub fn of(cli: &Cli, config: &Config, context: usize, host: Arc<Host>) -> Self {
        if cli.demo {
            return Self::Demo(Demo::new(DEMO_SEED, clock(), host));
        }
        let endpoint = config.contexts.get(context).and_then(|context| context.prometheus.as_ref());
        Self::Sources(Sources::new(endpoint, host))
    }
}

impl Ask for Backend {
    async fn ask(&self, query: &Query, progress: Progress, now: Timestamp) -> Result<Answer, FetchError> {
        match self {
            Self::Sources(sources) => sources.ask(query, progress, now).await,
            Self::Demo(demo) => demo.ask(query, progress, now).await,
        }
    }

    fn skew_ms(&self) -> i64 {
        match self {
            Self::Sources(sources) => sources.skew_ms(),
            Self::Demo(_) => 0,
        }
    }
}

/// The simulated service, with the machine it runs on being the real one.
#[derive(Clone)]
pub struct Demo {
    service: Arc<demo::Service>,
    host: Arc<Host>,
}

/// Every demo tells the same story.
const DEMO_SEED: u64 = 360;

impl Demo {
    pub fn new(seed: u64, started: Timestamp, host: Arc<Host>) -> Self {
        Self { service: Arc::new(demo::Service::new(seed, started)), host }
    }
}

impl Ask for Demo {
    async fn ask(&self, query: &Query, progress: Progress, now: Timestamp) -> Result<Answer, FetchError> {
        match query {
            Query::Host => Ok(Answer::Host(self.host.sample(now))),
            query => self.service.answer(query, progress, now),
        }
    }
}

impl Ask for Sources {
    async fn ask(&self, query: &Query, progress: Progress, now: Timestamp) -> Result<Answer, FetchError> {
        match (query, &self.prometheus) {
            (Query::Host, _) => Ok(Answer::Host(self.host.sample(now))),
            (_, Some(prometheus)) => prometheus.ask(query, progress, now).await,
            (_, None) => Err(FetchError::Unsupported("this context has no Prometheus".into())),
        }
    }

    fn skew_ms(&self) -> i64 {
        self.prometheus.as_ref().map_or(0, Prometheus::skew_ms)
    }
}
