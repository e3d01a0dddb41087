//! The logs as they are painted: which lines there are, how far they can be relied on, and what the keys do there.

use a360::model::fault::FetchError;
use a360::model::log::{Arrivals, Count, Filter, Level, Page, Search, Volume, Way};
use a360::model::query::{Answer, Query, Subscription};
use a360::time::{HOUR, SECOND};
use a360::ui::app::{App, Effect, Event};

use ratatui::crossterm::event::Event as TermEvent;

use crate::console::{self, NOW};
use crate::log_story::{
    answers, arrivals, console, empty, hostile, incident, line, more, of_incident, shows, timeout, told,
};
use crate::pages::{Situations, Tell, at_any_size, screen, selected};
use crate::press;

const PAGE: Situations = Situations { name: "logs", open: console, all: &SITUATIONS };

const SITUATIONS: [(&str, Tell); 11] = [
    ("incident", |app| told(app, arrivals(incident(120)))),
    ("asking", |_| {}),
    ("no_lines", |app| empty(app, Vec::new())),
    ("no_index", |app| empty(app, vec!["no index matches agent360-*".into()])),
    ("no_elasticsearch", |app| app.setup.contexts[0].logs = false),
    ("failed", |app| answers(app, NOW.plus(-42 * SECOND), |_| Some(Err(FetchError::Refused)))),
    ("old", |app| {
        told(app, arrivals(incident(120)));
        answers(app, NOW.plus(SECOND), |query| matches!(query, Query::Tail { .. }).then_some(Err(FetchError::Refused)));
        app.handle(Event::Tick, NOW.plus(43 * SECOND));
    }),
    ("hanging", |app| {
        told(app, arrivals(incident(120)));
        app.handle(Event::Tick, NOW.plus(43 * SECOND));
    }),
    ("partial", |app| {
        let notes = vec!["2 of 6 shards failed".into()];
        told(app, Arrivals { notes, skipped: 4_812, way: Way::Time, ..arrivals(incident(120)) });
    }),
    ("late", |app| {
        told(app, arrivals(incident(120)));
        told(app, arrivals(vec![timeout(5_123, "a3ce929d"), timeout(44_001, "a3ce929d")]));
    }),
    ("hostile", |app| told(app, arrivals(hostile()))),
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
        ("paused", "p"),
        ("wrapped", "w"),
        ("aside", "l"),
        ("detail", "k enter"),
        ("find", "/ t i m e o u t enter n"),
        ("help", "?"),
        ("query", "e l e v e l"),
    ] {
        for (width, height) in [(80, 24), (120, 40)] {
            let mut app = of_incident(width, height);
            press(&mut app, keys);
            told(&mut app, arrivals(Vec::new()));
            shows(&app, name);
        }
    }
}

#[test]
fn no_situation_looks_like_another() {
    let is_live = |name: &str| matches!(name, "incident" | "late" | "hostile" | "no_lines");
    PAGE.all_differ(|name, text| text.contains("● live") == is_live(name));
}

fn search(app: &App) -> Search {
    let search = app.subscriptions().into_iter().find_map(|subscription| match subscription.query {
        Query::Tail { search, .. } => Some(search),
        _ => None,
    });
    search.unwrap()
}

#[test]
fn the_list_follows_until_somebody_reads() {
    let mut app = of_incident(80, 24);
    more(&mut app, 3);
    assert!(selected(&app).contains("new 2"));
    press(&mut app, "k");
    let read = selected(&app);
    let row = |app: &App| screen(app).lines().position(|line| line.starts_with('▌'));
    let at = row(&app);
    let lines = (0..132).map(|i| line(-1_000 - i, Level::Info, "gateway", "more")).collect();
    told(&mut app, arrivals(lines));
    assert_eq!((selected(&app), row(&app)), (read, at), "nothing moves under the eye");
    assert!(screen(&app).contains("paused: 132 new below, G follows"), "{}", screen(&app));
    press(&mut app, "G");
    assert!(selected(&app).contains("more") && screen(&app).contains("● live"), "{}", screen(&app));
    press(&mut app, "p");
    assert!(screen(&app).contains("paused: 0 new below"));
    press(&mut app, "p");
    assert!(!screen(&app).contains("paused"));
}

#[test]
fn scrolling_above_the_oldest_line_asks_for_older_ones() {
    let mut app = of_incident(80, 24);
    let asked = |app: &App| {
        app.subscriptions().into_iter().find_map(|subscription| match subscription.query {
            Query::Lines { before, .. } => before,
            _ => None,
        })
    };
    assert_eq!(asked(&app), None);
    press(&mut app, "g");
    let oldest = incident(120)[0].at;
    assert_eq!(asked(&app), Some(oldest + 1), "others of the same moment may be missing");
    let page = |lines| Page { lines, total: Count::Exactly(0), notes: Vec::new() };
    let first = selected(&app);
    answers(&mut app, NOW, |query| match query {
        Query::Lines { .. } => Some(Ok(Answer::Lines(page(incident(130))))),
        _ => None,
    });
    assert_eq!(selected(&app), first);
    press(&mut app, "g");
    assert_ne!(selected(&app), first);
    assert_eq!(asked(&app), None, "a page that is not full was the last one");
}

#[test]
fn a_query_is_edited_and_what_the_server_refuses_stays_at_the_prompt() {
    let mut app = of_incident(80, 24);
    press(&mut app, "e l e v e l : enter");
    assert_eq!(search(&app).text, "level:");
    assert!(screen(&app).contains("asking…"));
    let refused = || FetchError::Server { kind: "query".into(), message: "Cannot parse 'level:'".into() };
    answers(&mut app, NOW, |query| matches!(query, Query::Tail { .. }).then(|| Err(refused())));
    let text = screen(&app);
    let last = text.lines().last().unwrap();
    assert!(last.contains("level:█") && last.contains("Cannot parse"), "{last}");
    assert!(text.contains("upstream timeout"), "the lines before are still there\n{text}");
    press(&mut app, "E enter");
    told(&mut app, arrivals(vec![timeout(1_000, "x")]));
    assert!(app.overlay.is_none() && search(&app).text == "level:E", "{}", screen(&app));
    assert!(screen(&app).contains("1 of 1.2 M+ lines"), "{}", screen(&app));
    press(&mut app, "e ctrl-u up");
    assert!(screen(&app).lines().last().unwrap().contains("level:E█"));
    press(&mut app, "esc esc");
    assert_eq!(search(&app), Search::default());
}

#[test]
fn fields_narrow_the_list_and_escape_widens_it_again() {
    let mut app = of_incident(160, 40);
    press(&mut app, "i");
    assert!(app.overlay.is_none());
    told(&mut app, arrivals(Vec::new()));
    assert!(app.overlay.is_some() && screen(&app).contains("kubernetes.namespace_name"), "{}", screen(&app));
    press(&mut app, "s h o p enter");
    press(&mut app, "enter");
    told(&mut app, arrivals(incident(20)));
    press(&mut app, "enter");
    told(&mut app, arrivals(Vec::new()));
    press(&mut app, "j j x");
    press(&mut app, "v v");
    let now = search(&app);
    assert_eq!(now.filters.len(), 2, "{now:?}");
    assert_eq!((now.filters[0].value.as_str(), now.filters[0].exclude), ("shop", false));
    assert_eq!((now.filters[1].field.as_str(), now.filters[1].exclude), ("service.keyword", true));
    assert_eq!(now.level, Some(Level::Warn));
    let head = screen(&app);
    assert!(head.contains("not service.keyword=checkout") && head.contains("WARN and worse"), "{head}");
    press(&mut app, "esc");
    assert_eq!(search(&app).filters.len(), 1);
    press(&mut app, "esc esc");
    assert_eq!(search(&app), Search::default());
}

#[test]
fn the_scope_narrows_every_question_and_starts_over() {
    let mut app = console(160, 40);
    let namespace = Filter { field: "kubernetes.namespace_name".into(), value: "shop".into(), exclude: false };
    app.setup.contexts[0].scopes[0].logs = Some(namespace.clone());
    told(&mut app, arrivals(incident(30)));
    press(&mut app, "g s down enter v");
    let expected = Search { level: Some(Level::Info), filters: vec![namespace], ..Search::default() };
    let searches = app.subscriptions().into_iter().filter_map(|subscription| match subscription.query {
        Query::Tail { search, .. } | Query::Volume { search, .. } | Query::Lines { search, .. } => Some(search),
        _ => None,
    });
    assert_eq!(searches.collect::<Vec<_>>(), [expected.clone(), expected], "older lines of the former scope are not");
    assert!(screen(&app).contains("shown are the lines of the query before"), "{}", screen(&app));
    told(&mut app, arrivals(incident(3)));
    assert!(screen(&app).contains("3 of 1.2 M+ lines"), "{}", screen(&app));
    app.setup.contexts[0].scopes[0].logs = None;
    press(&mut app, "s up enter s down enter");
    assert!(screen(&app).contains("the scope does not narrow the lines"), "{}", screen(&app));
    assert!(search(&app).filters.is_empty());
}

#[test]
fn the_volume_of_the_query_before_is_not_told_as_that_of_this_one() {
    for keys in ["v", "+"] {
        let mut app = of_incident(120, 40);
        press(&mut app, keys);
        let text = screen(&app);
        assert!(text.contains("… the volume is that of before") && text.contains(" 120 lines"), "{keys}\n{text}");
        assert!(text.lines().nth(2).unwrap().contains("not known yet"), "{keys}\n{text}");
        told(&mut app, arrivals(incident(12)));
        let text = screen(&app);
        assert!(!text.contains("of before") && text.contains(" of 1.2 M+ lines"), "{keys}\n{text}");
    }
}

#[test]
fn the_detail_stays_with_its_line_while_others_come_in() {
    let mut app = of_incident(120, 40);
    press(&mut app, "enter");
    more(&mut app, 40);
    let text = screen(&app);
    assert!(text.contains("14:03:25.000 ERROR checkout") && text.contains("pod_name"), "{text}");
    press(&mut app, "esc");
    assert!(screen(&app).contains("paused: 40 new below"), "{}", screen(&app));
}

#[test]
fn no_lines_are_not_calm_and_a_wrong_clock_hides_nothing() {
    assert!(!screen(&situation("no_index", 120, 40)).lines().nth(2).unwrap().contains('●'));
    let mut app = situation("hostile", 120, 40);
    told(&mut app, arrivals(vec![line(500, Level::Error, "checkout", "now")]));
    let text = screen(&app);
    assert!(text.contains("2262-04-11") && text.contains("14:03:26.500 ERROR checkout"), "{text}");
    assert!(!text.contains("late"), "{text}");
}

#[test]
fn finding_jumps_over_all_held_lines() {
    let mut app = of_incident(80, 24);
    let mut lines = vec![line(3_600_000, Level::Info, "gateway", "the needle of long ago")];
    lines.push(line(1_800_000, Level::Info, "gateway", "the Needle again"));
    told(&mut app, arrivals(lines));
    press(&mut app, "/ n e e d l e enter");
    assert!(selected(&app).contains("the Needle again"), "{}", screen(&app));
    assert!(screen(&app).contains("/needle  in 2 lines"), "{}", screen(&app));
    press(&mut app, "N");
    assert!(selected(&app).contains("long ago"), "{}", screen(&app));
    press(&mut app, "n");
    assert!(selected(&app).contains("again"), "{}", screen(&app));
    press(&mut app, "esc");
    assert!(app.find.is_none());
}

#[test]
fn the_lines_around_one_are_those_of_its_place() {
    let mut app = of_incident(120, 40);
    let of = selected(&app);
    press(&mut app, "C");
    answers(&mut app, NOW, |query| match query {
        Query::Around { place, .. } => {
            assert_eq!(place, "checkout-7c9f");
            let lines = incident(60).into_iter().filter(|line| line.service == "checkout").collect();
            Some(Ok(Answer::Lines(Page { lines, total: Count::Exactly(9), notes: Vec::new() })))
        }
        _ => None,
    });
    assert_eq!(selected(&app), of, "{}", screen(&app));
    assert!(screen(&app).contains("of the same place") && !screen(&app).contains("GET /api"), "{}", screen(&app));
    shows(&app, "around");
    press(&mut app, "esc");
    assert!(screen(&app).contains("GET /api"));
}

#[test]
fn a_line_is_copied_and_a_fixed_range_asks_once() {
    let mut app = of_incident(80, 24);
    let Some(Effect::Copy(copied)) = press(&mut app, "y") else { panic!("nothing copied") };
    assert!(copied.starts_with("2026-11-23T14:03:25Z ERROR checkout upstream timeout after 3005 ms"), "{copied}");
    press(&mut app, ", +");
    let all = app.subscriptions();
    let once = |subscription: &Subscription| match &subscription.query {
        Query::Lines { before: None, .. } | Query::Volume { .. } => subscription.every.is_none(),
        Query::Tail { .. } => false,
        _ => true,
    };
    assert!(app.shown.is_live() || all.iter().all(once), "{all:?}");
}

#[test]
fn the_tab_is_only_there_where_the_context_has_logs() {
    let mut app = console::app(80, 24);
    assert!(!screen(&app).contains("3 Logs"));
    press(&mut app, "3");
    assert!(screen(&app).contains("this context has no Elasticsearch") && screen(&app).contains("Request rate"));
    press(&mut app, "tab tab");
    assert!(screen(&app).contains("Request rate"));
    app.setup.contexts[0].logs = true;
    press(&mut app, "tab tab");
    assert!(screen(&app).contains("asking for lines"), "{}", screen(&app));
}

#[test]
fn nothing_panics_at_any_size_and_ascii_is_ascii() {
    for (name, keys) in
        [("incident", "P"), ("hostile", "w"), ("hostile", "g l"), ("hostile", "enter"), ("no_lines", "enter")]
    {
        let mut app = situation(name, 120, 40);
        press(&mut app, keys);
        told(&mut app, arrivals(Vec::new()));
        at_any_size(&mut app, "k", name);
        let mut app = situation(name, 120, 40);
        app.setup.ascii = true;
        press(&mut app, keys);
        if name != "hostile" {
            assert!(screen(&app).is_ascii(), "{name}\n{}", screen(&app));
        }
    }
}

#[test]
fn a_hundred_thousand_lines_are_walked_through() {
    let mut app = console(120, 40);
    for part in 0..5 {
        let lines =
            (part * 20_000..(part + 1) * 20_000).map(|i| line(9_000_000 - i * 10, Level::Info, "a", &format!("n {i}")));
        told(&mut app, arrivals(lines.collect()));
    }
    assert!(screen(&app).contains("100,000 of"), "{}", screen(&app));
    press(&mut app, "g");
    assert!(selected(&app).contains("n 0"));
    press(&mut app, "/ n space 5 4 3 2 1 enter");
    assert!(selected(&app).contains("n 54321"), "{}", screen(&app));
    press(&mut app, "G");
    assert!(selected(&app).contains("n 99999"));
}

#[test]
fn a_line_of_another_day_says_so() {
    let mut app = of_incident(80, 24);
    let of = |ago, name| line(ago, Level::Info, name, "said on another day");
    told(&mut app, arrivals(vec![of(-24 * HOUR, "ahead"), of(20 * HOUR, "behind"), of(-400 * 24 * HOUR, "far")]));
    let row = |app: &App, name: &str| screen(app).lines().find(|row| row.contains(name)).unwrap_or_default().to_owned();
    // Those of the future do not push away those of now.
    assert!(row(&app, "checkout").contains("14:0") && row(&app, "far ").is_empty());
    assert!(selected(&app).contains("14:0") && screen(&app).contains("2 dated in the future below"));
    press(&mut app, "G");
    let (ahead, far) = (row(&app, "ahead"), row(&app, "far "));
    assert!(ahead.contains("11-24 14:0") && !ahead.contains(".000"), "{ahead}");
    assert!(far.contains("2027-12-28 "), "{far}");
    assert!(row(&app, "checkout").contains("14:0") && !row(&app, "checkout").contains("11-23"));
    press(&mut app, "g");
    let behind = row(&app, "behind");
    assert!(behind.contains("11-22 18:0"), "{behind}");
}

#[test]
fn lines_that_were_not_counted_are_no_part_of_the_count() {
    let mut app = of_incident(120, 40);
    let counted = |app: &mut App, count| {
        answers(app, NOW, |query| match query {
            Query::Volume { .. } => {
                Some(Ok(Answer::Volume(Volume { total: Count::Exactly(count), ..crate::log_story::volume(query) })))
            }
            _ => None,
        });
        screen(app).lines().find(|row| row.contains(" query ")).unwrap_or_default().trim_end().to_owned()
    };
    let held = counted(&mut app, 1_000_000);
    assert!(held.ends_with(" of 1 M lines"), "{held}");
    assert!(!counted(&mut app, 7).contains(" of "), "nothing is more than all");
}

#[test]
fn the_times_below_a_short_volume_differ() {
    let mut app = of_incident(120, 40);
    press(&mut app, "z enter");
    told(&mut app, arrivals(Vec::new()));
    let shown = screen(&app);
    let row = shown.lines().find(|row| row.starts_with("        1")).unwrap_or_default();
    let times: Vec<&str> = row.split_whitespace().collect();
    assert!(times.len() > 3 && times.windows(2).all(|pair| pair[0] != pair[1]), "{row}\n{shown}");
}

#[test]
fn on_a_screen_that_grew_no_time_stands_where_nothing_was_counted() {
    let mut app = of_incident(80, 24);
    app.handle(Event::Term(TermEvent::Resize(200, 50)), NOW);
    let shown = screen(&app);
    let row = shown.lines().find(|row| row.starts_with("        1")).unwrap_or_default();
    assert!(row.contains("13:") && !row.contains("15:"), "it is {NOW:?}: {row}");
}
