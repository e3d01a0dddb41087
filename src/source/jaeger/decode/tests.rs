//! Both shapes, and what is wrong with them.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::model::trace::{Kind, Reference, Trace, TraceId};

fn of_v1(body: &str) -> Vec<Trace> {
    let mut found = Vec::new();
    v1(body.as_bytes(), |trace| found.push(trace)).unwrap_or_else(|fault| panic!("{fault}: {body}"));
    found
}

fn of_otlp(body: &str) -> Vec<Trace> {
    let mut found = Vec::new();
    otlp(body.as_bytes(), |trace| found.push(trace)).unwrap_or_else(|fault| panic!("{fault}: {body}"));
    found
}

fn told(tags: &[Tag]) -> Vec<String> {
    tags.iter().map(|tag| format!("{}={}", tag.key, tag.value)).collect()
}

fn reference(trace: u128, span: u64, follows: bool) -> Reference {
    Reference { trace: TraceId(trace), span: SpanId(span), follows }
}

fn one_v1(span: &Value) -> Span {
    let body = json!({ "data": [{ "traceID": "7", "spans": [span], "processes": { "p1": { "serviceName": "s" } } }] });
    of_v1(&body.to_string()).remove(0).spans.remove(0)
}

fn one_otlp(span: &Value) -> Span {
    let body = json!({ "result": { "resourceSpans": [{ "scopeSpans": [{ "spans": [span] }] }] } });
    of_otlp(&body.to_string()).remove(0).spans.remove(0)
}

#[test]
fn a_span_of_v1_is_read_whole() {
    let span = one_v1(&json!({
        "traceID": "7", "spanID": "a", "flags": 1, "operationName": "GET /\u{1b}", "processID": "p1",
        "references": [
            { "refType": "FOLLOWS_FROM", "traceID": "9", "spanID": "3" },
            { "refType": "CHILD_OF", "traceID": "9", "spanID": "4" },
            { "refType": "CHILD_OF", "traceID": "7", "spanID": "5" },
            { "refType": "CHILD_OF", "traceID": "7", "spanID": "6" },
            { "refType": "CHILD_OF", "traceID": "7", "spanID": "none" }],
        "startTime": 1_795_176_000_000_001i64, "duration": 5,
        "tags": [
            { "key": "span.kind", "type": "string", "value": "server" },
            { "key": "n", "type": "int64", "value": "9007199254740993" },
            { "key": "f", "type": "float64", "value": 0.5 },
            { "key": "b", "type": "bool", "value": false },
            { "key": "bytes", "type": "binary", "value": "AAE=" },
            { "key": "null", "value": null }, { "key": "list", "value": [1, "x"] }, { "value": 1 }],
        "logs": [{ "timestamp": 1_795_176_000_000_002i64, "fields": [
            { "key": "event", "value": "retry" }, { "key": "attempt", "value": 2 }] }, {}],
        "warnings": ["skewed"], "new": [{ "deep": [] }]
    }));
    assert_eq!((span.id, span.operation.as_str(), span.process), (SpanId(10), "GET /^[", Some(0)));
    assert_eq!((span.start, span.duration, span.kind), (1_795_176_000_000_001_000, 5_000, Kind::Server));
    // The parent first, the others as they came.
    let expected = [reference(7, 5, false), reference(9, 3, true), reference(9, 4, false), reference(7, 6, false)];
    assert_eq!(span.references, expected);
    let tags = ["span.kind=server", "n=9007199254740993", "f=0.5", "b=false", "bytes=AAE=", "null=", "list=[1,\"x\"]"];
    assert_eq!(told(&span.tags), tags);
    assert_eq!(
        (span.events.len(), span.events[0].name.as_str(), told(&span.events[0].tags)),
        (2, "retry", vec!["attempt=2".to_owned()])
    );
    assert_eq!((span.events[0].at, span.warnings.as_slice()), (1_795_176_000_000_002_000, &[Plain::new("skewed")][..]));
    assert!(!span.is_error);
}

#[test]
fn a_span_of_otlp_is_read_whole() {
    let body = json!({ "result": { "resourceSpans": [{
        "scopeSpans": [{ "spans": [{
            "traceId": "7", "spanId": "AAAAAAAAAAo=", "parentSpanId": "5", "name": "GET /\u{1b}", "kind": 3,
            "traceState": "a=b", "startTimeUnixNano": "1795176000000000001", "endTimeUnixNano": 1_795_176_000_000_000_011i64,
            "attributes": [
                { "key": "s", "value": { "stringValue": "x" } }, { "key": "i", "value": { "intValue": "9007199254740993" } },
                { "key": "d", "value": { "doubleValue": 0.5 } }, { "key": "b", "value": { "boolValue": true } },
                { "key": "y", "value": { "bytesValue": "AAE=" } }, { "key": "e", "value": {} },
                { "key": "a", "value": { "arrayValue": { "values": [{ "stringValue": "q\"" }, { "intValue": "1" }, {}] } } },
                { "key": "k", "value": { "kvlistValue": { "values": [
                    { "key": "z", "value": { "arrayValue": {} } }, { "key": "b", "value": { "boolValue": false } }] } } },
                { "key": "@jaeger@warnings", "value": { "arrayValue": { "values": [
                    { "stringValue": "skewed" }, { "stringValue": "twice" }] } } }],
            "links": [{ "traceId": "9", "spanId": "3" }, { "traceId": "x" }],
            "events": [{ "timeUnixNano": "5", "name": "retry", "attributes": [{ "key": "n", "value": { "intValue": 2 } }] }],
            "status": { "code": 2, "message": "out\u{1b}" }
        }], "scope": { "name": "lib", "version": "1" } }],
        "resource": { "attributes": [{ "key": "host", "value": { "stringValue": "h" } },
            { "key": "service.name", "value": { "stringValue": "shop" } }] }
    }] } });
    let trace = of_otlp(&body.to_string()).remove(0);
    let span = &trace.spans[0];
    assert_eq!((trace.id, span.id, span.operation.as_str()), (TraceId(7), SpanId(10), "GET /^["));
    assert_eq!((span.start, span.duration, span.kind), (1_795_176_000_000_000_001, 10, Kind::Client));
    assert_eq!(span.references, [reference(7, 5, false), reference(9, 3, true)]);
    let tags = [
        "s=x",
        "i=9007199254740993",
        "d=0.5",
        "b=true",
        "y=AAE=",
        "e=",
        "a=[\"q\\\"\",1,null]",
        "k={\"z\":[],\"b\":false}",
        "otel.scope.name=lib",
        "otel.scope.version=1",
        "otel.status_code=ERROR",
        "otel.status_description=out^[",
    ];
    assert_eq!(told(&span.tags), tags);
    assert_eq!(span.warnings, [Plain::new("skewed"), Plain::new("twice")]);
    assert_eq!((span.events[0].at, span.events[0].name.as_str()), (5, "retry"));
    assert_eq!((trace.service(span).as_str(), told(&trace.processes[0].tags)), ("shop", vec!["host=h".to_owned()]));
    assert!(span.is_error);
}

#[test]
fn what_has_failed_is_known_in_every_form() {
    for (value, is_error) in [
        (json!(true), true),
        (json!("true"), true),
        (json!("ValueError('x')"), true),
        (json!(1), true),
        (json!(false), false),
        (json!("False"), false),
        (json!("0"), false),
        (json!(""), false),
        (json!(null), false),
    ] {
        assert_eq!(one_v1(&json!({ "tags": [{ "key": "error", "value": value }] })).is_error, is_error, "{value}");
    }
    for (key, value) in [("otel.status_code", "ERROR"), ("status.code", "2")] {
        assert!(one_v1(&json!({ "tags": [{ "key": key, "value": value }] })).is_error);
    }
    assert!(!one_v1(&json!({ "tags": [{ "key": "otel.status_code", "value": "OK" }] })).is_error);
    assert!(one_otlp(&json!({ "status": { "code": "STATUS_CODE_ERROR" } })).is_error);
    assert!(!one_otlp(&json!({ "status": { "code": 1 } })).is_error && !one_otlp(&json!({ "status": {} })).is_error);
    assert!(one_otlp(&json!({ "attributes": [{ "key": "error", "value": { "boolValue": true } }] })).is_error);
}

#[test]
fn absurd_times_are_kept_as_near_as_they_can_be() {
    for (start, duration, expected) in [
        (json!(-62_135_596_800_000_000i64), json!(0), (i64::MIN, 0)),
        (json!(i64::MAX), json!(-5), (i64::MAX, -5_000)),
        (json!(1.5e300), json!("7"), (i64::MAX, 7_000)),
        (json!(null), json!({}), (0, 0)),
    ] {
        let span = one_v1(&json!({ "startTime": start, "duration": duration }));
        assert_eq!((span.start, span.duration), expected);
        assert!(span.end() >= span.start || span.start == i64::MAX);
    }
    for (start, end, expected) in [
        ("11651379494838206464", "0", (-6_795_364_578_871_345_152, 0)),
        ("9223372036854775807", "11651379494838206464", (i64::MAX, i64::MIN)),
        ("5", "3", (5, -2)),
        ("5", "5", (5, 0)),
        ("5", "", (5, 0)),
    ] {
        let span = one_otlp(&json!({ "startTimeUnixNano": start, "endTimeUnixNano": end }));
        assert_eq!((span.start, span.duration), expected, "{start} {end}");
    }
}

#[test]
fn nothing_is_left_out_because_something_is_missing() {
    let span = one_v1(&json!({ "processID": "p9", "tags": 5, "logs": null, "references": {}, "warnings": "x" }));
    assert_eq!((span.id, span.process, span.tags.len(), span.references.len()), (SpanId(0), None, 0, 0));
    // Old clients name the parent in a field of its own, and the first process may come behind.
    let body = r#"{"data":[{"processes":{"p2":{"serviceName":"b"}},"spans":[
        {"traceID":"7","spanID":"1","parentSpanID":"2","processID":"p1"},{"spanID":"2","processID":"p2"},null]}]}"#;
    let trace = of_v1(body).remove(0);
    assert_eq!((trace.id, trace.processes.len(), trace.spans.len()), (TraceId(7), 1, 3));
    assert_eq!(trace.spans[0].references, [reference(7, 2, false)]);
    assert_eq!(trace.spans.iter().map(|span| trace.service(span).to_string()).collect::<Vec<_>>(), ["", "b", ""]);
    let span = one_otlp(&json!({ "attributes": 1, "events": {}, "links": "", "status": [], "kind": null, "name": 3 }));
    assert_eq!((span.process, span.tags.len(), span.operation.as_str()), (None, 0, ""));
    for empty in [r#"{"data":null}"#, r#"{"data":[],"total":1}"#, r#"{"data":{}}"#] {
        assert_eq!(of_v1(empty), []);
    }
    for empty in [r#"{"result":{}}"#, r#"{"result":null}"#, r#"{"resourceSpans":[]}"#] {
        assert_eq!(of_otlp(empty), []);
    }
}

#[test]
fn the_spans_of_a_merged_answer_come_back_to_their_traces() {
    let span = |trace: &str, id: &str| format!(r#"{{"traceId":"{trace}","spanId":"{id}"}}"#);
    let by = |host: &str, spans: &[String]| {
        format!(
            r#"{{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"{host}"}}}}]}},"scopeSpans":[{{"spans":[{}]}}]}}"#,
            spans.join(",")
        )
    };
    let whole = [
        by("a", &[span("9", "1"), span("8", "2"), span("9", "3")]),
        by("b", &[span("8", "4")]),
        by("a", &[span("9", "5"), span("8", "6")]),
    ];
    let joined = format!(r#"{{"result":{{"resourceSpans":[{}]}}}}"#, whole.join(","));
    let pieces: String = whole.iter().map(|part| format!("{{\"result\":{{\"resourceSpans\":[{part}]}}}}\n")).collect();
    for body in [joined, pieces] {
        let found = of_otlp(&body);
        let seen: Vec<_> = found
            .iter()
            .map(|trace| {
                let spans = trace.spans.iter().map(|span| (span.id.0, trace.service(span).to_string()));
                (trace.id.0, trace.processes.len(), spans.collect::<Vec<_>>())
            })
            .collect();
        let of = |id: u64, service: &str| (id, service.to_owned());
        assert_eq!(
            seen,
            [(9, 1, vec![of(1, "a"), of(3, "a"), of(5, "a")]), (8, 2, vec![of(2, "a"), of(4, "b"), of(6, "a")])]
        );
    }
}

#[test]
fn what_is_no_answer_of_this_kind_is_an_error() {
    let v1 = |body: &str| v1(body.as_bytes(), |_| ()).unwrap_err();
    let otlp = |body: &str| otlp(body.as_bytes(), |_| ()).unwrap_err();
    assert_eq!((v1("{}"), otlp("{}")), (foreign(), foreign()));
    assert_eq!((v1("[1]"), otlp("[1]")), (foreign(), foreign()));
    for cut in [r#"{"data":[{"spans":[{"#, r#"{"data":[{}"#, ""] {
        assert_eq!(v1(cut), FetchError::Truncated, "{cut}");
    }
    for cut in [r#"{"result":{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId""#, r#"{"result":{}"#, ""] {
        assert_eq!(otlp(cut), FetchError::Truncated, "{cut}");
    }
    assert!(matches!(v1(r#"{"data":[]} x"#), FetchError::Decode(_)));
    // A stream of pieces may end in an error.
    let broken = r#"{"result":{"resourceSpans":[]}}{"error":{"message":"gone"}}"#;
    assert!(otlp(broken).to_string().starts_with("error"));
    assert_eq!(super::v1(br#"{"data":[],"errors":[{"msg":"a"},{"msg":"b"}]}"#, |_| ()).unwrap().len(), 2);
}

#[test]
fn an_attribute_that_is_too_deep_is_shown_as_it_came() {
    let deep = format!("{}{}", r#"{"arrayValue":{"values":["#.repeat(40), "]}}".repeat(40));
    let body = format!(
        r#"{{"result":{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"7","attributes":[{{"key":"d","value":{deep}}}]}}]}}]}}]}}}}"#
    );
    let span = of_otlp(&body).remove(0).spans.remove(0);
    assert!(span.tags[0].value.starts_with("{\"values\":["), "{:?}", span.tags);
}

/// Words that answers are made of, in any order.
const WORDS: &str = r#"(\{|\}|\[|\]|,|:|"data"|"result"|"resourceSpans"|"scopeSpans"|"spans"|"traceId"|"spanID"|"attributes"|"value"|"arrayValue"|"values"|"errors"|"summaries"|null|true|-1|1e9|"7"|"\\u001b"){0,40}"#;

fn all(body: &[u8]) {
    let _ = v1(body, |_| ());
    let _ = otlp(body, |_| ());
    let _ = summaries(body);
    let _ = names(body, b"data");
    let _ = names(body, b"services");
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        all(&bytes);
    }

    #[test]
    fn a_text_made_of_their_words_never_panics(text in WORDS) {
        all(text.as_bytes());
    }

    #[test]
    fn a_real_answer_with_a_byte_changed_never_panics(at in 0usize..5_000, byte in any::<u8>()) {
        for body in [
            &include_bytes!("../../../../tests/fixtures/recorded/jaeger-v2/trace.http")[..],
            &include_bytes!("../../../../tests/fixtures/recorded/jaeger-v2/v3-search.http")[..],
        ] {
            let mut body = body[body.windows(2).position(|two| two == b"\n\n").unwrap()..].to_vec();
            let length = body.len();
            body[at % length] = byte;
            all(&body);
            all(&body[..at % length]);
        }
    }
}
