//! The panel of patterns: what it asks for, what it says, and how it narrows the list.

use a360::model::fault::FetchError;
use a360::model::log::{Count, Level, Line, Page, Tallies};
use a360::model::query::{Answer, Query};
use a360::model::window::Span;
use a360::time::{HOUR, MINUTE};
use a360::ui::app::{App, Effect};

use crate::console::NOW;
use crate::log_story::{answers, arrivals, console, incident, line, more, of_incident, shows, told};
use crate::pages::screen;
use crate::press;

fn page(lines: Vec<Line>) -> Page {
    Page { lines, total: Count::Exactly(0), notes: Vec::new() }
}

fn tallies() -> Tallies {
    let count = |name: &str, count| (name.into(), count);
    Tallies {
        error_types: vec![count("Timeout", 1_204), count("ConnectionError", 61), count("(none)", 45)],
        requests: vec![count("/api/checkout", 1_311), count("/api/search", 902)],
        over: None,
        notes: Vec::new(),
    }
}

/// Searches every minute of an hour and more, so that only the rest is news.
fn before() -> Vec<Line> {
    let search = |i: i64| {
        line(2 * HOUR - i * 20_000, Level::Info, "gateway", &format!("GET /api/search?q={i} 200 {} ms", i % 9))
    };
    let slow =
        |i: i64| line(2 * HOUR - i * MINUTE * 4, Level::Warn, "gateway", &format!("slow response {} ms", 3_120 + i));
    let mut lines: Vec<Line> = (0..170).map(search).chain((0..14).map(slow)).collect();
    lines.sort_by_key(|line| line.at);
    lines
}

/// Answers what the panel asks: older lines of the range, none, and those of the range before.
fn filled(app: &mut App) {
    for _ in 0..3 {
        answers(app, NOW, |query| match query {
            Query::Tallies { .. } => Some(Ok(Answer::Tallies(tallies()))),
            Query::Lines { before: Some(_), .. } => Some(Ok(Answer::Lines(page(Vec::new())))),
            Query::Lines { span: Span::Fixed(_), .. } => Some(Ok(Answer::Lines(page(before())))),
            _ => None,
        });
    }
}

fn of_patterns(width: u16, height: u16) -> App {
    let mut app = of_incident(width, height);
    press(&mut app, "P");
    filled(&mut app);
    app
}

/// The row of the panel with these words.
fn row(app: &App, words: &str) -> String {
    let text = screen(app);
    let at = text.find(" ── ").unwrap_or_default();
    text[at..].lines().find(|row| row.contains(words)).unwrap_or_default().to_owned()
}

/// Whether it is not known how often the timeouts occurred before.
fn is_unknown(app: &App) -> bool {
    row(app, "upstream timeout").trim_start_matches(['▌', ' ']).starts_with('?')
}

#[test]
fn how_it_looks() {
    for (width, height) in [(80, 24), (120, 40), (200, 50)] {
        let mut app = of_patterns(width, height);
        shows(&app, "patterns");
        press(&mut app, "j enter esc");
        shows(&app, "patterns_only");
    }
    let mut app = of_incident(120, 40);
    press(&mut app, "P");
    shows(&app, "patterns_asking");
    answers(&mut app, NOW, |query| {
        matches!(query, Query::Lines { .. } | Query::Tallies { .. }).then_some(Err(FetchError::Refused))
    });
    press(&mut app, "esc");
    shows(&app, "patterns_failed");
}

#[test]
fn only_the_open_panel_asks_and_only_once() {
    let asks = |app: &App| {
        let queries = app.subscriptions().into_iter().map(|subscription| subscription.query);
        queries.filter(|query| matches!(query, Query::Lines { .. } | Query::Tallies { .. })).collect::<Vec<_>>()
    };
    let mut app = of_incident(120, 40);
    assert_eq!(asks(&app), []);
    press(&mut app, "P");
    let asked = asks(&app);
    let [
        Query::Lines { before: Some(older), limit, .. },
        Query::Lines { span: Span::Fixed(earlier), limit: 10_000, .. },
        Query::Tallies { .. },
    ] = &asked[..]
    else {
        panic!("{asked:?}")
    };
    assert_eq!((*older, *limit), (incident(120)[0].at + 1, 10_000 - 120));
    // Whole parts of the hour are compared, the last of which is still going on.
    let part = HOUR / 16;
    let end = (NOW.0 / part + 1) * part;
    assert_eq!((earlier.start.0, earlier.end.0), (end - 2 * HOUR, end - HOUR - 1));
    filled(&mut app);
    assert_eq!(asks(&app).len(), 1, "{:?}", asks(&app));
    press(&mut app, "P");
    assert_eq!(asks(&app), []);
}

#[test]
fn what_is_new_stands_first_and_what_is_unknown_is_not_new() {
    let mut app = of_incident(160, 50);
    press(&mut app, "P");
    assert!(is_unknown(&app), "{}", screen(&app));
    assert!(row(&app, "──").contains("asking"), "{}", row(&app, "──"));
    filled(&mut app);
    let new = row(&app, "upstream timeout after <*>");
    assert!(new.contains("▌ new") && new.contains("ERROR") && new.contains("checkout"), "{}", screen(&app));
    assert!(new.contains("first 14:00:"), "{new}");
    assert!(row(&app, "GET <*>").contains(" x 0."), "{}", screen(&app));
    assert!(row(&app, "──").contains("120 lines") && row(&app, "──").contains("182 lines"), "{}", row(&app, "──"));
    assert!(row(&app, "an example").contains("upstream timeout after 300"), "{}", screen(&app));
    assert!(row(&app, "error types").contains("Timeout 1,204 · ConnectionError 61 · (none) 45"), "{}", screen(&app));
}

/// A busy service: 10,000 lines are twenty minutes of the hour, and of the one before so much.
fn busy(before: i64) -> App {
    let mut app = of_incident(200, 50);
    press(&mut app, "P");
    let many = |from: i64, count: i64, text: &str| {
        (0..count).map(|i| line(from - i, Level::Info, "gateway", &format!("{text} {i}"))).collect::<Vec<_>>()
    };
    answers(&mut app, NOW, |query| match query {
        Query::Lines { before: Some(_), .. } => Some(Ok(Answer::Lines(page(many(20 * MINUTE, 9_880, "put x"))))),
        Query::Lines { .. } => Some(Ok(Answer::Lines(page(many(HOUR + before, 10_000, "get x"))))),
        _ => None,
    });
    app
}

#[test]
fn a_page_that_is_full_covers_its_end_only() {
    let app = busy(10 * MINUTE);
    let title = row(&app, "──");
    assert!(title.contains("10,000 lines from 13:43 on") && title.contains("10,000 lines from 12:53 on"), "{title}");
    assert!(!app.subscriptions().iter().any(|one| matches!(one.query, Query::Lines { .. })), "enough lines are held");
    assert!(
        row(&app, "upstream").contains("new") && row(&app, "upstream").contains("first 14:00:"),
        "{}",
        screen(&app)
    );
    assert!(row(&app, "put x").contains("by    13:43:"), "it may have been there before\n{}", screen(&app));
    assert!(is_unknown(&busy(MINUTE)), "a minute is too little to tell what the hour before had");
}

#[test]
fn what_is_known_at_the_end_of_a_full_page_does_not_make_the_range_seen() {
    let mut app = console(200, 50);
    let lines: Vec<Line> = (0..9_990).rev().map(|i| line(i * 100, Level::Info, "gateway", "a request")).collect();
    told(&mut app, arrivals(lines.clone()));
    press(&mut app, "P");
    // All that comes is known, and there may be more of it.
    answers(&mut app, NOW, |query| match query {
        Query::Lines { before: Some(_), limit, .. } => {
            assert_eq!(*limit, 1_000, "not only the few that are missing");
            let known = lines.iter().take(1_000).cloned().collect();
            Some(Ok(Answer::Lines(Page { total: Count::AtLeast(10_000), ..page(known) })))
        }
        _ => None,
    });
    assert!(row(&app, "──").contains("from 13:46 on"), "{}", row(&app, "──"));
}

#[test]
fn the_list_is_narrowed_by_patterns_and_widened_again() {
    let mut app = of_patterns(160, 50);
    press(&mut app, "enter");
    let text = screen(&app);
    assert!(text.contains("only upstream timeout after <*>") && text.contains("35 shown, 120 of"), "{text}");
    assert!(text.contains("the volume counts all lines"), "{text}");
    assert!(row(&app, "only: upstream").contains("new"), "{text}");
    press(&mut app, "esc / t i m e o u t enter");
    assert!(screen(&app).contains("/timeout  in 35 lines"), "{}", screen(&app));
    press(&mut app, "esc");
    more(&mut app, 4);
    assert!(screen(&app).contains("35 shown, 124 of"), "another pattern is not shown\n{}", screen(&app));
    // Back in the panel the same key takes it back, others are hidden.
    press(&mut app, "P g enter x j x");
    let text = screen(&app);
    assert!(text.contains("without upstream timeout after <*>  without"), "{text}");
    assert!(row(&app, "hidden: upstream").contains("new"), "{text}");
    press(&mut app, "esc");
    assert!(!screen(&app).contains("35 shown"));
    press(&mut app, "esc esc");
    assert!(!screen(&app).contains("shown, ") && screen(&app).contains("124 of"), "{}", screen(&app));
    assert!(!app.logs.is_narrowed() && app.logs.has_patterns());
    press(&mut app, "P P");
    assert!(!app.logs.has_patterns());
}

#[test]
fn what_is_hidden_stays_hidden_in_another_query() {
    let mut app = of_patterns(160, 50);
    press(&mut app, "x esc v");
    told(&mut app, arrivals(incident(50)));
    assert!(screen(&app).contains("35 shown, 50 of"), "{}", screen(&app));
    assert!(!screen(&app).lines().skip(12).any(|line| line.contains("ERROR checkout")), "{}", screen(&app));
}

#[test]
fn another_range_counts_what_is_held_again() {
    let mut app = of_patterns(160, 50);
    assert!(row(&app, "slow response").contains("gateway"), "{}", screen(&app));
    press(&mut app, "esc +");
    told(&mut app, arrivals(Vec::new()));
    let title = row(&app, "──");
    assert!(title.contains("the last 30m (120 lines") && title.contains("the 30m before (0 lines)"), "{title}");
    press(&mut app, "-");
    told(&mut app, arrivals(Vec::new()));
    filled(&mut app);
    assert!(row(&app, "──").contains("182 lines"), "{}", row(&app, "──"));
    assert!(row(&app, "upstream").contains("new"), "{}", screen(&app));
}

#[test]
fn a_pattern_is_copied_and_the_rows_stay_while_one_reads() {
    let mut app = of_patterns(120, 40);
    press(&mut app, "j j");
    let Some(Effect::Copy(copied)) = press(&mut app, "y") else { panic!("nothing copied") };
    assert_eq!(copied, "retrying payment <*> attempt <*>\n");
    let lines = (0..900).map(|i| line(900 - i, Level::Error, "payment", "connection reset by peer")).collect();
    told(&mut app, arrivals(lines));
    assert!(row(&app, "▌").contains("retrying payment"), "{}", screen(&app));
    assert!(screen(&app).lines().last().unwrap().contains("Enter only these"), "{}", screen(&app));
}

#[test]
fn nothing_is_asked_before_there_is_an_answer() {
    let mut app = console(120, 40);
    press(&mut app, "P");
    assert!(screen(&app).contains("no line of the range is counted yet"), "{}", screen(&app));
    assert!(!app.subscriptions().iter().any(|one| matches!(one.query, Query::Lines { .. })));
    press(&mut app, "enter x j G y esc");
    assert!(!app.logs.is_in_patterns());
}
