//! Jaeger's questions and answers over the wire: whichever API is there, in one service and in all.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use a360::model::endpoint::{Endpoint, Proxy};
use a360::model::fault::FetchError;
use a360::model::query::{Answer, Query};
use a360::model::trace::{Found, TraceId, TraceSearch};
use a360::model::window::Span;
use a360::source::jaeger::Jaeger;
use a360::time::{HOUR, Timestamp};
use serde_json::{Value, json};

use crate::server::{Server, say};

pub const NOW: Timestamp = Timestamp(1_795_388_290_000);
pub const HTML: &str = "<!DOCTYPE html><html><title>Jaeger UI</title></html>";

pub type Said = (&'static str, String);

pub fn ok(body: &Value) -> Said {
    ("200 OK", body.to_string())
}

/// What Jaeger has at a path that it does not know.
pub fn page() -> Said {
    ("200 OK", HTML.to_owned())
}

pub fn not_found() -> Said {
    ("404 Not Found", r#"{"error":{"httpCode":404,"message":"No traces found"}}"#.to_owned())
}

/// Answers each path, with what follows its `?`.
pub fn jaeger(answer: impl Fn(&str, &str) -> Said + Send + Sync + 'static) -> Server {
    Server::new(move |request, wire| {
        let path = request.head.split(' ').nth(1).unwrap_or_default();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let (status, body) = answer(path, query);
        say(wire, status, "", body.as_bytes())
    })
}

pub fn source(url: &str) -> Jaeger {
    Jaeger::new(Endpoint { proxy: Proxy::None, ..Endpoint::new(url) })
}

pub fn search(service: &str, tags: &[(&str, &str)], limit: u32) -> Query {
    let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let search = TraceSearch { service: service.to_owned(), tags, limit, ..TraceSearch::default() };
    Query::Traces { search, span: Span::Live { length: HOUR } }
}

pub async fn found(source: &Jaeger, query: &Query) -> Found {
    source.ask(query, NOW).await.unwrap().into_traces().unwrap()
}

pub fn ids(found: &Found) -> Vec<u128> {
    found.traces.iter().map(|summary| summary.id.0).collect()
}

/// Paths that were asked, without their questions.
fn asked(server: &Server) -> Vec<String> {
    let path = |head: &str| head.split([' ', '?']).nth(1).unwrap_or_default().to_owned();
    server.requests().iter().map(|request| path(&request.head)).collect()
}

/// A trace of one span, in the one shape and in the other.
pub fn v1_trace(id: u32, service: &str, start: i64, failed: bool) -> Value {
    json!({ "traceID": format!("{id:x}"), "processes": { "p1": { "serviceName": service } }, "spans": [{
        "traceID": format!("{id:x}"), "spanID": "1", "operationName": "GET /", "processID": "p1", "startTime": start,
        "duration": 1, "tags": [{ "key": "error", "value": failed }] }] })
}

pub fn v3_trace(id: u32, service: &str, start: i64, failed: bool) -> Value {
    json!({ "resource": { "attributes": [{ "key": "service.name", "value": { "stringValue": service } }] },
        "scopeSpans": [{ "spans": [{ "traceId": format!("{id:x}"), "spanId": "1", "name": "GET /",
            "startTimeUnixNano": (start * 1_000).to_string(), "endTimeUnixNano": (start * 1_000 + 1_000).to_string(),
            "attributes": [{ "key": "shop", "value": { "stringValue": if id.is_multiple_of(2) { "even" } else { "odd" } } }],
            "status": { "code": if failed { 2 } else { 0 } } }] }] })
}

pub fn v1(traces: &[Value]) -> Said {
    ok(&json!({ "data": traces, "errors": null }))
}

pub fn v3(traces: &[Value]) -> Said {
    ok(&json!({ "result": { "resourceSpans": traces } }))
}

#[tokio::test]
async fn the_api_is_chosen_once_and_works_below_a_path() {
    let newest = |path: &str, _: &str| match path {
        "/jaeger/api/v3/services" => ok(&json!({ "services": ["b", "a"] })),
        "/jaeger/api/v3/operations" => ok(&json!({ "operations": [{ "name": "z" }, { "name": "y" }] })),
        "/jaeger/api/v3/trace-summaries" => ok(&json!({ "summaries": [
            { "traceId": "7", "minStartTimeUnixNano": "5" }, { "traceId": "8", "minStartTimeUnixNano": "6" }] })),
        "/jaeger/api/v3/traces/0000000000000007" => v3(&[v3_trace(7, "a", 5, false)]),
        _ => page(),
    };
    let v3_only = move |path: &str, query: &str| match path {
        "/jaeger/api/v3/trace-summaries" => page(),
        "/jaeger/api/v3/traces" => v3(&[v3_trace(7, "a", 5, false), v3_trace(8, "a", 6, false)]),
        _ => newest(path, query),
    };
    let v1_only = |path: &str, _: &str| match path {
        "/jaeger/api/services" => ok(&json!({ "data": ["b", "a"] })),
        "/jaeger/api/operations" => ok(&json!({ "data": [{ "name": "z" }, { "name": "y" }] })),
        "/jaeger/api/traces" => v1(&[v1_trace(7, "a", 5, false), v1_trace(8, "a", 6, false)]),
        "/jaeger/api/traces/0000000000000007" => v1(&[v1_trace(7, "a", 5, false)]),
        _ => page(),
    };
    // As VictoriaTraces answers like it.
    let oldest = move |path: &str, query: &str| match path {
        "/jaeger/api/operations" => ("400 Bad Request", "unsupported path".to_owned()),
        "/jaeger/api/services/a/operations" => ok(&json!({ "data": ["z", "y"] })),
        path if path.starts_with("/jaeger/api/v3") => ("400 Bad Request", "unsupported path".to_owned()),
        path => v1_only(path, query),
    };
    for (server, api) in [
        (jaeger(newest), "API v3 with summaries"),
        (jaeger(v3_only), "API v3"),
        (jaeger(v1_only), "API v1"),
        (jaeger(oldest), "API v1"),
    ] {
        let source = source(&format!("{}/jaeger", server.url()));
        let names = async |query| {
            let names = source.ask(&query, NOW).await.unwrap().into_names().unwrap();
            names.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(names(Query::Services).await, ["a", "b"], "{api}");
        assert_eq!(names(Query::Operations { service: "a".to_owned() }).await, ["y", "z"], "{api}");
        for _ in 0..2 {
            let found = found(&source, &search("a", &[], 2)).await;
            assert_eq!((ids(&found), found.is_limited, found.notes.len()), (vec![8, 7], true, 0), "{api}");
        }
        let trace = source.ask(&Query::Trace { id: TraceId(7) }, NOW).await.unwrap().into_trace().unwrap();
        assert_eq!((trace.id, trace.spans.len()), (TraceId(7), 1));
        let probe = source.probe(NOW).await.unwrap();
        assert_eq!((probe.api, probe.services), (api, 2));
        let count = |part: &str| asked(&server).iter().filter(|path| path.ends_with(part)).count();
        assert_eq!(
            count("trace-summaries"),
            match api {
                "API v3 with summaries" => 2,
                "API v3" => 1,
                _ => 0,
            },
            "{api}: {:?}",
            asked(&server)
        );
    }
}

#[tokio::test]
async fn what_is_not_there_is_told_from_what_was_not_found() {
    let newest = jaeger(|path, _| match path {
        "/api/v3/services" => ok(&json!({})),
        "/api/v3/trace-summaries" => ok(&json!({})),
        _ => not_found(),
    });
    let older = jaeger(|path, _| match path {
        "/api/v3/services" => ok(&json!({ "services": [] })),
        "/api/v3/trace-summaries" => ("404 Not Found", "404 page not found\n".to_owned()),
        _ => not_found(),
    });
    let oldest = jaeger(|path, _| match path {
        "/api/v3/services" => page(),
        "/api/services" | "/api/traces" => ok(&json!({ "data": null, "total": 0 })),
        _ => ok(&json!({ "data": [], "total": 1 })),
    });
    let failing = jaeger(|path, _| match path {
        "/api/v3/services" => page(),
        "/api/services" | "/api/traces" => ok(&json!({ "data": [] })),
        _ => {
            ("500 Internal Server Error", r#"{"data":null,"errors":[{"code":500,"msg":"trace not found"}]}"#.to_owned())
        }
    });
    for server in [newest, older, oldest, failing] {
        let source = source(&server.url());
        for service in ["a", ""] {
            assert_eq!(found(&source, &search(service, &[], 20)).await, Found::default());
        }
        let fault = source.ask(&Query::Trace { id: TraceId(7) }, NOW).await.unwrap_err();
        assert_eq!(fault.to_string(), "no such trace: sampled out, or older than the server keeps");
        assert!(!fault.is_outage());
    }
}

#[tokio::test]
async fn without_a_service_all_are_asked_and_a_trace_comes_once() {
    let names: Vec<String> =
        (0..15).map(|number| format!("s{number:02}")).chain(["jaeger-all-in-one".into()]).collect();
    let services = json!({ "services": names });
    let limits = Arc::new(Mutex::new(BTreeSet::new()));
    let seen = Arc::clone(&limits);
    let server = jaeger(move |path, query| match path {
        "/api/v3/services" => ok(&services),
        "/api/v3/traces" => {
            let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)).unwrap().to_owned();
            seen.lock().unwrap().insert(value("query.searchdepth="));
            let service = value("query.service_name=");
            let number: u32 = service.trim_start_matches('s').parse().unwrap();
            // Two of each service, of which one goes through all of them; one service has no more than that.
            let own = v3_trace(100 + number, &service, i64::from(number) + 10, false);
            v3(&[v3_trace(99, &service, 5, false), own])
        }
        _ => page(),
    });
    let source = source(&server.url());
    let everything = found(&source, &search("", &[], 36)).await;
    let expected: Vec<u128> = (0..12).rev().map(|number| 100 + number).chain([99]).collect();
    assert_eq!((ids(&everything), everything.is_limited), (expected, false));
    assert_eq!(everything.notes, [a360::text::Plain::new("12 of 15 services were asked; name one to see its traces")]);
    // A share of the limit, but not too few.
    assert_eq!(*limits.lock().unwrap(), BTreeSet::from(["10".to_owned()]));
    let few = found(&source, &search("", &[], 3)).await;
    assert_eq!((ids(&few), few.is_limited), (vec![111, 110, 109], true));
    let lists = asked(&server).iter().filter(|path| *path == "/api/v3/services").count();
    assert_eq!(lists, 1, "kept for a minute");
    let later = NOW.plus(120_000);
    source.ask(&search("", &[], 3), later).await.unwrap();
    assert_eq!(asked(&server).iter().filter(|path| *path == "/api/v3/services").count(), 2);
    let sample =
        Query::Sample { search: TraceSearch { limit: 2, ..TraceSearch::default() }, span: Span::Live { length: HOUR } };
    let sample = source.ask(&sample, NOW).await.unwrap().into_sample().unwrap();
    assert_eq!(sample.traces.iter().map(|trace| trace.id.0).collect::<Vec<_>>(), [111, 110]);
}

#[tokio::test]
async fn one_service_that_is_refused_does_not_hide_the_others() {
    let server = jaeger(|path, query| match path {
        "/api/v3/services" => ok(&json!({ "services": ["bad", "good"] })),
        "/api/v3/traces" if query.contains("=bad") => {
            ("400 Bad Request", r#"{"error":{"httpCode":400,"message":"no"}}"#.to_owned())
        }
        "/api/v3/traces" => v3(&[v3_trace(7, "good", 5, false)]),
        _ => page(),
    });
    let source = source(&server.url());
    let found = found(&source, &search("", &[], 20)).await;
    assert_eq!((ids(&found), found.notes[0].as_str()), (vec![7], "bad: error 400: no"));
    let fault = source.ask(&search("bad", &[], 20), NOW).await.unwrap_err();
    assert_eq!(fault.to_string(), "error 400: no");
}

#[tokio::test]
async fn tags_that_a_server_passes_over_are_looked_for_here() {
    let all = [v3_trace(1, "a", 1, true), v3_trace(2, "a", 2, false), v3_trace(3, "b", 3, true)];
    let (with_v1, without) = (all.clone(), all);
    let both = jaeger(move |path, query| match path {
        "/api/v3/services" => ok(&json!({ "services": ["a"] })),
        "/api/v3/traces" => v3(&with_v1),
        "/api/traces" if query.contains("tags=%7b%22shop%22%3a%22odd%22%7d") => v1(&[v1_trace(1, "a", 1, false)]),
        "/api/traces" => v1(&[]),
        _ => page(),
    });
    let v3_only = jaeger(move |path, _| match path {
        "/api/v3/services" => ok(&json!({ "services": ["a"] })),
        "/api/v3/traces" => v3(&without),
        _ => page(),
    });
    for (server, way, note) in [(both, "/api/traces", 0), (v3_only, "/api/v3/traces", 1)] {
        let source = source(&server.url());
        // Whoever has v1 too is asked by that: in v3 no released server looks at tags.
        let odd = found(&source, &search("a", &[("shop", "odd")], 3)).await;
        assert_eq!((ids(&odd), odd.notes.len()), (vec![1], note), "{way}");
        assert!(asked(&server).iter().any(|path| path == way));
        let odd = found(&source, &search("a", &[("shop", "odd")], 3)).await;
        assert_eq!(ids(&odd), [1]);
        let wanted = asked(&server).iter().filter(|path| *path == "/api/traces").count();
        assert_eq!(wanted, if way == "/api/traces" { 2 } else { 1 }, "it is not asked again where it is not there");
    }
}

#[tokio::test]
async fn failed_spans_are_found_where_the_server_does_not_find_them() {
    for (by_v1, by_v3) in [(true, false), (false, true)] {
        // As the memory of v2 does: of those that say `error`, only spans that went well.
        let server = jaeger(move |path, query| {
            let wants = query.contains("error");
            match path {
                "/api/v3/services" if by_v3 => ok(&json!({ "services": ["a"] })),
                "/api/services" if by_v1 => ok(&json!({ "data": ["a"] })),
                "/api/traces" if by_v1 && wants => v1(&[v1_trace(2, "a", 2, false)]),
                "/api/traces" if by_v1 => v1(&[v1_trace(1, "a", 1, true), v1_trace(2, "a", 2, false)]),
                "/api/v3/traces" if by_v3 && wants => not_found(),
                "/api/v3/traces" => v3(&[v3_trace(1, "a", 1, true), v3_trace(2, "a", 2, false)]),
                _ => page(),
            }
        });
        let source = source(&server.url());
        for limit in [2, 3] {
            let failed = found(&source, &search("a", &[("error", "true")], limit)).await;
            assert_eq!((ids(&failed), failed.is_limited), (vec![1], limit == 2));
            assert_eq!(failed.notes.len(), usize::from(limit == 2), "{:?}", failed.notes);
        }
        let with_error = server.requests().iter().filter(|request| request.head.contains("error")).count();
        assert!(with_error <= if by_v1 { 1 } else { 3 }, "it is not asked so again: {with_error}");
    }
}

#[tokio::test]
async fn a_server_that_finds_failed_spans_is_not_asked_twice() {
    let server = jaeger(|path, query| match path {
        "/api/services" => ok(&json!({ "data": ["a"] })),
        "/api/traces" if query.contains("limit=9") => v1(&[]),
        "/api/traces" => v1(&[v1_trace(1, "a", 1, true)]),
        _ => page(),
    });
    let source = source(&server.url());
    assert_eq!(ids(&found(&source, &search("a", &[("error", "true")], 5)).await), [1]);
    let before = server.requests().len();
    assert_eq!(found(&source, &search("a", &[("error", "true")], 9)).await, Found::default());
    assert_eq!(server.requests().len(), before + 1);
}

#[tokio::test]
async fn a_live_search_ends_at_the_servers_now() {
    let server = Server::new(|request, wire| {
        let body = match request.head.contains("/api/v3/services") {
            true => "{}",
            false => r#"{"summaries":[]}"#,
        };
        // Ten minutes after NOW.
        say(wire, "200 OK", "Date: Sun, 22 Nov 2026 23:08:10 GMT\r\n", body.as_bytes())
    });
    let source = source(&server.url());
    found(&source, &search("a", &[], 20)).await;
    let head = server.requests().pop().unwrap().head;
    assert!(head.contains("query.starttimemax=2026-11-22t23%3a08%3a") || head.contains("23%3a07%3a5"), "{head}");
    assert!((source.skew_ms() - 600_000).abs() < 3_000);
}

#[tokio::test]
async fn a_name_that_cannot_be_shown_is_asked_as_it_is() {
    let server = jaeger(|path, query| match path {
        "/api/v3/services" => ok(&json!({ "services": ["evil\u{1b}[31m", "shop^[", "shop\u{1b}"] })),
        "/api/v3/operations" if query.contains("%1b") => ok(&json!({ "operations": [{ "name": "x" }] })),
        "/api/v3/trace-summaries" if query.contains("shop%5e%5b") => ok(&json!({ "summaries": [{ "traceId": "8" }] })),
        "/api/v3/trace-summaries" if query.contains("%1b") => ok(&json!({ "summaries": [{ "traceId": "7" }] })),
        _ => not_found(),
    });
    let source = source(&server.url());
    let shown = source.ask(&Query::Services, NOW).await.unwrap().into_names().unwrap()[0].to_string();
    assert_eq!(shown, "evil^[[31m");
    assert_eq!(ids(&found(&source, &search(&shown, &[], 5)).await), [7]);
    assert_eq!(ids(&found(&source, &search("shop^[", &[], 5)).await), [8], "it is the one that is called so");
    let operations = source.ask(&Query::Operations { service: shown }, NOW).await;
    assert!(matches!(operations, Ok(Answer::Names(names)) if names.len() == 1));
}

#[tokio::test]
async fn questions_of_others_are_refused() {
    let fault = source("http://127.0.0.1:9").ask(&Query::Rules, NOW).await.unwrap_err();
    assert!(matches!(fault, FetchError::Unsupported(_)));
}

#[tokio::test]
async fn a_sample_asks_no_service_in_which_no_trace_begins() {
    let server = jaeger(|path, query| match path {
        "/api/v3/services" => ok(&json!({ "services": ["front", "night", "stock"] })),
        "/api/v3/traces" if query.contains("night") => not_found(),
        "/api/v3/traces" => v3(&[v3_trace(99, "front", 5, false)]),
        _ => page(),
    });
    let source = source(&server.url());
    let searches = || asked(&server).iter().filter(|path| *path == "/api/v3/traces").count();
    let sample = |tags: &[(&str, &str)]| match search("", tags, 20) {
        Query::Traces { search, span } => Query::Sample { search, span },
        other => other,
    };
    let ask = async |query: &Query, now: Timestamp| source.ask(query, now).await.unwrap();
    assert!(!ask(&sample(&[]), NOW).await.into_sample().unwrap().is_limited);
    assert_eq!(searches(), 3);
    // One that had none may begin some yet.
    let second = ask(&sample(&[]), NOW).await.into_sample().unwrap();
    assert_eq!((searches(), second.traces.len(), second.is_limited), (5, 1, true));
    ask(&search("", &[], 20), NOW).await;
    assert_eq!(searches(), 8, "a list is of all");
    ask(&sample(&[("shop", "odd")]), NOW).await;
    assert!(searches() >= 11, "a tag may be that of any span");
    let before = searches();
    ask(&sample(&[]), NOW.plus(11 * 60_000)).await;
    assert_eq!(searches(), before + 3, "what was seen grows old");
}
