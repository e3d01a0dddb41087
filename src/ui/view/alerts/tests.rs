//! What follows from the answers without a screen: which list is believed, the cursor, silences that are over.

use jiff::tz::TimeZone;

use super::*;
use crate::analysis::alerts::{Digest, State};
use crate::analysis::switch::Switch;
use crate::model::alert::{Alert, AlertState};
use crate::model::delivery::Held;
use crate::model::fault::FetchError;
use crate::model::matcher;
use crate::model::rule::{Alerting, Health};
use crate::model::silence::SilenceState;
use crate::model::watch::Watch;
use crate::time::{HOUR, MINUTE, SECOND, Timestamp};
use crate::ui::range::Shown;
use crate::ui::theme::Theme;
use crate::ui::view::Keys;

const NOW: Timestamp = Timestamp(1_700_000_000_000);
const AREA: Rect = Rect::new(0, 4, 120, 35);

/// A view and what it is shown in.
struct Desk {
    alerts: Alerts,
    bare: Slot<Vec<Alert>>,
    watch: Watch,
    theme: Theme,
    now: Timestamp,
}

impl Desk {
    fn new() -> Self {
        Self {
            alerts: Alerts::default(),
            bare: Slot::default(),
            watch: Watch::default(),
            theme: Theme::default(),
            now: NOW,
        }
    }

    fn with<T>(&mut self, act: impl FnOnce(&mut Alerts, &Scene) -> T) -> T {
        let scene = Scene {
            view: ViewId::Alerts,
            read_only: false,
            now: self.now,
            ahead: 0,
            shown: Shown::Live(HOUR),
            watch: &self.watch,
            alerts: &self.bare,
            digest: &Digest::default(),
            switch: &Switch::default(),
            theme: &self.theme,
            keys: Keys::default(),
            zone: &TimeZone::UTC,
            refresh: Duration::from_secs(5),
            tiles: Duration::from_secs(15),
            crosshair: None,
            full: false,
            asked: true,
            alertmanager: true,
            logs: false,
            traces: false,
            index: "",
            scoped: false,
        };
        act(&mut self.alerts, &scene)
    }

    fn learn(&mut self, query: Query, result: Result<Answer, FetchError>) -> Option<Plain> {
        let at = self.now;
        self.with(|alerts, scene| {
            let subscription = Subscription { query, every: None };
            alerts.apply(Update { subscription, at, next: None, skew_ms: 0, result }, scene, AREA);
            alerts.refresh(scene, AREA).map(|gone| gone.name)
        })
    }

    fn rules(&mut self, names: &[&str]) -> Option<Plain> {
        let rules = names.iter().map(|name| rule(name, "a > 1")).collect();
        self.learn(Query::Rules, Ok(Answer::Rules(vec![group(rules)])))
    }

    fn walk(&mut self, by: isize) {
        self.alerts.move_cursor(by, AREA);
    }

    fn selected(&self) -> String {
        self.alerts.row().map(|row| row.name().to_string()).unwrap_or_default()
    }
}

fn alert(name: &str) -> Alert {
    Alert {
        labels: Labels::of(&[("alertname", name), ("severity", "warning")]),
        annotations: Labels::default(),
        state: AlertState::Firing,
        active_at: Some(NOW.plus(-HOUR)),
        value: Some(2.0),
    }
}

fn alerting(name: &str) -> Alerting {
    Alerting { hold: 5 * MINUTE, keep: 0, annotations: Labels::default(), alerts: vec![alert(name)] }
}

fn rule(name: &str, expr: &str) -> Rule {
    Rule {
        name: name.into(),
        expr: expr.to_owned(),
        health: Health::Ok,
        last_error: "".into(),
        took: 1.0,
        evaluated: Some(NOW),
        labels: Labels::default(),
        alerting: Some(alerting(name)),
    }
}

fn group(rules: Vec<Rule>) -> RuleGroup {
    RuleGroup { name: "g".into(), file: "f".into(), interval: MINUTE, took: 1.0, evaluated: Some(NOW), rules }
}

#[test]
fn the_chosen_alert_stays_chosen_and_its_end_is_told() {
    let mut desk = Desk::new();
    desk.rules(&["B", "C", "D"]);
    desk.walk(1);
    assert_eq!(desk.selected(), "C");
    assert_eq!(desk.rules(&["A", "AA", "B", "C"]), None);
    assert_eq!((desk.selected().as_str(), desk.alerts.position()), ("C", (4, 4)));
    assert_eq!(desk.rules(&["A", "B"]), Some("C".into()));
    assert_eq!((desk.selected().as_str(), desk.alerts.position()), ("B", (2, 2)));
    assert_eq!(desk.rules(&[]), Some("B".into()));
    assert_eq!((desk.selected().as_str(), desk.alerts.position()), ("", (0, 0)));
}

#[test]
fn an_alert_that_alertmanager_takes_up_is_the_same_alert() {
    let mut desk = Desk::new();
    desk.rules(&["A", "B"]);
    desk.walk(1);
    let sent = |name: &str| Held {
        fingerprint: name.into(),
        // Prometheus adds labels of its own when it sends.
        labels: alert(name).labels.with("cluster", "eu"),
        annotations: Labels::default(),
        starts_at: Some(NOW),
        updated_at: None,
        receivers: Vec::new(),
        generator: "".into(),
        silenced_by: Vec::new(),
        inhibited_by: Vec::new(),
        muted_by: Vec::new(),
    };
    let held = Holdings { alerts: vec![sent("A"), sent("B")], notes: Vec::new() };
    assert_eq!(desk.learn(Query::Held, Ok(Answer::Held(held))), None);
    assert_eq!((desk.selected().as_str(), desk.alerts.row().unwrap().labels.get("cluster").is_some()), ("B", true));
    assert_eq!(desk.learn(Query::Held, Ok(Answer::Held(Holdings::default()))), None);
    assert_eq!(desk.selected(), "B");
}

#[test]
fn a_cursor_that_nobody_moved_makes_no_noise() {
    let mut desk = Desk::new();
    desk.rules(&["A", "B"]);
    assert_eq!(desk.rules(&["C"]), None);
    assert_eq!(desk.selected(), "C");
}

#[test]
fn bare_alerts_are_believed_where_the_rules_are_much_older() {
    let mut desk = Desk::new();
    desk.rules(&["Old"]);
    desk.now = NOW.plus(2 * MINUTE);
    desk.bare.take(&Query::Alerts, Ok(vec![alert("New")]), desk.now);
    desk.with(|alerts, scene| alerts.refresh(scene, AREA));
    assert_eq!(desk.selected(), "New");
    desk.rules(&["Newest"]);
    assert_eq!(desk.selected(), "Newest");
}

#[test]
fn nobody_told_is_not_concluded_from_what_alertmanager_said_long_ago() {
    let mut desk = Desk::new();
    desk.learn(Query::Held, Ok(Answer::Held(Holdings::default())));
    desk.rules(&["A"]);
    assert_eq!(desk.alerts.row().unwrap().told, Told::NotHeld);
    desk.learn(Query::Held, Err(FetchError::Refused));
    assert_eq!(desk.alerts.row().unwrap().told, Told::Unknown);
}

#[test]
fn quiet_ones_are_shown_on_demand_with_what_keeps_them_quiet() {
    let mut desk = Desk::new();
    let alert = alert("A");
    let held = Held {
        fingerprint: "1".into(),
        labels: alert.labels,
        annotations: Labels::default(),
        starts_at: alert.active_at,
        updated_at: None,
        receivers: vec!["team".into()],
        generator: "".into(),
        silenced_by: vec!["s".to_owned()],
        inhibited_by: Vec::new(),
        muted_by: Vec::new(),
    };
    desk.learn(Query::Held, Ok(Answer::Held(Holdings { alerts: vec![held], notes: Vec::new() })));
    desk.rules(&["A"]);
    assert!(desk.alerts.row().is_none() && desk.alerts.is_quiet_hidden());
    desk.alerts.quiet_too = true;
    desk.with(|alerts, scene| alerts.refresh(scene, AREA));
    assert_eq!(desk.alerts.row().unwrap().state, State::Silenced);
    let told = desk.with(|alerts, scene| words::told(alerts, alerts.row().unwrap(), scene).0);
    assert_eq!(told, "nobody: silenced");
    let silences = vec![silence("s", SilenceState::Active, "alertname=A", 30 * MINUTE)];
    desk.learn(Query::Silences, Ok(Answer::Silences(silences)));
    let told = desk.with(|alerts, scene| words::told(alerts, alerts.row().unwrap(), scene).0);
    assert_eq!(told, "nobody: silenced by mara, 30m left");
}

fn silence(id: &str, state: SilenceState, matchers: &str, left: i64) -> Silence {
    Silence {
        id: id.to_owned(),
        state,
        matchers: matcher::parse(matchers).unwrap(),
        starts_at: NOW.plus(-3 * DAY),
        ends_at: NOW.plus(left),
        created_by: "mara".into(),
        comment: "deploy".into(),
    }
}

#[test]
fn silences_that_are_over_are_told_for_a_day_and_only_if_they_hit() {
    let mut desk = Desk::new();
    desk.rules(&["A"]);
    let over = |id: &str, matchers: &str, ago: i64| silence(id, SilenceState::Expired, matchers, -ago);
    let silences = vec![
        over("other", "alertname=B", HOUR),
        over("not", "alertname!=A", HOUR),
        over("regex", "alertname=~\"[AX]\", severity!=critical", 2 * HOUR),
        over("old", "alertname=A", DAY + MINUTE),
        over("hit", "alertname=A", MINUTE),
        silence("now", SilenceState::Active, "alertname=A", HOUR),
    ];
    desk.learn(Query::Silences, Ok(Answer::Silences(silences)));
    let past: Vec<&str> = desk.alerts.over.hits().map(|silence| silence.id.as_str()).collect();
    assert_eq!(past, ["hit", "regex"]);
}

#[test]
fn silences_are_over_by_the_clock_of_the_server() {
    let mut desk = Desk::new();
    let subscription = Subscription { query: Query::Silences, every: None };
    let behind = -2 * DAY;
    let mut active = silence("now", SilenceState::Active, "alertname=A", HOUR);
    active.ends_at = active.ends_at.plus(behind);
    let result = Ok(Answer::Silences(vec![active]));
    let update = Update { subscription, at: NOW, next: None, skew_ms: behind, result };
    desk.with(|alerts, scene| alerts.apply(update, scene, AREA));
    assert_eq!(desk.alerts.silences().len(), 1, "it still holds there");
    let left = desk.with(|alerts, scene| alerts.silences()[0].ends_at.since(alerts.server_now(scene)));
    assert_eq!(left, HOUR);
}

#[test]
fn the_chart_asks_for_the_expression_without_its_threshold_as_long_as_it_is_in_sight() {
    let mut desk = Desk::new();
    let rules = vec![rule("A", "sum(rate(a[5m])) > 3"), rule("B", "up == 0")];
    desk.learn(Query::Rules, Ok(Answer::Rules(vec![group(rules)])));
    let asked = |desk: &mut Desk, area: Rect| -> Vec<String> {
        let queries = desk.with(|alerts, scene| alerts.queries(scene, area));
        let expr = |asked: Subscription| match asked.query {
            Query::Range { expr, .. } => Some(expr),
            _ => None,
        };
        queries.into_iter().filter_map(expr).collect()
    };
    let past = |name: &str| format!(r#"ALERTS{{alertstate="firing", alertname="{name}", severity="warning"}}"#);
    assert_eq!(asked(&mut desk, AREA), ["sum(rate(a[5m]))".to_owned(), past("A")]);
    assert!(asked(&mut desk, Rect { height: 8, ..AREA }).is_empty(), "no room for a detail");
    desk.walk(1);
    assert_eq!(asked(&mut desk, AREA), [past("B")], "it compares with no number");
}

#[test]
fn the_cursor_stays_in_sight_and_the_list_moves_no_more_than_it_must() {
    let mut desk = Desk::new();
    let names: Vec<String> = (0..100).map(|i| format!("A{i:03}")).collect();
    desk.rules(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let height = layout::places(AREA, false).rows.height;
    for (by, top) in [(1, 0), (98, 100 - usize::from(height)), (-3, 100 - usize::from(height)), (-96, 0)] {
        desk.walk(by);
        assert_eq!(desk.alerts.first_in_sight(height), top, "after {by}");
    }
    desk.now = NOW.plus(SECOND);
    desk.with(|alerts, scene| alerts.page(1, scene, AREA));
    assert_eq!(desk.alerts.position().0, 1 + usize::from(height / 2));
}

#[test]
fn what_was_learned_before_another_view_was_shown_is_not_calm() {
    let mut desk = Desk::new();
    let quiet = Rule { alerting: Some(Alerting { alerts: Vec::new(), ..alerting("A") }), ..rule("A", "a > 1") };
    desk.learn(Query::Held, Ok(Answer::Held(Holdings::default())));
    desk.learn(Query::Rules, Ok(Answer::Rules(vec![group(vec![quiet])])));
    desk.bare.take(&Query::Alerts, Ok(Vec::new()), desk.now);
    let said = |desk: &mut Desk| desk.with(|alerts, scene| alerts.headline(scene).text);
    assert_eq!(said(&mut desk), "calm: nothing fires, 1 rule is healthy");
    // Ten minutes elsewhere; the bare alerts and Alertmanager are asked in every view.
    desk.now = NOW.plus(10 * MINUTE);
    desk.bare.take(&Query::Alerts, Ok(Vec::new()), desk.now);
    desk.learn(Query::Held, Ok(Answer::Held(Holdings::default())));
    assert_eq!(said(&mut desk), "nothing fires; how the rules do is not known");
}
