//! A collector on loopback that keeps every byte it is sent.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value};
use prost::Message;

use crate::server::{Server, wire};

/// Head and body of each request.
type Taken = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

pub struct Collector {
    pub server: Server,
    taken: Taken,
}

/// A span as it was sent, its attributes as text.
#[derive(Debug, Clone)]
pub struct Told {
    pub name: String,
    pub trace: String,
    pub id: String,
    pub parent: String,
    pub attributes: BTreeMap<String, String>,
    /// None unless it failed.
    pub error: Option<String>,
    pub is_client: bool,
    pub took_ns: u64,
    pub resource: BTreeMap<String, String>,
}

impl Told {
    pub fn says(&self, key: &str) -> &str {
        self.attributes.get(key).map_or("", String::as_str)
    }
}

impl Collector {
    pub fn new() -> Self {
        let taken = Taken::default();
        let kept = Arc::clone(&taken);
        let server = Server::raw(move |stream| {
            while let Some(request) = wire::request(&mut *stream) {
                kept.lock().unwrap().push(request);
                if stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").is_err() {
                    return;
                }
            }
        });
        Self { server, taken }
    }

    /// The flag that sends spans here.
    pub fn flag(&self) -> String {
        format!("--trace-self={}/v1/traces", self.server.url())
    }

    pub fn taken(&self) -> Vec<(String, Vec<u8>)> {
        self.taken.lock().unwrap().clone()
    }

    pub fn spans(&self) -> Vec<Told> {
        self.taken().iter().flat_map(|(_, body)| decode(body)).collect()
    }
}

pub fn decode(body: &[u8]) -> Vec<Told> {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    let mut all = Vec::new();
    for part in request.resource_spans {
        let resource = pairs(&part.resource.unwrap().attributes);
        for span in part.scope_spans.into_iter().flat_map(|scope| scope.spans) {
            let status = span.status.unwrap_or_default();
            all.push(Told {
                name: span.name,
                trace: hex(&span.trace_id),
                id: hex(&span.span_id),
                parent: hex(&span.parent_span_id),
                attributes: pairs(&span.attributes),
                error: (status.code == 2).then_some(status.message),
                is_client: span.kind == 3,
                took_ns: span.end_time_unix_nano - span.start_time_unix_nano,
                resource: resource.clone(),
            });
        }
    }
    all
}

fn pairs(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |pair: &KeyValue| match pair.value.clone().unwrap().value.unwrap() {
        Value::StringValue(text) => text,
        Value::IntValue(number) => number.to_string(),
        other => panic!("{}: {other:?}", pair.key),
    };
    let found: BTreeMap<_, _> = attributes.iter().map(|pair| (pair.key.clone(), text(pair))).collect();
    assert_eq!(found.len(), attributes.len(), "an attribute twice: {attributes:?}");
    found
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
