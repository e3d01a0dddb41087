//! Requests as spans of our own traces, and the headers that let the servers' own spans join them.

use std::future::Future;

use reqwest::{RequestBuilder, Url};
use tracing::Instrument;

use super::change::Failure;
use super::reply::Reply;
use crate::model::fault::FetchError;
use crate::telemetry;

/// One request as a span of our own traces: to whom, and what came back.
pub async fn traced<E: Told>(
    method: &'static str,
    url: &Url,
    path: &str,
    asked: impl Future<Output = Result<Reply, E>>,
) -> Result<Reply, E> {
    let span = telemetry::exchange(method, url.host_str(), url.port_or_known_default(), path);
    let result = asked.instrument(span.clone()).await;
    match &result {
        Ok(reply) => telemetry::replied(&span, reply.status, reply.body.len()),
        Err(error) => telemetry::failed(&span, error.fault()),
    }
    result
}

/// With the headers by which the server's own spans join the one under way.
pub fn joined(builder: RequestBuilder) -> RequestBuilder {
    telemetry::headers().into_iter().fold(builder, |builder, (name, value)| builder.header(name, value))
}

/// A failure that has a fault to tell.
pub trait Told {
    fn fault(&self) -> &FetchError;
}

impl Told for FetchError {
    fn fault(&self) -> &FetchError {
        self
    }
}

impl Told for Failure {
    fn fault(&self) -> &FetchError {
        match self {
            Self::NotDone(fault) | Self::Unclear(fault) => fault,
        }
    }
}
