//! Sends spans over OTLP/HTTP, as JSON.

use std::collections::BTreeMap;

use a360::demo::sim::Place;
use a360::demo::sim::trace::{Event, Span, SpanKind};
use serde_json::{Value, json};

use crate::outbox::{Carrier, Sent};

pub struct Collector {
    pub client: reqwest::Client,
    pub url: String,
}

impl Carrier<Span> for Collector {
    const BATCH: usize = 512;

    async fn send(&self, batch: Vec<Span>) -> Sent<Span> {
        let request = self.client.post(&self.url).header("content-type", "application/json");
        let answer = match request.body(body(&batch).to_string()).send().await {
            Ok(answer) => answer,
            Err(error) => return Sent::nothing(batch, error.without_url().to_string()),
        };
        let status = answer.status();
        if status.is_success() {
            return Sent { written: batch.len(), known: 0, refused: 0, again: Vec::new(), error: None };
        }
        let error = format!("the collector answered {status}");
        // A batch that is wrong stays wrong.
        if status == reqwest::StatusCode::BAD_REQUEST {
            eprintln!("{error}");
            return Sent { written: 0, known: 0, refused: batch.len(), again: Vec::new(), error: None };
        }
        Sent::nothing(batch, error)
    }
}

/// One resource for each service in each of its pods.
fn body(batch: &[Span]) -> Value {
    let mut by_place: BTreeMap<(&str, &str), (Place, Vec<Value>)> = BTreeMap::new();
    for one in batch {
        let held = by_place.entry((one.place.service, one.place.pod)).or_insert((one.place, Vec::new()));
        held.1.push(span(one));
    }
    let resource = |(place, spans): (Place, Vec<Value>)| {
        let attributes = [
            ("service.name", place.service),
            ("host.name", place.node),
            ("k8s.pod.name", place.pod),
            ("k8s.namespace.name", "production"),
        ];
        let attributes: Vec<Value> = attributes.into_iter().map(|(key, value)| attribute(key, value)).collect();
        json!({
            "resource": { "attributes": attributes },
            "scopeSpans": [{ "scope": { "name": "agent360.tracing" }, "spans": spans }],
        })
    };
    json!({ "resourceSpans": by_place.into_values().map(resource).collect::<Vec<_>>() })
}

fn span(span: &Span) -> Value {
    let kind = match span.kind {
        SpanKind::Internal => 1,
        SpanKind::Server => 2,
        SpanKind::Client => 3,
    };
    let status = match &span.error {
        Some(error) => json!({ "code": 2, "message": error }),
        None => json!({}),
    };
    json!({
        "traceId": span.trace.to_string(),
        "spanId": span.id.to_string(),
        "parentSpanId": span.parent.map(|parent| parent.to_string()).unwrap_or_default(),
        "name": span.name,
        "kind": kind,
        "startTimeUnixNano": span.start.to_string(),
        "endTimeUnixNano": span.end.to_string(),
        "attributes": span.attributes.iter().map(|(key, value)| attribute(key, value)).collect::<Vec<_>>(),
        "events": span.events.iter().map(event).collect::<Vec<_>>(),
        "status": status,
    })
}

fn event(event: &Event) -> Value {
    let attributes: Vec<_> = event.attributes.iter().map(|(key, value)| attribute(key, value)).collect();
    json!({ "timeUnixNano": event.at.to_string(), "name": event.name, "attributes": attributes })
}

/// A status is a number, as OpenTelemetry has it; a 64-bit one is a string in its JSON.
fn attribute(key: &str, value: &str) -> Value {
    let value = match key {
        "http.status_code" => json!({ "intValue": value }),
        _ => json!({ "stringValue": value }),
    };
    json!({ "key": key, "value": value })
}
