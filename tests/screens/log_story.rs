//! What a server of logs answers in the tests of the screen.

use std::sync::Arc;

use a360::model::fault::FetchError;
use a360::model::log::{Arrivals, Count, Cursor, Document, Field, Level, Line, Volume, Way};
use a360::model::query::{Answer, Query, Update};
use a360::text::Plain;
use a360::time::{MINUTE, SECOND, Timestamp};
use a360::ui::app::{App, Event};

use crate::console::{self, NOW};
use crate::pages::screen;
use crate::{press, snapshot};

pub fn shows(app: &App, name: &str) {
    snapshot(&format!("logs_{name}_{}x{}", app.size.0, app.size.1), &screen(app));
}

/// A line so many ms before now.
pub fn line(ago: i64, level: Level, service: &str, message: &str) -> Line {
    let at = NOW.0 - ago;
    Line {
        index: "agent360-2026.11.23".into(),
        id: format!("{at}-{service}").into(),
        at: at * 1_000_000,
        level,
        service: service.into(),
        place: format!("{service}-7c9f").as_str().into(),
        message: message.into(),
        kind: "".into(),
        endpoint: "".into(),
        error_type: "".into(),
        trace: "".into(),
    }
}

pub fn timeout(ago: i64, trace: &str) -> Line {
    Line {
        endpoint: "/api/checkout".into(),
        error_type: "Timeout".into(),
        trace: trace.into(),
        ..line(ago, Level::Error, "checkout", &format!("upstream timeout after {} ms", 3_000 + ago % 7))
    }
}

/// Lines of an incident, the oldest first.
pub fn incident(count: i64) -> Vec<Line> {
    let one = |i: i64| {
        let ago = 2_000 + i * 1_370;
        match i % 7 {
            0 | 3 => timeout(ago, "4bf92f3577b34da6a3ce929d0e0e4736"),
            1 => line(ago, Level::Warn, "checkout", &format!("retrying payment {} attempt 2", 8_812 + i)),
            5 => line(ago, Level::Warn, "gateway", &format!("slow response {} ms", 3_120 + i)),
            6 => Line {
                error_type: "ConnectionError".into(),
                ..line(ago, Level::Error, "payment", "connection reset by peer")
            },
            _ => line(ago, Level::Info, "gateway", &format!("GET /api/search?q={i} 200 {} ms", 20 + i % 9)),
        }
    };
    (0..count).rev().map(one).collect()
}

pub fn arrivals(lines: Vec<Line>) -> Arrivals {
    Arrivals {
        lines,
        anew: false,
        skipped: 0,
        complete_to: Some(NOW.plus(-2 * SECOND)),
        way: Way::Arrival,
        notes: Vec::new(),
        cursor: Cursor(Arc::new(())),
    }
}

/// Answers every open question about logs that `answer` has an answer to.
pub fn answers(app: &mut App, now: Timestamp, answer: impl Fn(&Query) -> Option<Result<Answer, FetchError>>) {
    for subscription in app.subscriptions() {
        if let Some(result) = answer(&subscription.query) {
            let update = Update { subscription, at: now, next: None, skew_ms: 0, result };
            app.handle(Event::Update(Box::new(update)), now);
        }
    }
}

pub fn volume(query: &Query) -> Volume {
    let Query::Volume { step, .. } = query else { panic!("{query:?}") };
    let buckets = 60 * MINUTE / step;
    let burst =
        |from: i64, high: u64| (0..buckets).map(|i| if i < from { high / 40 } else { high - (i % 5) as u64 }).collect();
    let levels = vec![
        (Level::Error, (0..buckets).map(|i| if i > buckets * 9 / 10 { 40 + i as u64 % 9 } else { 0 }).collect()),
        (Level::Warn, burst(buckets * 8 / 10, 120)),
        (Level::Info, burst(0, 9_000)),
        (Level::Debug, burst(0, 10)),
    ];
    let start = (NOW.0 - 60 * MINUTE).div_euclid(*step) * step;
    Volume { start, step: *step, levels, total: Count::AtLeast(1_200_000), notes: Vec::new() }
}

pub fn document() -> Document {
    let leaf = |depth: u16, name: &str, path: &str, value: &str| Field {
        depth,
        name: name.into(),
        value: Some(value.into()),
        exact: (!path.is_empty()).then(|| (path.to_owned(), value.to_owned())),
    };
    let branch = |name: &str| Field { depth: 0, name: name.into(), value: None, exact: None };
    let stack = "Traceback (most recent call last):⏎  File \"/app/checkout.py\", line 88, in place_order⏎    reply = upstream.post(order, timeout=3.0)⏎TimeoutError: upstream timeout after 3000 ms";
    let fields = vec![
        leaf(0, "@timestamp", "@timestamp", "2026-11-23T14:03:25.000Z"),
        leaf(0, "level", "level", "ERROR"),
        leaf(0, "service", "service.keyword", "checkout"),
        leaf(0, "error_type", "error_type.keyword", "Timeout"),
        leaf(0, "trace_id", "trace_id", "4bf92f3577b34da6a3ce929d0e0e4736"),
        leaf(0, "stack", "", stack),
        branch("kubernetes"),
        leaf(1, "namespace_name", "kubernetes.namespace_name.keyword", "shop"),
        leaf(1, "pod_name", "kubernetes.pod_name.keyword", "checkout-7c9f"),
    ];
    Document { fields }
}

pub fn told(app: &mut App, arrived: Arrivals) {
    answers(app, NOW, |query| match query {
        Query::Tail { .. } => Some(Ok(Answer::Arrivals(arrived.clone()))),
        Query::Volume { .. } => Some(Ok(Answer::Volume(volume(query)))),
        Query::Document { .. } => Some(Ok(Answer::Document(document()))),
        _ => None,
    });
}

pub fn empty(app: &mut App, notes: Vec<Plain>) {
    answers(app, NOW, |query| match query {
        Query::Tail { .. } => Some(Ok(Answer::Arrivals(Arrivals { notes: notes.clone(), ..arrivals(Vec::new()) }))),
        Query::Volume { .. } => {
            Some(Ok(Answer::Volume(Volume { levels: Vec::new(), total: Count::Exactly(0), ..volume(query) })))
        }
        _ => None,
    });
}

/// A console that shows the logs, before the first answer.
pub fn console(width: u16, height: u16) -> App {
    let mut app = console::app(width, height);
    app.setup.contexts[0].logs = true;
    press(&mut app, "3");
    app
}

pub fn of_incident(width: u16, height: u16) -> App {
    let mut app = console(width, height);
    told(&mut app, arrivals(incident(120)));
    app
}

pub fn more(app: &mut App, count: i64) {
    let lines = (0..count).map(|i| line(-i - 1, Level::Info, "gateway", &format!("new {i}"))).collect();
    told(app, arrivals(lines));
}

pub fn hostile() -> Vec<Line> {
    let bad = "\u{1b}[31mred\u{1b}]52;c;x\u{7}\u{202e}reversed\u{200b}";
    let mut lines = vec![
        line(9_000, Level::Error, bad, bad),
        line(8_000, Level::Unknown, "東京東京東京東京東京東京", &"東京".repeat(300)),
        line(7_000, Level::Debug, "", ""),
        line(6_000, Level::Warn, &"x".repeat(400), &"y".repeat(4_000_000)),
        Line { at: i64::MAX, ..line(5_000, Level::Info, "future", "the year 2262") },
        Line { at: i64::MIN, ..line(4_000, Level::Info, "past", "the year 1677") },
        Line {
            trace: bad.into(),
            endpoint: bad.into(),
            place: "".into(),
            ..line(3_000, Level::Info, "a", "a\nb\tc\0d")
        },
    ];
    lines.sort_by_key(|line| line.at);
    lines
}
