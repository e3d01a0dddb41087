//! Jaeger's answers, from bytes to what they mean: its own JSON of v1, and OpenTelemetry's JSON of v3.
//!
//! Both are somebody's: whatever is missing, of another kind or absurd is left empty, and the rest is shown for all
//! that. Only what is no JSON, or stops early, is an error.

mod ids;
mod names;
mod otlp;
mod summaries;
mod table;
mod v1;
mod value;

pub use names::{Names, names};
pub use otlp::traces as otlp;
pub use summaries::summaries;
pub use v1::traces as v1;

use crate::model::fault::FetchError;
use crate::model::trace::{Span, SpanId, Tag};
use crate::text::Plain;

/// What a 200 answer should be, for an error that says it is not.
pub const EXPECTED: &str = "a Jaeger API";

pub fn foreign() -> FetchError {
    FetchError::Foreign { expected: EXPECTED, found: Plain::new("JSON of something else") }
}

/// A span of which nothing is known yet.
fn blank() -> Span {
    Span {
        id: SpanId(0),
        references: Vec::new(),
        operation: Plain::default(),
        process: None,
        start: 0,
        duration: 0,
        kind: crate::model::trace::Kind::default(),
        is_error: false,
        tags: Vec::new(),
        events: Vec::new(),
        warnings: Vec::new(),
    }
}

/// What the usual tags say of whether it failed: any text but one that says no.
fn tells_error(tag: &Tag) -> bool {
    match tag.key.as_str() {
        "error" => !tag.value.is_empty() && tag.value != "0" && !tag.value.eq_ignore_ascii_case("false"),
        "otel.status_code" | "status.code" => tag.value == "2" || tag.value.eq_ignore_ascii_case("error"),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
