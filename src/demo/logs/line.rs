//! A line of the simulation as it is stored: when it arrives, its fields, and its document.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::ONE_IN;
use crate::demo::documents;
use crate::demo::sim::Sim;
use crate::demo::sim::log::{Level, Line};
use crate::demo::sim::request::MS;
use crate::model::fault::FetchError;
use crate::model::log::{self, Document, Field};
use crate::text::Plain;
use crate::time::Timestamp;

/// No line needs longer to arrive, in ms.
pub const LATEST: i64 = 40_000;
/// Of those that are not held up.
pub const USUAL: i64 = 1_500;
/// One in so many is held up.
const LATE: u64 = 50;

/// When a line can be found, in ms since the epoch.
pub fn arrival(line: &Line) -> i64 {
    let chance = line.key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let delay = if chance.is_multiple_of(LATE) {
        3_000 + (chance / LATE % 37_000) as i64
    } else {
        300 + (chance % (USUAL as u64 - 300)) as i64
    };
    line.time.div_euclid(MS) + delay
}

pub fn level(line: &Line) -> log::Level {
    match line.level {
        Level::Debug => log::Level::Debug,
        Level::Info => log::Level::Info,
        Level::Warn => log::Level::Warn,
        Level::Error => log::Level::Error,
    }
}

pub fn shown(line: &Line) -> log::Line {
    let about = line.about.as_ref();
    let trace = about.and_then(|about| about.trace).map(|(trace, _)| trace.to_string());
    log::Line {
        index: documents::index(line).into(),
        id: id(line).into(),
        at: line.time,
        level: level(line),
        service: line.place.service.into(),
        place: line.place.pod.into(),
        message: line.message.as_str().into(),
        kind: line.kind.into(),
        endpoint: about.map_or_else(Plain::default, |about| about.endpoint.into()),
        error_type: line.error_type.map_or_else(Plain::default, Plain::from),
        trace: trace.map_or_else(Plain::default, Plain::from),
    }
}

/// It says when the line was written, so that it is found again without an index.
fn id(line: &Line) -> String {
    format!("{:x}-{:x}", line.time, line.key)
}

pub fn find(sim: &Sim, id: &str, now: Timestamp) -> Result<Line, FetchError> {
    let missing = || FetchError::Status { code: 404, message: "there is no such document".into() };
    let (time, key) = id.split_once('-').ok_or_else(missing)?;
    let number = |text: &str| u64::from_str_radix(text, 16).map_err(|_| missing());
    let (time, key) = (i64::try_from(number(time)?).map_err(|_| missing())?, number(key)?);
    let at = time.div_euclid(MS);
    if at > now.0 {
        return Err(missing());
    }
    let all = sim.lines(Timestamp(at), Timestamp(at + 1), ONE_IN);
    all.into_iter().find(|line| line.time == time && line.key == key).ok_or_else(missing)
}

/// The value of a field by its path; the application's own are found with and without `log` before them.
pub fn value<'a>(line: &'a Line, path: &str) -> Option<Cow<'a, str>> {
    let path = path.strip_suffix(".keyword").unwrap_or(path);
    let about = line.about.as_ref();
    let place = line.place;
    let text = match path.strip_prefix("log.").unwrap_or(path) {
        "message" => line.message.as_str(),
        "level" => line.level.name(),
        "service" => place.service,
        "pod" | "kubernetes.pod_name" => place.pod,
        "node" | "kubernetes.host" => place.node,
        "kubernetes.container_name" => place.container,
        "type" => line.kind,
        "error_type" => line.error_type?,
        "endpoint" => about?.endpoint,
        "method" => about?.method,
        "status" => about?.status,
        "request_id" => about?.request_id.as_str(),
        "trace_id" => return about?.trace.map(|(trace, _)| trace.to_string().into()),
        "span_id" => return about?.trace.map(|(_, span)| span.to_string().into()),
        "duration_ms" => return about.map(|about| Value::from(about.duration_ms).to_string().into()),
        "time" | "@timestamp" => return Some(documents::time(line).into()),
        "_index" => return Some(documents::index(line).into()),
        "_id" => return Some(id(line).into()),
        other => return wrapped(line, other).map(Cow::Owned),
    };
    Some(text.into())
}

/// A field of the envelope.
fn wrapped(line: &Line, path: &str) -> Option<String> {
    let mut value = Value::Object(documents::wrapping(line));
    for name in path.split('.') {
        value = value.get_mut(name)?.take();
    }
    text(value)
}

/// Of a leaf.
fn text(value: Value) -> Option<String> {
    match value {
        Value::Object(_) | Value::Array(_) | Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// The envelope with the application's JSON read.
pub fn document(line: &Line) -> Document {
    let mut all = documents::wrapping(line);
    all.insert("log".to_owned(), Value::Object(documents::written(line)));
    let mut fields = Vec::new();
    append(all, 0, "", &mut fields);
    Document { fields }
}

fn append(of: Map<String, Value>, depth: u16, above: &str, out: &mut Vec<Field>) {
    for (name, value) in of {
        let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        let field = |value: Option<&str>| Field {
            depth,
            name: Plain::new(&name),
            value: value.map(Plain::new),
            exact: value.map(|value| (path.clone(), value.to_owned())),
        };
        if let Value::Object(inner) = value {
            out.push(field(None));
            append(inner, depth + 1, &path, out);
        } else {
            out.push(field(Some(&text(value).unwrap_or_default())));
        }
    }
}
