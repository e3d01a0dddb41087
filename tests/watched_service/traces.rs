//! The spans a collector gets, and that logs and metrics lead to them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::process::{Service, ask, until};
use crate::sink::Sink;

/// Trace, id, parent, start, end.
type Span = (String, String, String, u64, u64);

/// Every span of a request body, which has to be what OpenTelemetry's JSON says.
fn spans(body: &str) -> Vec<Span> {
    let body: Value = serde_json::from_str(body).unwrap();
    let mut found = Vec::new();
    for resource in body["resourceSpans"].as_array().unwrap() {
        let named = |name: &str| {
            let all = resource["resource"]["attributes"].as_array().unwrap();
            all.iter().any(|a| a["key"] == *name && a["value"]["stringValue"].is_string())
        };
        assert!(["service.name", "host.name", "k8s.pod.name"].into_iter().all(named));
        for span in resource["scopeSpans"][0]["spans"].as_array().unwrap() {
            let text = |name: &str| span[name].as_str().unwrap().to_owned();
            let (trace, id, parent) = (text("traceId"), text("spanId"), text("parentSpanId"));
            let hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(trace.len() == 32 && hex(&trace) && id.len() == 16 && hex(&id) && [0, 16].contains(&parent.len()));
            let (start, end) = (text("startTimeUnixNano").parse().unwrap(), text("endTimeUnixNano").parse().unwrap());
            assert!(start <= end && (1..=3).contains(&span["kind"].as_u64().unwrap()));
            for attribute in span["attributes"].as_array().unwrap() {
                assert!(attribute["value"]["stringValue"].is_string() || attribute["value"]["intValue"].is_string());
            }
            found.push((trace, id, parent, start, end));
        }
    }
    assert!((1..=512).contains(&found.len()), "{} spans in one request", found.len());
    found
}

fn all_spans(sink: &Sink) -> Vec<Span> {
    sink.taken().iter().flat_map(|taken| spans(&taken.body)).collect()
}

#[test]
fn spans_are_valid_and_logs_and_exemplars_lead_to_them() {
    let (collector, search) = (Sink::new(), Sink::new());
    let to = format!("{}/v1/traces", collector.url());
    let service = Service::start(&["--logs-to", &search.url(), "--layout", "plain", "--traces-to", &to, "--seed", "7"]);
    until("traces and lines", || (all_spans(&collector).len() > 2_000 && search.documents().len() > 200).then_some(()));
    let lines = search.documents();
    let exemplars = until("exemplars", || {
        let answer =
            ask(service.targets("agent360")[0], "GET", "/metrics", "application/openmetrics-text;version=1.0.0")?;
        assert!(answer.head.contains("application/openmetrics-text; version=1.0.0"), "{}", answer.head);
        assert!(answer.body.ends_with("# EOF\n"));
        let ids = answer.body.split("# {trace_id=\"").skip(1).map(|rest| rest[..32].to_owned());
        Some(ids.collect::<BTreeSet<String>>()).filter(|ids| ids.len() > 3)
    });
    let in_lines = lines.iter().filter_map(|d| d.source["trace_id"].as_str()).map(str::to_owned);
    let wanted: BTreeSet<String> = in_lines.chain(exemplars).collect();
    assert!(wanted.len() > 20);
    // What was made last may still be on its way.
    let sent = until("the spans of every trace that is named", || {
        let sent = all_spans(&collector);
        let traces: BTreeSet<&String> = sent.iter().map(|span| &span.0).collect();
        wanted.iter().all(|trace| traces.contains(trace)).then_some(sent)
    });
    let ids: BTreeSet<(&String, &String)> = sent.iter().map(|span| (&span.0, &span.1)).collect();
    assert_eq!(ids.len(), sent.len(), "a span came twice");
    for line in &lines {
        if let (Some(trace), Some(span)) = (line.source["trace_id"].as_str(), line.source["span_id"].as_str()) {
            assert!(ids.contains(&(&trace.to_owned(), &span.to_owned())), "{}", line.source);
        }
    }
    let mut by_trace: BTreeMap<&String, Vec<&Span>> = BTreeMap::new();
    sent.iter().for_each(|span| by_trace.entry(&span.0).or_default().push(span));
    // The last one may be cut between two requests.
    let last = &sent[sent.len() - 1].0;
    for (trace, spans) in by_trace.into_iter().filter(|(trace, _)| *trace != last) {
        assert_eq!(spans.iter().filter(|span| span.2.is_empty()).count(), 1, "roots of {trace}");
        for child in spans.iter().filter(|span| !span.2.is_empty()) {
            let parent = spans.iter().find(|span| span.1 == child.2).unwrap();
            assert!(parent.3 <= child.3 && child.4 <= parent.4);
        }
    }
}

#[test]
fn a_collector_that_fails_gets_the_same_spans_again() {
    let sink = Sink::at("127.0.0.1:0", |number| if number < 2 { 503 } else { 200 }, |_, _| 201);
    let service = Service::start(&["--traces-to", &format!("{}/v1/traces", sink.url())]);
    let numbers = until("spans that are written", || {
        let numbers = service.ask("GET", "/").json()["traces"][0].clone();
        (numbers["written"].as_u64()? > 0).then_some(numbers)
    });
    assert!(numbers["retries"].as_u64().unwrap() >= 2, "{numbers}");
    let taken = sink.taken();
    let ids =
        |from: usize, to: usize| -> BTreeSet<Span> { taken[from..to].iter().flat_map(|t| spans(&t.body)).collect() };
    until("what was put off", || {
        let all: BTreeSet<Span> = sink.taken()[2..].iter().flat_map(|t| spans(&t.body)).collect();
        ids(0, 2).is_subset(&all).then_some(())
    });
}
