//! The overview's tile of what is new in the logs: what it asks, what it says, and what the headline has of it.

use a360::model::fault::FetchError;
use a360::model::log::{Arrivals, Count, Filter, Level, Line, Page, Search};
use a360::model::query::{Answer, Query};
use a360::model::window::Span;
use a360::time::{HOUR, MINUTE, Range, SECOND, Timestamp};
use a360::ui::app::{App, Event};
use a360::ui::range::Shown;
use a360::ui::view::ViewId;

use crate::console::{self, NOW, paint, text};
use crate::log_story::{answers, arrivals, hostile, line, timeout};
use crate::story::Story;
use crate::{SIZES, check, press, shows};

type Told = Result<Answer, FetchError>;

fn overview(story: &Story, width: u16, height: u16) -> App {
    let mut app = console::app(width, height);
    app.setup.contexts[0].logs = true;
    story.tell(&mut app, NOW);
    app
}

fn screen(app: &App) -> String {
    text(&paint(app))
}

fn headline(app: &App) -> String {
    app.overview.headline(&app.scene()).text
}

/// Answers the questions about lines that are open.
fn tell(app: &mut App, at: Timestamp, answer: impl Fn(&Query) -> Option<Told>) {
    app.handle(Event::Tick, at);
    answers(app, at, answer);
}

fn tail(app: &mut App, at: Timestamp, told: &Arrivals) {
    tell(app, at, |query| matches!(query, Query::Tail { .. }).then(|| Ok(Answer::Arrivals(told.clone()))));
}

fn anew(mut lines: Vec<Line>) -> Arrivals {
    lines.sort_by_key(|line| line.at);
    Arrivals { anew: true, ..arrivals(lines) }
}

/// Something that is said all the time, and what is new since eight minutes.
fn incident() -> Vec<Line> {
    let usual =
        (0..58).map(|i| line(i * 30 * SECOND, Level::Warn, "gateway", &format!("slow response {} ms", 2_000 + i)));
    let new = (0..300).map(|i| timeout(i * 1_600, "4bf92f3577b34da6a3ce929d0e0e4736"));
    let retry = (0..40)
        .map(|i| line(i * 12_000, Level::Warn, "checkout", &format!("retrying payment {} attempt 2", 8_812 + i)));
    usual.chain(new).chain(retry).collect()
}

fn usual() -> Vec<Line> {
    incident().into_iter().filter(|line| line.message.starts_with("slow")).collect()
}

fn of_incident(width: u16, height: u16) -> App {
    let mut app = overview(&Story::incident(), width, height);
    tail(&mut app, NOW, &anew(incident()));
    app
}

fn questions(app: &App) -> Vec<Query> {
    let all = app.subscriptions().into_iter().map(|subscription| subscription.query);
    all.filter(|query| matches!(query, Query::Tail { .. } | Query::Lines { .. })).collect()
}

#[test]
fn what_is_new_is_told_at_every_size() {
    for (width, height) in SIZES {
        shows(&of_incident(width, height), "log_tile");
    }
    let wide = screen(&of_incident(120, 40));
    for part in [
        "NEW IN THE LOGS (15m)",
        "ERROR     +300  upstream timeout after <*>",
        "WARN       +40  retrying payment <*>",
        "13:55",
    ] {
        assert!(wide.contains(part), "{part}\n{wide}");
    }
    assert!(!wide.contains("slow response"), "what is said every day is no news\n{wide}");
    let small = screen(&of_incident(80, 24));
    assert!(small.contains("new in the logs: ERROR +300 upstream timeout after <*>  + 1 more"), "{small}");
}

#[test]
fn the_headline_has_what_fits_the_endpoint_that_fails() {
    let told = "\"upstream timeout\" is new in its logs";
    assert!(headline(&of_incident(120, 40)).ends_with(told));
    // Of another endpoint it is no cause.
    let mut app = overview(&Story::incident(), 120, 40);
    let elsewhere = incident().into_iter().map(|line| Line { endpoint: "/api/search".into(), ..line }).collect();
    tail(&mut app, NOW, &anew(elsewhere));
    assert!(headline(&app).contains("/api/checkout fails") && !headline(&app).contains("logs"), "{}", headline(&app));
    // Lines that name no endpoint are known by their service.
    let unnamed = incident().into_iter().map(|line| Line { endpoint: "".into(), ..line }).collect();
    tail(&mut app, NOW, &anew(unnamed));
    assert!(headline(&app).ends_with(told), "{}", headline(&app));
    // What was known long ago is not told as of now.
    app.handle(Event::Tick, NOW.plus(5 * MINUTE));
    Story::incident().tell(&mut app, NOW.plus(5 * MINUTE));
    assert!(!headline(&app).contains("logs"), "{}", headline(&app));
}

#[test]
fn it_is_not_calm_while_the_logs_tell_of_errors() {
    let mut app = overview(&Story::calm(), 120, 40);
    tail(&mut app, NOW, &anew(usual()));
    assert_eq!(headline(&app), "calm: nothing fires, every target answers");
    tail(&mut app, NOW, &anew(incident()));
    let told =
        "nothing fires; in the logs `upstream timeout after <*>` from checkout is new: 300 lines, first seen 13:55";
    assert_eq!(headline(&app), told);
    // A single warning is no reason to wake anybody.
    let single = usual().into_iter().chain([line(60_000, Level::Warn, "auth", "the certificate is old")]).collect();
    tail(&mut app, NOW, &anew(single));
    assert!(headline(&app).starts_with("calm") && screen(&app).contains("+1  the certificate is old"));
}

fn failing(error: FetchError) -> impl Fn(&Query) -> Option<Told> {
    move |_| Some(Err(error.clone()))
}

/// A full first page, of which the oldest line is so old.
fn full(oldest: i64) -> Arrivals {
    anew(
        (0..5_000)
            .map(|i| line(oldest * i / 5_000, Level::Warn, "gateway", &format!("slow response {i} ms")))
            .collect(),
    )
}

#[test]
fn every_state_reads_differently() {
    type State = (&'static str, &'static str, fn(&mut App));
    let states: [State; 9] = [
        ("asking", "asking…", |_| {}),
        ("failed", "✖ connection refused · for 0s", |app| tell(app, NOW, failing(FetchError::Refused))),
        ("no line", "no line of level WARN or ERROR since 13:4", |app| tail(app, NOW, &anew(Vec::new()))),
        ("nothing new", "nothing new since 13:4", |app| tail(app, NOW, &anew(usual()))),
        ("new", "upstream timeout", |app| tail(app, NOW, &anew(incident()))),
        ("stale", "stale 1m", |app| {
            tail(app, NOW.plus(-90 * SECOND), &anew(usual()));
            app.handle(Event::Tick, NOW);
        }),
        ("failed after an answer", "as of 42s ago, then ✖ connection refused", |app| {
            tail(app, NOW.plus(-42 * SECOND), &anew(usual()));
            tell(app, NOW.plus(-30 * SECOND), failing(FetchError::Refused));
            app.handle(Event::Tick, NOW);
        }),
        ("partial", "PARTIAL: 1 of 5 shards", |app| {
            tail(app, NOW, &Arrivals { notes: vec!["1 of 5 shards".into()], ..anew(usual()) });
        }),
        ("not known", "not known: ", |app| tail(app, NOW, &full(5 * MINUTE))),
    ];
    for (width, height) in [(80, 24), (120, 40), (200, 50)] {
        let mut seen: Vec<(&str, String)> = Vec::new();
        for (name, words, make) in states {
            let mut app = overview(&Story::calm(), width, height);
            make(&mut app);
            let shown = screen(&app);
            assert!(shown.contains(words), "{name} at {width}x{height}\n{shown}");
            let tile: String = shown.lines().filter(|row| row.to_lowercase().contains("in the logs")).collect();
            let next: String =
                shown.lines().skip_while(|row| !row.contains("IN THE LOGS")).nth(1).unwrap_or_default().into();
            let tile = tile + &next;
            assert!(seen.iter().all(|(_, other)| *other != tile), "{name} looks like another: {tile}");
            seen.push((name, tile));
        }
    }
}

#[test]
fn what_the_tail_does_not_begin_with_is_fetched_back() {
    let mut app = overview(&Story::incident(), 120, 40);
    tail(&mut app, NOW, &full(8 * MINUTE));
    let lines = |app: &App| questions(app).into_iter().find(|query| matches!(query, Query::Lines { .. }));
    let Some(Query::Lines { before: Some(first), span: Span::Fixed(span), .. }) = lines(&app) else { panic!("none") };
    assert!(first > NOW.plus(-9 * MINUTE).0 * 1_000_000 && span.length() >= 29 * MINUTE, "{span:?}");
    // The page before it reaches the beginning.
    let older = (1..200).map(|i| line((8 + i / 9) * MINUTE, Level::Warn, "gateway", &format!("slow response {i} ms")));
    let page = Page { lines: older.rev().collect(), total: Count::AtLeast(199), notes: Vec::new() };
    assert!(screen(&app).contains("not known: 5,000 lines reach back to 13:55 only"), "{}", screen(&app));
    let back = |query: &Query| matches!(query, Query::Lines { .. }).then(|| Ok(Answer::Lines(page.clone())));
    tell(&mut app, NOW.plus(SECOND), back);
    assert!(lines(&app).is_none(), "there is nothing more to fetch");
    let shown = screen(&app);
    assert!(shown.contains("x ") && shown.contains("slow response") && !shown.contains("not known"), "{shown}");
}

#[test]
fn of_a_storm_not_everything_is_fetched_and_the_beginning_is_not_invented() {
    let mut app = overview(&Story::incident(), 120, 40);
    let storm = |from: i64| (0..5_000).map(move |i| timeout(from + i * 6, "")).rev().collect::<Vec<_>>();
    tail(&mut app, NOW, &anew(storm(0)));
    let mut asked = Vec::new();
    while let Some(Query::Lines { span, before, .. }) =
        questions(&app).into_iter().find(|query| matches!(query, Query::Lines { .. }))
    {
        let Span::Fixed(span) = span else { panic!("{span:?}") };
        asked.push(before.is_some());
        assert!(asked.len() < 20);
        let lines = match before {
            Some(before) => storm(NOW.0 - before / 1_000_000),
            // Before the storm there are few.
            None => usual().into_iter().rev().filter(|line| span.contains(Timestamp(line.at / 1_000_000))).collect(),
        };
        let total = if before.is_some() { Count::AtLeast(10_000) } else { Count::Exactly(lines.len() as u64) };
        let page = Page { lines, total, notes: Vec::new() };
        tell(&mut app, NOW.plus(SECOND), |query| {
            matches!(query, Query::Lines { .. }).then(|| Ok(Answer::Lines(page.clone())))
        });
    }
    assert_eq!(asked, [true, true, true, false]);
    let shown = screen(&app);
    assert!(shown.contains("+20,000  upstream timeout") && shown.contains(" <14:00"), "{shown}");
}

#[test]
fn a_range_that_is_over_is_compared_with_the_one_before() {
    let mut app = overview(&Story::calm(), 120, 40);
    let range = Range::new(NOW.plus(-2 * HOUR), NOW.plus(-HOUR));
    app.shown = Shown::Fixed(range);
    let spans: Vec<Span> = questions(&app)
        .into_iter()
        .filter_map(|query| match query {
            Query::Lines { span, before: None, .. } => Some(span),
            _ => None,
        })
        .collect();
    assert_eq!(spans, [Span::Fixed(range.before()), Span::Fixed(range)]);
    assert!(screen(&app).contains("NEW IN THE LOGS  asking…"));
    let of = |lines: Vec<Line>| Page { total: Count::Exactly(lines.len() as u64), lines, notes: Vec::new() };
    let here: Vec<Line> = (0..30).map(|i| timeout(HOUR + i * MINUTE, "")).rev().collect();
    for (span, page) in [(range, of(here)), (range.before(), of(Vec::new()))] {
        assert!(!screen(&app).contains("upstream"), "one of two answers is no comparison");
        tell(&mut app, NOW, |query| {
            matches!(query, Query::Lines { span: asked, .. } if *asked == Span::Fixed(span))
                .then(|| Ok(Answer::Lines(page.clone())))
        });
    }
    let shown = screen(&app);
    assert!(shown.contains("ERROR      +30  upstream timeout after <*>") && shown.contains("12:3"), "{shown}");
    assert!(!shown.contains("newest"), "{shown}");
    // Of a busy range not everything is looked at, which is said.
    let end: Vec<Line> = (0..5_000).map(|i| line(HOUR + i * 200, Level::Warn, "gateway", "slow")).rev().collect();
    for span in [range, range.before()] {
        let lines = if span == range { end.clone() } else { Vec::new() };
        let total = if lines.is_empty() { Count::Exactly(0) } else { Count::AtLeast(10_000) };
        let page = Page { lines, total, notes: Vec::new() };
        tell(&mut app, NOW, |query| {
            matches!(query, Query::Lines { span: asked, .. } if *asked == Span::Fixed(span))
                .then(|| Ok(Answer::Lines(page.clone())))
        });
    }
    let shown = screen(&app);
    assert!(shown.contains("NEW IN THE LOGS  newest 5,000 lines, from 12:46"), "{shown}");
}

#[test]
fn a_new_beginning_forgets_what_was_counted_and_another_scope_what_was_asked() {
    let mut app = of_incident(120, 40);
    tail(&mut app, NOW, &arrivals(vec![timeout(0, "")]));
    assert!(screen(&app).contains("+301  upstream"));
    tail(&mut app, NOW, &anew(incident()));
    assert!(screen(&app).contains("+300  upstream"));
    app.setup.contexts[0].scopes[0].logs = Some(Filter { field: "shop".into(), value: "eu".into(), exclude: false });
    press(&mut app, "s down enter");
    let [Query::Tail { search: Search { filters, level, .. }, .. }] = &questions(&app)[..] else { panic!("one") };
    assert_eq!((filters[0].field.as_str(), *level), ("shop", Some(Level::Warn)));
    assert!(screen(&app).contains("asking…") && !screen(&app).contains("upstream"), "{}", screen(&app));
}

#[test]
fn without_logs_there_is_no_tile_and_nothing_is_asked() {
    let mut app = console::app(120, 40);
    Story::incident().tell(&mut app, NOW);
    assert!(questions(&app).is_empty() && !screen(&app).contains("LOGS"));
}

#[test]
fn one_key_goes_to_the_lines_that_are_counted() {
    let mut app = of_incident(120, 40);
    press(&mut app, "L");
    assert_eq!((app.view, app.logs.search().level), (ViewId::Logs, Some(Level::Warn)));
}

#[test]
fn hostile_lines_stay_in_their_tile() {
    for (width, height) in SIZES {
        let mut app = overview(&Story::incident(), width, height);
        let error = |line: Line| Line { level: Level::Error, ..line };
        tail(&mut app, NOW, &anew(hostile().into_iter().map(error).collect()));
        let buf = paint(&app);
        check(&buf, "hostile lines");
        assert!(width < 80 || text(&buf).contains("ERROR"), "{}", text(&buf));
        app.setup.ascii = true;
        assert!(screen(&app).is_ascii(), "{}", screen(&app));
    }
}

#[test]
fn of_many_lines_those_that_are_known_are_not_asked_for_again() {
    let mut app = overview(&Story::incident(), 120, 40);
    let burst = |newest: i64| anew((0..5_000).map(|i| timeout(newest + i * 60, "")).collect());
    tail(&mut app, NOW, &burst(0));
    let back = |app: &App| questions(app).iter().any(|query| matches!(query, Query::Lines { .. }));
    assert!(back(&app) && screen(&app).contains("not known: 5,000 lines"), "{}", screen(&app));
    let older =
        usual().into_iter().filter(|line| line.at < NOW.plus(-310 * SECOND).0 * 1_000_000).rev().collect::<Vec<_>>();
    let page = Page { total: Count::Exactly(older.len() as u64), lines: older, notes: Vec::new() };
    let answer = |query: &Query| matches!(query, Query::Lines { .. }).then(|| Ok(Answer::Lines(page.clone())));
    tell(&mut app, NOW, answer);
    assert!(!back(&app) && screen(&app).contains("+5,000  upstream"), "{}", screen(&app));
    // The same with a hundred lines more, after another view: nothing is counted twice, nothing is fetched again.
    press(&mut app, "2 1");
    tail(&mut app, NOW.plus(6 * SECOND), &burst(-6_000));
    assert!(!back(&app) && screen(&app).contains("+5,100  upstream"), "{}", screen(&app));
    // After a long time what is known does not join what is told.
    tail(&mut app, NOW.plus(400 * SECOND), &burst(-400_000));
    assert!(back(&app) && !screen(&app).contains("+5,100"), "{}", screen(&app));
}
