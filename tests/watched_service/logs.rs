//! The log lines in the search engine: their layouts, their order, and that none is lost or there twice.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;

use serde_json::Value;

use crate::process::{Service, until};
use crate::sink::{Document, Sink, documents};

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// In nanoseconds.
fn time(document: &Document) -> i128 {
    text(&document.source["@timestamp"]).parse::<jiff::Timestamp>().unwrap().as_nanosecond()
}

fn some_documents(sink: &Sink, least: usize) -> Vec<Document> {
    until("documents", || Some(sink.documents()).filter(|all| all.len() >= least))
}

fn check_line(line: &Value, document: &Document) {
    assert_eq!(line["time"], document.source["@timestamp"]);
    assert!(["DEBUG", "INFO", "WARN", "ERROR"].contains(&text(&line["level"])));
    for field in ["service", "pod", "node", "message", "type"] {
        assert!(!text(&line[field]).is_empty(), "{field} in {line}");
    }
    if line["type"] == "request" {
        assert!(text(&line["endpoint"]).starts_with('/') && line["status"].is_u64() && line["duration_ms"].is_number());
        assert_eq!(line["trace_id"].is_string(), line["span_id"].is_string());
    }
}

#[test]
fn both_layouts_go_into_daily_indices() {
    let sink = Sink::new();
    let incident = "error-burst,endpoint=/api/checkout,strength=1";
    let _service = Service::start(&["--calm", "--logs-to", &sink.url(), "--layout", "both", "--incident", incident]);
    let all = until("an error", || {
        let all = sink.documents();
        (all.len() > 200 && all.iter().any(|d| d.source["level"] == "ERROR")).then_some(all)
    });
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for document in &all {
        let day = text(&document.source["@timestamp"])[..10].replace('-', ".");
        let (layout, line) = match document.source["log"].as_str() {
            Some(log) => {
                let kubernetes = &document.source["kubernetes"];
                let line: Value = serde_json::from_str(log).unwrap();
                assert_eq!(kubernetes["pod_name"], line["pod"]);
                assert_eq!(kubernetes["host"], line["node"]);
                assert_eq!(kubernetes["namespace_name"], "production");
                assert!(text(&kubernetes["container_name"]).starts_with("agent360"));
                assert!(text(&document.source["docker"]["container_id"]).len() == 64);
                assert!(["stdout", "stderr"].contains(&text(&document.source["stream"])));
                ("agent360-", line)
            }
            None => ("agent360.plain-", document.source.clone()),
        };
        assert_eq!(document.index, format!("{layout}{day}"));
        assert!(ids.entry(layout.to_owned()).or_default().insert(document.id.clone()), "twice: {}", document.id);
        check_line(&line, document);
    }
    assert_eq!(ids.len(), 2);
    assert!(ids["agent360-"].symmetric_difference(&ids["agent360.plain-"]).count() <= 1);
}

#[test]
fn lines_come_in_order_unless_told_otherwise() {
    let sink = Sink::new();
    let _service = Service::start(&["--calm", "--logs-to", &sink.url(), "--request-lines", "1/1"]);
    let times: Vec<i128> = some_documents(&sink, 900).iter().map(time).collect();
    assert!(times.is_sorted());
    assert!(times.windows(2).all(|w| w[0] != w[1]));
}

#[test]
fn lines_are_late_reordered_and_tied_as_told() {
    let sink = Sink::new();
    let disorder = ["--late", "0.3", "--late-by", "2s..3s", "--reorder", "--ties", "0.5"];
    let args = ["--calm", "--logs-to", &sink.url(), "--layout", "plain", "--request-lines", "1/1"];
    let _service = Service::start(&[&args[..], &disorder].concat());
    // Over so long a time that most of what is late has come.
    let all = until("seven seconds of lines", || {
        let all = sink.documents();
        let (first, last) = (all.iter().map(time).min()?, all.iter().map(time).max()?);
        (last - first > 7_000_000_000).then_some(all)
    });
    let times: Vec<i128> = all.iter().map(time).collect();
    let first = times.iter().min().unwrap();
    let settled = |t: i128| t - first < 3_000_000_000;
    let mut newest = times[0];
    let (mut late, mut count) = (0.0, 0.0);
    for &t in &times {
        if settled(t) {
            count += 1.0;
            late += if newest - t > 1_500_000_000 { 1.0 } else { 0.0 };
        }
        newest = newest.max(t);
    }
    assert!((0.2..0.4).contains(&(late / count)), "{late} of {count}");
    // Within a second as well, what comes first is not what was written first.
    let backwards = times.windows(2).filter(|w| w[1] < w[0] && w[0] - w[1] < 1_000_000_000).count();
    assert!(backwards > times.len() / 5, "{backwards} of {}", times.len());
    let mut by_time: Vec<i128> = times.iter().copied().filter(|t| settled(*t)).collect();
    by_time.sort_unstable();
    let tied = by_time.windows(2).filter(|w| w[0] == w[1]).count() as f64 / by_time.len() as f64;
    assert!((0.4..0.6).contains(&tied), "{tied}");
}

#[test]
fn what_the_search_engine_puts_off_is_sent_again_once() {
    // Two requests fail as a whole, then every third document of two more is put off, one is there already.
    let each = |number, document| match (number, document) {
        (2 | 3, document) if document % 3 == 0 => 429,
        (3, 1) => 409,
        _ => 201,
    };
    let sink = Sink::at("127.0.0.1:0", |number| if number < 2 { 503 } else { 200 }, each);
    let service = Service::start(&["--calm", "--logs-to", &sink.url()]);
    let numbers = until("all is written after all", || {
        let numbers = service.ask("GET", "/").json()["logs"][0].clone();
        (numbers["written"].as_u64()? > 100 && numbers["error"].is_null() && sink.taken().len() > 6).then_some(numbers)
    });
    assert_eq!((numbers["already_there"].as_u64(), numbers["refused"].as_u64()), (Some(1), Some(0)), "{numbers}");
    assert!(numbers["retries"].as_u64().unwrap() >= 3, "{numbers}");
    let mut written = BTreeSet::new();
    let mut put_off = BTreeSet::new();
    for taken in sink.taken() {
        for document in documents(&taken) {
            if taken.status == 200 && document.status != 429 {
                assert!(written.insert(document.id.clone()), "sent again though it was written: {}", document.id);
            } else {
                put_off.insert(document.id);
            }
        }
    }
    assert!(!put_off.is_empty() && put_off.is_subset(&written));
}

#[test]
fn a_search_engine_that_comes_late_gets_everything() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let service = Service::start(&["--calm", "--logs-to", &format!("http://{address}")]);
    until("lines that wait", || {
        let numbers = service.ask("GET", "/").json()["logs"][0].clone();
        (numbers["error"].is_string() && numbers["waiting"].as_u64()? > 20).then_some(())
    });
    let sink = Sink::at(&address.to_string(), |_| 200, |_, _| 201);
    let all = some_documents(&sink, 50);
    let times: Vec<i128> = all.iter().map(time).collect();
    assert!(times.is_sorted());
    assert_eq!(service.ask("GET", "/").json()["logs"][0]["dropped"], 0);
}

#[test]
fn each_search_engine_gets_all_lines_and_its_own_login() {
    let (open, closed) = (Sink::new(), Sink::new());
    let to = ["--logs-to", &open.url(), "--logs-to", &closed.url(), "--logs-user", "writer"];
    let _service = Service::start(&[&["--calm"][..], &to].concat());
    let (first, second) = (some_documents(&open, 40), some_documents(&closed, 40));
    let ids = |all: &[Document]| -> Vec<String> { all.iter().take(40).map(|d| d.id.clone()).collect() };
    assert_eq!(ids(&first), ids(&second));
    assert!(open.taken().iter().all(|taken| !taken.head.contains("authorization:")));
    assert!(closed.taken().iter().all(|taken| taken.head.contains("authorization: basic ")));
}
