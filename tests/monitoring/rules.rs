//! The alert rules ask what the console asks and draws, and are the rules that the simulated service evaluates.

use std::collections::BTreeMap;

use a360::demo::sim::{INTERVAL, Sim};
use a360::model::alert::AlertState;
use a360::model::watch::Watch;
use a360::time::{MINUTE, Timestamp};
use promql_parser::parser::{Expr, token};
use yaml_rust2::Yaml;

use super::files::{RULE_TESTS, RULES, list, query, word, words, yaml};

/// Name, severity, minutes above the limit before it fires.
const FACTS: [(&str, &str, i64); 3] =
    [("HighErrorRate", "critical", 5), ("HighLatency", "warning", 5), ("HighMemoryUsage", "warning", 15)];

fn rules() -> Vec<Yaml> {
    let file = yaml(RULES);
    let groups = list(&file["groups"]);
    assert_eq!(groups.len(), 1);
    assert_eq!(word(&groups[0]["name"]), "agent360");
    list(&groups[0]["rules"]).to_vec()
}

/// `5m`
fn minutes(text: &str) -> i64 {
    text.strip_suffix('m').unwrap().parse().unwrap()
}

#[test]
fn there_are_the_three_rules() {
    let found = rules();
    let found: Vec<_> = found
        .iter()
        .map(|rule| (word(&rule["alert"]), word(&rule["labels"]["severity"]), minutes(word(&rule["for"]))))
        .collect();
    assert_eq!(found, FACTS);
}

#[test]
fn rules_ask_what_the_console_asks_and_fire_above_its_limits() {
    let watch = Watch::default();
    let asked = [
        (&watch.errors, watch.limits.error_ratio),
        (&watch.latency, watch.limits.latency_seconds),
        (&watch.memory_ratio, watch.limits.memory_ratio),
    ];
    for (rule, (question, limit)) in rules().iter().zip(asked) {
        let Expr::Binary(rule) = query(word(&rule["expr"])) else { panic!("no comparison: {rule:?}") };
        assert_eq!(rule.op.id(), token::T_GTR);
        assert!(rule.modifier.is_none(), "{rule}");
        assert_eq!(rule.lhs.to_string(), query(question).to_string());
        assert_eq!(rule.rhs.to_string(), query(&limit.to_string()).to_string());
    }
}

#[test]
fn the_simulated_service_evaluates_the_same_rules() {
    let start = Timestamp(1_763_901_234_567);
    let sim = Sim::new(360, start);
    // Name to severity, annotations and the least time from the beginning to the first sight of it firing.
    let mut seen = BTreeMap::new();
    for step in 0..40 * MINUTE / INTERVAL {
        let now = start.plus(step * INTERVAL - 10 * MINUTE);
        for alert in sim.alerts(now).into_iter().filter(|alert| alert.state == AlertState::Firing) {
            let held = now.floor_to(INTERVAL).since(alert.active_at.unwrap());
            let entry = seen.entry(alert.name().to_string()).or_insert((alert.clone(), held));
            entry.1 = entry.1.min(held);
        }
    }
    for rule in rules() {
        let name = word(&rule["alert"]);
        let (alert, held) = seen.remove(name).unwrap_or_else(|| panic!("{name} does not fire"));
        assert_eq!(held, minutes(word(&rule["for"])) * MINUTE, "{name}");
        assert_eq!(alert.severity().word(), word(&rule["labels"]["severity"]), "{name}");
        assert_eq!(alert.annotations.iter().count(), 2, "{name}");
        for annotation in ["summary", "description"] {
            let shipped = word(&rule["annotations"][annotation]);
            assert_eq!(alert.annotations.get(annotation).map(|text| text.as_str()), Some(shipped), "{name}");
        }
    }
    assert!(seen.is_empty(), "{:?}", seen.keys());
}

#[test]
fn each_rule_is_tested_to_fire() {
    let tests = yaml(RULE_TESTS);
    assert_eq!(words(&tests["rule_files"]), ["alert-rules.yml"]);
    for (name, ..) in FACTS {
        let cases = list(&tests["tests"]).iter().filter_map(|test| test["alert_rule_test"].as_vec()).flatten();
        let of_rule: Vec<_> = cases.filter(|case| word(&case["alertname"]) == name).collect();
        let fires = |case: &&&Yaml| !list(&case["exp_alerts"]).is_empty();
        assert!(of_rule.iter().filter(fires).count() > 1, "{name} is not expected to fire");
        assert!(of_rule.iter().filter(|case| !fires(case)).count() > 1, "{name} is never expected to be silent");
    }
}
