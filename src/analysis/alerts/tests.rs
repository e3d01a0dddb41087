use super::*;

fn alert(labels: &[(&str, &str)], state: AlertState) -> Alert {
    let labels = Labels::of(labels);
    Alert { labels, annotations: Labels::default(), state, active_at: Some(Timestamp(5)), value: Some(0.2) }
}

fn held(labels: &[(&str, &str)]) -> Held {
    Held {
        fingerprint: Plain::new("f"),
        labels: Labels::of(labels),
        annotations: Labels::default(),
        starts_at: Some(Timestamp(7)),
        updated_at: None,
        receivers: vec![Plain::new("team")],
        generator: Plain::default(),
        silenced_by: Vec::new(),
        inhibited_by: Vec::new(),
        muted_by: Vec::new(),
    }
}

fn holdings(alerts: Vec<Held>) -> Holdings {
    Holdings { alerts, notes: Vec::new() }
}

const HIGH: &[(&str, &str)] = &[("alertname", "High"), ("severity", "critical")];
const HIGH_SENT: &[(&str, &str)] = &[("alertname", "High"), ("cluster", "eu"), ("severity", "critical")];

#[test]
fn the_two_sides_of_an_alert_are_one_row() {
    let alerts = [alert(HIGH, AlertState::Firing)];
    let rows = rows(&[], &alerts, Some(&holdings(vec![held(HIGH_SENT)])), None);
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].state, rows[0].value, rows[0].since), (State::Firing, Some(0.2), Some(Timestamp(5))));
    assert_eq!((&rows[0].labels, rows[0].own.as_ref()), (&Labels::of(HIGH_SENT), Some(&Labels::of(HIGH))));
    assert_eq!(rows[0].told, Told::Receivers(vec![Plain::new("team")]));
}

#[test]
fn who_is_told_depends_on_who_knows() {
    let [firing, pending] = [AlertState::Firing, AlertState::Pending].map(|state| [alert(HIGH, state)]);
    let told = |alerts: &[Alert], held: Option<&Holdings>| rows(&[], alerts, held, None)[0].told.clone();
    let nothing = holdings(Vec::new());
    assert_eq!(told(&firing, None), Told::Unknown);
    assert_eq!(told(&firing, Some(&nothing)), Told::NotHeld);
    assert_eq!(told(&pending, Some(&nothing)), Told::Nobody);
    assert_eq!(told(&pending, None), Told::Nobody);
}

#[test]
fn what_keeps_it_quiet_is_said_and_comes_after_what_fires() {
    let quiet = |name: &str, change: fn(&mut Held)| {
        let mut one = held(&[("alertname", name), ("severity", "critical")]);
        change(&mut one);
        one
    };
    let all = holdings(vec![
        quiet("A", |h| h.silenced_by = vec!["s".into()]),
        quiet("B", |h| h.inhibited_by = vec![Plain::new("f")]),
        quiet("C", |h| h.muted_by = vec![Plain::new("nights")]),
        quiet("D", |_| ()),
    ]);
    let states: Vec<_> =
        rows(&[], &[], Some(&all), None).iter().map(|row| (row.name().to_string(), row.state)).collect();
    let expected = [
        ("D".to_owned(), State::Firing),
        ("B".to_owned(), State::Inhibited),
        ("C".to_owned(), State::Muted),
        ("A".to_owned(), State::Silenced),
    ];
    assert_eq!(states, expected);
}

#[test]
fn the_same_alert_of_two_clusters_is_two_rows() {
    let alerts = [alert(HIGH, AlertState::Firing)];
    let other = [("alertname", "High"), ("cluster", "us"), ("severity", "critical")];
    let rows = rows(&[], &alerts, Some(&holdings(vec![held(HIGH_SENT), held(&other)])), None);
    assert_eq!(rows.len(), 2);
    assert_eq!(rows.iter().filter(|row| row.value.is_some()).count(), 1);
}

#[test]
fn an_alert_that_is_held_as_it_is_belongs_to_no_other() {
    let narrow = [("alertname", "High"), ("cluster", "eu"), ("severity", "critical")];
    let silenced = Held { silenced_by: vec!["s".into()], ..held(&narrow) };
    let all = holdings(vec![silenced]);
    // The first could be the one that is held, with one label more; the second is.
    let alerts = [alert(HIGH, AlertState::Pending), alert(&narrow, AlertState::Firing)];
    let rows = rows(&[], &alerts, Some(&all), None);
    let states: Vec<_> = rows.iter().map(|row| (row.state, row.held.is_some())).collect();
    assert_eq!(states, [(State::Pending, false), (State::Silenced, true)]);
    assert_eq!((digest(&alerts, Some(&all), None).count(), digest(&alerts, Some(&all), None).quiet), (0, 1));
    // Two rules that raise the same alert: Alertmanager has it once.
    let twice = [alert(&narrow, AlertState::Firing), alert(&narrow, AlertState::Firing)];
    assert_eq!(digest(&twice, Some(&all), None).quiet, 2);
}

#[test]
fn ten_thousand_alerts_are_merged_by_looking_each_up() {
    let labels = |i: usize| [("alertname".to_owned(), "A".to_owned()), ("pod".to_owned(), format!("p{i}"))];
    let of = |i: usize| Labels::new(labels(i).map(|(n, v)| (Plain::from(n), Plain::from(v))).to_vec());
    let alerts: Vec<_> = (0..10_000).map(|i| Alert { labels: of(i), ..alert(&[], AlertState::Firing) }).collect();
    let held = holdings((0..10_000).map(|i| Held { labels: of(i).with("cluster", "eu"), ..held(&[]) }).collect());
    let rows = rows(&[], &alerts, Some(&held), None);
    assert_eq!(rows.len(), 10_000);
    assert!(rows.iter().all(|row| row.held.is_some() && row.value.is_some()));
}

#[test]
fn the_dead_mans_switch_is_alive_only_while_it_fires() {
    let watchdog = |state| [alert(&[("alertname", "Watchdog")], state)];
    let state = |alerts: &[Alert], switch| rows(&[], alerts, None, switch)[0].state;
    assert_eq!(state(&watchdog(AlertState::Firing), Some("Watchdog")), State::Alive);
    assert_eq!(state(&watchdog(AlertState::Firing), Some("Other")), State::Firing);
    assert_eq!(state(&watchdog(AlertState::Firing), None), State::Firing);
    assert_eq!(state(&watchdog(AlertState::Pending), Some("Watchdog")), State::Pending);
    assert_eq!(
        rows(&[], &[], Some(&holdings(vec![held(&[("alertname", "Watchdog")])])), Some("Watchdog"))[0].state,
        State::Alive
    );
}

#[test]
fn what_fires_is_counted_without_what_is_quiet_or_alive() {
    let named = |name: &str, severity: &str, state| alert(&[("alertname", name), ("severity", severity)], state);
    let (firing, pending) = (AlertState::Firing, AlertState::Pending);
    let alerts = [
        named("W", "warning", firing),
        named("B", "critical", firing),
        named("Hushed", "critical", firing),
        named("A", "critical", firing),
        named("P", "critical", pending),
        named("Watchdog", "none", firing),
    ];
    let silenced = Held { silenced_by: vec!["s".into()], labels: alerts[2].labels.with("cluster", "eu"), ..held(&[]) };
    let told = Held { labels: alerts[3].labels.clone(), ..held(&[]) };
    let known = holdings(vec![silenced, told]);
    let digest = digest(&alerts, Some(&known), Some("Watchdog"));
    assert_eq!((digest.firing, digest.quiet, digest.count()), ([2, 1, 0, 0], 1, 3));
    assert_eq!(
        (digest.worst(), &digest.names[..], digest.more),
        (Some(Severity::Critical), &["A".into(), "B".into()][..], 0)
    );
    let order: Vec<_> =
        digest.order.iter().map(|one| (alerts[one.number].name().to_string(), one.state, one.is_held)).collect();
    let expected = [
        ("A", State::Firing, true),
        ("B", State::Firing, false),
        ("W", State::Firing, false),
        ("P", State::Pending, false),
        ("Hushed", State::Silenced, true),
        ("Watchdog", State::Alive, false),
    ];
    assert_eq!(order, expected.map(|(name, state, held)| (name.to_owned(), state, held)));
    // Nobody says any more that it is silenced: it counts.
    assert_eq!(super::digest(&alerts, None, None).firing, [3, 1, 1, 0]);
    assert_eq!(super::digest(&[], None, None), Digest::default());
}

#[test]
fn what_only_alertmanager_holds_is_counted_and_named() {
    let held = |name: &str, quiet: bool| Held {
        labels: Labels::of(&[("alertname", name), ("severity", "critical")]),
        silenced_by: if quiet { vec!["s".into()] } else { Vec::new() },
        ..held(&[])
    };
    let own = [alert(&[("alertname", "Own"), ("severity", "warning")], AlertState::Firing)];
    let known = holdings(vec![held("Far", false), held("Own", false), held("Hushed", true), held("Watchdog", false)]);
    let digest = digest(&own, Some(&known), Some("Watchdog"));
    assert_eq!((digest.firing, digest.quiet), ([2, 1, 0, 0], 1), "equal labels but for one are two alerts");
    assert_eq!(digest.names, ["Far", "Own"].map(Plain::new));
    let order: Vec<_> = digest.order.iter().filter_map(|one| digest.alert(&own, one.number)).map(Alert::name).collect();
    assert_eq!(order, ["Far", "Own", "Own", "Hushed", "Watchdog"].map(Plain::new));
    assert_eq!(digest.alert(&own, 9), None);
    assert_eq!(digest_of_own(&own, Some(&known), Some("Watchdog")).firing, [0, 1, 0, 0]);
}
