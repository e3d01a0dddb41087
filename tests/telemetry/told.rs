//! What the spans say, how they hang together, and that the backends' own spans can join them.

use std::collections::{BTreeMap, BTreeSet};

use crate::collector::{Collector, Told};
use crate::server::{Server, say};
use crate::{config, err, prometheus, report, run};

fn by_id(spans: &[Told]) -> BTreeMap<&str, &Told> {
    spans.iter().map(|span| (span.id.as_str(), span)).collect()
}

#[test]
fn a_report_is_one_trace_of_its_steps_polls_and_requests() {
    let (collector, prometheus) = (Collector::new(), prometheus());
    let output = report(&prometheus, &collector.flag());
    assert_eq!(err(&output).lines().filter(|line| line.contains("own traces")).count(), 0, "{}", err(&output));
    let spans = collector.spans();
    let ids = by_id(&spans);
    assert_eq!(ids.len(), spans.len());
    assert_eq!(spans.iter().map(|span| &span.trace).collect::<BTreeSet<_>>().len(), 1, "one trace");
    let parent = |span: &Told| ids.get(span.parent.as_str()).map_or("", |parent| parent.name.as_str());
    for span in &spans {
        let expected: &[&str] = match span.name.as_str() {
            "report" => &[""],
            "ask" | "build" | "explain" | "render" | "write" => &["report"],
            // The second round asks about what stands out.
            "Range" | "Instant" | "Alerts" => &["ask", "explain"],
            "HTTP POST" => &["Range", "Instant"],
            "HTTP GET" => &["Alerts"],
            "decode" => &["Range", "Instant", "Alerts"],
            other => panic!("a span named {other}"),
        };
        assert!(expected.contains(&parent(span)), "{span:?}");
        assert_eq!(span.error, None, "{span:?}");
    }
    for step in ["report", "ask", "build", "explain", "render", "write"] {
        assert_eq!(spans.iter().filter(|span| span.name == step).count(), 1, "{step}");
    }
    // One for each question, and each request has its own.
    let polls = spans.iter().filter(|span| span.says("function.name") == "poll").count();
    let requests = spans.iter().filter(|span| span.is_client).count();
    assert!(polls > 20, "{polls}");
    assert_eq!(requests, prometheus.requests().len());
    assert!(collector.taken().len() <= 2, "{} batches for {} spans", collector.taken().len(), spans.len());
}

#[test]
fn spans_say_what_was_done() {
    let (collector, prometheus) = (Collector::new(), prometheus());
    report(&prometheus, &collector.flag());
    let spans = collector.spans();
    let range =
        spans.iter().find(|span| span.name == "Range" && span.says("query").contains("requests_total")).unwrap();
    assert_eq!(range.says("function.name"), "poll");
    assert!(range.says("function.args").starts_with("expr, span="), "{range:?}");
    assert_eq!((range.says("source"), range.says("samples"), range.says("context")), ("prom", "1", "local"));
    let below: Vec<&Told> = spans.iter().filter(|span| span.parent == range.id).collect();
    let request = below.iter().find(|span| span.is_client).unwrap();
    assert_eq!(request.name, "HTTP POST");
    assert_eq!(request.says("http.request.method"), "POST");
    assert_eq!(request.says("url.path"), "/api/v1/query_range");
    assert_eq!(request.says("http.response.status_code"), "200");
    assert_eq!(request.says("server.address"), "127.0.0.1");
    assert_eq!(request.says("server.port"), prometheus.port().to_string());
    let decode = below.iter().find(|span| span.name == "decode").unwrap();
    let bytes: u64 = range.says("bytes").parse().unwrap();
    assert!(bytes > 50 && request.says("bytes") == range.says("bytes") && decode.says("bytes") == range.says("bytes"));
    let resource = &range.resource;
    assert_eq!(resource["service.name"], "a360");
    assert_eq!(resource["service.version"], env!("CARGO_PKG_VERSION"));
    assert!(resource["process.pid"].parse::<u32>().is_ok() && resource.contains_key("host.name"), "{resource:?}");
}

/// The part of a head that a header's value is.
fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

#[test]
fn each_request_names_its_span_in_both_ways_of_saying_it() {
    let (collector, prometheus) = (Collector::new(), prometheus());
    report(&prometheus, &collector.flag());
    let spans = collector.spans();
    let ids = by_id(&spans);
    let mut named = BTreeSet::new();
    for request in prometheus.requests() {
        let ours = header(&request.head, "traceparent").unwrap();
        let [version, trace, span, flags] = ours.split('-').collect::<Vec<_>>()[..] else { panic!("{ours}") };
        assert_eq!((version, flags), ("00", "01"));
        assert_eq!(header(&request.head, "uber-trace-id"), Some(format!("{trace}:{span}:0:1").as_str()));
        assert_eq!(header(&request.head, "tracestate"), None, "there is nothing to say in it");
        let told = ids[span];
        assert!(told.is_client && told.trace == trace, "{told:?}");
        named.insert(span.to_owned());
    }
    assert_eq!(named.len(), prometheus.requests().len(), "each its own");
}

#[test]
fn what_carries_spans_is_not_traced_itself() {
    let (collector, prometheus) = (Collector::new(), prometheus());
    report(&prometheus, &collector.flag());
    let taken = collector.taken();
    assert!(!taken.is_empty());
    for (head, _) in &taken {
        assert!(head.starts_with("post /v1/traces http/1.1"), "{head}");
        assert!(head.contains("content-type: application/x-protobuf"), "{head}");
        assert!(!head.contains("traceparent") && !head.contains("uber-trace-id"), "{head}");
    }
    let port = collector.server.port().to_string();
    assert!(collector.spans().iter().all(|span| span.says("server.port") != port));
}

#[test]
fn a_redirect_is_a_request_of_its_own_and_a_stranger_hears_nothing() {
    let stranger = Server::saying("200 OK", "", "{}");
    let elsewhere = format!("Location: {}/x\r\n", stranger.url());
    let server = Server::new(move |request, wire| match &request.head {
        head if head.contains("/moved") => {
            say(wire, "200 OK", "", br#"{"status":"success","data":{"resultType":"vector","result":[]}}"#)
        }
        head if head.contains("/api/v1/query ") => say(wire, "307 Temporary Redirect", "Location: /moved\r\n", b""),
        _ => say(wire, "307 Temporary Redirect", &elsewhere, b""),
    });
    let collector = Collector::new();
    report(&server, &collector.flag());
    assert_eq!(stranger.requests().len(), 0);
    let spans = collector.spans();
    let instant = spans.iter().find(|span| span.name == "Instant").unwrap();
    let below: Vec<_> = spans.iter().filter(|span| span.parent == instant.id && span.is_client).collect();
    let statuses: BTreeSet<&str> = below.iter().map(|span| span.says("http.response.status_code")).collect();
    assert_eq!(statuses, BTreeSet::from(["200", "307"]));
    let range = spans.iter().find(|span| span.name == "Range").unwrap();
    assert!(range.error.as_ref().unwrap().starts_with("redirected to http://127.0.0.1"), "{range:?}");
}

#[test]
fn what_fails_is_an_error_of_the_poll_and_of_its_request() {
    let (collector, server) = (Collector::new(), Server::saying("503 Service Unavailable", "", "out of order"));
    report(&server, &collector.flag());
    let spans = collector.spans();
    for name in ["Range", "HTTP POST", "HTTP GET"] {
        let span = spans.iter().find(|span| span.name == name).unwrap();
        assert_eq!(span.error.as_deref(), Some("HTTP 503"), "{span:?}");
        assert_eq!(span.says("error"), "HTTP 503");
    }
    let refused = crate::server::refused_url();
    let collector = Collector::new();
    run(&["--prometheus", &refused, "--report", "5m", &collector.flag()], &[]);
    let spans = collector.spans();
    let request = spans.iter().find(|span| span.is_client).unwrap();
    assert_eq!(request.error.as_deref(), Some("connection refused"));
    assert_eq!(request.says("http.response.status_code"), "", "nobody answered");
}

#[test]
fn off_there_is_no_header_and_no_connection() {
    let folder = tempfile::tempdir().unwrap();
    let (collector, prometheus) = (Collector::new(), prometheus());
    let (to, from) = (collector.server.url(), prometheus.url());
    let text = |enabled| {
        format!("[telemetry]\nenabled = {enabled}\nurl = '{to}'\n[contexts.shop.prometheus]\nurl = '{from}'\n")
    };
    let off = config(folder.path(), &text(false));
    run(&["--config", &off, "--report", "5m"], &[]);
    let requests = prometheus.requests();
    assert!(requests.len() > 20);
    assert!(requests.iter().all(|request| !request.head.contains("traceparent") && !request.head.contains("uber-")));
    assert_eq!(collector.server.connections(), 0);
    let on = config(folder.path(), &text(true));
    run(&["--config", &on, "--report", "5m"], &[]);
    assert!(collector.spans().iter().any(|span| span.name == "Range" && span.says("context") == "shop"));
}

#[test]
fn the_environment_has_no_say_in_it() {
    let (collector, prometheus, proxy) = (Collector::new(), prometheus(), Server::raw(crate::server::mute));
    let vars = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=hunter2"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        ("OTEL_TRACES_SAMPLER", "always_off"),
        ("OTEL_SDK_DISABLED", "true"),
        ("OTEL_RESOURCE_ATTRIBUTES", "secret=hunter2"),
        ("https_proxy", &proxy.url()),
        ("all_proxy", &proxy.url()),
        ("no_proxy", &format!("127.0.0.1:{}", prometheus.port())),
    ];
    let told = run(&["--prometheus", &prometheus.url(), "--report", "5m", &collector.flag()], &vars[..6]);
    assert!(!err(&told).contains("own traces"), "{}", err(&told));
    let before = collector.spans().len();
    assert!(before > 20);
    run(&["--demo", "--report", "5m", &collector.flag()], &vars[6..]);
    assert!(collector.spans().len() > before, "no proxy stands between");
    assert!(collector.spans().iter().any(|span| span.says("context") == "demo"));
    for (head, body) in collector.taken() {
        assert!(!head.contains("hunter2") && !String::from_utf8_lossy(&body).contains("hunter2"));
    }
}

#[test]
fn a_bad_address_is_one_clear_mistake() {
    for (flag, said) in [
        ("--trace-self=jaeger:4318", "error: the address of `--trace-self` has no scheme; write http://jaeger:4318"),
        ("--trace-self=http://me:hunter2@jaeger", "error: the address of `--trace-self` holds a user name or password"),
    ] {
        let output = run(&["--report", flag], &[]);
        assert_eq!(output.status.code(), Some(64));
        assert!(err(&output).starts_with(said) && !err(&output).contains("hunter2"), "{}", err(&output));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = config(folder.path(), "[telemetry]\nurl = 'ftp://jaeger'\n");
    let output = run(&["--config", &path, "--report"], &[]);
    assert_eq!(output.status.code(), Some(64));
    assert!(err(&output).contains("config.toml:2: `url` in [telemetry] has a scheme"), "{}", err(&output));
}
