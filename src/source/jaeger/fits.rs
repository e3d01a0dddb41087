//! Whether a trace is one that was sought, seen from here: some servers pass over a part of the question.

use crate::model::trace::{Kind, Span, Tag, Trace, TraceSearch};

/// The tag that says that a span failed.
const ERROR: &str = "error";

/// Whether spans that failed are sought.
pub fn seeks_errors(search: &TraceSearch) -> bool {
    search.tags.iter().any(|(key, value)| key == ERROR && value == "true")
}

/// The same search, but for that.
pub fn without_error(search: &TraceSearch) -> TraceSearch {
    let tags = search.tags.iter().filter(|(key, _)| key != ERROR).cloned().collect();
    TraceSearch { tags, ..search.clone() }
}

/// Whether one span has all that is sought.
pub fn fits(trace: &Trace, search: &TraceSearch) -> bool {
    trace.spans.iter().any(|span| {
        is_of(trace, span, search)
            && search.operation.as_ref().is_none_or(|operation| *span.operation == **operation)
            && search.min.is_none_or(|min| span.duration >= min)
            && search.max.is_none_or(|max| span.duration <= max)
            && search.tags.iter().all(|(key, value)| has(trace, span, key, value))
    })
}

/// Whether a span of the service failed.
pub fn has_failed(trace: &Trace, search: &TraceSearch) -> bool {
    trace.spans.iter().any(|span| span.is_error && is_of(trace, span, search))
}

/// A name that had to be cleaned is not the one that was sent.
fn is_of(trace: &Trace, span: &Span, search: &TraceSearch) -> bool {
    let service = trace.service(span);
    *service == *search.service || *service == *crate::text::Plain::new(&search.service)
}

/// As servers look for it: in the tags of the span, of its process, and of its events.
fn has(trace: &Trace, span: &Span, key: &str, value: &str) -> bool {
    let within = |tags: &[Tag]| tags.iter().any(|tag| *tag.key == *key && *tag.value == *value);
    let process = span.process.and_then(|number| trace.processes.get(number as usize));
    (key == ERROR && (value == "true") == span.is_error && matches!(value, "true" | "false"))
        || (key == "span.kind" && value == kind(span.kind))
        || within(&span.tags)
        || process.is_some_and(|process| within(&process.tags))
        || span.events.iter().any(|event| within(&event.tags) || (key == "event" && *event.name == *value))
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Internal => "internal",
        Kind::Server => "server",
        Kind::Client => "client",
        Kind::Producer => "producer",
        Kind::Consumer => "consumer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::jaeger::decode;

    #[test]
    fn all_of_it_must_hold_of_one_span() {
        let body = br#"{"data":[{"traceID":"1","spans":[
            {"spanID":"1","operationName":"GET /","duration":5,"processID":"p1","tags":[{"key":"error","value":true}]},
            {"spanID":"2","operationName":"work","duration":9,"processID":"p2","tags":[{"key":"a","value":7},
             {"key":"span.kind","value":"client"}],"logs":[{"fields":[{"key":"event","value":"retry"}]}]}],
            "processes":{"p1":{"serviceName":"front"},"p2":{"serviceName":"back","tags":[{"key":"host","value":"h"}]}}}]}"#;
        let mut found = Vec::new();
        decode::v1(body, |trace| found.push(trace)).unwrap();
        let search = |service: &str, tags: &[(&str, &str)]| TraceSearch {
            service: service.to_owned(),
            tags: tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            ..TraceSearch::default()
        };
        for (service, tags, expected) in [
            ("front", &[("error", "true")][..], true),
            ("back", &[("error", "true")], false),
            ("back", &[("error", "false"), ("a", "7"), ("host", "h"), ("event", "retry")], true),
            ("back", &[("span.kind", "client")], true),
            ("back", &[("a", "8")], false),
            ("front", &[("a", "7")], false),
        ] {
            assert_eq!(fits(&found[0], &search(service, tags)), expected, "{service} {tags:?}");
        }
        let slow = TraceSearch { min: Some(9_000), ..search("front", &[]) };
        assert!(!fits(&found[0], &slow) && fits(&found[0], &TraceSearch { service: "back".to_owned(), ..slow }));
        assert!(has_failed(&found[0], &search("front", &[])) && !has_failed(&found[0], &search("back", &[])));
        let both = search("front", &[("error", "true"), ("a", "7")]);
        assert!(seeks_errors(&both));
        assert_eq!(without_error(&both), search("front", &[("a", "7")]));
    }
}
