//! The report as JSON.

use a360::cli::Format;
use a360::model::fault::FetchError;
use a360::report::render;
use serde_json::Value;

use crate::schema;
use crate::script::{Script, build};

fn text(script: Script) -> String {
    render(&build(script), Format::Json, false)
}

fn json(script: Script) -> Value {
    serde_json::from_str(&text(script)).unwrap()
}

fn scripts() -> Vec<Script> {
    let refused = Script { refuse: |_| Some(FetchError::Refused), ..Script::calm() };
    let mut partial = Script::calm();
    partial.notes.partial = true;
    partial.notes.warnings = vec!["a store is not there".into()];
    let mut all = vec![Script::calm(), Script::incident(), Script::no_traffic(), Script::no_errors(), Script::down()];
    all.extend([Script::hostile(), refused, partial]);
    all.extend([|_| None, |_| Some(f64::NAN), |_| Some(f64::INFINITY), |_| Some(1e300)].map(|c| Script::calm().all(c)));
    all
}

#[test]
fn every_report_keeps_to_the_schema() {
    let schema: Value = serde_json::from_str(include_str!("../../src/report/schema.json")).unwrap();
    for script in scripts() {
        schema::check(&json(script), &schema);
    }
}

#[test]
#[should_panic(expected = "$.requests.count: \"many\" is not")]
fn the_check_of_the_schema_can_fail() {
    let schema: Value = serde_json::from_str(include_str!("../../src/report/schema.json")).unwrap();
    let mut report = json(Script::calm());
    report["requests"]["count"] = "many".into();
    schema::check(&report, &schema);
}

#[test]
fn the_same_answers_give_the_same_bytes_with_keys_in_order() {
    let (one, other) = (text(Script::incident()), text(Script::incident()));
    assert_eq!(one, other);
    assert!(one.ends_with("}\n"));
    let value: Value = serde_json::from_str(&one).unwrap();
    let keys: Vec<&String> = value.as_object().unwrap().keys().collect();
    let order: Vec<usize> = keys.iter().map(|key| one.find(&format!("\n  \"{key}\":")).unwrap()).collect();
    assert!(order.is_sorted() && keys.is_sorted(), "{keys:?}");
    for key in ["report_type", "requests", "errors", "performance", "resources", "insights"] {
        assert!(value.get(key).is_some(), "{key}");
    }
}

#[test]
fn what_is_missing_is_null_and_says_why() {
    let now = |value: &Value, at: &str| {
        let row = value.pointer(at).unwrap();
        format!("{} {}", row["state"].as_str().unwrap(), row["now"])
    };
    let idle = json(Script::no_traffic());
    assert_eq!(now(&idle, "/requests/total"), "ok 0.0");
    assert_eq!(now(&idle, "/errors/total"), "no_traffic null");
    assert_eq!(now(&idle, "/errors/by_endpoint/1"), "no_traffic null");
    assert_eq!(now(&idle, "/performance/by_endpoint/0"), "no_traffic null");
    assert_eq!(now(&json(Script::no_errors()), "/errors/total"), "ok 0.0");
    assert_eq!(now(&json(Script::down()), "/requests/total"), "no_data null");
    assert_eq!(now(&json(Script::calm()), "/resources/memory_ratio/by_instance/1"), "no_limit null");
    assert_eq!(now(&json(Script::incident()), "/performance/by_endpoint/0"), "at_least 5.0");
    let refused = json(Script { refuse: |_| Some(FetchError::Refused), ..Script::calm() });
    assert_eq!(now(&refused, "/requests/total"), "not_asked null");
    assert_eq!((&refused["requests"]["count"], &refused["alerts"]["state"]), (&Value::Null, &"not_asked".into()));
}

#[test]
fn changes_are_ratios_or_words() {
    let value = json(Script::down());
    assert_eq!(value["errors"]["total"]["change"], 0.0);
    let mut script = Script::calm();
    script.set(
        &a360::model::watch::Watch::default().requests,
        "endpoint",
        &[
            ("/new", |ago| (ago < 30).then_some(5.0)),
            ("/old", |ago| (ago > 70).then_some(5.0)),
            ("/same", |_| Some(5.0)),
        ],
    );
    let value = json(script);
    let rows = value["requests"]["by_endpoint"].as_array().unwrap();
    let changes: Vec<String> = rows.iter().map(|row| format!("{} {}", row["name"], row["change"])).collect();
    assert_eq!(changes, [r#""/new" "new""#, r#""/same" 0.0"#, r#""/old" "gone""#]);
}
