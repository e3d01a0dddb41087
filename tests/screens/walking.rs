//! From an alert to its metrics and its links, and to the same alert from a command line.

use a360::analysis::alerts::State;
use a360::model::watch::Scope;
use a360::time::{DAY, HOUR, MINUTE, SECOND};
use a360::ui::app::{App, Effect, Select};
use a360::ui::range::Shown;
use a360::ui::view::ViewId;
use jiff::tz::TimeZone;

use crate::alerting::{incident, situation};
use crate::console::{NOW, paint, text};
use crate::story::Story;
use crate::{press, snapshot};

fn screen(app: &App) -> String {
    text(&paint(app))
}

fn selected(app: &App) -> String {
    let screen = screen(app);
    screen.lines().find(|line| line.starts_with('▌')).unwrap_or_default().to_owned()
}

#[test]
fn metrics_open_from_before_the_alert_began_and_one_key_comes_back() {
    let mut app = situation("incident", 120, 40);
    app.setup.contexts[0].scopes.push(Scope {
        name: "eu".into(),
        matcher: "cluster=~\"eu-.*\"".into(),
        logs: None,
        traces: None,
    });
    press(&mut app, "M");
    incident().tell(&mut app, NOW);
    // It began eleven minutes ago: the hour that is shown holds that and what was before.
    assert_eq!((app.view, app.shown, app.crosshair), (ViewId::Overview, Shown::Live(HOUR), Some(NOW.0 - 11 * MINUTE)));
    assert_eq!(app.scope().map(|scope| scope.name.as_str()), Some("eu"));
    let text = screen(&app);
    assert!(text.contains("the crosshair is where HighErrorRate began; [ goes back to it"), "{text}");
    press(&mut app, "[");
    assert_eq!((app.view, app.crosshair, app.scope), (ViewId::Alerts, None, 0));
    assert!(selected(&app).contains("HighErrorRate"), "{}", screen(&app));
}

#[test]
fn the_moment_is_pointed_at_on_every_chart() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut app = situation("incident", width, height);
        press(&mut app, "M");
        incident().tell(&mut app, NOW);
        snapshot(&format!("alerts_view_metrics_{width}x{height}"), &screen(&app));
    }
}

#[test]
fn the_range_is_long_enough_and_a_scope_that_does_not_fit_is_left_alone() {
    let mut app = situation("incident", 120, 40);
    for (minutes, expected) in
        [(44, HOUR), (50, 6 * HOUR), (20 * 60, DAY), (3 * 24 * 60, 7 * DAY), (30 * 24 * 60, 30 * DAY + 15 * MINUTE)]
    {
        let mut story = incident();
        for rule in story.rules.iter_mut().flatten().flatten().flat_map(|group| &mut group.rules) {
            for alert in rule.alerting.iter_mut().flat_map(|alerting| &mut alerting.alerts) {
                alert.active_at = Some(NOW.plus(-minutes * MINUTE));
            }
        }
        press(&mut app, "2 0");
        story.tell(&mut app, NOW);
        press(&mut app, "M");
        assert_eq!((app.shown, app.scope), (Shown::Live(expected), 0), "{minutes}");
    }
}

#[test]
fn what_the_context_has_not_is_said_in_one_line() {
    let mut app = situation("incident", 120, 40);
    for (keys, words) in [("L", "this context has no Elasticsearch"), ("T", "this context has no Jaeger")] {
        press(&mut app, keys);
        let text = screen(&app);
        assert!(text.lines().last().unwrap().contains(words) && app.view == ViewId::Alerts, "{text}");
    }
    app.setup.contexts[0].logs = true;
    press(&mut app, "L");
    assert_eq!(app.view, ViewId::Logs);
    press(&mut app, "[");
    assert_eq!(app.view, ViewId::Alerts);
}

#[test]
fn a_link_is_copied_and_named() {
    let mut app = situation("incident", 120, 40);
    let url = "https://runbooks.example/agent360/high-error-rate";
    assert_eq!(press(&mut app, "o enter"), Some(Effect::Copy(url.to_owned())));
    assert!(screen(&app).contains(&format!("copied the runbook: {url}")), "{}", screen(&app));
    let graph = "http://prometheus.example:9090/graph?g0.expr=up";
    assert_eq!(press(&mut app, "o down enter"), Some(Effect::Copy(graph.to_owned())));
    // A pending alert that leads nowhere.
    press(&mut app, "G o");
    assert!(app.overlay.is_none() && screen(&app).contains("this alert has no link"), "{}", screen(&app));
}

#[test]
fn the_order_is_chosen_and_said() {
    let mut app = situation("incident", 120, 40);
    press(&mut app, "O n e w e s t enter");
    let text = screen(&app);
    let at = |words: &str| text.lines().position(|line| line.contains(words)).unwrap();
    assert!(text.contains(" by newest first  3 of 6 shown"), "{text}");
    assert!(at("/api/pay ") < at("/api/checkout ") && at("/api/checkout ") < at("cluster eu-1 "), "{text}");
    press(&mut app, "b s e v e r i t y enter");
    assert!(screen(&app).contains(" by severity, then newest first"), "{}", screen(&app));
}

fn opened(select: &str) -> App {
    let mut app = situation("asking", 120, 40);
    let select = Select::parse(select, ViewId::Alerts, NOW, &TimeZone::UTC).unwrap();
    app.open(0, 0, app.shown, Some(&select));
    app
}

#[test]
fn a_command_line_selects_the_alert_when_it_comes_even_if_it_is_silenced() {
    for (select, words, state) in [
        ("alertname=\"HighLatency\",endpoint=\"/api/pay\"", "/api/pay", State::Pending),
        ("alertname=HighLatency, endpoint=\"/api/search\"", "/api/search", State::Silenced),
    ] {
        let mut app = opened(select);
        incident().tell(&mut app, NOW);
        assert!(selected(&app).contains(words) && selected(&app).contains(state.word()), "{}", screen(&app));
        let Some(Effect::Copy(line)) = press(&mut app, "Y") else { panic!("nothing copied") };
        assert!(line.contains(&format!("endpoint=\"{words}\"")), "{line}");
    }
}

#[test]
fn an_alert_that_is_not_there_is_said_to_be_gone() {
    let mut app = opened("alertname=\"Resolved\"");
    Story { held: None, ..incident() }.tell(&mut app, NOW);
    let gone = "alertname=\"Resolved\" is no longer in the list";
    assert!(!screen(&app).contains(gone), "Alertmanager may still hold it: {}", screen(&app));
    incident().tell(&mut app, NOW.plus(SECOND));
    assert!(screen(&app).contains(gone), "{}", screen(&app));
}
