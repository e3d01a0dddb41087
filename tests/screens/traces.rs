//! The traces as they are painted: which there are, how far the list can be relied on, and what the keys do there.

use a360::model::fault::FetchError;
use a360::model::query::{Query, Subscription};
use a360::model::trace::{Found, TraceSearch};
use a360::time::{MINUTE, SECOND};
use a360::ui::app::{App, Effect, Event};
use a360::ui::theme::{Depth, Theme};
use crossterm::event::Event as TermEvent;

use crate::console::{self, NOW};
use crate::pages::{Situations, Tell, at_any_size, screen, selected};
use crate::press;
use crate::trace_story::{MS, console, found, hostile, incident, of_incident, opened, refused, summary, told};

const PAGE: Situations = Situations { name: "traces", open: console, all: &SITUATIONS };

const OF_LIST: fn(&Query) -> bool = |query| matches!(query, Query::Traces { .. });

const SITUATIONS: [(&str, Tell); 13] = [
    ("incident", |app| told(app, &found(incident(60)))),
    ("asking", |_| {}),
    ("none", |app| told(app, &found(Vec::new()))),
    ("none_fits", |app| {
        press(app, "v");
        told(app, &found(Vec::new()));
    }),
    ("no_jaeger", |app| app.setup.contexts[0].traces = false),
    ("failed", |app| refused(app, OF_LIST, FetchError::Refused)),
    ("old", |app| {
        told(app, &found(incident(60)));
        refused(app, OF_LIST, FetchError::Refused);
        app.handle(Event::Tick, NOW.plus(70 * SECOND));
    }),
    ("hanging", |app| {
        told(app, &found(incident(60)));
        app.handle(Event::Tick, NOW.plus(70 * SECOND));
    }),
    ("partial", |app| {
        let notes = vec!["12 of 31 services were not asked".into()];
        told(app, &Found { notes, is_limited: true, ..found(incident(100)) });
    }),
    ("calm", |app| told(app, &found(incident(60).into_iter().filter(|trace| trace.errors == 0).collect()))),
    ("opening", |app| {
        told(app, &found(incident(60)));
        press(app, "enter");
    }),
    ("no_such_trace", |app| {
        told(app, &found(incident(60)));
        press(app, "enter");
        let message = "sampled out, or older than the server keeps".into();
        let error = FetchError::Server { kind: "no such trace".into(), message };
        refused(app, |query| matches!(query, Query::Trace { .. }), error);
    }),
    ("hostile", |app| told(app, &found(hostile()))),
];

fn situation(name: &str, width: u16, height: u16) -> App {
    PAGE.situation(name, width, height)
}

#[test]
fn every_situation_at_80x24_and_the_usual_ones_at_other_sizes() {
    PAGE.shows_all("incident");
    PAGE.shows(&situation("hostile", 120, 40), "hostile");
}

#[test]
fn what_the_keys_show() {
    for (name, keys) in [
        ("longest", "O l o n g e s t enter j"),
        ("search", "e s e r v i c e = p tab"),
        ("bad_search", "e m i n = 5 x enter"),
        ("services", "b"),
        ("find", "/ c l e a n u p enter"),
        ("crosshair", "< <"),
        ("help", "?"),
    ] {
        for (width, height) in [(80, 24), (120, 40)] {
            let mut app = of_incident(width, height);
            press(&mut app, "e");
            told(&mut app, &found(incident(60)));
            press(&mut app, "esc");
            press(&mut app, keys);
            PAGE.shows(&app, name);
        }
    }
}

#[test]
fn without_colour_the_same_is_read() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut app = situation("incident", width, height);
        let coloured = screen(&app);
        app.setup.theme = Theme::builtin("default").unwrap().at(Depth::Mono);
        assert_eq!(screen(&app), coloured);
        assert!(coloured.contains('✖') && coloured.contains('◆'), "{coloured}");
    }
}

#[test]
fn no_situation_looks_like_another() {
    // A mark that all is well stands only where it is.
    let is_fresh = |name: &str| matches!(name, "incident" | "none" | "none_fits" | "partial" | "calm" | "hostile");
    PAGE.all_differ(|name, text| is_fresh(name) || !text.contains("● as of"));
    for name in ["incident", "calm"] {
        assert!(screen(&situation(name, 120, 40)).contains("● as of 14:03:27"), "{name}");
    }
    assert!(!screen(&situation("incident", 120, 40)).contains(" ● 0 of"), "errors are no calm");
    assert!(screen(&situation("calm", 120, 40)).contains(" ● 0 of"));
}

fn search(app: &App) -> TraceSearch {
    let search = app.subscriptions().into_iter().find_map(|subscription| match subscription.query {
        Query::Traces { search, .. } => Some(search),
        _ => None,
    });
    search.unwrap()
}

#[test]
fn the_list_is_asked_by_the_interval_of_tiles_and_once_where_history_stands_still() {
    let mut app = of_incident(80, 24);
    let every = |app: &App| {
        let all = app.subscriptions();
        all.into_iter().find(|one| OF_LIST(&one.query)).map(|Subscription { every, .. }| every)
    };
    assert_eq!(every(&app), Some(Some(app.setup.tiles)));
    press(&mut app, "p");
    assert_eq!(every(&app), Some(None));
    press(&mut app, "1");
    assert_eq!(every(&app), None);
}

#[test]
fn none_of_a_part_is_not_told_as_none_at_all() {
    let mut app = situation("partial", 120, 40);
    let notes = vec!["12 of 31 services were not asked".into()];
    told(&mut app, &Found { notes, is_limited: true, ..found(Vec::new()) });
    let text = screen(&app);
    assert!(text.contains("no traces in the last 1h, as far as was looked: they tell nothing of errors"), "{text}");
    assert!(!text.contains("the 0 newest") && !text.contains("0+ traces"), "{text}");
    told(&mut app, &found(Vec::new()));
    assert!(screen(&app).contains("no traces in the last 1h: they tell nothing"), "{}", screen(&app));
}

#[test]
fn the_cursor_stays_on_its_trace() {
    let mut app = of_incident(80, 24);
    press(&mut app, "j j j");
    let read = selected(&app);
    let newer = (0..9).map(|i| summary(200 + i, 8_000 - i as i64 * 100, 5 * MS, ("gateway", "GET /new"), 0));
    let mut more: Vec<_> = incident(60);
    more.splice(0..0, newer.collect::<Vec<_>>().into_iter().rev());
    told(&mut app, &found(more.clone()));
    assert_eq!(selected(&app), read, "{}", screen(&app));
    press(&mut app, "O l o n g e s t enter");
    assert_eq!(selected(&app), read, "{}", screen(&app));
    assert!(screen(&app).contains("69 traces, longest first"), "{}", screen(&app));
    // Up to the top it is left to the first again.
    press(&mut app, "O n e w e s t enter g");
    assert!(selected(&app).contains("GET /new"), "{}", screen(&app));
    more.insert(0, summary(300, 10, MS, ("gateway", "GET /newest"), 0));
    told(&mut app, &found(more));
    assert!(selected(&app).contains("GET /newest"), "{}", screen(&app));
}

#[test]
fn a_search_is_typed_asked_and_shown() {
    let mut app = of_incident(120, 40);
    press(&mut app, "e c h e c k o u t space e r r o r = t r u e space m i n = 5 0 0 m s space l i m i t = 5 0 enter");
    let asked = search(&app);
    assert_eq!((asked.service.as_str(), asked.min, asked.limit), ("checkout", Some(500 * MS), 50));
    assert_eq!(asked.tags, [("error".to_owned(), "true".to_owned())]);
    let text = screen(&app);
    assert!(text.contains("service=checkout error=true min=500ms limit=50"), "{text}");
    assert!(text.contains("asking for traces (shown are those of the search before)"), "{text}");
    told(&mut app, &found(incident(3)));
    assert!(screen(&app).contains("3 traces, newest first"), "{}", screen(&app));
    // Esc takes it back word by word; what was typed comes back with the arrow.
    press(&mut app, "esc esc");
    assert_eq!((search(&app).tags.len(), search(&app).min), (0, None));
    press(&mut app, "e up enter");
    assert_eq!(search(&app), asked);
    press(&mut app, "v");
    assert!(search(&app).tags.is_empty());
}

#[test]
fn a_bad_search_says_where_and_asks_nothing() {
    let mut app = of_incident(120, 40);
    let before = search(&app);
    press(&mut app, "e c h e c k o u t space m i n = 5 x enter");
    let text = screen(&app);
    assert!(text.contains("`5x` is no duration: write 500us, 20ms, 1.5s or 1m30s"), "{text}");
    assert!(text.contains("min=█5x"), "the cursor is where it is wrong: {text}");
    assert_eq!(search(&app), before);
    press(&mut app, "ctrl-k 5 s enter");
    assert_eq!(search(&app).min, Some(5_000 * MS));
    press(&mut app, "e x esc");
    assert_eq!(search(&app).min, Some(5_000 * MS), "given up");
}

#[test]
fn names_are_asked_while_somebody_types_and_completed() {
    let mut app = of_incident(120, 40);
    let asks = |app: &App| {
        let queries = app.subscriptions().into_iter().map(|one| one.query);
        queries.filter(|query| matches!(query, Query::Services | Query::Operations { .. })).collect::<Vec<_>>()
    };
    assert!(asks(&app).is_empty());
    press(&mut app, "e c h e c k o u t space");
    assert_eq!(asks(&app), [Query::Services]);
    told(&mut app, &found(Vec::new()));
    assert_eq!(asks(&app), [Query::Services, Query::Operations { service: "checkout".to_owned() }]);
    told(&mut app, &found(Vec::new()));
    press(&mut app, "ctrl-u c h e c k o u");
    assert_eq!(asks(&app), [Query::Services], "nothing is asked of half a name");
    press(&mut app, "t space o p tab p tab enter");
    assert!(asks(&app).is_empty());
    assert_eq!(search(&app).operation.as_deref(), Some("POST /api/checkout"));
}

#[test]
fn a_service_is_chosen_when_the_services_have_come() {
    let mut app = console(120, 40);
    press(&mut app, "b");
    assert!(app.overlay.is_none());
    told(&mut app, &found(Vec::new()));
    assert!(screen(&app).contains("traces of service"), "{}", screen(&app));
    press(&mut app, "p a y enter");
    assert_eq!(search(&app).service, "payment");
    let text = screen(&app);
    assert!(text.contains("service=payment"), "{text}");
    told(&mut app, &found(Vec::new()));
    let text = screen(&app);
    assert!(
        text.contains("no traces in the last 1h of service payment") && text.contains("b chooses another"),
        "{text}"
    );
    let mut app = console(120, 40);
    press(&mut app, "b j");
    told(&mut app, &found(incident(9)));
    assert!(app.overlay.is_none(), "whoever went on is not held up");
    let mut app = console(120, 40);
    press(&mut app, "b");
    refused(&mut app, |query| *query == Query::Services, FetchError::Refused);
    assert!(screen(&app).contains("the services: connection refused"), "{}", screen(&app));
}

#[test]
fn the_service_of_the_scope_is_the_default_and_is_said() {
    let mut app = console(120, 40);
    app.setup.contexts[0].scopes[0].traces = Some("shop".to_owned());
    press(&mut app, "s down enter");
    assert_eq!(search(&app).service, "shop");
    assert!(screen(&app).contains("service=shop (of the scope)"), "{}", screen(&app));
    press(&mut app, "e * enter");
    assert_eq!(search(&app).service, "");
    assert!(screen(&app).contains("all services"), "{}", screen(&app));
}

#[test]
fn what_is_found_is_gone_to() {
    let mut app = of_incident(80, 24);
    press(&mut app, "/ C L E A N U P enter");
    assert!(screen(&app).contains("no trace here fits"), "{}", screen(&app));
    press(&mut app, "esc / c l e a n u p enter");
    let first = selected(&app);
    assert!(first.contains("job cleanup") && screen(&app).contains("/cleanup  1 of 12"), "{}", screen(&app));
    press(&mut app, "n");
    assert!(selected(&app).contains("job cleanup") && selected(&app) != first);
    press(&mut app, "N N");
    assert!(screen(&app).contains("/cleanup  12 of 12"), "{}", screen(&app));
    press(&mut app, "esc");
    assert!(!screen(&app).contains("/cleanup"));
}

#[test]
fn the_id_is_copied() {
    let mut app = of_incident(80, 24);
    assert_eq!(press(&mut app, "y"), Some(Effect::Copy("4bf92f3577b34da6a3ce929d0e0e4736".to_owned())));
}

#[test]
fn the_number_of_the_tab_stays_where_there_are_no_logs() {
    let mut app = console::app(80, 24);
    assert!(!screen(&app).contains("4 Traces"));
    press(&mut app, "4");
    assert!(screen(&app).contains("this context has no Jaeger") && screen(&app).contains("Request rate"));
    app.setup.contexts[0].traces = true;
    let text = screen(&app);
    assert!(text.contains("2 Alerts  4 Traces") && !text.contains("3 "), "{text}");
    press(&mut app, "tab tab");
    assert!(screen(&app).contains("asking for traces"), "{}", screen(&app));
}

#[test]
fn nothing_panics_at_any_size_and_ascii_is_ascii() {
    for (name, keys) in [("incident", "j"), ("hostile", "O l o n g e s t enter"), ("none", "enter"), ("partial", "< <")]
    {
        let mut app = situation(name, 120, 40);
        press(&mut app, keys);
        at_any_size(&mut app, "j", name);
        let mut app = situation(name, 120, 40);
        app.setup.ascii = true;
        press(&mut app, keys);
        if name != "hostile" {
            assert!(screen(&app).is_ascii(), "{name}\n{}", screen(&app));
        }
    }
    at_any_size(&mut opened(120, 40), "j", "opened");
}

#[test]
fn a_resize_keeps_the_cursor_in_sight() {
    let mut app = of_incident(120, 40);
    press(&mut app, "G");
    let last = |app: &App| selected(app).split_whitespace().nth(1).map(str::to_owned);
    let before = last(&app);
    for (width, height) in [(80, 24), (60, 12), (200, 50)] {
        app.handle(Event::Term(TermEvent::Resize(width, height)), NOW);
        assert_eq!(last(&app), before, "{}", screen(&app));
    }
}

#[test]
fn a_list_that_hangs_says_how_old_it_is_and_the_header_too() {
    let mut app = of_incident(120, 40);
    app.handle(Event::Tick, NOW.plus(2 * MINUTE));
    let text = screen(&app);
    assert!(text.contains("no newer answer for 2m; shown is what was known then"), "{text}");
    assert!(text.lines().next().unwrap().contains("jaeger ● 2m"), "{text}");
    assert!(!text.contains("● as of"), "{text}");
}

#[test]
fn another_search_begins_at_the_first_unless_the_trace_is_there_too() {
    let mut app = of_incident(80, 24);
    press(&mut app, "j j j j j");
    let read = selected(&app);
    press(&mut app, "v");
    told(&mut app, &found(incident(60).into_iter().filter(|trace| trace.errors > 0).collect()));
    assert_eq!(selected(&app), read, "{}", screen(&app));
    press(&mut app, "j j v");
    let others =
        |app: &mut App| told(app, &found((0..40).map(|i| summary(900 + i, 9_000, MS, ("a", "b"), 0)).collect()));
    others(&mut app);
    assert!(screen(&app).contains(" 1 of 40 "), "{}", screen(&app));
}

#[test]
fn a_search_that_fails_does_not_pass_off_the_one_before() {
    let mut app = of_incident(120, 40);
    told(&mut app, &found(incident(60)));
    press(&mut app, "v");
    refused(&mut app, OF_LIST, FetchError::Refused);
    let text = screen(&app);
    assert!(text.contains("connection refused, for 0s; shown are those of the search before"), "{text}");
}

#[test]
fn a_list_of_slow_or_failing_traces_does_not_say_what_is_usual() {
    let is_told = |keys: &str| {
        let mut app = console(200, 50);
        press(&mut app, keys);
        told(&mut app, &found(incident(60)));
        press(&mut app, "enter");
        told(&mut app, &found(incident(60)));
        screen(&app).contains("the median of the list")
    };
    assert!(is_told(""));
    assert!(!is_told("v"));
    assert!(!is_told("e m i n = 1 m s enter"));
}
