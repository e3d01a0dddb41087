//! The dead man's switch on the screen: loud in every view when it is missing, and not counted when it is there.

use a360::model::alert::{Alert, AlertState};
use a360::model::delivery::Holdings;
use a360::model::labels::Labels;
use a360::model::query::Query;
use a360::time::SECOND;
use a360::ui::app::App;

use crate::alerting::{alert, calm, group, held, incident, rule};
use crate::console::{self, NOW, paint, text};
use crate::story::Story;
use crate::{press, snapshot};

const VIEWS: [&str; 3] = ["1", "2", ": r u l e s enter"];

fn screen(app: &App) -> String {
    text(&paint(app))
}

fn watchdog() -> Alert {
    alert(&[("alertname", "Watchdog"), ("severity", "none")], AlertState::Firing, 9_000, 1.0)
}

/// A calm day with a switch.
fn alive() -> Story {
    let mut story = calm();
    let Some(Ok(groups)) = &mut story.rules else { panic!("no rules") };
    groups.push(group("meta", vec![rule("Watchdog", "vector(1)", 0, vec![watchdog()])]));
    story.alerts = vec![watchdog()];
    story.held = Some(Ok(Holdings { alerts: vec![held(&watchdog(), &["heartbeat"])], notes: Vec::new() }));
    story
}

fn without(mut story: Story) -> Story {
    let is_it = |labels: &Labels| labels.get("alertname").is_some_and(|name| name == "Watchdog");
    story.alerts.retain(|alert| !is_it(&alert.labels));
    if let Some(Ok(held)) = &mut story.held {
        held.alerts.retain(|held| !is_it(&held.labels));
    }
    for alerting in story.rules.iter_mut().flatten().flatten().flat_map(|group| &mut group.rules) {
        alerting.alerting.iter_mut().for_each(|alerting| alerting.alerts.retain(|alert| !is_it(&alert.labels)));
    }
    story
}

fn app(width: u16, height: u16) -> App {
    let mut app = console::app(width, height);
    app.setup.contexts[0].alertmanager = true;
    app
}

#[test]
fn one_that_fires_is_calm_and_not_counted() {
    let mut app = app(120, 40);
    for keys in ["1", "2"] {
        press(&mut app, keys);
        alive().tell(&mut app, NOW);
        let text = screen(&app);
        assert!(text.contains("nothing fires") && text.contains("● calm") && !text.contains("1 quiet"), "{text}");
        assert!(text.contains(" 2 Alerts  ") && !text.contains("Watchdog"), "{text}");
    }
    snapshot("switch_alive_120x40", &screen(&app));
    press(&mut app, "v");
    let text = screen(&app);
    assert!(text.contains("▌●  info      Watchdog") && text.contains("alive"), "{text}");
    snapshot("switch_alive_shown_120x40", &text);
}

#[test]
fn one_that_is_missing_is_an_alarm_in_every_view() {
    for (width, height) in [(40, 10), (80, 24), (120, 40), (200, 50)] {
        let mut app = app(width, height);
        press(&mut app, "2");
        alive().tell(&mut app, NOW);
        for keys in VIEWS {
            press(&mut app, keys);
            without(alive()).tell(&mut app, NOW.plus(15 * SECOND));
            let text = screen(&app);
            let lines: Vec<&str> = text.lines().collect();
            assert!(lines[0].contains(if width < 80 { " ✖ " } else { " ✖ no Watchdog " }), "{text}");
            assert!(lines[2].starts_with(" ✖ dead man's switch Watchdog does"), "{text}");
            assert!(!text.contains("● calm"), "{text}");
        }
        press(&mut app, "2");
        snapshot(&format!("switch_missing_{width}x{height}"), &screen(&app));
    }
}

#[test]
fn it_is_said_beside_what_fires_and_is_gone_when_it_fires_again() {
    let mut app = app(120, 40);
    press(&mut app, "2");
    app.setup.contexts[0].dead_mans_switch = Some("Watchdog".into());
    app.open(0, 0, app.shown, None);
    incident().tell(&mut app, NOW);
    let text = screen(&app);
    assert!(
        text.contains("✖ no Watchdog") && text.contains("▲ 1 critical") && text.contains("HighErrorRate"),
        "{text}"
    );
    snapshot("switch_missing_incident_120x40", &text);
    let mut story = incident();
    story.alerts.push(watchdog());
    if let Some(Ok(holdings)) = &mut story.held {
        holdings.alerts.push(held(&watchdog(), &["heartbeat"]));
    }
    story.tell(&mut app, NOW.plus(15 * SECOND));
    assert!(!screen(&app).contains("✖ no Watchdog"), "{}", screen(&app));
}

#[test]
fn one_that_does_not_get_to_alertmanager_is_an_alarm_after_a_while() {
    let mut app = app(120, 40);
    let mut story = alive();
    story.held = Some(Ok(Holdings::default()));
    for seconds in (0..=105).step_by(15) {
        let expected = seconds > 90;
        story.tell(&mut app, NOW.plus(seconds * SECOND));
        let text = screen(&app);
        assert_eq!(text.contains("alerts do not reach Alertmanager: Watchdog fires"), expected, "{seconds}\n{text}");
        assert_eq!(text.contains("✖ not sent"), expected, "{seconds}\n{text}");
    }
    alive().tell(&mut app, NOW.plus(120 * SECOND));
    assert!(screen(&app).contains("● calm"), "{}", screen(&app));
}

#[test]
fn its_past_is_asked_once() {
    let asks = |app: &App| {
        let is_it =
            |query: &Query| matches!(query, Query::Instant { expr, .. } if expr.contains("last_over_time(ALERTS"));
        app.subscriptions().into_iter().find(|asked| is_it(&asked.query))
    };
    let mut app = app(120, 40);
    let Some(asked) = asks(&app).map(|asked| asked.query) else { panic!("not asked") };
    assert_eq!(asks(&app).unwrap().every, None);
    let Query::Instant { expr, .. } = asked else { panic!("not of a moment") };
    let mut story = without(alive());
    story.values(&expr, vec![(Labels::default(), 1.0)]);
    story.tell(&mut app, NOW);
    assert!(asks(&app).is_none());
    assert!(screen(&app).contains("✖ no Watchdog"), "it was there within the last day: {}", screen(&app));
}

#[test]
fn what_is_quiet_is_told_apart_in_every_view_until_alertmanager_is_away() {
    let mut app = app(120, 40);
    for keys in VIEWS {
        press(&mut app, keys);
        incident().tell(&mut app, NOW);
        let text = screen(&app);
        assert!(text.lines().next().unwrap().contains("▲ 1 critical ! 1 warning · 3 quiet "), "{text}");
    }
    press(&mut app, "1");
    incident().tell(&mut app, NOW);
    snapshot("overview_quiet_120x40", &screen(&app));
    // Nobody has heard of Alertmanager for a while: what it kept quiet counts.
    let later = NOW.plus(90 * SECOND);
    let mut story = incident();
    story.held = None;
    story.tell(&mut app, later);
    app.handle(a360::ui::app::Event::Tick, later);
    let text = screen(&app);
    assert!(text.lines().next().unwrap().contains("▲ 1 critical ! 3 warning · 1 info "), "{text}");
}
