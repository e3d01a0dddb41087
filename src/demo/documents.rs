//! Log lines as documents of the search engine, in both layouts.

use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::sim::log::{Level, Line};
use super::sim::request::MS;
use crate::time::Timestamp;

/// A document with where it goes.
#[derive(Debug, Clone)]
pub struct Document {
    pub index: String,
    /// The same each time it is sent, so that it cannot be there twice.
    pub id: String,
    pub body: String,
}

/// In nanoseconds, by which even lines of one millisecond can be told apart.
pub fn time(line: &Line) -> String {
    let rest = line.time.rem_euclid(1_000 * MS);
    format!("{}.{rest:09}Z", Timestamp(line.time.div_euclid(MS)).format("%Y-%m-%dT%H:%M:%S", &TimeZone::UTC))
}

fn day(line: &Line) -> String {
    Timestamp(line.time.div_euclid(MS)).format("%Y.%m.%d", &TimeZone::UTC)
}

/// The line as the application writes it.
pub fn written(line: &Line) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    put("time", time(line).into());
    put("level", line.level.name().into());
    put("service", line.place.service.into());
    put("pod", line.place.pod.into());
    put("node", line.place.node.into());
    put("message", line.message.as_str().into());
    put("type", line.kind.into());
    if let Some(error) = line.error_type {
        put("error_type", error.into());
    }
    if let Some(about) = &line.about {
        put("endpoint", about.endpoint.into());
        put("method", about.method.into());
        put("status", about.status.parse::<u16>().unwrap_or_default().into());
        put("duration_ms", about.duration_ms.into());
        put("request_id", about.request_id.as_str().into());
        if let Some((trace, span)) = about.trace {
            put("trace_id", trace.to_string().into());
            put("span_id", span.to_string().into());
        }
    }
    fields
}

/// One document for each field, as a shipper that reads JSON writes it.
pub fn plain(line: &Line) -> Document {
    let mut fields = written(line);
    fields.insert("@timestamp".to_owned(), time(line).into());
    Document { index: format!("agent360.plain-{}", day(line)), id: id(line), body: Value::Object(fields).to_string() }
}

/// As fluentd ships it: the line is a string in what the container runtime and the cluster know of it.
pub fn envelope(line: &Line) -> Document {
    let mut body = wrapping(line);
    body.insert("log".to_owned(), format!("{}\n", Value::Object(written(line))).into());
    Document { index: index(line), id: id(line), body: Value::Object(body).to_string() }
}

/// Where the envelope of a line is kept.
pub fn index(line: &Line) -> String {
    format!("agent360-{}", day(line))
}

/// What the container runtime and the cluster know of a line.
pub fn wrapping(line: &Line) -> Map<String, Value> {
    let place = line.place;
    let (pod, container) = (place.pod, place.container);
    let hash = format!("{0:016x}{0:016x}{0:016x}{0:016x}", name_hash(pod));
    let app = if container == "agent360" { container } else { place.service };
    let stream = if line.level == Level::Error { "stderr" } else { "stdout" };
    let kubernetes = json!({
        "namespace_name": "production",
        "pod_name": pod,
        "container_name": container,
        "host": place.node,
        "labels": { "app": app },
    });
    let tag = format!("kubernetes.var.log.containers.{pod}_production_{container}-{hash}.log");
    let fields = [
        ("@timestamp", time(line).into()),
        ("stream", stream.into()),
        ("docker", json!({ "container_id": hash })),
        ("kubernetes", kubernetes),
        ("tag", tag.into()),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn id(line: &Line) -> String {
    format!("{:016x}", line.key)
}

/// FNV-1a.
fn name_hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}
