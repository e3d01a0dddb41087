//! From a search to a trace, from there to its lines and back, by keys on a terminal; and the console's own trace of
//! that session, in the same Jaeger.

use std::time::Duration;

use a360::time::Timestamp;
use serde_json::{Value, json};

use super::alerts::row;
use super::logs::{now, put, send};
use super::stack::Stack;
use super::{on_terminal, shows};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

fn tag(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

/// Two services; the second one fails after most of the time.
fn spans(start: i64) -> Value {
    let span = |id: &str, parent: &str, name: &str, from: i64, to: i64, failed: bool| {
        let status = if failed { json!({ "code": 2, "message": "no connection from pool" }) } else { json!({}) };
        json!({
            "traceId": TRACE, "spanId": id, "parentSpanId": parent, "name": name, "kind": 2,
            "startTimeUnixNano": (start + from * 1_000_000).to_string(),
            "endTimeUnixNano": (start + to * 1_000_000).to_string(),
            "attributes": [tag("function.name", name), tag("function.args", "(<redacted>)"), tag("order", "4711")],
            "status": status,
        })
    };
    let of = |service: &str, spans: Vec<Value>| {
        json!({
            "resource": { "attributes": [tag("service.name", service)] },
            "scopeSpans": [{ "scope": { "name": "test" }, "spans": spans }],
        })
    };
    let front = span("00000000000000a1", "", "place_order", 0, 3120, true);
    let back = vec![
        span("00000000000000b1", "00000000000000a1", "reserve", 60, 3080, true),
        span("00000000000000b2", "00000000000000b1", "select_stock", 70, 3070, true),
    ];
    json!({ "resourceSpans": [of("walk-front", vec![front]), of("walk-stock", back)] })
}

/// Two lines of the failing span, each in a layout of Agent360's.
fn lines(at: Timestamp) -> [Value; 2] {
    let said = |message: &str| json!({ "level": "ERROR", "service": "walk-stock", "message": message, "trace_id": TRACE, "span_id": "00000000000000b2" });
    let mut plain = said("no stock for 4711");
    plain["@timestamp"] = at.rfc3339().into();
    let pod = json!({ "pod_name": "stock-1" });
    [plain, json!({ "@timestamp": at.rfc3339(), "log": said("gave 4711 up").to_string(), "kubernetes": pod })]
}

/// Sends what the walk comes by: three spans, and the lines of the one that failed first.
fn tell(stack: &Stack, engine: &str, jaeger: &str) {
    let now = now();
    let (collector, path) = stack.spans(jaeger);
    send(&collector, "POST", &path, "application/json", &spans(now.plus(-10_000).ns()).to_string());
    for (number, line) in lines(now.plus(-7_000)).iter().enumerate() {
        put(&stack.url(engine), &format!("/agent360-walk/_doc/{number}?refresh=true"), line);
    }
}

fn walk(engine: &str, jaeger: &str) {
    let stack = Stack::up(&["prometheus-3.14", engine, jaeger]);
    tell(&stack, engine, jaeger);
    let flag = format!("--trace-self={}", stack.spans_url(jaeger));
    let (prometheus, search, traces) = (stack.url("prometheus-3.14"), stack.url(engine), stack.url(jaeger));
    let mut args = vec!["--prometheus", &prometheus, "--elasticsearch", &search, "--jaeger", &traces];
    args.extend(["--view", "traces", "--refresh", "1s", &flag]);
    let mut console = on_terminal(&args);
    console.patience = Duration::from_secs(60);
    console.until("the trace", |screen| row(screen, &["walk-front place_order", "3.12 s", "✖3"]));

    // Found by what one of its spans says.
    console.write("eservice=walk-stock operation=reserve error=true order=4711 min=1s\r");
    console.until("the trace of the search", |screen| row(screen, &["walk-front place_order", "3.12 s", "✖3"]));
    console.write("\r");
    console.until("where its time went", |screen| {
        shows(screen, &[TRACE, "3 spans", "2 services"])
            && row(screen, &["walk-front", "place_order", "3.12 s"])
            && row(screen, &["walk-stock", "select_stock", "✖"])
    });
    console.write("L");
    console.until("its lines", |screen| {
        row(screen, &["ERROR", "no stock for 4711"]) && row(screen, &["ERROR", "gave 4711 up"])
    });
    console.write("T");
    console.until("the trace of the line", |screen| row(screen, &["walk-stock", "select_stock", "✖"]));
    console.write("[");
    console.until("the lines again", |screen| row(screen, &["ERROR", "no stock for 4711"]));
    console.write("[");
    console.until("the trace again", |screen| row(screen, &["walk-stock", "select_stock", "✖"]));

    // The lines of one span: the deepest that failed.
    console.write("E\rL");
    console.until("the lines of the span", |screen| {
        row(screen, &["ERROR", "gave 4711 up"]) && shows(screen, &["AND \"00000000000000b2\""])
    });

    // What the console did until now is a trace of its own.
    console.write("[");
    console.until("the span again", |screen| row(screen, &["error", "no connection from pool"]));
    console.write("4");
    console.until("the list", |screen| shows(screen, &["newest first"]));
    console.write("e\x15service=a360 operation=Traces\r");
    console.until("its own traces", |screen| row(screen, &["a360 Traces"]));
    console.write("\r");
    console.until("its own poll, step by step", |screen| {
        row(screen, &["a360", "Traces"]) && row(screen, &["HTTP GET"]) && row(screen, &["decode"])
    });
    console.write("q");
    console.rest();
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn a_walk_through_jaeger_2_and_elasticsearch() {
    walk("elasticsearch-9.2", "jaeger-v2");
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn a_walk_through_jaeger_1_and_opensearch() {
    walk("opensearch-2.19", "jaeger-v1");
}
