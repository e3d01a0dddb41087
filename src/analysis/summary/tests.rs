use super::*;
use crate::analysis::patterns::tally::Tally;
use crate::model::log::{self as logs, Line};
use crate::model::series::Notes;
use crate::model::watch::Watch;
use crate::model::window::{Part, Window};
use crate::time::Range;

fn frame(series: &[(&str, &[f64])]) -> Frame {
    let window = Window { start: 0, end: 100, step: 10, part: Part::Whole };
    let series = series.iter().map(|(endpoint, values)| {
        let labels = if endpoint.is_empty() { Labels::default() } else { Labels::of(&[("endpoint", endpoint)]) };
        Series::new(labels, (0..values.len() as i64).map(|i| i * 10).collect(), values.to_vec())
    });
    Frame { window, series: series.collect(), notes: Notes::default() }
}

fn say(facts: &Facts) -> Headline {
    headline(facts, &Watch::default().limits, Timestamp(60_000), &|at| format!("t{at}"))
}

#[test]
fn the_failing_endpoint_is_named_with_before_now_and_since() {
    let requests = frame(&[("/a", &[100.0]), ("/b", &[1.0])]);
    let errors = frame(&[("", &[0.003, 0.003, 0.12, 0.13])]);
    let by = frame(&[("/a", &[0.003, 0.003, 0.5, 0.88]), ("/b", &[0.0, 0.0, 1.0, 1.0])]);
    let latency = frame(&[("/a", &[0.4, 0.4, 3.0, 3.1])]);
    let facts = Facts {
        requests: Some(&requests),
        errors: Some(&errors),
        errors_by_endpoint: Some(&by),
        latency: Some(&latency),
        ..Facts::default()
    };
    let headline = say(&facts);
    assert_eq!(headline.text, "/a fails: 5xx 0.3 % → 88 % since t20 (59s); p95 400 ms → 3.1 s");
    assert_eq!(headline.level, Level::Critical);
}

#[test]
fn one_endpoint_that_fails_is_told_though_it_is_little_of_all() {
    let errors = frame(&[("", &[0.003, 0.02, 0.07])]);
    let by = frame(&[("/a", &[0.003, 0.003, 0.003]), ("/b", &[0.0, 0.5, 0.77])]);
    let latency = frame(&[("/b", &[0.2, 3.0, 3.1])]);
    let say_with = |rate: f64, is_history: bool| {
        let requests = frame(&[("/a", &[100.0]), ("/b", &[rate])]);
        let (requests, errors, by, latency) = (Some(&requests), Some(&errors), Some(&by), Some(&latency));
        say(&Facts { requests, errors, errors_by_endpoint: by, latency, is_history, ..Facts::default() })
    };
    let told = say_with(10.0, false);
    assert_eq!(told.text, "/b fails: 5xx 0 % → 77 % since t10 (59s); p95 200 ms → 3.1 s");
    assert_eq!(told.level, Level::Warning);
    assert_eq!(say_with(0.001, false).text, "/b is slow: p95 200 ms → 3.1 s since t10 (59s)", "a few are no news");
    let text = say_with(10.0, true).text;
    assert!(text.starts_with("in this range: 5xx of /b up to 77 % from t10 to t20"), "{text}");
}

#[test]
fn down_is_louder_than_everything() {
    let errors = frame(&[("", &[0.5])]);
    let facts = Facts {
        availability: Some(Availability::Down { targets: 3, since: Some(0) }),
        errors: Some(&errors),
        ..Facts::default()
    };
    assert_eq!(say(&facts).text, "DOWN: 0 of 3 targets answer since t0 (1m)");
}

#[test]
fn a_p95_at_the_last_bucket_says_at_least() {
    let latency = frame(&[("/a", &[0.4, 5.0])]);
    let facts = Facts { latency: Some(&latency), latency_cap: Some(5.0), ..Facts::default() };
    assert_eq!(say(&facts).text, "/a is slow: p95 400 ms → ≥ 5 s since t10 (59s)");
}

#[test]
fn calm_is_said_only_when_everything_is_known() {
    assert_eq!(say(&Facts::default()).level, Level::Unknown);
    let (traffic, quiet, none) = (frame(&[("/a", &[5.0])]), frame(&[]), Digest::default());
    let facts = |requests, alerts| Facts {
        availability: Some(Availability::Up { targets: 3 }),
        requests: Some(requests),
        errors: Some(&quiet),
        latency: Some(&quiet),
        alerts,
        ..Facts::default()
    };
    assert_eq!(say(&facts(&traffic, Some(&none))).text, "calm: nothing fires, every target answers");
    let unknown = say(&facts(&traffic, None));
    assert_eq!(
        (unknown.level, unknown.text.as_str()),
        (Level::Notice, "not known: alerts; the rest is below its limits")
    );
    assert!(say(&facts(&quiet, Some(&none))).text.starts_with("no traffic"));
}

#[test]
fn what_fires_is_named_and_what_is_quiet_is_not_calm() {
    let (traffic, none) = (frame(&[("/a", &[5.0])]), frame(&[]));
    let text = |digest: &Digest| {
        let facts = Facts {
            availability: Some(Availability::Up { targets: 3 }),
            requests: Some(&traffic),
            errors: Some(&none),
            latency: Some(&none),
            alerts: Some(digest),
            ..Facts::default()
        };
        let said = say(&facts);
        (said.level, said.text)
    };
    let mut digest = Digest { quiet: 2, ..Digest::default() };
    let quiet = "nothing fires but 2 silenced, inhibited or muted; every target answers".to_owned();
    assert_eq!(text(&digest), (Level::Notice, quiet));
    (digest.firing, digest.names, digest.more) = ([0, 4, 1, 0], ["A", "B", "C"].map(Plain::new).into(), 1);
    assert_eq!(text(&digest), (Level::Warning, "5 alerts fire: A, B, C and 1 more; 2 quiet".to_owned()));
}

#[test]
fn history_is_told_as_history() {
    let errors = frame(&[("", &[0.0, 0.5, 0.6, 0.0])]);
    let latency = frame(&[("/a", &[0.1, 0.1])]);
    let facts = Facts { errors: Some(&errors), latency: Some(&latency), is_history: true, ..Facts::default() };
    assert_eq!(say(&facts).text, "in this range: 5xx up to 60 % from t10 to t20");
}

#[test]
fn what_began_before_the_samples_has_no_beginning() {
    let errors = frame(&[("", &[0.5, 0.6])]);
    let facts = Facts { errors: Some(&errors), ..Facts::default() };
    assert_eq!(say(&facts).text, "5xx 60 % of all requests since before t0");
}

#[test]
fn a_restart_is_news_for_a_while() {
    let restarts = vec![Restart { instance: "a:1".into(), at: 30_000 }];
    let facts = Facts { restarts, ..Facts::default() };
    assert_eq!(say(&facts).text, "a:1 restarted 30s ago");
}

#[test]
fn the_logs_are_heard_where_they_tell_of_errors() {
    let line = |i: i64| Line {
        index: "i".into(),
        id: i.to_string().into(),
        at: 59_000_000_000 + i,
        level: logs::Level::Error,
        service: "shop".into(),
        place: "shop-0".into(),
        message: format!("disk {i} is full").as_str().into(),
        kind: "".into(),
        endpoint: "/a".into(),
        error_type: "".into(),
        trace: "".into(),
    };
    let mut tally = Tally::new(16_000);
    tally.extend(&(0..9).map(line).collect::<Vec<_>>());
    let found = tally.findings(Timestamp(60_000), &[Range::new(Timestamp(0), Timestamp(90_000))]);
    let (all, ours) = (frame(&[("", &[0.0, 0.0, 0.5])]), frame(&[("/a", &[0.0, 0.0, 0.9])]));
    let failing = |by| Facts { errors: Some(&all), errors_by_endpoint: Some(by), logs: &found, ..Facts::default() };
    assert!(
        say(&failing(&ours)).text.ends_with("; \"disk <*> is full\" is new in its logs"),
        "{}",
        say(&failing(&ours)).text
    );
    let theirs = frame(&[("/b", &[0.0, 0.0, 0.9])]);
    assert!(!say(&failing(&theirs)).text.contains("logs"));
    let history = Facts { is_history: true, errors_by_endpoint: None, ..failing(&ours) };
    assert!(say(&history).text.ends_with("; \"disk <*> is full\" is new in the logs"), "{}", say(&history).text);
}
