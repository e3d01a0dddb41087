//! Ways to a trace and from it: by its id, from a line, an alert and the overview, to its lines and back, and reopened
//! from a command line.

use std::sync::Arc;

use a360::model::fault::FetchError;
use a360::model::query::{Answer, Query};
use a360::model::trace::{SpanId, TraceId};
use a360::time::{HOUR, MINUTE, Range, SECOND, Timestamp};
use a360::ui::app::{App, Effect, Event, Select};
use a360::ui::range::Shown;
use a360::ui::view::ViewId;
use crossterm::event::Event as TermEvent;

use crate::alerting;
use crate::console::NOW;
use crate::log_story::{self, answers};
use crate::pages::screen;
use crate::press;
use crate::trace_story::{ID, console, found, incident, of_incident, old_trace, opened, refused, told};

const LONG: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

fn asked(app: &App) -> Option<TraceId> {
    app.subscriptions().into_iter().find_map(|one| match one.query {
        Query::Trace { id } => Some(id),
        _ => None,
    })
}

fn paste(app: &mut App, text: &str) {
    app.handle(Event::Term(TermEvent::Paste(text.to_owned())), NOW);
}

fn open(app: &App) -> Option<TraceId> {
    app.traces.opened().map(|(id, _)| id)
}

fn copied(app: &mut App, keys: &str) -> String {
    let Some(Effect::Copy(text)) = press(app, keys) else { panic!("nothing copied\n{}", screen(app)) };
    text
}

#[test]
fn a_trace_is_opened_and_left_where_it_was() {
    let mut app = of_incident(80, 24);
    press(&mut app, "j j j j j j j j j j j j");
    let before = screen(&app);
    press(&mut app, "enter");
    assert_eq!(asked(&app), Some(TraceId(ID.0 + 12)));
    assert!(screen(&app).contains("asking for trace 4bf92f3577b34da6a3ce929d0e0e4742"), "{}", screen(&app));
    assert!(!app.subscriptions().iter().any(|one| matches!(one.query, Query::Traces { .. })));
    told(&mut app, &found(Vec::new()));
    assert!(screen(&app).contains("place_order"), "{}", screen(&app));
    press(&mut app, "esc");
    assert_eq!(screen(&app), before);
    press(&mut app, "[");
    assert_eq!(open(&app), Some(TraceId(ID.0 + 12)), "the way back");
    press(&mut app, "[");
    assert_eq!(open(&app), None);
    press(&mut app, "] 4");
    assert_eq!(open(&app), None, "its number shows the list");
}

#[test]
fn a_fresh_trace_is_asked_again_and_a_whole_one_is_not() {
    let mut app = opened(80, 24);
    assert_eq!(asked(&app), Some(ID), "it ended six seconds ago: late spans may come");
    app.handle(Event::Tick, NOW.plus(50 * SECOND));
    assert_eq!(asked(&app), Some(ID));
    app.handle(Event::Tick, NOW.plus(56 * SECOND));
    assert_eq!(asked(&app), None);
    let text = screen(&app);
    assert!(text.lines().next().unwrap().contains("jaeger ● "), "nothing is late that is not asked: {text}");
    let mut app = of_incident(80, 24);
    press(&mut app, "enter");
    answers(&mut app, NOW, |query| match query {
        Query::Trace { id } => Some(Ok(Answer::Trace(Arc::new(old_trace(*id))))),
        _ => None,
    });
    assert_eq!((asked(&app), app.traces.waterfall().is_some()), (None, true));
}

#[test]
fn a_trace_that_is_not_there_says_what_can_be_done() {
    let mut app = of_incident(120, 40);
    press(&mut app, "enter");
    let message = "sampled out, or older than the server keeps".into();
    let error = FetchError::Server { kind: "no such trace".into(), message };
    refused(&mut app, |query| matches!(query, Query::Trace { .. }), error);
    let text = screen(&app);
    for words in ["no such trace", "the spans may still be on their way", "Esc goes back, L looks for its lines"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(asked(&app), Some(ID));
    press(&mut app, "L");
    assert_eq!((app.view, app.logs.search().text.as_str()), (ViewId::Logs, format!("\"{LONG}\"").as_str()));
    assert!(app.shown.is_live(), "when it was is not known");
}

#[test]
fn late_spans_that_do_not_come_are_told_and_what_is_known_stays() {
    let mut app = opened(120, 40);
    refused(&mut app, |query| matches!(query, Query::Trace { .. }), FetchError::TooLarge { limit: 1 << 20 });
    let text = screen(&app);
    assert!(text.contains("late spans of this trace are not answered for 0s: answer larger"), "{text}");
    assert!(text.contains("place_order"), "{text}");
}

#[test]
fn an_id_that_is_pasted_opens_its_trace() {
    for text in
        [LONG, &format!(" \"{LONG}\"\n"), &format!("trace_id={LONG}"), &format!("00-{LONG}-00f067aa0ba902b7-01")]
    {
        for view in ["1", "3", "4"] {
            let mut app = console(80, 24);
            press(&mut app, view);
            let before = app.view;
            paste(&mut app, text);
            assert_eq!((app.view, asked(&app)), (ViewId::Traces, Some(ID)), "{text}");
            press(&mut app, "[");
            assert_eq!((app.view, asked(&app)), (before, None), "{text}");
        }
    }
    let mut app = console(80, 24);
    paste(&mut app, "hello\u{1b}[2J world");
    let text = screen(&app);
    assert!(text.contains("no trace id in what was pasted: hello^[[2J world") && asked(&app).is_none(), "{text}");
    press(&mut app, "/");
    paste(&mut app, LONG);
    assert!(asked(&app).is_none() && screen(&app).contains(LONG), "a prompt takes it: {}", screen(&app));
    let mut app = console(80, 24);
    app.setup.contexts[0].traces = false;
    press(&mut app, "1");
    paste(&mut app, LONG);
    assert!(screen(&app).contains("this context has no Jaeger"), "{}", screen(&app));
}

#[test]
fn the_palette_opens_a_trace_by_its_id() {
    for typed in [format!("trace {LONG}"), format!("traces {LONG}"), LONG.to_owned()] {
        let mut app = console(80, 24);
        press(&mut app, "1 :");
        paste(&mut app, &typed);
        press(&mut app, "enter");
        assert_eq!((app.view, asked(&app)), (ViewId::Traces, Some(ID)), "{typed}");
    }
    let mut app = console(120, 40);
    press(&mut app, "1 : t r a c e space x y z enter");
    assert!(app.overlay.is_some() && screen(&app).contains("`xyz` is no id of a trace"), "{}", screen(&app));
    press(&mut app, "ctrl-u t r a c e - l i s t enter");
    assert_eq!((app.view, asked(&app)), (ViewId::Traces, None));
}

#[test]
fn a_search_may_be_an_id() {
    let mut app = of_incident(80, 24);
    press(&mut app, "e");
    paste(&mut app, &format!("trace={LONG}"));
    press(&mut app, "enter");
    assert_eq!(asked(&app), Some(ID));
}

#[test]
fn a_log_line_opens_its_trace_and_one_without_an_id_those_of_its_moment() {
    let mut app = console(120, 40);
    press(&mut app, "3");
    log_story::told(&mut app, log_story::arrivals(log_story::incident(120)));
    press(&mut app, "T");
    assert_eq!((app.view, asked(&app)), (ViewId::Traces, Some(ID)));
    press(&mut app, "[");
    assert_eq!((app.view, app.shown), (ViewId::Logs, Shown::Live(HOUR)));
    press(&mut app, "k T");
    let text = screen(&app);
    assert!(text.contains("this line has no trace id: these are the traces of checkout within 1m of it"), "{text}");
    let Shown::Fixed(range) = app.shown else { panic!("{:?}", app.shown) };
    let line = NOW.plus(-3_370);
    assert!(range.contains(line) && range.start == line.plus(-MINUTE) && range.end <= NOW, "{range:?}");
    assert_eq!((app.view, app.traces.terms().text().as_str()), (ViewId::Traces, "service=checkout"));
    press(&mut app, "[");
    assert_eq!((app.view, app.shown), (ViewId::Logs, Shown::Live(HOUR)));
}

#[test]
fn an_alert_leads_to_the_traces_of_its_scope_around_its_beginning() {
    let mut app = console(120, 40);
    app.setup.contexts[0].alertmanager = true;
    app.setup.contexts[0].scopes[0].traces = Some("checkout".to_owned());
    app.setup.contexts[0].scopes[0].matcher = "alertname=\"HighErrorRate\"".to_owned();
    press(&mut app, "2");
    alerting::incident().tell(&mut app, NOW);
    press(&mut app, "T");
    let text = screen(&app);
    assert!(text.contains("the newest traces within 5m of when HighErrorRate began; [ goes back"), "{text}");
    assert!(text.contains("service=checkout (of the scope)"), "{text}");
    let since = Timestamp(app.crosshair.unwrap());
    let around = Range::new(since.plus(-5 * MINUTE), since.plus(5 * MINUTE));
    assert_eq!(app.shown, Shown::Fixed(around), "of a longer range the newest would be those of now");
    press(&mut app, "[");
    assert_eq!((app.view, app.scope, app.crosshair), (ViewId::Alerts, 0, None));
}

#[test]
fn the_overview_leads_to_the_traces_of_its_range() {
    let mut app = opened(120, 40);
    press(&mut app, "1 + T");
    assert_eq!((app.view, app.shown, open(&app)), (ViewId::Traces, Shown::Live(30 * MINUTE), None));
    press(&mut app, "[");
    assert_eq!((app.view, open(&app)), (ViewId::Overview, Some(ID)));
}

#[test]
fn a_span_that_is_looked_into_leads_to_its_own_lines() {
    let mut app = opened(120, 40);
    press(&mut app, "j enter L");
    let search = app.logs.search().text.clone();
    assert!(search.starts_with(&format!("\"{LONG}\" AND \"")), "{search}");
    assert!(screen(&app).contains("the lines that name the span"), "{}", screen(&app));
}

#[test]
fn a_trace_leads_to_its_lines_and_back() {
    for keys in ["L", "esc L"] {
        let mut app = opened(120, 40);
        press(&mut app, keys);
        assert_eq!((app.view, app.logs.search().text.as_str()), (ViewId::Logs, format!("\"{LONG}\"").as_str()));
        let Shown::Fixed(range) = app.shown else { panic!("{:?}", app.shown) };
        let began = NOW.plus(-9 * SECOND);
        assert_eq!((range.start, range.end), (began.plus(-MINUTE), NOW), "nothing is asked of the future");
        let asks = |query: &Query| matches!(query, Query::Lines { search, .. } if search.text.contains(LONG));
        assert!(app.subscriptions().iter().any(|one| asks(&one.query)));
        press(&mut app, "[");
        assert_eq!((app.view, app.shown), (ViewId::Traces, Shown::Live(HOUR)));
        assert_eq!(open(&app).is_some(), keys == "L");
    }
    let mut app = opened(120, 40);
    app.setup.contexts[0].logs = false;
    press(&mut app, "L");
    assert!(app.view == ViewId::Traces && screen(&app).contains("this context has no Elasticsearch"));
}

#[test]
fn a_span_leads_to_the_metrics_of_its_moment_and_back() {
    let mut app = opened(120, 40);
    press(&mut app, "G M");
    let moment = NOW.plus(-9_000 + 100);
    assert_eq!((app.view, app.crosshair, app.shown), (ViewId::Overview, Some(moment.0), Shown::Live(HOUR)));
    press(&mut app, "[");
    assert_eq!((app.view, app.crosshair), (ViewId::Traces, None));
    assert_eq!(app.traces.opened(), Some((ID, Some(SpanId(4)))), "the cursor is where it was");
    // A trace of another time brings its own range.
    app.shown = Shown::between(NOW.plus(-9 * HOUR), NOW.plus(-8 * HOUR)).unwrap();
    press(&mut app, "M");
    let Shown::Fixed(range) = app.shown else { panic!("{:?}", app.shown) };
    assert!(range.contains(moment) && range.length() <= 31 * MINUTE, "{range:?}");
}

fn reopened(line: &str, shown: Shown) -> App {
    let select = line.split_once("--select ").map(|(_, rest)| rest.trim_matches('\'').replace("'\\''", "'"));
    let mut app = console(120, 40);
    press(&mut app, "1");
    app.view = ViewId::Traces;
    let select = select.map(|text| Select::parse(&text, ViewId::Traces, NOW, &app.setup.zone).unwrap());
    app.open(0, 0, shown, select.as_ref());
    app
}

#[test]
fn a_copied_command_line_reopens_the_search_or_the_trace_and_its_span() {
    let mut app = of_incident(120, 40);
    assert!(!copied(&mut app, "Y").contains("--select"));
    press(&mut app, "e");
    paste(&mut app, "checkout operation=\"POST /it's\" http.status_code=500 min=1.5s limit=20");
    press(&mut app, "enter");
    let line = copied(&mut app, "Y");
    assert!(line.starts_with("a360 --context staging --view traces --range 1h --select '"), "{line}");
    let again = reopened(&line, app.shown);
    assert_eq!((again.subscriptions(), again.command_line()), (app.subscriptions(), line));
    let mut app = opened(120, 40);
    press(&mut app, "G");
    let line = copied(&mut app, "Y");
    assert!(line.ends_with(&format!("--select 'trace={LONG} span=0000000000000004'")), "{line}");
    let mut again = reopened(&line, app.shown);
    assert_eq!((asked(&again), again.command_line()), (Some(ID), line.clone()), "before it has come");
    told(&mut again, &found(incident(3)));
    assert_eq!((again.traces.opened(), again.command_line()), (Some((ID, Some(SpanId(4)))), line));
    for (text, words) in [
        ("", "--select is empty; in the traces it takes a search"),
        ("service=a min=5x", "`5x` is no duration: write 500us, 20ms, 1.5s or 1m30s (at character 15)"),
        ("trace=zz", "`zz` is no id of a trace"),
    ] {
        let error = Select::parse(text, ViewId::Traces, NOW, &app.setup.zone).unwrap_err().0;
        assert!(error.contains(words), "{text}: {error}");
    }
}

#[test]
fn among_spans_a_find_is_the_traces_own() {
    let mut app = opened(120, 40);
    press(&mut app, "/ r e s e r v e enter n");
    assert!(screen(&app).contains("/reserve  1 of 1"), "{}", screen(&app));
    press(&mut app, "esc");
    assert!(open(&app).is_some() && app.traces.hits() == (0, 0));
    press(&mut app, "/ z z z enter");
    assert!(screen(&app).contains("no span of this trace fits"), "{}", screen(&app));
}

#[test]
fn a_trace_that_took_longer_than_usual_is_told_so() {
    let app = opened(120, 40);
    // It took 3.12 s; the median of the others that begin with POST /api/checkout at the gateway is 511 ms.
    assert_eq!(app.traces.usual().map(|times| (times * 100.0) as i64), Some(610));
    let mut few = of_incident(120, 40);
    told(&mut few, &found(incident(9)));
    press(&mut few, "enter");
    told(&mut few, &found(Vec::new()));
    assert_eq!(few.traces.usual(), None, "of three nobody can say what is usual");
}

#[test]
fn a_backend_that_knows_no_such_trace_is_not_called_late() {
    let mut app = of_incident(120, 40);
    press(&mut app, "enter");
    let message = "sampled out, or older than the server keeps".into();
    let error = FetchError::Server { kind: "no such trace".into(), message };
    refused(&mut app, |query| matches!(query, Query::Trace { .. }), error);
    app.handle(Event::Tick, NOW.plus(5 * MINUTE));
    let header = screen(&app).lines().next().unwrap().to_owned();
    assert!(header.contains("jaeger ●  "), "{header}");
}

#[test]
fn every_walk_and_key_is_offered_where_it_does_something() {
    let footer = |app: &App| screen(app).lines().last().unwrap_or_default().to_owned();
    let mut app = of_incident(200, 50);
    for words in ["Enter open", "v failing", "e search", "b service", "O order", "L logs", "M metrics", "/ find"] {
        assert!(footer(&app).contains(words), "{words}: {}", footer(&app));
    }
    assert!(!footer(&app).contains("fold") && !footer(&app).contains("zoom to it"));
    press(&mut app, "enter");
    assert!(footer(&app).contains("Esc back") && !footer(&app).contains("fold"), "{}", footer(&app));
    told(&mut app, &found(Vec::new()));
    for words in
        ["space fold", "z all", "K critical path", "d self time", "E next error", "L logs", "M metrics", "y copy"]
    {
        assert!(footer(&app).contains(words), "{words}: {}", footer(&app));
    }
    assert!(!footer(&app).contains("e search") && !footer(&app).contains("p pause"), "{}", footer(&app));
}
