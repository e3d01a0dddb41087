//! `W`: the ranking of what stands out around a moment, and the way to its evidence and back.

use a360::analysis::insight::{Carrier, Evidence, Finding, Kind};
use a360::model::place::{Place, Room};
use a360::time::{HOUR, MINUTE, Range, Timestamp};
use a360::ui::app::{App, Effect, Event};
use a360::ui::errand::{Errand, Missing, News, Ranking};
use a360::ui::range::Shown;
use a360::ui::theme::{Depth, Theme};
use a360::ui::view::ViewId;
use crossterm::event::Event as TermEvent;

use crate::alerting::situation;
use crate::console::{NOW, paint, text};
use crate::scenes::scene;
use crate::{check, press, shows, snapshot};

fn stretch() -> Range {
    Range::new(NOW.plus(-35 * MINUTE), NOW)
}

fn proof(what: &str, room: Room, select: &str) -> Evidence {
    Evidence { what: what.to_owned(), place: Place { room, range: stretch(), select: Some(select.to_owned()) } }
}

fn finding(kind: Kind, subject: &str, score: f64, text: &str, evidence: Vec<Evidence>) -> Finding {
    let (from, to) = (Some(NOW.0 - 21 * MINUTE), None);
    Finding {
        kind,
        subject: subject.into(),
        score,
        from,
        to,
        text: text.to_owned(),
        figures: None,
        carriers: Vec::new(),
        evidence,
    }
}

fn incident() -> Vec<Finding> {
    let errors = vec![
        proof("errors by endpoint", Room::Overview, "errors@2026-11-23T13:42:30Z"),
        proof("its alert HighErrorRate", Room::Alerts, "alertname=\"HighErrorRate\""),
        proof("ERROR lines of /api/checkout", Room::Logs, "level=ERROR endpoint=\"/api/checkout\""),
        proof("failing traces of checkout", Room::Traces, "service=checkout error=true"),
    ];
    let text = "Errors on /api/checkout: 0.3 % → 31 % from 13:42 on (21m), 96 % of it POST 500 on agent360-2; HighErrorRate fired 13:47";
    let carrier = |label: &str, value: &str, share| Carrier { label: label.into(), value: value.into(), share };
    let carriers = vec![carrier("status", "500", 0.99), carrier("instance", "agent360-2:8080", 0.955)];
    let latency = vec![proof("p95 by endpoint", Room::Overview, "latency@2026-11-23T13:43:00Z")];
    vec![
        Finding { carriers, ..finding(Kind::Errors, "/api/checkout", 93.4, text, errors) },
        finding(Kind::Latency, "/api/search", 61.0, "p95 of /api/search: 120 ms → 890 ms since 13:43", latency),
        Finding {
            from: None,
            ..finding(Kind::Restart, "agent360-2:8080", 18.0, "agent360-2:8080 restarted at 13:41", Vec::new())
        },
    ]
}

fn ranking(findings: Vec<Finding>) -> Ranking {
    let now = stretch();
    let week = Range::new(now.start.plus(-168 * HOUR), now.end.plus(-168 * HOUR));
    Ranking { findings, asked: 43, missing: Vec::new(), now, before: now.before(), week: Some(week) }
}

fn tell(app: &mut App, ranking: Ranking) {
    app.handle(Event::News(Box::new(News::Why { ticket: 1, ranking: Box::new(ranking) })), NOW);
}

fn asked(width: u16, height: u16) -> App {
    let mut app = scene("incident", width, height);
    app.setup.contexts[0].logs = true;
    app.setup.contexts[0].traces = true;
    press(&mut app, "W");
    app
}

fn answered(width: u16, height: u16, ranking: Ranking) -> App {
    let mut app = asked(width, height);
    tell(&mut app, ranking);
    app
}

fn screen(app: &App) -> String {
    text(&paint(app))
}

#[test]
fn the_ranking_at_every_size() {
    for (width, height) in [(40, 10), (80, 24), (120, 40), (200, 50)] {
        shows(&answered(width, height, ranking(incident())), "why");
    }
}

#[test]
fn asking_nothing_found_and_nothing_answered_look_different() {
    let mut app = asked(80, 24);
    app.handle(Event::News(Box::new(News::WhyAsked { ticket: 1, done: 12, all: 43 })), NOW);
    shows(&app, "why_asking");
    shows(&answered(80, 24, ranking(Vec::new())), "why_nothing");
    let missing = |source, count, why: &str| Missing { source, count, why: why.into() };
    let refused = vec![missing("es", 5, "connection refused"), missing("jaeger", 1, "no answer within 1.4s")];
    shows(&answered(80, 24, Ranking { missing: refused, ..ranking(incident()) }), "why_partial");
    let all = vec![missing("prom", 43, "connection refused")];
    shows(&answered(80, 24, Ranking { missing: all, ..ranking(Vec::new()) }), "why_unknown");
}

fn many() -> Vec<Finding> {
    let of = |number: usize| {
        let evidence = (0..5).map(|of| proof(&format!("proof {number}.{of}"), Room::Overview, "errors")).collect();
        finding(
            Kind::Latency,
            &format!("/api/{number}"),
            95.0 - number as f64 * 9.0,
            &format!("p95 of /api/{number} doubled"),
            evidence,
        )
    };
    (0..10).map(of).collect()
}

#[test]
fn ten_findings_with_five_pieces_of_evidence_each_scroll() {
    let mut app = answered(80, 24, ranking(many()));
    shows(&app, "why_many");
    // Whatever the cursor is on is in sight, with its finding.
    for number in 0..50 {
        let (screen, at) = (screen(&app), format!("proof {}.{}", number / 5, number % 5));
        assert!(
            screen.contains(&at) && screen.contains(&format!("p95 of /api/{} doubled", number / 5)),
            "{at}\n{screen}"
        );
        press(&mut app, "j");
    }
    shows(&app, "why_many_end");
    press(&mut app, "g");
    assert!(screen(&app).contains("proof 0.0"));
}

fn hostile() -> Vec<Finding> {
    let long = "東京 ".repeat(400) + &"x".repeat(900);
    let evidence = vec![proof(&long, Room::Logs, "level=ERROR"); 3];
    let carrier = Carrier { label: long.as_str().into(), value: long.as_str().into(), share: f64::NAN };
    let odd = Finding {
        score: f64::NAN,
        from: Some(i64::MIN),
        to: Some(i64::MAX),
        ..finding(Kind::Down, "", 0.0, "", Vec::new())
    };
    vec![Finding { carriers: vec![carrier; 4], ..finding(Kind::Logs, &long, 1e300, &long, evidence) }, odd]
}

#[test]
fn hostile_words_and_numbers_break_nothing() {
    let mut app = answered(80, 24, ranking(hostile()));
    shows(&app, "why_hostile");
    for (width, height) in [(40, 10), (41, 11), (60, 13), (80, 24), (121, 41)] {
        app.handle(Event::Term(TermEvent::Resize(width, height)), NOW);
        for _ in 0..5 {
            check(&paint(&app), &format!("{width}x{height}"));
            press(&mut app, "j");
        }
        press(&mut app, "g");
    }
}

#[test]
fn without_colour_and_in_ascii_it_says_the_same() {
    let mut app = answered(80, 24, ranking(incident()));
    let coloured = screen(&app);
    app.setup.theme = Theme::builtin("default").unwrap().at(Depth::Mono);
    assert_eq!(screen(&app), coloured);
    app.setup.ascii = true;
    let text = screen(&app);
    assert!(text.is_ascii(), "{text}");
    snapshot("why_ascii", &text);
}

#[test]
fn evidence_opens_as_a_command_line_would_and_one_key_comes_back() {
    for (key, view) in [
        ("1", ViewId::Overview),
        ("2", ViewId::Alerts),
        ("3", ViewId::Logs),
        ("4", ViewId::Traces),
        ("j j enter", ViewId::Logs),
    ] {
        let mut app = answered(120, 40, ranking(incident()));
        let before = (app.view, app.shown, app.crosshair);
        press(&mut app, key);
        assert!(app.overlay.is_none(), "{key}");
        assert_eq!((app.view, app.shown), (view, Shown::Fixed(stretch())), "{key}");
        match view {
            ViewId::Overview => {
                assert_eq!(app.overview.panel().id(), "errors");
                assert_eq!(app.crosshair.map(|at| Timestamp(at).rfc3339()).as_deref(), Some("2026-11-23T13:42:30Z"));
            }
            ViewId::Logs => assert_eq!(app.logs.search().filters[0].value, "/api/checkout"),
            ViewId::Traces => assert!(app.traces.terms().is_failing()),
            _ => {}
        }
        // The command line that is copied opens the same place.
        press(&mut app, "[");
        assert_eq!((app.view, app.shown, app.crosshair), before, "{key}");
    }
}

#[test]
fn what_is_copied_reopens_the_evidence() {
    let mut app = answered(120, 40, ranking(incident()));
    let Some(Effect::Copy(line)) = press(&mut app, "j j j Y") else { panic!("nothing was copied") };
    assert_eq!(
        line,
        "a360 --context staging --view traces --from 2026-11-23T13:28:27Z --to 2026-11-23T14:03:27Z --select 'service=checkout error=true'"
    );
    let Some(Effect::Copy(text)) = press(&mut app, "g y") else { panic!("nothing was copied") };
    assert!(text.starts_with("Errors on /api/checkout: 0.3 %") && text.contains("\n- errors by endpoint\n"), "{text}");
    assert!(app.overlay.is_some());
}

#[test]
fn a_place_that_cannot_be_opened_says_so_and_the_pane_stays() {
    let bad = finding(Kind::Logs, "x", 50.0, "x", vec![proof("x", Room::Overview, "no-such-panel")]);
    let mut app = answered(120, 40, ranking(vec![bad]));
    press(&mut app, "1");
    assert!(screen(&app).contains("`no-such-panel` is no panel"), "{}", screen(&app));
    assert!(app.overlay.is_some());
    let mut app = answered(120, 40, ranking(incident()));
    app.setup.contexts[0].traces = false;
    press(&mut app, "4");
    assert!(screen(&app).contains("this context has no Jaeger"), "{}", screen(&app));
}

/// What was asked for: the stretch, and the ticket.
fn errand(app: &mut App, keys: &str) -> (Range, u64) {
    match press(app, keys) {
        Some(Effect::Errand(Errand::Why { ticket, about })) => (about.range, ticket),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_moment_is_the_crosshairs_or_the_newest_or_when_the_alert_began() {
    let mut app = scene("calm", 120, 40);
    let around = |at: Timestamp| Range::new(at.plus(-45 * MINUTE), at.plus(15 * MINUTE).min(NOW));
    assert_eq!(errand(&mut app, "W"), (around(NOW), 1));
    assert_eq!(press(&mut app, "esc"), Some(Effect::Errand(Errand::Forget)));
    press(&mut app, "< < <");
    let at = Timestamp(app.crosshair.unwrap());
    assert_eq!(errand(&mut app, "W"), (around(at), 2));
    let mut app = situation("incident", 120, 40);
    assert_eq!(errand(&mut app, "W"), (around(NOW.plus(-11 * MINUTE)), 1));
    assert!(screen(&app).contains("── Why HighErrorRate since 13:52 ──"), "{}", screen(&app));
}

#[test]
fn a_scope_narrows_what_is_asked() {
    let mut app = scene("incident", 120, 40);
    press(&mut app, "s down enter");
    let Some(Effect::Errand(Errand::Why { about, .. })) = press(&mut app, "W") else { panic!("not asked") };
    assert!(about.watch.requests.contains("namespace=\"shop\""), "{}", about.watch.requests);
    assert_eq!(about.opening.scope.as_deref(), Some("shop"));
}

#[test]
fn the_formats_of_a_report_and_how_far_it_is() {
    let mut app = scene("incident", 80, 24);
    press(&mut app, "r");
    shows(&app, "report_formats");
    let Some(Effect::Errand(Errand::Report { about, format })) = press(&mut app, "down enter") else {
        panic!("nothing is written")
    };
    assert_eq!((format.as_str(), about.range, about.live), ("text", Range::new(NOW.plus(-HOUR), NOW), Some(HOUR)));
    app.handle(Event::News(Box::new(News::ReportAsked { done: 12, all: 68 })), NOW);
    let footer = |app: &App| screen(app).lines().last().unwrap_or_default().to_owned();
    assert!(footer(&app).starts_with(" report: 12 of 68 answered"), "{}", footer(&app));
    let path = "/home/mara/a360-staging-all-20261123T1303Z-20261123T1403Z.txt";
    let written = News::ReportWritten { path: path.into(), verdict: "critical".to_owned() };
    app.handle(Event::News(Box::new(written)), NOW);
    assert!(footer(&app).starts_with(&format!(" report (critical): {path}")[..79]), "{}", footer(&app));
    // The next time the cursor is on the same format.
    let Some(Effect::Errand(Errand::Report { format, .. })) = press(&mut app, "r enter") else { panic!("nothing") };
    assert_eq!(format, "text");
}
