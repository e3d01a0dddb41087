//! Traces on real Jaegers of both generations, by each API that they have: what was sent is found, and comes back whole.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;

use a360::model::endpoint::{Endpoint, Proxy};
use a360::model::query::{Answer, Query};
use a360::model::trace::{Kind, Trace, TraceId, TraceSearch};
use a360::model::window::Span;
use a360::source::jaeger::Jaeger;
use a360::text::Plain;
use a360::time::{HOUR, MINUTE, Range, Timestamp};
use serde_json::{Value, json};

use super::logs::{now, send};
use super::server::{Server, Then, say};
use super::stack::Stack;

const LARGE: usize = 5_000;

/// A span to be sent, `at` and `length` in ms; further keys replace or add to it.
fn span(trace: u32, id: u32, parent: u32, name: &str, begin: Timestamp, [at, length]: [i64; 2], more: Value) -> Value {
    let start = begin.plus(at).ns();
    let mut span = json!({
        "traceId": format!("{trace:032x}"), "spanId": format!("{id:016x}"), "name": name, "kind": 2,
        "startTimeUnixNano": start.to_string(), "endTimeUnixNano": (start + length * 1_000_000).to_string(),
    });
    if parent > 0 {
        span["parentSpanId"] = format!("{parent:016x}").into();
    }
    for (key, value) in more.as_object().into_iter().flatten() {
        span[key] = value.clone();
    }
    span
}

fn by(service: &str, spans: &[Value]) -> Value {
    json!({ "resource": { "attributes": [{ "key": "service.name", "value": { "stringValue": service } },
        { "key": "host.name", "value": { "stringValue": "h1" } }] },
        "scopeSpans": [{ "scope": { "name": "lib" }, "spans": spans }] })
}

/// The traces by number: 1 whole and failed, 2 well and slow, 3 an orphan beside two roots, 4 two spans of one id,
/// 5 hostile, 6 large.
fn seed(begin: Timestamp) -> Value {
    let text = |key: &str, value: &str| json!({ "key": key, "value": { "stringValue": value } });
    let failed = json!({ "status": { "code": 2, "message": "no stock" }, "kind": 3,
        "attributes": [text("sku", "a-1"), { "key": "count", "value": { "intValue": "9007199254740993" } },
            { "key": "ratio", "value": { "doubleValue": 0.25 } }, { "key": "cached", "value": { "boolValue": false } }],
        "events": [{ "timeUnixNano": begin.plus(20).ns().to_string(), "name": "retry", "attributes": [text("why", "late")] }],
        "links": [{ "traceId": format!("{:032x}", 2), "spanId": format!("{:016x}", 21) }] });
    let front = [
        span(1, 11, 0, "POST /order", begin, [0, 100], json!({})),
        span(2, 21, 0, "GET /list", begin, [1_000, 3_000], json!({ "attributes": [text("sku", "b-2")] })),
        span(3, 31, 0, "root a", begin, [2_000, 5], json!({})),
        span(3, 32, 0, "root b", begin, [2_010, 5], json!({})),
        span(3, 33, 99, "orphan", begin, [2_020, 5], json!({})),
        span(4, 41, 0, "twice", begin, [3_000, 5], json!({})),
    ];
    let back =
        [span(1, 12, 11, "reserve", begin, [10, 50], failed), span(4, 41, 41, "twice", begin, [3_001, 2], json!({}))];
    let evil =
        [span(5, 51, 0, "drop\u{1b}[2J\nit", begin, [4_000, 5], json!({ "attributes": [text("\u{202e}k", "\u{7}")] }))];
    let large: Vec<Value> = (0..LARGE as u32)
        .map(|id| span(6, id + 1, id.div_ceil(2), "step", begin, [5_000, i64::from(10_000 - id)], json!({})))
        .collect();
    json!({ "resourceSpans":
        [by("front", &front), by("back", &back), by("evil\u{1b}[31m", &evil), by("large", &large)] })
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Way {
    /// As it is.
    Open,
    /// As it is since 2.21: what v1 searches by is gone.
    OnlyV3,
    /// As it was before v3.
    OnlyV1,
}

/// A proxy that keeps a part of a server from us, below a path of its own.
fn before(port: u16, way: Way) -> Server {
    Server::new(move |request, wire| {
        // Heads come in lower case, which most of our words are in.
        let target = request.head.split(' ').nth(1).unwrap_or_default();
        let Some(target) = target.strip_prefix("/jaeger") else { return say(wire, "404 Not Found", "", b"") };
        let path = target.split('?').next().unwrap_or_default();
        let is_search = ["/api/services", "/api/operations", "/api/traces"].contains(&path);
        let is_gone = match way {
            Way::Open => false,
            Way::OnlyV3 => is_search,
            Way::OnlyV1 => path.starts_with("/api/v3"),
        };
        if is_gone {
            // Whatever it does not know is a page of its UI.
            return say(wire, "200 OK", "Content-Type: text/html\r\n", b"<!DOCTYPE html><title>Jaeger UI</title>");
        }
        let mut target = target.to_owned();
        for name in ["minDuration", "maxDuration"] {
            target = target.replace(&name.to_lowercase(), name);
        }
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return Then::Close };
        let target = zulu(&target);
        let _ = write!(stream, "GET {target} HTTP/1.1\r\nHost: jaeger\r\nConnection: close\r\n\r\n");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let _ = wire.write_all(&answer);
        Then::Close
    })
}

/// Dates as they were before they came in lower case.
fn zulu(target: &str) -> String {
    let pairs = target.split('&').map(|pair| match pair.contains("start_time_m") || pair.contains("starttimem") {
        true => {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            format!("{name}={}", value.to_uppercase())
        }
        false => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

struct Asker {
    jaeger: Jaeger,
    span: Span,
}

impl Asker {
    async fn ask(&self, query: Query) -> Answer {
        self.jaeger.ask(&query, now()).await.unwrap_or_else(|fault| panic!("{query:?}: {fault}"))
    }

    async fn names(&self, query: Query) -> BTreeSet<String> {
        let names = self.ask(query).await.into_names().unwrap();
        names.iter().map(ToString::to_string).collect()
    }

    fn search(&self, service: &str, tags: &[(&str, &str)]) -> TraceSearch {
        let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        TraceSearch { service: service.to_owned(), tags, limit: 20, ..TraceSearch::default() }
    }

    /// The numbers of the traces that are found, as rows and whole.
    async fn found(&self, search: TraceSearch) -> Vec<u128> {
        let (rows, whole) = (
            self.ask(Query::Traces { search: search.clone(), span: self.span }).await.into_traces().unwrap(),
            self.ask(Query::Sample { search, span: self.span }).await.into_sample().unwrap(),
        );
        let ids: Vec<u128> = rows.traces.iter().map(|row| row.id.0).collect();
        assert_eq!(ids, whole.traces.iter().map(|trace| trace.id.0).collect::<Vec<_>>());
        for (row, trace) in rows.traces.iter().zip(&whole.traces) {
            assert_eq!(*row, a360::model::trace::Summary::of(trace));
        }
        ids
    }

    async fn trace(&self, id: u128) -> Trace {
        let trace = self.ask(Query::Trace { id: TraceId(id) }).await.into_trace().unwrap();
        assert_eq!(trace.id, TraceId(id));
        Trace::clone(&trace)
    }
}

async fn until_there(asker: &Asker) {
    for _ in 0..100 {
        if asker.names(Query::Services).await.len() >= 4
            && asker
                .jaeger
                .ask(&Query::Trace { id: TraceId(6) }, now())
                .await
                .is_ok_and(|answer| answer.into_trace().is_ok_and(|trace| trace.spans.len() == LARGE))
        {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the spans do not arrive");
}

async fn everything_is_found(asker: &Asker) {
    let own =
        |names: BTreeSet<String>| names.into_iter().filter(|name| !name.starts_with("jaeger")).collect::<Vec<_>>();
    assert_eq!(own(asker.names(Query::Services).await), ["back", "evil^[[31m", "front", "large"]);
    let of = |service: &str| Query::Operations { service: service.to_owned() };
    let operations = own(asker.names(of("front")).await);
    assert_eq!(operations, ["GET /list", "POST /order", "orphan", "root a", "root b", "twice"]);
    assert_eq!(own(asker.names(of("evil^[[31m")).await), ["drop^[[2J⏎it"]);

    let all = asker.search("front", &[]);
    assert_eq!(asker.found(all.clone()).await, [4, 3, 2, 1]);
    assert_eq!(asker.found(TraceSearch { operation: Some("root b".to_owned()), ..all.clone() }).await, [3]);
    assert_eq!(asker.found(TraceSearch { min: Some(2_000_000_000), ..all.clone() }).await, [2]);
    let short = TraceSearch { max: Some(60_000_000), operation: Some("twice".to_owned()), ..all.clone() };
    assert_eq!(asker.found(short).await, [4]);
    assert_eq!(asker.found(asker.search("front", &[("sku", "b-2")])).await, [2]);
    assert_eq!(asker.found(asker.search("back", &[("sku", "a-1"), ("cached", "false")])).await, [1]);
    assert_eq!(asker.found(asker.search("front", &[("sku", "a-1")])).await, [], "it is a span of another service");
    assert_eq!(asker.found(asker.search("back", &[("error", "true")])).await, [1]);
    assert_eq!(asker.found(asker.search("back", &[("error", "true"), ("sku", "a-1")])).await, [1]);
    assert_eq!(asker.found(asker.search("large", &[("error", "true")])).await, []);
    assert_eq!(asker.found(asker.search("absent", &[])).await, []);
    assert_eq!(asker.found(asker.search("evil^[[31m", &[])).await, [5]);
    assert_eq!(asker.found(TraceSearch { limit: 2, ..all }).await.len(), 2);
    let everywhere = asker.found(asker.search("", &[])).await;
    assert_eq!(everywhere, [6, 5, 4, 3, 2, 1]);
}

async fn what_was_sent_comes_back(asker: &Asker, begin: Timestamp) {
    let trace = asker.trace(1).await;
    let [root, child] =
        ["POST /order", "reserve"].map(|name| trace.spans.iter().find(|span| *span.operation == *name).unwrap());
    assert_eq!((trace.service(root).as_str(), root.kind, root.references.len()), ("front", Kind::Server, 0));
    assert_eq!((root.id.0, root.start, root.duration), (11, begin.ns(), 100_000_000));
    assert_eq!((trace.service(child).as_str(), child.kind, child.is_error), ("back", Kind::Client, true));
    assert_eq!((child.start, child.duration), (begin.plus(10).ns(), 50_000_000));
    let references: Vec<_> =
        child.references.iter().map(|reference| (reference.trace.0, reference.span.0, reference.follows)).collect();
    assert_eq!(references, [(1, 11, false), (2, 21, true)]);
    for (key, value) in [
        ("sku", "a-1"),
        ("count", "9007199254740993"),
        ("ratio", "0.25"),
        ("cached", "false"),
        ("otel.scope.name", "lib"),
        ("otel.status_code", "ERROR"),
        ("otel.status_description", "no stock"),
    ] {
        assert_eq!(child.tag(key).map(Plain::as_str), Some(value), "{key}");
    }
    let [event] = &child.events[..] else { panic!("{:?}", child.events) };
    assert_eq!((event.at, event.name.as_str(), event.tags[0].value.as_str()), (begin.plus(20).ns(), "retry", "late"));
    let process = &trace.processes[child.process.unwrap() as usize];
    assert!(process.tags.iter().any(|tag| tag.key == "host.name" && tag.value == "h1"), "{process:?}");

    let trace = asker.trace(3).await;
    let orphan = trace.spans.iter().find(|span| *span.operation == *"orphan").unwrap();
    assert_eq!((trace.spans.len(), orphan.references[0].span.0), (3, 99));
    // Each version has words of its own for it.
    assert!(orphan.warnings.iter().any(|warning| warning.contains("clock skew adjustment")), "{:?}", orphan.warnings);
    assert_eq!(asker.trace(4).await.spans.len(), 2, "both of one id");
    let hostile = asker.trace(5).await;
    assert_eq!(
        (hostile.spans[0].operation.as_str(), hostile.service(&hostile.spans[0]).as_str()),
        ("drop^[[2J⏎it", "evil^[[31m")
    );
    assert_eq!(hostile.spans[0].tag("<U+202E>k").map(Plain::as_str), Some("^G"));
    let large = asker.trace(6).await;
    assert_eq!(
        (large.spans.len(), large.spans.iter().map(|span| span.id).collect::<BTreeSet<_>>().len()),
        (LARGE, LARGE)
    );
    let fault = asker.jaeger.ask(&Query::Trace { id: TraceId(0xff) }, now()).await.unwrap_err();
    assert_eq!(fault.to_string(), "no such trace: sampled out, or older than the server keeps");
}

async fn each_way(server: &str) {
    let stack = Stack::up(&[server]);
    let (url, begin) = (stack.url(server), Timestamp(now().0 - 10 * MINUTE));
    let (host, path) = stack.spans(server);
    send(&host, "POST", &path, "application/json", &seed(begin).to_string());
    let port = url.rsplit(':').next().unwrap().parse().unwrap();
    for (way, api) in [(Way::Open, "API v3"), (Way::OnlyV3, "API v3"), (Way::OnlyV1, "API v1")] {
        let proxy = before(port, way);
        let url = if way == Way::Open { url.clone() } else { format!("{}/jaeger", proxy.url()) };
        let endpoint = Endpoint { proxy: Proxy::None, ..Endpoint::new(&url) };
        let asker = Asker { jaeger: Jaeger::new(endpoint), span: Span::Live { length: HOUR } };
        until_there(&asker).await;
        assert_eq!(asker.jaeger.probe(now()).await.unwrap().api, api, "{server} {way:?}");
        if way == Way::Open {
            everything_is_found(&asker).await;
            let early = Span::Fixed(Range::new(begin.plus(-HOUR), begin.plus(500)));
            let asker = Asker { jaeger: asker.jaeger.clone(), span: early };
            assert_eq!(asker.found(asker.search("front", &[])).await, [1]);
        } else {
            by_proxy(&asker).await;
        }
        what_was_sent_comes_back(&asker, begin).await;
    }
}

/// The same, as far as a proxy leaves the words of a question as they are: it writes all in lower case.
async fn by_proxy(asker: &Asker) {
    let all = asker.search("front", &[]);
    assert_eq!(asker.found(all.clone()).await, [4, 3, 2, 1]);
    assert_eq!(asker.found(TraceSearch { operation: Some("root b".to_owned()), ..all.clone() }).await, [3]);
    assert_eq!(asker.found(TraceSearch { min: Some(2_000_000_000), ..all }).await, [2]);
    assert_eq!(asker.found(asker.search("back", &[("sku", "a-1")])).await, [1]);
    assert_eq!(asker.found(asker.search("back", &[("error", "true")])).await, [1]);
    assert_eq!(asker.found(asker.search("large", &[("error", "true")])).await, []);
    assert_eq!(asker.found(asker.search("", &[])).await, [6, 5, 4, 3, 2, 1]);
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn traces_of_jaeger_1_come_back_by_each_of_its_apis() {
    each_way("jaeger-v1").await;
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn traces_of_jaeger_2_come_back_by_each_of_its_apis() {
    each_way("jaeger-v2").await;
}
