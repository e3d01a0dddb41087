//! What fires, as every view counts it, and what is new among it.

use super::*;

#[test]
fn firing_counts_come_from_the_alerts_and_survive_an_outage() {
    let mut app = app();
    let subscription = Subscription { query: Query::Alerts, every: Some(Duration::from_secs(15)) };
    let alert = Alert {
        labels: Labels::of(&[("alertname", "HighErrorRate"), ("severity", "critical")]),
        annotations: Labels::default(),
        state: AlertState::Firing,
        active_at: Some(NOW),
        value: Some(0.2),
    };
    let mut learn = |result| {
        let update = Update { subscription: subscription.clone(), at: NOW, next: None, skew_ms: 0, result };
        app.handle(Event::Update(Box::new(update)), NOW);
    };
    learn(Ok(Answer::Alerts(vec![alert])));
    learn(Err(FetchError::Refused));
    assert_eq!(app.alerts.get().unwrap().len(), 1);
    assert!(app.links[&Source::Prometheus].outage.is_some());
}

#[test]
fn a_new_critical_alert_is_named_once_and_what_fired_before_the_start_is_not_new() {
    let mut app = app();
    let alert = |name: &str, severity: &str, state| Alert {
        labels: Labels::of(&[("alertname", name), ("severity", severity)]),
        annotations: Labels::default(),
        state,
        active_at: Some(NOW),
        value: None,
    };
    let mut learn = |alerts: Vec<Alert>| {
        app.notice = None;
        let subscription = Subscription { query: Query::Alerts, every: None };
        let result = Ok(Answer::Alerts(alerts));
        app.handle(Event::Update(Box::new(Update { subscription, at: NOW, next: None, skew_ms: 0, result })), NOW);
        app.notice.as_ref().map(|(text, _)| text.to_string())
    };
    let (firing, pending) = (AlertState::Firing, AlertState::Pending);
    let first = vec![alert("A", "critical", firing), alert("B", "critical", pending)];
    assert_eq!(learn(first.clone()), None);
    assert_eq!(learn(vec![first[0].clone(), alert("W", "warning", firing)]), None);
    let more = vec![first[0].clone(), alert("B", "critical", firing), alert("C", "critical", firing)];
    assert_eq!(learn(more.clone()).unwrap(), "▲ new: B, and 1 more");
    assert_eq!(learn(more), None);
}

#[test]
fn the_bell_rings_for_what_is_new_unless_it_is_turned_off_or_somebody_has_silenced_it() {
    let alert = Alert {
        labels: Labels::of(&[("alertname", "A"), ("severity", "critical")]),
        annotations: Labels::default(),
        state: AlertState::Firing,
        active_at: Some(NOW),
        value: None,
    };
    let rings = |bell: bool, silenced: bool| {
        let mut app = app();
        app.setup.bell = bell;
        app.setup.contexts[0].alertmanager = true;
        let mut learn = |query: Query, answer: Answer| {
            let subscription = Subscription { query, every: None };
            let update = Update { subscription, at: NOW, next: None, skew_ms: 0, result: Ok(answer) };
            app.handle(Event::Update(Box::new(update)), NOW)
        };
        let held = crate::model::delivery::Held {
            fingerprint: "1".into(),
            labels: alert.labels.with("cluster", "eu"),
            annotations: Labels::default(),
            starts_at: Some(NOW),
            updated_at: None,
            receivers: Vec::new(),
            generator: "".into(),
            silenced_by: if silenced { vec!["s".to_owned()] } else { Vec::new() },
            inhibited_by: Vec::new(),
            muted_by: Vec::new(),
        };
        let holdings = |alerts| Answer::Held(crate::model::delivery::Holdings { alerts, notes: Vec::new() });
        let first = [learn(Query::Alerts, Answer::Alerts(Vec::new())), learn(Query::Held, holdings(Vec::new()))];
        assert_eq!(first, [None, None]);
        // Alertmanager may still say that it is silenced.
        assert_eq!(learn(Query::Alerts, Answer::Alerts(vec![alert.clone()])), None);
        learn(Query::Held, holdings(vec![held]))
    };
    assert_eq!(rings(true, false), Some(Effect::Bell));
    assert_eq!([rings(false, false), rings(true, true)], [None, None]);
}
