//! The overview's tile of the slowest and the failing traces: what it asks, what it says, and what the headline has
//! of it.

use std::sync::Arc;

use a360::model::fault::FetchError;
use a360::model::query::{Answer, Query, Update};
use a360::model::trace::{Kind, Process, Reference, Sample, Span, SpanId, Tag, Trace, TraceId};
use a360::model::window::Span as Over;
use a360::time::{DAY, HOUR, MINUTE, Range, SECOND, Timestamp};
use a360::ui::app::{App, Event};
use a360::ui::range::Shown;

use crate::console::{self, NOW, paint, text};
use crate::log_story::{arrivals, timeout};
use crate::scenes::HOSTILE;
use crate::story::Story;
use crate::{SIZES, check, shows};

const MS: i64 = 1_000_000;

fn overview(story: &Story, width: u16, height: u16, logs: bool) -> App {
    let mut app = console::app(width, height);
    app.setup.contexts[0].logs = logs;
    app.setup.contexts[0].traces = true;
    story.tell(&mut app, NOW);
    app
}

fn screen(app: &App) -> String {
    text(&paint(app))
}

fn headline(app: &App) -> String {
    app.overview.headline(&app.scene()).text
}

fn questions(app: &App) -> Vec<Query> {
    let all = app.subscriptions().into_iter().map(|subscription| subscription.query);
    all.filter(|query| matches!(query, Query::Sample { .. })).collect()
}

fn is_failing(query: &Query) -> bool {
    matches!(query, Query::Sample { search, .. } if !search.tags.is_empty())
}

/// A request so long ago that took so many ms and, if it failed, did so in the service that it called.
fn trace(ago: i64, took: i64, error: Option<&str>) -> Arc<Trace> {
    let id = TraceId((0x4bf9_2f35_u128 << 96) + ago as u128);
    let start = NOW.plus(-ago).0 * MS;
    let tags: Vec<Tag> = error.map(|text| Tag { key: "error".into(), value: text.into() }).into_iter().collect();
    let span = |number: u64, parent: Option<u64>, operation: &str, took: i64| Span {
        id: SpanId(number),
        references: parent.map(|of| Reference { trace: id, span: SpanId(of), follows: false }).into_iter().collect(),
        operation: operation.into(),
        process: Some(number as u32 - 1),
        start,
        duration: took * MS,
        kind: Kind::Server,
        is_error: error.is_some(),
        tags: tags.clone(),
        events: Vec::new(),
        warnings: Vec::new(),
    };
    let spans = vec![span(1, None, "POST /api/checkout", took), span(2, Some(1), "authorize", took - 1)];
    let processes = ["gateway", "payment"].map(|name| Process { service: name.into(), tags: Vec::new() });
    Arc::new(Trace { id, spans, processes: processes.into(), notes: Vec::new() })
}

fn sample(traces: Vec<Arc<Trace>>) -> Sample {
    Sample { traces, is_limited: false, notes: Vec::new() }
}

fn failing() -> Sample {
    sample((0..10).map(|i| trace(i * 7_000, 400 + i * 300, Some("Timeout: upstream timeout after 3000 ms"))).collect())
}

/// The slowest of them fails as well.
fn slow() -> Sample {
    let ones = (0..5).map(|i| trace(60_000 + i * 61_000, 2_100 + i * 700, None));
    sample(ones.chain([trace(63_000, 3_100, Some("Timeout: upstream timeout after 3000 ms"))]).collect())
}

type Told = Result<Sample, FetchError>;

fn none() -> Told {
    Ok(sample(Vec::new()))
}

fn tell(app: &mut App, at: Timestamp, failing: impl Fn() -> Told, slow: impl Fn() -> Told) {
    app.handle(Event::Tick, at);
    for subscription in app.subscriptions() {
        let Query::Sample { .. } = &subscription.query else { continue };
        let told = if is_failing(&subscription.query) { failing() } else { slow() };
        let update = Update { subscription, at, next: None, skew_ms: 0, result: told.map(Answer::Sample) };
        app.handle(Event::Update(Box::new(update)), at);
    }
}

fn of_incident(width: u16, height: u16, logs: bool) -> App {
    let mut app = overview(&Story::incident(), width, height, logs);
    if logs {
        let lines = (0..300).map(|i| timeout(i * 1_600, "")).rev().collect();
        crate::log_story::answers(&mut app, NOW, |query| {
            let told = a360::model::log::Arrivals { anew: true, ..arrivals(Vec::clone(&lines)) };
            matches!(query, Query::Tail { .. }).then(|| Ok(Answer::Arrivals(told)))
        });
    }
    tell(&mut app, NOW, || Ok(failing()), || Ok(slow()));
    app
}

#[test]
fn slow_and_failing_traces_are_told_where_there_is_room() {
    for (width, height) in SIZES {
        shows(&of_incident(width, height, true), "trace_tile");
        shows(&of_incident(width, height, false), "trace_tile_alone");
    }
    let wide = screen(&of_incident(200, 50, true));
    for part in [
        "SLOWEST AND FAILING TRACES (1h)",
        "14:02:24   3.1 s  POST /api/checkout",
        "✖ authorize of payment",
        "4.9 s  POST /api/checkout",
        "NEW IN THE LOGS",
    ] {
        assert!(wide.contains(part), "{part}\n{wide}");
    }
    // Neither kind takes the room of the other.
    let alone = screen(&of_incident(120, 40, false));
    assert!(alone.contains("3.1 s") && alone.contains("4.9 s") && !alone.contains("LOGS"), "{alone}");
    let small = screen(&of_incident(80, 24, false));
    assert!(small.contains(" traces:    3.1 s  POST /api/checkout      ✖ authorize of payment"), "{small}");
}

#[test]
fn it_asks_no_more_than_it_shows() {
    let app = overview(&Story::calm(), 120, 40, true);
    let asked = questions(&app);
    assert_eq!(asked.len(), 2);
    for query in &asked {
        let Query::Sample { search, span } = query else { panic!("{query:?}") };
        assert_eq!((search.limit, *span), (10, Over::Live { length: HOUR }));
        assert_eq!(search.min.is_none(), is_failing(query));
    }
    // Not on the smallest screen, not with a panel on the whole of it, not without a tracing backend.
    assert!(questions(&overview(&Story::calm(), 40, 10, true)).is_empty());
    let mut full = overview(&Story::calm(), 120, 40, true);
    crate::press(&mut full, "f");
    assert!(questions(&full).is_empty());
    let mut none = overview(&Story::calm(), 120, 40, true);
    none.setup.contexts[0].traces = false;
    assert!(questions(&none).is_empty() && !screen(&none).contains("TRACES"));
}

#[test]
fn the_scope_narrows_it_and_a_long_range_does_not_widen_it() {
    let mut app = overview(&Story::calm(), 120, 40, false);
    app.setup.contexts[0].scopes[0].traces = Some("checkout".into());
    crate::press(&mut app, "s down enter");
    let all = questions(&app);
    assert!(all.iter().all(|query| matches!(query, Query::Sample { search, .. } if search.service == "checkout")));
    app.shown = Shown::Live(DAY);
    assert!(questions(&app) == all);
    let range = Range::new(NOW.plus(-2 * HOUR), NOW.plus(-HOUR));
    app.shown = Shown::Fixed(range);
    assert!(
        questions(&app).iter().all(|query| matches!(query, Query::Sample { span, .. } if *span == Over::Fixed(range)))
    );
    assert!(screen(&app).contains("SLOWEST AND FAILING TRACES  asking…"), "{}", screen(&app));
}

#[test]
fn every_state_reads_differently() {
    type State = (&'static str, &'static str, fn(&mut App));
    let states: [State; 7] = [
        ("asking", "asking…", |_| {}),
        ("failed", "✖ connection refused · for 0s", |app| {
            tell(app, NOW, || Err(FetchError::Refused), || Err(FetchError::Refused));
        }),
        ("half failed", "as of 0s ago, then ✖ connection refused", |app| {
            tell(app, NOW, || Ok(failing()), || Err(FetchError::Refused));
        }),
        ("nothing", "no trace fails or takes 2 s", |app| tell(app, NOW, none, none)),
        ("found", "✖ authorize of pa", |app| tell(app, NOW, || Ok(failing()), || Ok(slow()))),
        ("stale", "stale 1m", |app| {
            tell(app, NOW.plus(-90 * SECOND), || Ok(failing()), none);
            app.handle(Event::Tick, NOW);
        }),
        ("partial", "PARTIAL: 2 services were", |app| {
            let notes = || vec!["2 services were not asked".into()];
            tell(app, NOW, || Ok(Sample { notes: notes(), ..failing() }), none);
        }),
    ];
    for (width, height) in [(80, 24), (120, 40), (200, 50)] {
        let mut seen: Vec<(&str, String)> = Vec::new();
        for (name, words, make) in states {
            let mut app = overview(&Story::calm(), width, height, false);
            make(&mut app);
            let shown = screen(&app);
            assert!(shown.contains(words), "{name} at {width}x{height}\n{shown}");
            let tile: String = shown.lines().skip_while(|row| !row.to_lowercase().contains("traces")).collect();
            assert!(seen.iter().all(|(_, other)| *other != tile), "{name} looks like another: {tile}");
            seen.push((name, tile));
        }
    }
}

#[test]
fn a_remark_about_the_traces_does_not_hide_them() {
    let mut app = of_incident(120, 40, true);
    let notes = || vec!["failed ones are sought among the newest 10 traces of each of 12 services".into()];
    tell(&mut app, NOW, || Ok(Sample { notes: notes(), ..failing() }), || Ok(slow()));
    let shown = screen(&app);
    let line = shown.lines().find(|line| line.contains("traces: ")).unwrap_or_else(|| panic!("{shown}"));
    assert!(line.contains("PARTIAL") && line.contains("3.1 s  POST") && line.contains('✖'), "{line}");
    // Where there is no trace the remark says why.
    tell(&mut app, NOW, || Ok(Sample { notes: notes(), ..sample(Vec::new()) }), none);
    assert!(screen(&app).contains("traces: PARTIAL: failed ones are sought"), "{}", screen(&app));
}

#[test]
fn the_headline_says_where_the_traces_of_the_endpoint_fail() {
    let told = "; its traces fail in authorize of payment";
    assert!(headline(&of_incident(120, 40, false)).ends_with(told), "{}", headline(&of_incident(120, 40, false)));
    let mut app = overview(&Story::incident(), 120, 40, false);
    tell(&mut app, NOW, || Ok(sample(failing().traces[..2].to_vec())), || Ok(slow()));
    assert!(!headline(&app).contains("traces"), "two may be chance: {}", headline(&app));
    // What was known long ago is not told as of now.
    let mut app = of_incident(120, 40, false);
    app.handle(Event::Tick, NOW.plus(5 * MINUTE));
    Story::incident().tell(&mut app, NOW.plus(5 * MINUTE));
    assert!(!headline(&app).contains("traces"), "{}", headline(&app));
}

#[test]
fn the_first_row_is_the_trace_to_open() {
    let app = of_incident(120, 40, false);
    assert_eq!(app.overview.trace(&app.scene()), Some(failing().traces[9].id));
    let empty = overview(&Story::calm(), 120, 40, false);
    assert_eq!(empty.overview.trace(&empty.scene()), None);
}

#[test]
fn hostile_traces_stay_in_their_tile() {
    let long = "x".repeat(64 * 1024);
    let words = HOSTILE.iter().copied().chain([long.as_str()]);
    let odd = |(i, word): (usize, &str)| {
        let mut of = Trace::clone(&trace(i as i64 * 1_000, 3_000, Some(word)));
        of.spans.iter_mut().for_each(|span| span.operation = word.into());
        of.processes.iter_mut().for_each(|process| process.service = word.into());
        of.spans[0].start = [i64::MIN, 0, i64::MAX][i % 3];
        Arc::new(of)
    };
    let traces: Vec<Arc<Trace>> = words.enumerate().map(odd).collect();
    for (width, height) in SIZES {
        for logs in [true, false] {
            let mut app = overview(&Story::incident(), width, height, logs);
            tell(&mut app, NOW, || Ok(sample(traces.clone())), || Ok(slow()));
            check(&paint(&app), "hostile traces");
            app.setup.ascii = true;
            assert!(screen(&app).is_ascii(), "{}", screen(&app));
        }
    }
}
