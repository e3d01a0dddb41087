//! Answers recorded from real servers are read as what they are.

use a360::model::alert::AlertState;
use a360::model::delivery::Held;
use a360::model::fault::FetchError;
use a360::model::rule::{Health, RuleGroup};
use a360::model::series::{Frame, Vector};
use a360::model::silence::SilenceState;
use a360::model::window::{Part, Window};
use a360::source::alertmanager::decode as am;
use a360::source::prometheus::decode;

use crate::recordings::answer;

const SERVERS: [&str; 3] = ["prometheus-2.42", "prometheus-3.14", "victoria-metrics"];
const PROMETHEUS: [&str; 2] = ["prometheus-2.42", "prometheus-3.14"];
const VICTORIA: &str = "victoria-metrics";

fn recorded(server: &str, name: &str) -> Vec<u8> {
    answer(server, name).body
}

fn range(server: &str, name: &str) -> Frame {
    let window = Window { start: 0, end: 0, step: 20_000, part: Part::Whole };
    decode::range(&recorded(server, name), window).expect("a matrix")
}

fn instant(server: &str, name: &str) -> Vector {
    decode::instant(&recorded(server, name)).expect("a vector")
}

#[test]
fn ranges_are_columns() {
    for server in SERVERS {
        let frame = range(server, "range");
        assert_eq!(frame.series.len(), 3, "{server}");
        for series in &frame.series {
            assert_eq!(series.times.len(), 31);
            assert!(series.times.windows(2).all(|pair| pair[1] - pair[0] == 20_000));
            assert!(series.values.is_sorted(), "a counter");
            assert_eq!(series.labels.get("job").unwrap(), "demo");
        }
        let path = |i: usize| frame.series[i].labels.get("path").unwrap().to_string();
        let mut paths = [path(0), path(1), path(2)];
        paths.sort();
        assert_eq!(paths, ["/\"c", "/a", "/b⏎"]);
        assert_eq!(range(server, "rates").series[0].times[0] % 1_000, 123);
        assert_eq!(range(server, "empty-range").series, []);
        assert_eq!(range(server, "scalar-range").series[0].values, [1.0; 4]);
    }
}

#[test]
fn the_servers_agree_on_a_counter() {
    let [old, new, victoria] = SERVERS.map(|server| {
        let mut series = range(server, "range").series;
        series.sort_by(|a, b| a.labels.cmp(&b.labels));
        series
    });
    assert_eq!(old, new);
    for (a, b) in new.iter().zip(&victoria) {
        assert_eq!((&a.labels, &a.times), (&b.labels, &b.times));
        // VictoriaMetrics rounds.
        assert!(a.values.iter().zip(&b.values).all(|(a, b)| (a - b).abs() < 1e-6));
    }
}

#[test]
fn moments_are_vectors() {
    for server in SERVERS {
        assert_eq!(instant(server, "vector").samples.len(), 3);
        let scalar = instant(server, "scalar").samples.remove(0);
        assert_eq!((scalar.value, scalar.labels.len()), (1.0, 0));
        assert!(matches!(decode::instant(&recorded(server, "range-selector")), Err(FetchError::Unsupported(_))));
        let hostile = instant(server, "hostile").samples.remove(0);
        assert_eq!(hostile.labels.get("evil").unwrap(), "^[[31mred<U+202E>^@");
    }
    for server in PROMETHEUS {
        assert!(matches!(decode::instant(&recorded(server, "string")), Err(FetchError::Unsupported(_))));
    }
    assert_eq!(instant(VICTORIA, "string").samples, []);
}

#[test]
fn odd_values_survive() {
    for server in SERVERS {
        let vector = instant(server, "odd-values");
        let value = |name: &str| vector.samples.iter().find(|s| s.labels.get("a").unwrap() == name).map(|s| s.value);
        assert_eq!(value("inf"), Some(f64::INFINITY));
        assert_eq!(value("-inf"), Some(f64::NEG_INFINITY));
        assert!((value("small").unwrap() / 1e-300 - 1.0).abs() < 1e-9);
        assert_eq!(value("big"), Some(1e300));
        // VictoriaMetrics drops what is not a number.
        assert_eq!(value("nan").is_some_and(f64::is_nan), server.starts_with("prometheus"));
    }
}

#[test]
fn refusals_keep_their_words() {
    let words = |server, name| decode::server_error(&recorded(server, name)).expect("a refusal").to_string();
    for prometheus in PROMETHEUS {
        assert_eq!(
            words(prometheus, "parse-error"),
            "bad_data: invalid parameter \"query\": 1:17: parse error: unclosed left parenthesis"
        );
        assert!(words(prometheus, "execution-error").starts_with("execution: found duplicate series"));
        assert!(words(prometheus, "too-many-points").starts_with("bad_data: exceeded maximum resolution of 11,000"));
    }
    for name in ["parse-error", "execution-error", "too-many-points"] {
        assert!(words(VICTORIA, name).starts_with("execution: error when executing query="));
    }
    for server in SERVERS {
        assert_eq!(decode::server_error(&recorded(server, "unknown-path")), None);
    }
}

#[test]
fn alerts_are_read() {
    for server in PROMETHEUS {
        let alerts = decode::alerts(&recorded(server, "alerts")).unwrap();
        let states = alerts.iter().map(|alert| alert.state).collect::<Vec<_>>();
        assert_eq!(states, [AlertState::Firing, AlertState::Pending, AlertState::Firing]);
        assert_eq!((alerts[0].name().as_str(), alerts[0].value), ("AlwaysFiring", Some(1.0)));
        assert_eq!(alerts[0].annotations.get("summary").unwrap(), "value is 1");
        assert_eq!(alerts[1].active_at.unwrap().rfc3339(), "2026-11-20T13:00:00.123Z");
        assert_eq!(alerts[2].labels.get("evil").unwrap(), "^[[31mred<U+202E> ^@");
        assert_eq!(alerts[2].value, Some(-1e-300));
    }
    assert_eq!(decode::alerts(&recorded(VICTORIA, "alerts")), Ok(vec![]));
}

fn rules(server: &str, name: &str) -> Vec<RuleGroup> {
    decode::rules(&recorded(server, name)).expect("groups").groups
}

#[test]
fn rules_have_health_and_alerts() {
    for server in PROMETHEUS {
        let groups = rules(server, "rules");
        let [demo, faulty] = &groups[..] else { panic!("{server}: {} groups", groups.len()) };
        assert_eq!(
            (demo.name.as_str(), demo.interval, (demo.took * 1e6).round(), demo.rules.len()),
            ("demo", 1_000, 123_000.0, 5)
        );
        assert!(demo.file.ends_with("rules.yml") && demo.evaluated.is_some());
        let [record, always, pending, never, hostile] = &demo.rules[..] else { panic!("five rules") };
        assert_eq!((record.expr.as_str(), &record.alerting), ("sum by (job) (up)", &None));
        assert_eq!((always.health, always.labels.get("severity").unwrap().as_str()), (Health::Ok, "critical"));
        let alerting = |rule: &a360::model::rule::Rule| rule.alerting.clone().expect("it alerts");
        assert_eq!(alerting(always).annotations.get("summary").unwrap(), "value is {{ $value }}");
        assert_eq!(alerting(always).alerts[0].annotations.get("summary").unwrap(), "value is 1");
        assert_eq!((alerting(pending).hold, alerting(pending).alerts[0].state), (3_600_000, AlertState::Pending));
        assert_eq!((alerting(never).hold, alerting(never).keep), (300_000, 600_000));
        assert!(alerting(never).alerts.is_empty());
        assert_eq!(alerting(hostile).alerts[0].labels.get("evil").unwrap(), "^[[31mred<U+202E> ^@");
        assert!(faulty.rules.iter().all(|rule| rule.health == Health::Failing), "{server}");
        assert_eq!(faulty.rules[0].last_error, "vector cannot contain metrics with the same labelset");
    }
    let paged = |server| decode::rules(&recorded(server, "rules-paged")).unwrap();
    assert_eq!((paged("prometheus-3.14").groups.len(), paged("prometheus-3.14").next.unwrap().len()), (1, 64));
    assert_eq!((paged("prometheus-2.42").groups.len(), paged("prometheus-2.42").next), (2, None));
    assert_eq!(rules(VICTORIA, "rules"), []);
}

const ALERTMANAGERS: [&str; 2] = ["alertmanager-0.25", "alertmanager-0.31"];

fn held(server: &str) -> Vec<Held> {
    am::alerts(&recorded(server, "alerts")).expect("alerts").alerts
}

#[test]
fn both_alertmanagers_hold_the_same() {
    let [old, new] = ALERTMANAGERS.map(held);
    assert_eq!(old, new);
    let find = |name: &str| new.iter().find(|alert| alert.labels.get("alertname").unwrap() == name).unwrap();
    let error = find("HighErrorRate");
    assert_eq!((error.fingerprint.as_str(), error.receivers[0].as_str()), ("2527fd1857dc60a3", "pager"));
    assert_eq!(error.generator, "http://127.0.0.1:9090/graph?g0.expr=x");
    assert_eq!(find("HighLatency").inhibited_by, std::slice::from_ref(&error.fingerprint));
    assert_eq!(find("HighMemoryUsage").silenced_by, ["00000000-0000-4000-8000-000000000001"]);
    assert_eq!(find("HighMemoryUsage").starts_at.unwrap().rfc3339(), "2026-11-20T10:10:00Z");
    let hostile = find("Hostile");
    assert_eq!(hostile.labels.get("service").unwrap(), "evil^[[31mred<U+202E>");
    assert_eq!(hostile.annotations.get("summary").unwrap(), "<script>alert(1)</script> ^[]52;c;AAAA^G");
}

#[test]
fn only_newer_alertmanagers_say_who_is_muted() {
    let [old, new] = ALERTMANAGERS.map(|server| {
        let mutings = am::mutings(&recorded(server, "groups")).expect("groups");
        let muted = held(server).into_iter().filter(|alert| !mutings.of(&alert.fingerprint).is_empty());
        muted.map(|alert| alert.labels.get("alertname").unwrap().to_string()).collect::<Vec<_>>()
    });
    assert_eq!((old.as_slice(), new.as_slice()), (&[][..], &["Maintenance".to_owned()][..]));
}

#[test]
fn silences_of_every_state_are_read() {
    for server in ALERTMANAGERS {
        let silences = am::silences(&recorded(server, "silences-all")).expect("silences");
        let count = |state| silences.iter().filter(|dated| dated.silence.state == state).count();
        let counts = [SilenceState::Active, SilenceState::Pending, SilenceState::Expired].map(count);
        assert_eq!(counts, [1, 1, 2], "{server}");
        assert!(silences.iter().all(|dated| dated.updated_at.is_some()));
        let longer = silences.iter().find(|dated| dated.silence.comment.as_str() == "longer").unwrap();
        let matchers: Vec<_> = longer.silence.matchers.iter().map(ToString::to_string).collect();
        assert_eq!(matchers, [r#"service=~"evil.*""#, r#"severity!="info""#], "{server}");
    }
}
