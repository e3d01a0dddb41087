//! Answers recorded from real Jaegers: each is read, and both shapes of a trace tell the same.

use std::collections::BTreeSet;

use a360::model::endpoint::{Endpoint, Proxy};
use a360::model::fault::FetchError;
use a360::model::query::Query;
use a360::model::trace::{Trace, TraceId};
use a360::source::jaeger::{Jaeger, decode};
use a360::text::Plain;
use serde_json::Value;

use crate::every_recording::wait;
use crate::recordings::{Answer, answer};
use crate::server::{Server, say};
use crate::traces::NOW;

/// What is asked to read is decoded to the last span; errors keep their words. Whatever the path is, a page of the UI
/// may come instead.
pub fn jaeger(answer: &Answer) {
    let (place, path) = (answer.place(), answer.path.split('?').next().unwrap_or_default());
    if answer.name == "unknown-path" {
        assert!(answer.body.starts_with(b"<!DOCTYPE html>"), "{place}");
        assert!(matches!(jaeger_says(answer), FetchError::Foreign { .. }), "{place}");
        return;
    }
    if !answer.is_success() {
        return jaeger_refusal(answer);
    }
    let said = answer.json();
    match path.trim_start_matches("/api/").trim_start_matches("v3/") {
        "dependencies" => assert!(said["data"].is_array(), "{place}"),
        list if list.ends_with("services") || list.ends_with("operations") => {
            let key = if !path.starts_with("/api/v3/") { "data" } else { list };
            let names = decode::names(&answer.body, key.as_bytes()).unwrap_or_else(|fault| panic!("{place}: {fault}"));
            assert_eq!(names.0.len(), said[key].as_array().map_or(0, Vec::len), "{place}");
        }
        _ => spans(answer, &said),
    }
}

fn spans(answer: &Answer, said: &Value) {
    let (place, mut found) = (answer.place(), Vec::new());
    let decoded = match answer.path.starts_with("/api/v3/") {
        true => decode::otlp(&answer.body, |trace| found.push(trace)),
        false => decode::v1(&answer.body, |trace| found.push(trace)).map(drop),
    };
    decoded.unwrap_or_else(|fault| panic!("{place}: {fault}"));
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let expected: usize = match said.get("data") {
        Some(data) => list(data).iter().map(|trace| list(&trace["spans"]).len()).sum(),
        None => {
            let scopes = list(&said["result"]["resourceSpans"]).into_iter().flat_map(|by| list(&by["scopeSpans"]));
            scopes.map(|scope| list(&scope["spans"]).len()).sum()
        }
    };
    let all = || found.iter().flat_map(|trace| trace.spans.iter().map(move |span| (trace, span)));
    assert_eq!(all().count(), expected, "{place}");
    for (trace, span) in all() {
        assert!(trace.id.0 != 0 && span.id.0 != 0 && span.start > 0 && !span.operation.is_empty(), "{place}");
        assert!(!trace.service(span).is_empty() && !span.tags.is_empty(), "{place}");
    }
}

/// The same answer to every question of ours.
fn jaeger_says(recorded: &Answer) -> FetchError {
    let (status, body) = (recorded.status_line.clone(), recorded.body.clone());
    let is_v3 = recorded.path.starts_with("/api/v3/");
    let server = Server::new(move |request, wire| match request.head.starts_with("get /api/v3/services") {
        true if is_v3 => say(wire, "200 OK", "", b"{}"),
        true => say(wire, "404 Not Found", "", b""),
        false if request.head.starts_with("get /api/services") => say(wire, "200 OK", "", br#"{"data":[]}"#),
        false => say(wire, &status, "", &body),
    });
    let source = Jaeger::new(Endpoint { proxy: Proxy::None, ..Endpoint::new(&server.url()) });
    let query = Query::Trace { id: TraceId(1) };
    wait(async { source.ask(&query, NOW).await.unwrap_err() })
}

fn jaeger_refusal(recorded: &Answer) {
    let (place, said) = (recorded.place(), recorded.json());
    let words = said["error"]["message"].as_str().or(said["errors"][0]["msg"].as_str()).unwrap().to_owned();
    match jaeger_says(recorded) {
        FetchError::Server { kind, message } if recorded.status == 404 => {
            assert_eq!((kind.as_str(), message.contains("older than")), ("no such trace", true), "{place}");
        }
        FetchError::Server { kind, message } => {
            assert_eq!(
                (kind.as_str(), message),
                (&*format!("error {}", recorded.status), Plain::from(words)),
                "{place}"
            );
        }
        FetchError::Status { code, message } => {
            assert_eq!((code, message, recorded.status), (500, Plain::from(words), 500), "{place}");
        }
        fault => panic!("{place}: {fault:?}"),
    }
}

fn recorded(server: &str, name: &str) -> Trace {
    let (answer, mut found) = (answer(server, name), Vec::new());
    match answer.path.starts_with("/api/v3") {
        true => decode::otlp(&answer.body, |trace| found.push(trace)).unwrap(),
        false => drop(decode::v1(&answer.body, |trace| found.push(trace)).unwrap()),
    }
    found.remove(0)
}

/// What each span says, in words that do not depend on the shape.
fn told(trace: &Trace) -> BTreeSet<String> {
    let said = |tags: &[a360::model::trace::Tag]| {
        // v1 says of a failed span so once more, and knows of no more than microseconds.
        let tags =
            tags.iter().filter(|tag| !["error", "span.kind", "internal.span.format"].contains(&tag.key.as_str()));
        tags.map(|tag| format!("{}={}", tag.key, tag.value)).collect::<BTreeSet<_>>()
    };
    let span = |span: &a360::model::trace::Span| {
        let process = &trace.processes[span.process.unwrap() as usize];
        let events: Vec<_> =
            span.events.iter().map(|event| (event.at, event.name.clone(), said(&event.tags))).collect();
        format!(
            "{} {} {} {:?} {} {} {:?} {:?} {events:?} {:?} {:?} {}",
            span.id,
            span.operation,
            process.service,
            said(&process.tags),
            span.start,
            span.duration / 1_000,
            span.kind,
            span.references,
            said(&span.tags),
            span.warnings,
            span.is_error
        )
    };
    trace.spans.iter().map(span).collect()
}

#[test]
fn both_shapes_of_a_real_trace_tell_the_same() {
    for server in ["jaeger-v1", "jaeger-v2"] {
        for name in ["trace", "trace-hostile"] {
            let (old, new) = (recorded(server, name), recorded(server, &format!("v3-{name}")));
            assert_eq!(told(&old), told(&new), "{server}/{name}");
            assert_eq!(old.id, new.id);
        }
    }
    let trace = recorded("jaeger-v2", "trace");
    assert_eq!(trace.spans.iter().filter(|span| span.is_error).count(), 2);
    assert_eq!(trace.spans.iter().map(|span| span.warnings.len()).sum::<usize>(), 2);
}
