//! Spans of the simulation as a tracing backend shows them.

use crate::demo::sim::Place;
use crate::demo::sim::trace::{self, SpanKind};
use crate::model::trace::{Event, Kind, Process, Reference, Span, SpanId, Tag, Trace, TraceId};

pub fn trace(spans: &[trace::Span]) -> Trace {
    let id = spans.first().map(|span| TraceId(span.trace.0)).unwrap_or_default();
    let mut places: Vec<Place> = Vec::new();
    let spans = spans.iter().map(|span| {
        let place = places.iter().position(|place| *place == span.place).unwrap_or_else(|| {
            places.push(span.place);
            places.len() - 1
        });
        shown(id, span, place as u32)
    });
    let spans = spans.collect();
    Trace { id, spans, processes: places.iter().map(process).collect(), notes: Vec::new() }
}

fn shown(trace: TraceId, span: &trace::Span, process: u32) -> Span {
    let reference = |parent: crate::demo::sim::id::SpanId| Reference { trace, span: SpanId(parent.0), follows: false };
    let event = |event: &trace::Event| Event { at: event.at, name: event.name.into(), tags: tags(&event.attributes) };
    Span {
        id: SpanId(span.id.0),
        references: span.parent.map(reference).into_iter().collect(),
        operation: span.name.as_str().into(),
        process: Some(process),
        start: span.start,
        duration: span.end - span.start,
        kind: match span.kind {
            SpanKind::Internal => Kind::Internal,
            SpanKind::Server => Kind::Server,
            SpanKind::Client => Kind::Client,
        },
        is_error: span.error.is_some(),
        tags: tags(&span.attributes),
        events: span.events.iter().map(event).collect(),
        warnings: Vec::new(),
    }
}

fn tags(attributes: &[(&'static str, String)]) -> Vec<Tag> {
    attributes.iter().map(|(key, value)| Tag { key: (*key).into(), value: value.as_str().into() }).collect()
}

/// What a service says of itself, by its name.
pub fn about(place: &Place) -> [(&'static str, &'static str); 4] {
    [
        ("host.name", place.node),
        ("k8s.namespace.name", "production"),
        ("k8s.pod.name", place.pod),
        ("telemetry.sdk.language", "python"),
    ]
}

fn process(place: &Place) -> Process {
    let tags = about(place).map(|(key, value)| Tag { key: key.into(), value: value.into() });
    Process { service: place.service.into(), tags: tags.into() }
}
