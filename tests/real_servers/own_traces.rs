//! a360's own traces of a session, found again in the Jaeger that they were sent to.

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use a360::model::endpoint::{Endpoint, Proxy};
use a360::source::http::Client;
use a360::time::Timestamp;
use serde_json::Value;
use tempfile::TempDir;

use super::program::program;
use super::{console, report, shows, stack::Stack};

async fn get(url: &str, path: &str) -> Option<Value> {
    let reply = Client::new(Endpoint { proxy: Proxy::None, ..Endpoint::new(url) }).get(path, Timestamp(0)).await;
    serde_json::from_slice(&reply.ok()?.body).ok()
}

/// The first trace of a360 that is as wanted.
async fn found(jaeger: &str, what: &str, wanted: impl Fn(&Trace) -> bool) -> Trace {
    let mut seen = BTreeSet::new();
    for _ in 0..300 {
        let answer = get(jaeger, "/api/traces?service=a360&limit=500").await.unwrap_or_default();
        for trace in answer["data"].as_array().into_iter().flatten().cloned().map(Trace) {
            if wanted(&trace) {
                return trace;
            }
            seen.extend(trace.names());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("never: {what}; there are {seen:?}");
}

/// As Jaeger's own page is told of it.
struct Trace(Value);

impl Trace {
    fn spans(&self) -> &[Value] {
        self.0["spans"].as_array().unwrap()
    }

    fn names(&self) -> BTreeSet<String> {
        self.spans().iter().map(|span| text(&span["operationName"])).collect()
    }

    fn root(&self) -> &Value {
        self.spans().iter().find(|span| parent(span).is_none()).unwrap()
    }

    fn below(&self, span: &Value) -> Vec<&Value> {
        self.spans().iter().filter(|below| parent(below) == span["spanID"].as_str()).collect()
    }

    fn service(&self, span: &Value) -> String {
        text(&self.0["processes"][span["processID"].as_str().unwrap()]["serviceName"])
    }
}

fn parent(span: &Value) -> Option<&str> {
    span["references"][0]["spanID"].as_str()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn tag(span: &Value, key: &str) -> String {
    let tags = span["tags"].as_array().unwrap();
    tags.iter().find(|tag| tag["key"] == key).map(|tag| text(&tag["value"])).unwrap_or_default()
}

/// A Prometheus that sends its own traces to the same collector.
struct Prometheus {
    url: String,
    child: Child,
    _folder: TempDir,
}

impl Prometheus {
    fn traced_to(spans_url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let collector = spans_url.strip_prefix("http://").and_then(|url| url.strip_suffix("/v1/traces")).unwrap();
        let file = folder.path().join("prometheus.yml");
        let tracing = format!("client_type: http, endpoint: '{collector}', insecure: true, sampling_fraction: 1.0");
        fs::write(&file, format!("tracing: {{{tracing}}}\n")).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(program("prometheus-3.14", "prometheus"));
        command.arg(format!("--config.file={}", file.display()));
        command.arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()));
        command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Self { url: format!("http://127.0.0.1:{port}"), child, _folder: folder }
    }

    async fn ready(&self) {
        for _ in 0..300 {
            if get(&self.url, "/api/v1/alerts").await.is_some_and(|answer| answer["status"] == "success") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("Prometheus never answers");
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn a_session_is_found_in(jaeger: &str) {
    let stack = Stack::up(&[jaeger]);
    let (query, flag) = (stack.url(jaeger), format!("--trace-self={}", stack.spans_url(jaeger)));
    let prometheus = Prometheus::traced_to(&stack.spans_url(jaeger));
    prometheus.ready().await;

    let output = report(&prometheus.url, &[&flag]);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("own traces"), "{output:?}");
    let trace = found(&query, "the report", |trace| trace.names().contains("write")).await;
    let root = trace.root();
    assert_eq!((text(&root["operationName"]), trace.service(root)), ("report".to_owned(), "a360".to_owned()));
    let steps: BTreeSet<String> = trace.below(root).iter().map(|span| text(&span["operationName"])).collect();
    assert_eq!(steps, ["ask", "build", "explain", "render", "write"].map(str::to_owned).into());
    let poll = trace.spans().iter().find(|span| tag(span, "query").contains("agent360_requests_total")).unwrap();
    assert_eq!((tag(poll, "function.name"), tag(poll, "source")), ("poll".to_owned(), "prom".to_owned()));
    assert!(tag(poll, "function.args").starts_with("expr, "), "{poll}");
    let below: BTreeSet<String> = trace.below(poll).iter().map(|span| text(&span["operationName"])).collect();
    assert_eq!(below, ["HTTP POST", "decode"].map(str::to_owned).into());

    let mut console = console(&prometheus.url, &[&flag]);
    console.until("it is answered", |screen| shows(screen, &["prom ●"]));
    console.write("q");
    console.rest();
    let is_poll = |trace: &Trace| trace.root()["operationName"] == "Range" && trace.spans().len() >= 4;
    // The server's own work hangs below our request for it; it sends its spans in parts.
    let is_joined = |trace: &Trace| {
        let requests = trace.below(trace.root());
        let request = requests.iter().find(|span| span["operationName"] == "HTTP POST");
        request.is_some_and(|request| trace.below(request).iter().any(|span| trace.service(span) == "prometheus"))
    };
    let trace = found(&query, "a poll of the console and Prometheus' own spans below its request", |trace| {
        is_poll(trace) && is_joined(trace)
    })
    .await;
    let id = text(&trace.0["traceID"]);
    let answer = get(&query, &format!("/api/v3/traces/{id}")).await.unwrap();
    assert!(answer.to_string().contains("function.args"), "{answer}");
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn a_session_is_found_in_jaeger_1() {
    a_session_is_found_in("jaeger-v1").await;
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn a_session_is_found_in_jaeger_2() {
    a_session_is_found_in("jaeger-v2").await;
}
