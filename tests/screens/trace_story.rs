//! What a Jaeger answers in the tests of the screen.

use std::sync::Arc;

use a360::model::fault::FetchError;
use a360::model::query::{Answer, Query};
use a360::model::trace::{Found, Kind, Process, Reference, Share, Span, SpanId, Summary, Trace, TraceId};
use a360::text::Plain;
use a360::time::SECOND;
use a360::ui::app::App;

use crate::console::{self, NOW};
use crate::log_story::answers;
use crate::press;

pub const MS: i64 = 1_000_000;
/// The newest of those that failed.
pub const ID: TraceId = TraceId(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736);

/// A trace that began so many ms before now.
pub fn summary(number: u128, ago: i64, duration: i64, root: (&str, &str), errors: u32) -> Summary {
    let share = |service: &str, spans, errors| Share { service: service.into(), spans, errors };
    Summary {
        id: TraceId(ID.0 + number),
        start: (NOW.0 - ago) * MS,
        duration,
        service: root.0.into(),
        operation: root.1.into(),
        spans: 12 + number as u32 % 7,
        errors,
        services: vec![share("checkout", 5, errors), share(root.0, 4, 0), share("payment", 3 + number as u32 % 7, 0)],
    }
}

/// Of an incident, the newest first.
pub fn incident(count: u128) -> Vec<Summary> {
    let one = |number: u128| {
        let ago = 9_000 + number as i64 * 31_337;
        match number % 5 {
            0 => summary(number, ago, (3_120 + number as i64 % 400) * MS, ("gateway", "POST /api/checkout"), 3),
            1 => summary(number, ago, (12 + number as i64) * MS, ("gateway", "GET /api/search"), 0),
            2 => summary(number, ago, (340 + number as i64 * 3) * MS, ("gateway", "POST /api/checkout"), 0),
            3 => summary(number, ago, 900_000 + number as i64 * 10_000, ("worker", "job cleanup"), 0),
            _ => summary(number, ago, (28 + number as i64 % 60) * MS, ("gateway", "GET /api/search"), 0),
        }
    };
    (0..count).map(one).collect()
}

pub fn found(traces: Vec<Summary>) -> Found {
    Found { traces, is_limited: false, notes: Vec::new() }
}

/// Answers what is asked of Jaeger with these.
pub fn told(app: &mut App, found: &Found) {
    answers(app, NOW, |query| match query {
        Query::Traces { .. } => Some(Ok(Answer::Traces(found.clone()))),
        Query::Trace { id } => Some(Ok(Answer::Trace(Arc::new(trace(*id))))),
        Query::Services => Some(Ok(Answer::Names(names(&["checkout", "gateway", "payment", "worker"])))),
        Query::Operations { .. } => Some(Ok(Answer::Names(names(&["GET /api/search", "POST /api/checkout"])))),
        _ => None,
    });
}

fn names(names: &[&str]) -> Vec<Plain> {
    names.iter().map(|name| (*name).into()).collect()
}

pub fn refused(app: &mut App, of: fn(&Query) -> bool, error: FetchError) {
    answers(app, NOW, |query| of(query).then(|| Err(error.clone())));
}

pub fn span(id: u64, parent: Option<u64>, operation: &str, from: i64, to: i64, process: u32) -> Span {
    let reference = |span| Reference { trace: ID, span: SpanId(span), follows: false };
    Span {
        id: SpanId(id),
        references: parent.map(reference).into_iter().collect(),
        operation: operation.into(),
        process: Some(process),
        start: (NOW.0 - 9_000 + from) * MS,
        duration: (to - from) * MS,
        kind: Kind::Server,
        is_error: operation == "reserve",
        tags: Vec::new(),
        events: Vec::new(),
        warnings: Vec::new(),
    }
}

/// One of the incident, whole: it ended 5.88 s before now.
pub fn trace(id: TraceId) -> Trace {
    let process = |name: &str| Process { service: name.into(), tags: Vec::new() };
    let mut spans = vec![
        span(1, None, "POST /api/checkout", 0, 3_120, 0),
        span(2, Some(1), "place_order", 10, 3_110, 1),
        span(3, Some(2), "authorize", 20, 91, 2),
        span(4, Some(2), "reserve", 100, 3_100, 3),
    ];
    for span in &mut spans {
        span.references.iter_mut().for_each(|reference| reference.trace = id);
    }
    let processes = ["gateway", "checkout", "payment", "inventory"].map(process).into();
    Trace { id, spans, processes, notes: Vec::new() }
}

/// The same, long over.
pub fn old_trace(id: TraceId) -> Trace {
    let mut trace = trace(id);
    trace.spans.iter_mut().for_each(|span| span.start -= 600 * SECOND * MS);
    trace
}

/// A console that shows the traces, before the first answer.
pub fn console(width: u16, height: u16) -> App {
    let mut app = console::app(width, height);
    (app.setup.contexts[0].traces, app.setup.contexts[0].logs) = (true, true);
    press(&mut app, "4");
    app
}

pub fn of_incident(width: u16, height: u16) -> App {
    let mut app = console(width, height);
    told(&mut app, &found(incident(60)));
    app
}

/// With a trace of the list open.
pub fn opened(width: u16, height: u16) -> App {
    let mut app = of_incident(width, height);
    press(&mut app, "enter");
    told(&mut app, &found(incident(60)));
    app
}

pub fn hostile() -> Vec<Summary> {
    let bad = "\u{1b}[31mred\u{1b}]52;c;x\u{7}\u{202e}reversed\u{200b}";
    let one = |number, start, duration, name: &str| Summary {
        start,
        duration,
        spans: u32::MAX,
        errors: u32::MAX,
        services: vec![Share { service: name.into(), spans: 1, errors: 1 }; 40],
        ..summary(number, 0, 0, (name, name), 0)
    };
    vec![
        one(1, i64::MAX, i64::MAX, bad),
        one(2, i64::MIN, i64::MIN, &"東京".repeat(300)),
        one(3, 0, 0, ""),
        one(4, NOW.0 * MS, -1, &"x".repeat(5_000)),
        one(4, NOW.0 * MS, 1, "the same id"),
    ]
}
