//! The headers by which a backend's own spans join the span that asks it: W3C's, and Jaeger's older one.

use std::collections::HashMap;

use opentelemetry::propagation::TextMapPropagator;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Of the span that is under way; nothing when none is.
pub fn headers() -> Vec<(String, String)> {
    let span = Span::current();
    if span.is_disabled() {
        return Vec::new();
    }
    let context = span.context();
    let mut found = HashMap::new();
    TraceContextPropagator::new().inject_context(&context, &mut found);
    jaeger().inject_context(&context, &mut found);
    found.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

#[expect(
    deprecated,
    reason = "upstream tells new programs to use W3C's, which stands beside it: this is for old backends"
)]
fn jaeger() -> impl TextMapPropagator {
    opentelemetry_jaeger_propagator::Propagator::new()
}
