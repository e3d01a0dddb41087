//! Whether a trace is what is sought: one of its spans fits.

use super::shown;
use crate::demo::sim::trace::{Span, names};
use crate::model::trace::TraceSearch;

/// Whether any of the spans is sought: its service, what it does, how long it took and its tags.
pub fn fits(search: &TraceSearch, spans: &[Span]) -> bool {
    spans.iter().any(|span| fits_one(search, span))
}

fn fits_one(search: &TraceSearch, span: &Span) -> bool {
    let took = span.end - span.start;
    (search.service.is_empty() || search.service == span.place.service)
        && search.operation.as_ref().is_none_or(|operation| *operation == span.name)
        && search.min.is_none_or(|min| took >= min)
        && search.max.is_none_or(|max| took <= max)
        && search.tags.iter().all(|(key, value)| has(span, key, value))
}

fn has(span: &Span, key: &str, value: &str) -> bool {
    let is = |(name, held): (&str, &str)| name == key && held == value;
    // Whatever a span says of its error, backends keep that there is one.
    (key == "error" && value == "true" && span.error.is_some())
        || span.attributes.iter().any(|(name, held)| is((name, held)))
        || shown::about(&span.place).into_iter().any(is)
}

/// Only a trace with an error is sought.
pub fn wants_error(search: &TraceSearch) -> bool {
    search.tags.iter().any(|(key, _)| key == "error")
}

/// Whether a request to an endpoint can leave a span that is sought.
pub fn can_fit(search: &TraceSearch, endpoint: usize) -> bool {
    let is_any = search.service.is_empty() && search.operation.is_none();
    let fits = |(service, name): &(&str, String)| {
        (search.service.is_empty() || search.service == *service)
            && search.operation.as_ref().is_none_or(|operation| operation == name)
    };
    is_any || names(endpoint).iter().any(fits)
}
