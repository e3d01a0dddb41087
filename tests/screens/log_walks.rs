//! Ways through the logs: into a window of the volume, to a trace id, away and back, and reopened from a command line.

use a360::model::log::{Arrivals, Count, Filter, Level, Line, Page, Search};
use a360::model::query::{Answer, Query};
use a360::time::{MINUTE, SECOND};
use a360::ui::app::{App, Effect, Event, Select};
use a360::ui::keymap::Keymap;
use a360::ui::range::Shown;
use a360::ui::view::ViewId;

use crate::console::{self, NOW};
use crate::log_story::{answers, arrivals, console, incident, line, of_incident, shows, told, volume};
use crate::pages::{screen, selected};
use crate::press;

fn page(lines: Vec<Line>) -> Page {
    Page { lines, total: Count::Exactly(0), notes: Vec::new() }
}

fn copied(app: &mut App, keys: &str) -> String {
    let Some(Effect::Copy(text)) = press(app, keys) else { panic!("nothing copied\n{}", screen(app)) };
    text
}

#[test]
fn a_window_is_chosen_on_the_volume_and_zoomed_into() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut app = of_incident(width, height);
        press(&mut app, "z < h h z l l l");
        shows(&app, "window");
    }
    let mut app = of_incident(120, 40);
    let Some(Query::Volume { step, .. }) =
        app.subscriptions().into_iter().map(|one| one.query).find(|query| matches!(query, Query::Volume { .. }))
    else {
        panic!("no volume")
    };
    press(&mut app, "z < z < enter");
    let Shown::Fixed(range) = app.shown else { panic!("{:?}", app.shown) };
    let newest = NOW.floor_to(step).0;
    assert_eq!((range.start.0, range.end.0), (newest - 20 * step, newest - 9 * step));
    assert!(app.logs.window().is_none());
    press(&mut app, "[");
    assert!(app.shown.is_live(), "the way back");
    press(&mut app, "z h");
    assert!(screen(&app).contains("z sets this edge, Enter zooms in"), "{}", screen(&app));
    press(&mut app, "z");
    assert!(screen(&app).contains("z frees this edge"), "{}", screen(&app));
    press(&mut app, "esc");
    assert!(app.logs.window().is_none() && app.shown.is_live());
    press(&mut app, "z 1 3");
    assert!(app.logs.window().is_none(), "whoever went away has left it");
}

#[test]
fn without_a_volume_there_is_no_window() {
    let mut app = console(80, 24);
    press(&mut app, "z");
    assert!(screen(&app).contains("there is no volume to choose a window on"), "{}", screen(&app));
    let mut app = of_incident(80, 14);
    press(&mut app, "z");
    assert!(app.logs.window().is_none());
}

#[test]
fn the_range_is_zoomed_and_gone_back_to_as_elsewhere() {
    let mut app = of_incident(120, 40);
    press(&mut app, "+");
    assert_eq!(app.shown, Shown::Live(30 * MINUTE));
    press(&mut app, "- -");
    assert_eq!(app.shown, Shown::Live(120 * MINUTE));
    press(&mut app, "0");
    assert_eq!(app.shown, Shown::Live(60 * MINUTE));
    press(&mut app, "[ [");
    assert_eq!(app.shown, Shown::Live(60 * MINUTE).zoom(1.0, None, NOW));
    press(&mut app, "]");
    assert_eq!((app.view, app.shown), (ViewId::Logs, Shown::Live(120 * MINUTE)));
}

#[test]
fn a_longer_range_has_older_lines_although_the_shorter_one_had_none() {
    let mut app = of_incident(80, 24);
    let asks = |app: &App| app.subscriptions().iter().any(|one| matches!(one.query, Query::Lines { .. }));
    press(&mut app, "g");
    assert!(asks(&app));
    answers(&mut app, NOW, |query| matches!(query, Query::Lines { .. }).then(|| Ok(Answer::Lines(page(Vec::new())))));
    press(&mut app, "g");
    assert!(!asks(&app), "there is none");
    press(&mut app, "- g");
    assert!(asks(&app));
}

#[test]
fn a_page_that_is_shorter_than_asked_for_is_not_the_last_one() {
    let mut app = of_incident(80, 24);
    let short = |ago: i64| Page { total: Count::Exactly(5_000), ..page(vec![line(ago, Level::Info, "a", "b")]) };
    let asks = |app: &App| app.subscriptions().iter().any(|one| matches!(one.query, Query::Lines { .. }));
    for ago in [400_000, 500_000, 500_000] {
        press(&mut app, "g");
        assert!(asks(&app), "{ago}");
        answers(&mut app, NOW, |query| matches!(query, Query::Lines { .. }).then(|| Ok(Answer::Lines(short(ago)))));
    }
    press(&mut app, "g");
    assert!(!asks(&app), "all that came was known: that is the end");
}

#[test]
fn without_a_jaeger_the_trace_id_is_one_key_away() {
    let mut app = of_incident(120, 40);
    press(&mut app, "T");
    assert!(screen(&app).contains("this context has no Jaeger: y copies the trace id"), "{}", screen(&app));
    assert_eq!(copied(&mut app, "y"), "4bf92f3577b34da6a3ce929d0e0e4736", "before the document is there");
    told(&mut app, arrivals(Vec::new()));
    assert!(selected(&app).contains("trace_id"), "{}", screen(&app));
    assert_eq!(copied(&mut app, "y"), "4bf92f3577b34da6a3ce929d0e0e4736");
    press(&mut app, "g");
    assert_eq!(copied(&mut app, "y"), "2026-11-23T14:03:25.000Z", "the field under the cursor");
    press(&mut app, "esc k T");
    assert!(!app.full && screen(&app).contains("this context has no Jaeger"), "{}", screen(&app));
}

#[test]
fn texts_name_the_keys_that_are_bound() {
    let mut app = of_incident(120, 40);
    let moved = |name: &str, key: &str| (name.to_owned(), vec![key.to_owned()]);
    app.setup.keymap =
        Keymap::default().with(&[moved("bottom", "B"), moved("back", "u"), moved("exclude", "X")]).unwrap();
    press(&mut app, "p");
    let text = screen(&app);
    assert!(text.contains("new below, B follows") && text.contains("X without"), "{text}");
    press(&mut app, "C");
    answers(&mut app, NOW, |query| matches!(query, Query::Around { .. }).then(|| Ok(Answer::Lines(page(incident(9))))));
    assert!(screen(&app).contains("u goes back"), "{}", screen(&app));
}

/// The command line that is copied, read as the shell and the program read it.
fn reopened(app: &mut App) -> App {
    let line = copied(app, "Y");
    let words = ["--select '", "--from ", "--to "].map(|flag| {
        let after = line.split_once(flag).map(|(_, after)| after);
        let end = if flag.ends_with('\'') { "'" } else { " " };
        after.map(|after| after.split(end).next().unwrap_or_default().to_owned())
    });
    let [select, from, to] = words;
    let shown = match (from, to) {
        (Some(from), Some(to)) => Shown::parse(&format!("{from} to {to}"), NOW, &app.setup.zone).unwrap(),
        _ => app.shown,
    };
    let select = select.map(|text| Select::parse(&text, ViewId::Logs, NOW, &app.setup.zone).unwrap());
    let mut again = console::app(app.size.0, app.size.1);
    again.setup.contexts[0].logs = true;
    again.view = ViewId::Logs;
    again.open(0, 0, shown, select.as_ref());
    again
}

#[test]
fn a_copied_command_line_reopens_query_filters_level_and_line() {
    let mut app = of_incident(120, 40);
    press(&mut app, "e l e v e l : space enter");
    told(&mut app, arrivals(Vec::new()));
    press(&mut app, "v v");
    let filter = Filter { field: "service.keyword".into(), value: "a \"b\"".into(), exclude: true };
    let all = |app: &mut App, lines: Vec<Line>| {
        answers(app, NOW, |query| match query {
            Query::Lines { .. } => Some(Ok(Answer::Lines(page(lines.clone())))),
            Query::Tail { .. } => Some(Ok(Answer::Arrivals(arrivals(lines.clone())))),
            Query::Volume { .. } => Some(Ok(Answer::Volume(volume(query)))),
            _ => None,
        });
    };
    app.logs.add_filter(filter);
    let again = reopened(&mut app);
    assert_eq!((again.logs.search(), again.shown), (app.logs.search(), app.shown));
    assert_eq!(again.subscriptions(), app.subscriptions());
    assert_eq!(again.logs.search().level, Some(Level::Warn));
    // A fixed range: the line under the cursor too, although it lies before the newest thousand.
    app.shown = Shown::between(NOW.plus(-10 * MINUTE), NOW).unwrap();
    all(&mut app, incident(120));
    press(&mut app, "ctrl-u ctrl-u ctrl-u");
    let read = selected(&app);
    let mut again = reopened(&mut app);
    assert_eq!(again.shown, app.shown);
    let many =
        |from: i64, count: i64| (0..count).rev().map(|i| line(from + i, Level::Info, "a", "b")).collect::<Vec<_>>();
    all(&mut again, many(1, 1_000));
    assert_ne!(selected(&again), read);
    assert!(screen(&again).contains("asking for older lines"), "{}", screen(&again));
    all(&mut again, incident(120));
    assert_eq!(selected(&again), read);
    // Live it is the newest that counts.
    press(&mut again, "p");
    assert!(again.shown.is_live());
    assert!(!copied(&mut again, "Y").contains("at="));
}

#[test]
fn the_list_is_still_there_after_another_view_and_a_gap_is_told() {
    let mut app = of_incident(120, 40);
    press(&mut app, "k");
    let read = selected(&app);
    press(&mut app, "1");
    let is_of_all = |query: &Query| matches!(query, Query::Tail { search, .. } if *search == Search::default());
    assert!(!app.subscriptions().iter().any(|one| is_of_all(&one.query)));
    for second in 1..40 {
        app.handle(Event::Tick, NOW.plus(second * SECOND));
    }
    press(&mut app, "3");
    assert_eq!(selected(&app), read, "{}", screen(&app));
    // What comes first is known: nothing is missing, and no line is there twice.
    let later = |ago: i64, text: &str| line(ago, Level::Info, "gateway", text);
    let mut again = incident(50);
    again.push(later(-1_000, "came meanwhile"));
    let came = |app: &mut App, lines: Vec<Line>| {
        answers(app, NOW.plus(40 * SECOND), |query| match query {
            Query::Tail { .. } => Some(Ok(Answer::Arrivals(Arrivals { anew: true, ..arrivals(lines.clone()) }))),
            _ => None,
        });
    };
    came(&mut app, again);
    let text = screen(&app);
    assert!(text.contains("121 of") && !text.contains("may be missing"), "{text}");
    assert!(text.contains("paused: 1 new below"), "{text}");
    // This time more came than the beginning of a tail brings.
    press(&mut app, "1 3");
    came(&mut app, vec![later(-30_000, "much later")]);
    let text = screen(&app);
    assert!(text.contains("122 of") && text.contains("lines from 14:03:28 to 14:03:57 may be missing"), "{text}");
}
