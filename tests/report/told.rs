//! Who is told of what fires, what is kept quiet, and the dead man's switch.

use a360::cli::{FailOn, Format};
use a360::model::alert::{Alert, AlertState};
use a360::model::delivery::{Held, Holdings};
use a360::model::fault::FetchError;
use a360::model::query::Query;
use a360::report::{CALM, FIRING, NOT_ASKED, Plan, Report, exit_code, render};
use serde_json::{Value, json};

use crate::schema;
use crate::script::{Script, alert, build, build_for, held, plan};

fn alerts() -> [Alert; 4] {
    let firing = AlertState::Firing;
    [
        alert("HighErrorRate", "critical", firing, 6),
        alert("HighLatency", "critical", firing, 9),
        alert("DiskFull", "warning", firing, 30),
        alert("HighMemory", "warning", AlertState::Pending, 2),
    ]
}

/// One told of, one silenced, one that Alertmanager does not hold, one pending.
fn script() -> Script {
    let [errors, latency, ..] = alerts();
    let silenced = Held { silenced_by: vec!["s".to_owned()], ..held(&latency, &["oncall"]) };
    let elsewhere = held(&alert("OfAnotherCluster", "critical", AlertState::Firing, 5), &["oncall"]);
    let alerts = vec![held(&errors, &["oncall", "pager"]), silenced, elsewhere];
    Script { alerts: self::alerts().into(), held: Some(Holdings { alerts, notes: Vec::new() }), ..Script::calm() }
}

fn json_of(report: &Report) -> Value {
    let value = serde_json::from_str(&render(report, Format::Json, false)).unwrap();
    schema::check(&value, &serde_json::from_str(include_str!("../../src/report/schema.json")).unwrap());
    value
}

#[test]
fn each_alert_says_whom_it_reaches() {
    let report = build(script());
    let value = json_of(&report);
    let told = |list: &str| {
        let one = |alert: &Value| {
            format!("{} {} {}", alert["name"].as_str().unwrap(), alert["state"].as_str().unwrap(), alert["receivers"])
        };
        value["alerts"][list].as_array().unwrap().iter().map(one).collect::<Vec<_>>()
    };
    let expected =
        [r#"HighErrorRate firing ["oncall","pager"]"#, "DiskFull firing []", r#"HighLatency silenced ["oncall"]"#];
    assert_eq!(told("firing"), expected);
    assert_eq!(told("pending"), ["HighMemory pending []"]);
    assert_eq!(value["alerts"]["firing"][0]["labels"].get("cluster"), None, "Prometheus' own labels");
    let text = render(&report, Format::Text, false);
    let lines: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("ALERTS")).take(10).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    ALERTS
      - critical HighErrorRate firing since 13:57 (6m): High error rate detected;
        {service="agent360"}; told: oncall, pager
      - warning DiskFull firing since 13:33 (30m): High error rate detected;
        {service="agent360"}; not in Alertmanager: nobody is told
      - warning HighMemory pending since 14:01 (2m): High error rate detected;
        {service="agent360"}
      - critical HighLatency silenced since 13:54 (9m): High error rate detected;
        {service="agent360"}; nobody is told
      none fired in the period
    "#);
    let markdown = render(&report, Format::Markdown, false);
    assert!(markdown.contains("told: oncall, pager") && markdown.contains("nobody is told"), "{markdown}");
}

#[test]
fn without_alertmanager_nobody_knows_and_its_failure_is_listed() {
    let value = json_of(&build(Script { held: None, ..script() }));
    assert_eq!((&value["alerts"]["firing"][0]["receivers"], &value["not_asked"]), (&Value::Null, &json!([])));
    let refuse = |query: &Query| (*query == Query::Held).then_some(FetchError::Refused);
    let report = build(Script { refuse, ..script() });
    let value = json_of(&report);
    assert_eq!(value["alerts"]["firing"][0]["receivers"], Value::Null);
    assert_eq!(
        (&value["not_asked"][0]["source"], &value["not_asked"][0]["question"]),
        (&json!("am"), &json!("alerts.held"))
    );
    assert_eq!(exit_code(&report, FailOn::None), NOT_ASKED);
}

#[test]
fn what_is_silenced_is_neither_counted_nor_a_failure_and_not_calm() {
    let mut quiet = script();
    quiet.alerts.retain(|alert| alert.name() == "HighLatency");
    let report = build(quiet.clone());
    assert_eq!(exit_code(&report, FailOn::Critical), CALM);
    assert!(report.summary.text.starts_with("nothing fires but 1 silenced"), "{}", report.summary.text);
    // Alertmanager is not there to say so: it fires.
    assert_eq!(exit_code(&build(Script { held: None, ..quiet }), FailOn::Critical), FIRING);
}

fn always(script: &mut Script) {
    script.fires(&[("Watchdog", "none", |_| Some(1.0))]);
}

#[test]
fn a_dead_mans_switch_that_fires_is_no_news_and_one_that_has_stopped_is_an_alarm() {
    let mut alive = Script::calm();
    always(&mut alive);
    alive.alerts.push(alert("Watchdog", "none", AlertState::Firing, 9_000));
    let report = build(alive.clone());
    let value = json_of(&report);
    assert_eq!((&value["alerts"]["fired"], &value["alerts"]["dead_mans_switch"]), (&json!([]), &Value::Null));
    assert!(report.summary.text.starts_with("calm"), "{}", report.summary.text);
    assert_eq!(exit_code(&report, FailOn::Warning), CALM);
    // It fired until a while ago.
    alive.alerts.clear();
    let report = build(alive.clone());
    assert!(report.summary.text.starts_with("dead man's switch Watchdog does not fire"), "{}", report.summary.text);
    assert_eq!((exit_code(&report, FailOn::Critical), exit_code(&report, FailOn::None)), (FIRING, CALM));
    assert!(json_of(&report)["alerts"]["dead_mans_switch"].is_string());
    // The config says that there is none, or names another one.
    let named = |name: &str| build_for(alive.clone(), &Plan { dead_mans_switch: Some(name.into()), ..plan() });
    assert_eq!(exit_code(&named(""), FailOn::Critical), CALM);
    assert!(named("DeadMan").summary.text.starts_with("dead man's switch DeadMan"));
}
