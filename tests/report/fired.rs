//! What fired in the period.

use a360::cli::Format;
use a360::model::fault::FetchError;
use a360::model::query::Query;
use a360::report::render;
use serde_json::{Value, json};

use crate::script::{Script, build};

/// Minutes before now; the hour before the last is compared with it.
fn script() -> Script {
    let mut script = Script::calm();
    script.fires(&[
        ("HighLatency", "warning", |ago| (10..20).contains(&ago).then_some(1.0)),
        ("HighErrorRate", "critical", |ago| ((30..50).contains(&ago) || (70..80).contains(&ago)).then_some(1.0)),
        ("Flapping", "warning", |ago| (ago < 60 && ago % 10 < 3).then_some(1.0)),
    ]);
    script
}

fn json_of(script: Script) -> Value {
    serde_json::from_str(&render(&build(script), Format::Json, false)).unwrap()
}

#[test]
fn by_name_the_longest_first_beside_the_period_before() {
    let report = json_of(script());
    let fired = report["alerts"]["fired"].as_array().unwrap();
    let names: Vec<&str> = fired.iter().map(|fired| fired["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["HighErrorRate", "Flapping", "HighLatency"]);
    let error_rate = &fired[0];
    assert_eq!((&error_rate["times"], &error_rate["times_before"]), (&json!(1), &json!(1)));
    assert_eq!((&error_rate["seconds"], &error_rate["seconds_before"]), (&json!(1200.0), &json!(600.0)));
    assert_eq!((&error_rate["usual_seconds"], &error_rate["severity"]), (&json!(1200.0), &json!("critical")));
    assert_eq!(
        (&fired[1]["flaps"], &fired[1]["still"], &fired[2]["flaps"]),
        (&json!(true), &json!(true), &json!(false))
    );
}

#[test]
fn it_is_a_table_for_people() {
    let text = render(&build(script()), Format::Text, false);
    let rows: Vec<&str> = text.lines().skip_while(|line| !line.contains("fired in the period")).take(4).collect();
    insta::assert_snapshot!(rows.join("\n"), @"
    fired in the period (before)  times   firing for  usually     at the end
    critical HighErrorRate        1 (1)    20m (10m)      20m       resolved
    warning Flapping              6 (0)  17m45s (0s)       3m  firing, flaps
    warning HighLatency           1 (0)     10m (0s)      10m       resolved
    ");
}

#[test]
fn what_is_noisy_and_what_flaps_is_named() {
    let text = render(&build(script()), Format::Text, false);
    assert!(text.contains("noisiest: Flapping, fired 6 times; flapping: Flapping\n"), "{text}");
    assert!(!render(&build(Script::calm()), Format::Text, false).contains("noisiest"));
}

#[test]
fn nothing_is_not_the_same_as_not_known() {
    assert_eq!(json_of(Script::calm())["alerts"]["fired"], json!([]));
    let no_rules = |query: &Query| (*query == Query::Alerts).then(|| FetchError::Unsupported("no rules".into()));
    assert_eq!(json_of(Script { refuse: no_rules, ..Script::calm() })["alerts"]["fired"], Value::Null);
    let refused = Script { refuse: no_rules, ..script() };
    assert_eq!(json_of(refused)["alerts"]["fired"].as_array().map(Vec::len), Some(3), "what is seen is known");
}
