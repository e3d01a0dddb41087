//! Answers recorded from real servers are read as what they are.

use a360::model::alert::AlertState;
use a360::model::fault::FetchError;
use a360::model::series::{Frame, Vector};
use a360::model::window::{Part, Window};
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
