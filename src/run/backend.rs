//! Who answers: the real sources of a context, or the demo.

use std::sync::Arc;

use super::clock;
use crate::cli::Cli;
use crate::config::{Config, Context};
use crate::demo;
use crate::model::ask::Ask;
use crate::model::fault::FetchError;
use crate::model::query::{Answer, Query, Source};
use crate::model::window::Progress;
use crate::model::write::{Write, WriteError, Written};
use crate::source::alertmanager::Alertmanager;
use crate::source::elasticsearch::Elasticsearch;
use crate::source::host::Host;
use crate::source::jaeger::Jaeger;
use crate::source::prometheus::Prometheus;
use crate::text::Plain;
use crate::time::Timestamp;

/// The sources of one context. Cheap to make: nothing connects before the first question.
#[derive(Clone)]
pub struct Sources {
    prometheus: Option<Prometheus>,
    alertmanager: Option<Alertmanager>,
    elasticsearch: Option<Elasticsearch>,
    jaeger: Option<Jaeger>,
    /// The name of the context, if nothing may be changed from there.
    read_only: Option<Plain>,
    host: Arc<Host>,
}

impl Sources {
    pub fn new(context: Option<&Context>, host: Arc<Host>) -> Self {
        let prometheus = context.and_then(|context| context.prometheus.clone());
        let alertmanager = context.map(|context| context.alertmanager.clone()).filter(|servers| !servers.is_empty());
        let elasticsearch = context.and_then(|context| context.elasticsearch.clone());
        let jaeger = context.and_then(|context| context.jaeger.clone());
        let locked = context.filter(|context| context.read_only).map(|context| context.name.as_str().into());
        Self {
            prometheus: prometheus.map(Prometheus::new),
            alertmanager: alertmanager.map(Alertmanager::new),
            elasticsearch: elasticsearch.map(Elasticsearch::new),
            jaeger: jaeger.map(Jaeger::new),
            read_only: locked,
            host,
        }
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
        Self::Sources(Sources::new(config.contexts.get(context), host))
    }
}

impl Ask for Backend {
    async fn ask(&self, query: &Query, progress: Progress, now: Timestamp) -> Result<Answer, FetchError> {
        match self {
            Self::Sources(sources) => sources.ask(query, progress, now).await,
            Self::Demo(demo) => demo.ask(query, progress, now).await,
        }
    }

    async fn write(&self, write: &Write, now: Timestamp) -> Result<Written, WriteError> {
        match self {
            Self::Sources(sources) => sources.write(write, now).await,
            Self::Demo(demo) => demo.write(write, now).await,
        }
    }

    fn skew_ms(&self, source: Source) -> i64 {
        match self {
            Self::Sources(sources) => sources.skew_ms(source),
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

    async fn write(&self, write: &Write, now: Timestamp) -> Result<Written, WriteError> {
        self.service.write(write, now).map_err(WriteError::NotDone)
    }
}

impl Ask for Sources {
    async fn ask(&self, query: &Query, progress: Progress, now: Timestamp) -> Result<Answer, FetchError> {
        match query.source() {
            Source::Host => Ok(Answer::Host(self.host.sample(now))),
            Source::Prometheus => match &self.prometheus {
                Some(prometheus) => prometheus.ask(query, progress, now).await,
                None => Err(missing("Prometheus")),
            },
            Source::Alertmanager => match &self.alertmanager {
                Some(alertmanager) => alertmanager.ask(query, now).await,
                None => Err(missing("Alertmanager")),
            },
            Source::Jaeger => match &self.jaeger {
                Some(jaeger) => jaeger.ask(query, now).await,
                None => Err(missing("Jaeger")),
            },
            Source::Elasticsearch => match &self.elasticsearch {
                Some(elasticsearch) => elasticsearch.ask(query, progress, now).await,
                None => Err(missing("Elasticsearch")),
            },
        }
    }

    async fn write(&self, write: &Write, now: Timestamp) -> Result<Written, WriteError> {
        match (&self.read_only, &self.alertmanager) {
            (Some(context), _) => Err(WriteError::NotDone(FetchError::Unsupported(
                format!("the context `{context}` is read-only: nothing is changed from here").into(),
            ))),
            (None, None) => Err(WriteError::NotDone(missing("Alertmanager"))),
            (None, Some(alertmanager)) => alertmanager.write(write, now).await,
        }
    }

    fn skew_ms(&self, source: Source) -> i64 {
        match source {
            Source::Prometheus => self.prometheus.as_ref().map_or(0, Prometheus::skew_ms),
            Source::Alertmanager => self.alertmanager.as_ref().map_or(0, Alertmanager::skew_ms),
            Source::Elasticsearch => self.elasticsearch.as_ref().map_or(0, Elasticsearch::skew_ms),
            Source::Jaeger => self.jaeger.as_ref().map_or(0, Jaeger::skew_ms),
            Source::Host => 0,
        }
    }
}

fn missing(source: &str) -> FetchError {
    FetchError::Unsupported(format!("this context has no {source}").into())
}
