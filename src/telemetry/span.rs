//! The spans there are, and what each of them tells. While nobody listens each is a glance at one number.

use std::future::Future;

use tracing::field::Empty;
use tracing::{Instrument, Span, info_span};

use super::words;
use crate::model::fault::FetchError;
use crate::model::query::{Answer, Query, Source};
use crate::model::write::{Write, WriteError, Written};

/// A question, from the moment it is put until it is answered.
pub async fn asked(
    query: &Query,
    answer: impl Future<Output = Result<Answer, FetchError>>,
) -> Result<Answer, FetchError> {
    let span = info_span!(
        "poll",
        otel.name = words::name(query),
        function.name = "poll",
        function.args = words::args(query),
        source = query.source().short(),
        query = Empty,
        samples = Empty,
        error = Empty,
        otel.status_description = Empty,
    );
    if span.is_disabled() {
        return answer.await;
    }
    if let Some(text) = words::text(query) {
        span.record("query", text);
    }
    let result = answer.instrument(span.clone()).await;
    match &result {
        Ok(answer) => drop(span.record("samples", words::samples(answer))),
        Err(fault) => failed(&span, fault),
    }
    result
}

/// A change of something outside.
pub async fn write(
    change: &Write,
    done: impl Future<Output = Result<Written, WriteError>>,
) -> Result<Written, WriteError> {
    let span = info_span!(
        "write",
        otel.name = words::change(change),
        function.name = "write",
        function.args = words::of_change(change),
        source = Source::Alertmanager.short(),
        error = Empty,
        otel.status_description = Empty,
    );
    let result = done.instrument(span.clone()).await;
    if let Err(WriteError::NotDone(fault) | WriteError::Unclear(fault, _)) = &result {
        failed(&span, fault);
    }
    result
}

/// One request: what is asked of whom. The path is the one below the source's URL, without its query.
pub fn exchange(method: &'static str, host: Option<&str>, port: Option<u16>, path: &str) -> Span {
    info_span!(
        "exchange",
        otel.name = format!("HTTP {method}"),
        otel.kind = "client",
        function.name = "exchange",
        http.request.method = method,
        server.address = host.unwrap_or_default(),
        server.port = i64::from(port.unwrap_or_default()),
        url.path = path.split('?').next().unwrap_or_default(),
        http.response.status_code = Empty,
        bytes = Empty,
        error = Empty,
        otel.status_description = Empty,
    )
}

/// What came back to a request.
pub fn replied(span: &Span, status: u16, bytes: usize) {
    if span.is_disabled() {
        return;
    }
    span.record("http.response.status_code", i64::from(status)).record("bytes", words::count(bytes));
    if status >= 400 {
        let text = format!("HTTP {status}");
        span.record("error", text.as_str()).record("otel.status_description", text.as_str());
    }
}

/// From the moment an answer is here until nobody needs its bytes any more.
pub fn read(bytes: usize) -> Span {
    info_span!("decode", function.name = "decode", bytes = words::count(bytes))
}

/// A step of a report.
pub fn step(name: &'static str) -> Span {
    info_span!("step", otel.name = name, function.name = name)
}

pub fn failed(span: &Span, fault: &FetchError) {
    if !span.is_disabled() {
        let text = words::fault(fault);
        span.record("error", text.as_str()).record("otel.status_description", text.as_str());
    }
}
