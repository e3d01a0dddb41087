//! `handle` and `subscriptions` as pure functions: keys in, state and questions out.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use jiff::tz::TimeZone;

use super::*;
use crate::model::alert::AlertState;
use crate::model::labels::Labels;
use crate::model::query::{Answer, Query, Subscription, Update};
use crate::model::series::{Frame, Notes, Series};
use crate::model::window::{Part, Span, Window};
use crate::time::{HOUR, MINUTE};
use crate::ui::keymap::{Key, Keymap};
use crate::ui::theme::Theme;

mod alerts;

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn context(name: &str, scopes: &[(&str, &str)]) -> ContextSetup {
    let scopes = scopes.iter().map(|(name, matcher)| Scope {
        name: (*name).into(),
        matcher: (*matcher).into(),
        logs: None,
        traces: None,
    });
    ContextSetup {
        name: name.into(),
        production: name == "prod",
        address: "http://prometheus:9090".into(),
        at_once: 8,
        prometheus: true,
        alertmanager: false,
        logs: false,
        traces: false,
        index: "agent360-*".into(),
        read_only: false,
        dead_mans_switch: None,
        scopes: scopes.collect(),
        watch: Watch::default(),
    }
}

fn app() -> App {
    let setup = Setup {
        contexts: vec![context("staging", &[("shop", "namespace=\"shop\""), ("broken", "}{")]), context("prod", &[])],
        demo: false,
        keymap: Keymap::default(),
        theme: Theme::builtin("default").unwrap(),
        ascii: false,
        zone: TimeZone::UTC,
        live: HOUR,
        refresh: Duration::from_secs(5),
        tiles: Duration::from_secs(15),
        flags: Vec::new(),
        author: Some("mara".into()),
        bell: true,
        formats: ["markdown", "text", "json"].map(str::to_owned).into(),
    };
    App::new(setup, (120, 40), NOW)
}

/// Presses keys written as in the config; gives the last effect.
fn press(app: &mut App, keys: &str) -> Option<Effect> {
    let mut effect = None;
    for name in keys.split_whitespace() {
        let key = Key::parse(name).unwrap().event();
        effect = app.handle(Event::Term(TermEvent::Key(key)), NOW);
    }
    effect
}

fn type_text(app: &mut App, text: &str) {
    for c in text.chars() {
        app.handle(Event::Term(TermEvent::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE))), NOW);
    }
}

fn ranges(app: &App) -> Vec<(String, Span, i64)> {
    let queries = app.subscriptions().into_iter().map(|subscription| subscription.query);
    queries
        .filter_map(|query| match query {
            Query::Range { expr, span, step } => Some((expr, span, step)),
            _ => None,
        })
        .collect()
}

fn answer(app: &mut App, expr: &str, values: &[f64]) {
    let subscription = app
        .subscriptions()
        .into_iter()
        .find(|s| matches!(&s.query, Query::Range { expr: of, .. } if of == expr))
        .unwrap();
    let Query::Range { step, .. } = subscription.query else { unreachable!() };
    let end = NOW.floor_to(step).0;
    let times: Vec<i64> = (0..values.len() as i64).rev().map(|back| end - back * step).collect();
    let series = vec![Series::new(Labels::of(&[("endpoint", "/a")]), times, values.to_vec())];
    let window = Window { start: end - HOUR, end, step, part: Part::Whole };
    let result = Ok(Answer::Frame(Frame { window, series, notes: Notes::default() }));
    app.handle(Event::Update(Box::new(Update { subscription, at: NOW, next: None, skew_ms: 0, result })), NOW);
}

#[test]
fn a_live_overview_asks_its_five_built_in_questions() {
    let app = app();
    let asked = ranges(&app);
    let watch = Watch::default();
    for expr in [&watch.requests, &watch.errors, &watch.latency, &watch.memory, &watch.cpu] {
        let (_, span, _) = asked.iter().find(|(of, _, _)| of == expr).unwrap();
        // As much as the chart's dot columns hold: the hour, and the room it moves in.
        assert!(matches!(span, Span::Live { length } if (HOUR..HOUR + 10 * MINUTE).contains(length)), "{span:?}");
    }
    assert!(app.subscriptions().iter().any(|s| s.query == Query::Alerts));
}

#[test]
fn never_more_points_than_dot_columns_at_any_size() {
    for size in [(80, 24), (120, 40), (200, 50), (45, 12)] {
        let mut app = app();
        app.handle(Event::Term(TermEvent::Resize(size.0, size.1)), NOW);
        for (expr, _, step) in ranges(&app) {
            assert!(HOUR / step <= i64::from(size.0) * 2, "{expr} at {size:?}: step {step}");
        }
    }
}

#[test]
fn pausing_fixes_the_range_and_resuming_makes_it_live() {
    let mut app = app();
    press(&mut app, "p");
    assert_eq!(app.shown, Shown::Fixed(crate::time::Range::new(NOW.plus(-HOUR), NOW)));
    let once =
        app.subscriptions().into_iter().filter(|s| matches!(s.query, Query::Range { .. })).all(|s| s.every.is_none());
    assert!(once, "history is asked once");
    press(&mut app, "p");
    assert_eq!(app.shown, Shown::Live(HOUR));
}

#[test]
fn zoom_pan_reset_and_history() {
    let mut app = app();
    press(&mut app, "+");
    assert_eq!(app.shown, Shown::Live(HOUR / 2));
    press(&mut app, "h");
    assert!(!app.shown.is_live());
    press(&mut app, "0");
    assert_eq!(app.shown, Shown::Live(HOUR));
    press(&mut app, "[ [");
    assert_eq!(app.shown, Shown::Live(HOUR / 2));
    press(&mut app, "]");
    assert!(!app.shown.is_live());
}

#[test]
fn a_range_is_chosen_or_typed_and_a_wrong_one_says_why() {
    let mut app = app();
    press(&mut app, "t down enter");
    assert_eq!(app.shown, Shown::Live(6 * HOUR));
    press(&mut app, "t");
    type_text(&mut app, "90m");
    press(&mut app, "enter");
    assert_eq!(app.shown, Shown::Live(90 * MINUTE));
    press(&mut app, "t");
    type_text(&mut app, "never");
    press(&mut app, "enter");
    assert!(app.notice.as_ref().unwrap().0.contains("`never` is not a duration"));
    assert!(app.overlay.is_some(), "what was typed is not lost");
}

#[test]
fn a_scope_narrows_the_service_and_a_broken_one_is_refused() {
    let mut app = app();
    press(&mut app, "s down enter");
    assert_eq!(app.scope().unwrap().name, "shop");
    assert!(ranges(&app).iter().any(|(expr, _, _)| expr.contains("agent360_requests_total{namespace=\"shop\"}")));
    press(&mut app, "s down enter");
    assert_eq!(app.scope().unwrap().name, "shop");
    assert!(app.notice.as_ref().unwrap().0.contains("scope not used"));
    press(&mut app, "[");
    assert_eq!(app.scope(), None);
}

#[test]
fn another_context_starts_from_nothing() {
    let mut app = app();
    let requests = app.watch.requests.clone();
    answer(&mut app, &requests, &[1.0]);
    let effect = press(&mut app, "c down enter");
    assert_eq!(effect, Some(Effect::Context(1)));
    assert_eq!(app.context().unwrap().name, "prod");
    assert!(app.links.is_empty() && app.overview.availability().is_none());
    assert!(!crate::ui::screen::selection(&app).contains("/a"));
}

#[test]
fn an_answer_to_a_former_question_is_not_taken() {
    let mut app = app();
    let requests = app.watch.requests.clone();
    answer(&mut app, &requests, &[1.0]);
    let old = app.subscriptions();
    press(&mut app, "+");
    let stray = old.into_iter().find(|s| matches!(&s.query, Query::Range { expr, .. } if *expr == requests)).unwrap();
    let window = Window { start: 0, end: 10, step: 10, part: Part::Whole };
    let series = vec![Series::new(Labels::of(&[("endpoint", "/stray")]), vec![10], vec![9.0])];
    let result = Ok(Answer::Frame(Frame { window, series, notes: Notes::default() }));
    app.handle(Event::Update(Box::new(Update { subscription: stray, at: NOW, next: None, skew_ms: 0, result })), NOW);
    let text = crate::ui::screen::selection(&app);
    assert!(text.contains("/a") || text.contains("all"), "{text}");
    assert!(!text.contains("/stray"), "{text}");
}

#[test]
fn the_palette_runs_what_is_typed() {
    let mut app = app();
    press(&mut app, ":");
    type_text(&mut app, "full");
    press(&mut app, "enter");
    assert!(app.full);
    press(&mut app, ":");
    type_text(&mut app, "quit");
    assert_eq!(press(&mut app, "enter"), Some(Effect::Quit));
}

#[test]
fn escape_takes_back_one_thing_at_a_time() {
    let mut app = app();
    press(&mut app, "f , /");
    type_text(&mut app, "rate");
    press(&mut app, "enter");
    assert!(app.full && app.crosshair.is_some() && app.find.is_some());
    press(&mut app, "esc");
    assert!(app.find.is_none() && app.crosshair.is_some());
    press(&mut app, "esc");
    assert!(app.crosshair.is_none() && app.full);
    press(&mut app, "esc");
    assert!(!app.full);
}

#[test]
fn the_copied_command_line_reopens_the_view() {
    let mut app = app();
    press(&mut app, "j j f p");
    let Some(Effect::Copy(text)) = press(&mut app, "Y") else { panic!("nothing copied") };
    assert_eq!(
        text,
        "a360 --context staging --view overview --from 2023-11-14T21:13:20Z --to 2023-11-14T22:13:20Z --select latency+full"
    );
    let select = Select::parse("latency+full", ViewId::Overview, NOW, &TimeZone::UTC).unwrap();
    let mut other = self::app();
    other.open(0, 0, app.shown, Some(&select));
    assert_eq!(other.command_line(), text);
}

#[test]
fn select_is_checked() {
    let parse = |text: &str, view| Select::parse(text, view, NOW, &TimeZone::UTC);
    let crosshair = |text: &str| match parse(text, ViewId::Overview) {
        Ok(Select::Panel { full: false, crosshair, .. }) => crosshair,
        other => panic!("{other:?}"),
    };
    assert_eq!(crosshair("errors@2026-11-23T14:00:00Z"), Some(Timestamp(1_795_442_400_000)));
    assert_eq!(crosshair("errors@-30m"), Some(NOW.plus(-30 * MINUTE)));
    for (text, view, words) in [
        ("cpu", ViewId::Overview, "requests, errors, latency, resources"),
        ("alertname", ViewId::Alerts, "--select: one of = != =~ !~ is missing at the end"),
        ("", ViewId::Alerts, "--select is empty"),
        ("x=\"y\"", ViewId::Rules, "--select takes nothing in the view rules"),
        ("x=\"y\"", ViewId::Silences, "--select takes nothing in the view silences"),
    ] {
        let error = parse(text, view).unwrap_err().0;
        assert!(error.contains(words), "{text}: {error}");
    }
}

#[test]
fn a_paste_outside_of_a_prompt_does_nothing() {
    let mut app = app();
    let effect = app.handle(Event::Term(TermEvent::Paste("q\rqqq".into())), NOW);
    assert_eq!(effect, None);
    assert!(app.overlay.is_none());
}

#[test]
fn a_click_selects_and_points_and_the_wheel_zooms_there() {
    let mut app = app();
    let mut mouse = |kind, column, row| {
        let event = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
        app.handle(Event::Term(TermEvent::Mouse(event)), NOW);
        (app.overview.panel().id(), app.crosshair, app.shown)
    };
    let (panel, crosshair, shown) = mouse(MouseEventKind::Down(MouseButton::Left), 90, 8);
    assert_eq!((panel, shown), ("errors", Shown::Live(HOUR)));
    let at = crosshair.unwrap();
    assert!((NOW.0 - HOUR..NOW.0).contains(&at));
    let (_, _, Shown::Fixed(range)) = mouse(MouseEventKind::ScrollUp, 90, 8) else { panic!("not fixed") };
    assert!(range.contains(Timestamp(at)) && range.length() == HOUR / 2);
    assert_eq!(mouse(MouseEventKind::Down(MouseButton::Left), 0, 0).0, "errors");
}

#[test]
fn a_source_that_refuses_everything_is_not_green_and_a_wrong_clock_is_told() {
    let mut app = app();
    let refused = || Err(FetchError::Server { kind: "execution".into(), message: "too many samples".into() });
    let subscriptions = app.subscriptions();
    let mut learn = |result: Result<Answer, FetchError>, now: Timestamp| {
        let subscription = subscriptions.iter().find(|s| s.query == Query::Alerts).unwrap().clone();
        let update = Update { subscription, at: now, next: None, skew_ms: 600_000, result };
        app.handle(Event::Update(Box::new(update)), now);
        let mut buf = ratatui::buffer::Buffer::empty(Rect::new(0, 0, 120, 40));
        crate::ui::screen::draw(&app, &mut buf);
        let line = |y: u16| (0..120).map(|x| buf[(x, y)].symbol()).collect::<String>();
        (line(0), line(2))
    };
    let (header, _) = learn(Ok(Answer::Alerts(Vec::new())), NOW);
    assert!(header.contains("prom ●") && header.contains("clock +10m"), "{header}");
    let (header, _) = learn(refused(), NOW.plus(5_000));
    assert!(header.contains("prom ●"), "one refusal is one panel's trouble: {header}");
    let (header, headline) = learn(refused(), NOW.plus(60_000));
    assert!(header.contains("prom ! error"), "{header}");
    assert!(headline.contains("answers no question: execution: too many samples"), "{headline}");
}
