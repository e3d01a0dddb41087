//! The Alerts view as it is painted, and what it must never do: call the unknown calm, lose the cursor, hide why.

use std::collections::BTreeSet;

use a360::model::alert::AlertState;
use a360::model::delivery::{Held, Holdings};
use a360::model::fault::FetchError;
use a360::model::labels::Labels;
use a360::time::{MINUTE, SECOND};
use a360::ui::app::{App, Effect, Event};
use crossterm::event::Event as TermEvent;

use crate::alerting::{SITUATIONS, held, incident, many, situation};
use crate::console::{NOW, paint, text};
use crate::story::{Story, alert};
use crate::{check, press, snapshot};

fn screen(app: &App) -> String {
    text(&paint(app))
}

fn shows(app: &App, name: &str) {
    snapshot(&format!("alerts_view_{name}_{}x{}", app.size.0, app.size.1), &screen(app));
}

#[test]
fn every_situation_at_80x24() {
    SITUATIONS.iter().for_each(|(name, _)| shows(&situation(name, 80, 24), name));
}

#[test]
fn the_usual_ones_on_larger_and_smaller_screens() {
    for name in ["incident", "calm", "quiet_shown", "grouped", "many", "hostile", "old"] {
        shows(&situation(name, 120, 40), name);
    }
    for name in ["incident", "calm"] {
        shows(&situation(name, 200, 50), name);
        shows(&situation(name, 40, 10), name);
    }
}

#[test]
fn ages_are_counted_by_the_clock_that_dates_the_alerts() {
    let mut app = crate::console::app(120, 40);
    press(&mut app, "2");
    Story { prometheus_ahead: 10 * MINUTE, ..incident() }.tell(&mut app, NOW);
    let screen = screen(&app);
    // It began 6 minutes ago by our clock, which is 10 minutes behind.
    let row = screen.lines().find(|line| line.contains("HighErrorRate") && line.contains("> 10 %")).unwrap();
    assert!(row.contains(" 16m "), "{screen}");
    assert!(screen.contains("HighErrorRate fires for 16m") && screen.contains("(16m)"), "{screen}");
}

#[test]
fn what_only_alertmanager_holds_stays_counted_while_it_is_away() {
    let other = Labels::of(&[("alertname", "DiskFull"), ("severity", "critical"), ("cluster", "us")]);
    let sent = Held { labels: other, ..held(&alert("DiskFull", "critical", AlertState::Firing, 5), &["storage"]) };
    let mut app = crate::console::app(120, 40);
    app.setup.contexts[0].alertmanager = true;
    press(&mut app, "2");
    let story = Story { held: Some(Ok(Holdings { alerts: vec![sent], notes: Vec::new() })), ..Story::default() };
    story.tell(&mut app, NOW);
    assert!(screen(&app).contains("▲ 1 critical"), "{}", screen(&app));
    let away = Story { held: Some(Err(FetchError::Refused)), ..Story::default() };
    away.tell(&mut app, NOW.plus(MINUTE));
    let away = screen(&app);
    assert!(away.contains("▲ 1 critical") && away.contains("am ✖ refused"), "{away}");
    assert!(away.lines().any(|line| line.contains("DiskFull") && line.contains("firing")), "{away}");
}

#[test]
fn the_detail_on_the_whole_screen() {
    for (name, keys, width, height) in [
        ("incident", "enter", 80, 24),
        ("incident", "enter", 120, 40),
        ("incident", "enter", 40, 10),
        ("quiet_shown", "enter", 120, 40),
        ("hostile", "enter ctrl-d", 80, 24),
    ] {
        let mut app = situation(name, width, height);
        press(&mut app, keys);
        incident_again(&mut app, name);
        shows(&app, &format!("{name}_detail"));
    }
}

/// A wider chart asks another question.
fn incident_again(app: &mut App, name: &str) {
    if name != "hostile" {
        incident().tell(app, NOW);
    }
}

#[test]
fn what_is_typed_and_chosen() {
    for (name, keys) in [
        ("help", "?"),
        ("group", "b"),
        ("order", "O"),
        ("links", "o"),
        ("filter", "e t e a m"),
        ("filter_wrong", "e t e a m enter"),
    ] {
        let mut app = situation("incident", 80, 24);
        press(&mut app, keys);
        shows(&app, name);
    }
}

/// The text of each situation at each of these sizes; what was told once is painted at all of them.
fn at_sizes(sizes: &[(u16, u16)], mut look: impl FnMut(&str, (u16, u16), String)) {
    for (name, _) in SITUATIONS {
        let mut app = situation(name, 120, 40);
        for (width, height) in sizes {
            app.handle(Event::Term(TermEvent::Resize(*width, *height)), NOW);
            look(name, (*width, *height), screen(&app));
        }
    }
}

#[test]
fn no_situation_looks_like_another_even_without_colour() {
    let mut seen = BTreeSet::new();
    at_sizes(&[(40, 10), (80, 24), (120, 40)], |name, size, text| {
        // A small screen has no columns for who is told.
        if size.1 > 10 || !matches!(name, "no_alertmanager" | "nobody_told") {
            assert!(seen.insert((size, text)), "{name} at {size:?}");
        }
    });
}

#[test]
fn only_a_calm_day_is_calm() {
    at_sizes(&[(40, 10), (80, 24), (120, 40), (200, 50)], |name, size, text| {
        assert_eq!(text.contains("● calm"), name == "calm", "{name} at {size:?}");
    });
}

fn selected(app: &App) -> String {
    let screen = screen(app);
    screen.lines().find(|line| line.starts_with('▌')).unwrap_or_default().to_owned()
}

#[test]
fn the_selected_alert_stays_selected_while_others_come_and_go() {
    let mut app = situation("incident", 120, 40);
    press(&mut app, "j j");
    assert!(selected(&app).contains("/api/pay"), "{}", screen(&app));
    let mut story = incident();
    let Some(Ok(groups)) = &mut story.rules else { panic!("no rules") };
    // Two more above it, one of those before it gone.
    let mut first = groups[0].rules[0].clone();
    for (i, alert) in first.alerting.iter_mut().flat_map(|alerting| &mut alerting.alerts).enumerate() {
        alert.labels = alert.labels.with("alertname", &format!("New{i}"));
    }
    groups[0].rules.extend([first.clone(), first]);
    groups[0].rules[0].alerting.as_mut().unwrap().alerts.clear();
    story.tell(&mut app, NOW.plus(15 * SECOND));
    assert!(selected(&app).contains("/api/pay"), "{}", screen(&app));
    // When it goes itself, that is said.
    groups_without_latency(&mut story);
    story.tell(&mut app, NOW.plus(30 * SECOND));
    assert!(screen(&app).contains("HighLatency is no longer in the list"), "{}", screen(&app));
}

fn groups_without_latency(story: &mut crate::story::Story) {
    let Some(Ok(groups)) = &mut story.rules else { return };
    groups[0].rules.retain(|rule| rule.name != "HighLatency");
    story.held = Some(Ok(Default::default()));
}

#[test]
fn ten_thousand_alerts_are_walked_through() {
    let mut app = situation("many", 120, 40);
    press(&mut app, "g");
    let first = selected(&app);
    press(&mut app, "ctrl-d ctrl-d ctrl-d ctrl-u ctrl-u ctrl-u");
    assert_eq!(selected(&app), first);
    let mut seen = BTreeSet::new();
    for _ in 0..30 {
        press(&mut app, "j");
        let line = selected(&app);
        assert!(!line.is_empty(), "the cursor is out of sight\n{}", screen(&app));
        seen.insert(line);
    }
    assert_eq!(seen.len(), 30);
    press(&mut app, "v b s e v e r i t y enter G");
    assert!(!selected(&app).is_empty());
    many(10).tell(&mut app, NOW.plus(15 * SECOND));
    assert!(!selected(&app).is_empty(), "{}", screen(&app));
}

#[test]
fn nothing_panics_and_nothing_unprintable_is_painted_at_any_size() {
    let widths = || (0..=4).chain([23, 39, 40, 41, 59, 60, 61, 80, 99, 100, 101, 120, 200, 220]);
    let heights = || (0..=24).chain([29, 30, 41, 70]);
    for name in ["incident", "hostile", "quiet_shown", "no_engine", "grouped"] {
        for keys in ["", "enter", "?", "b", "O", "o", "e x", "/ a p i enter", "< <"] {
            let mut app = situation(name, 120, 40);
            press(&mut app, keys);
            for (width, height) in widths().flat_map(|width| heights().map(move |height| (width, height))).step_by(3) {
                app.handle(Event::Term(TermEvent::Resize(width, height)), NOW);
                press(&mut app, "j k");
                check(&paint(&app), &format!("{name} {keys} {width}x{height}"));
            }
        }
    }
}

#[test]
fn views_are_switched_remembered_and_reopened() {
    let mut app = situation("incident", 120, 40);
    let tabs = |app: &App| screen(app).lines().nth(1).unwrap_or_default().trim_end().to_owned();
    assert!(tabs(&app).starts_with(" 1 Overview  2 Alerts ▲2 "), "{}", tabs(&app));
    let Some(Effect::Copy(line)) = press(&mut app, "Y") else { panic!("nothing copied") };
    let select = r#"'alertname="HighErrorRate",cluster="eu-1",severity="critical"'"#;
    assert_eq!(line, format!("a360 --context staging --view alerts --range 1h --select {select}"));
    let Some(Effect::Copy(alert)) = press(&mut app, "y") else { panic!("nothing copied") };
    for part in [
        "HighErrorRate critical firing since 2026-11-23T13:52:27Z\n",
        "12.4 % > 10 %",
        "high-error-rate\n",
        "pagerduty",
    ] {
        assert!(alert.contains(part), "{part}: {alert}");
    }
    press(&mut app, "tab");
    assert!(screen(&app).contains("Request rate"));
    press(&mut app, "shift-tab");
    assert!(screen(&app).contains("differs by"));
    press(&mut app, "1 [");
    assert!(screen(&app).contains("differs by"));
    press(&mut app, "] enter [");
    assert!(screen(&app).contains("Request rate"), "{}", screen(&app));
}

#[test]
fn each_view_asks_only_what_it_shows() {
    use a360::model::query::Query;
    let mut app = situation("incident", 120, 40);
    let asked = |app: &App| app.subscriptions().into_iter().map(|asked| asked.query).collect::<Vec<_>>();
    let ranges = |queries: &[Query]| queries.iter().filter(|query| matches!(query, Query::Range { .. })).count();
    let here = asked(&app);
    assert!([Query::Alerts, Query::Rules, Query::Held, Query::Silences].iter().all(|query| here.contains(query)));
    assert_eq!((ranges(&here), here.contains(&Query::Host)), (2, false));
    press(&mut app, "1");
    let there = asked(&app);
    assert!(!there.contains(&Query::Rules) && there.contains(&Query::Held) && ranges(&there) > 4);
}

#[test]
fn the_day_of_an_alert_is_told_and_what_is_not_known_of_it_is_not_never() {
    use crate::story::Reply;
    use a360::model::fault::FetchError;
    let mut app = situation("incident", 120, 40);
    press(&mut app, "enter");
    incident().tell(&mut app, NOW);
    let day = "fired 4 times · 35m in all · flaps: yes · usually resolves in 8m";
    assert!(screen(&app).contains(day), "{}", screen(&app));
    // The next alert has another day, of which nothing is known yet.
    press(&mut app, "j");
    let text = screen(&app);
    assert!(!text.contains("fired") && text.contains("24h asking…"), "{text}");
    let mut story = incident();
    let past =
        story.replies.keys().find(|expr| expr.starts_with("ALERTS")).unwrap().replace("HighErrorRate", "HighLatency");
    let past = past.replace(r#"cluster="eu-1", "#, "").replace("critical", "warning");
    let past = past.replace(r#", severity"#, r#", endpoint="/api/checkout", severity"#);
    story.set(&past, Reply::Fails(FetchError::Server { kind: "execution".into(), message: "too many".into() }));
    story.tell(&mut app, NOW);
    let text = screen(&app);
    assert!(text.contains("24h not known: ") && text.contains("too many"), "{text}");
    press(&mut app, "k");
    incident().tell(&mut app, NOW.plus(300 * SECOND));
    // Nobody answers any more: the day is as old as its answer.
    app.handle(Event::Tick, NOW.plus(900 * SECOND));
    assert!(screen(&app).contains("· stale 10m"), "{}", screen(&app));
}

#[test]
fn keys_of_the_alerts_do_nothing_elsewhere_and_are_not_offered_there() {
    let mut app = situation("incident", 120, 40);
    let footer = |app: &App| screen(app).lines().last().unwrap_or_default().to_owned();
    assert!(footer(&app).contains("M metrics  o links  b group  v quiet too  e filter"), "{}", footer(&app));
    press(&mut app, "1 b e v");
    assert!(app.overlay.is_none() && !footer(&app).contains("group"), "{}", footer(&app));
}

#[test]
fn escape_takes_the_filter_back_last() {
    let mut app = situation("incident", 120, 40);
    press(&mut app, "e");
    app.handle(Event::Term(TermEvent::Paste("alertname=HighLatency".into())), NOW);
    press(&mut app, "enter enter");
    assert!(app.full && !screen(&app).contains("HighErrorRate  critical"));
    press(&mut app, "esc");
    assert!(screen(&app).contains("filter alertname=\"HighLatency\""), "{}", screen(&app));
    press(&mut app, "esc");
    assert!(!screen(&app).contains("filter alertname"), "{}", screen(&app));
}

#[test]
fn the_overview_is_not_called_calm_by_what_it_knew_before_the_alerts_were_looked_at() {
    use crate::story::{Reply, Story};
    use a360::model::watch::Watch;
    let mut app = situation("calm", 120, 40);
    press(&mut app, "1");
    let mut story = Story { held: Some(Ok(Default::default())), ..Story::calm() };
    story.tell(&mut app, NOW);
    assert!(screen(&app).contains("● calm"), "{}", screen(&app));
    press(&mut app, "2");
    // Ten minutes later the charts' questions hang.
    let watch = Watch::default();
    for expr in [&watch.requests, &watch.errors, &watch.errors_by_endpoint, &watch.latency, &watch.up] {
        story.set(expr, Reply::Hangs);
    }
    let later = NOW.plus(600 * SECOND);
    app.handle(Event::Tick, later);
    app.handle(Event::Term(crate::console::key("1")), later);
    story.tell(&mut app, later);
    let text = screen(&app);
    assert!(!text.contains("● calm") && text.contains("stale 10m"), "{text}");
}

#[test]
fn every_situation_can_be_shown_in_ascii() {
    for (name, _) in SITUATIONS {
        let mut app = situation(name, 120, 40);
        app.setup.ascii = true;
        for keys in ["", "enter", "esc b", "esc e x"] {
            press(&mut app, keys);
            let text = screen(&app);
            assert!(text.is_ascii(), "{name} after {keys:?}:\n{text}");
        }
    }
}

#[test]
fn an_alertmanager_that_hangs_is_not_taken_for_one_that_answers() {
    let mut app = situation("incident", 120, 40);
    let later = NOW.plus(120 * SECOND);
    let mut story = incident();
    story.held = None;
    story.tell(&mut app, later);
    let text = screen(&app);
    assert!(text.contains("alertmanager has not answered for 2m; who is told is as of then"), "{text}");
}
