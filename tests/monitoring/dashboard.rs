//! The dashboard has the four panels that the console shows first.

use a360::model::watch::Watch;
use serde_json::Value;

use super::files::{query, text};

fn panels() -> Vec<Value> {
    let file: Value = serde_json::from_str(&text("grafana/agent360-overview.json")).unwrap();
    assert_eq!(file["dashboard"]["title"], "Agent360 Overview");
    file["dashboard"]["panels"].as_array().unwrap().clone()
}

#[test]
fn panels_ask_what_the_console_asks() {
    let watch = Watch::default();
    let facts: [(&str, &[(&str, &str)]); 4] = [
        ("Request Rate", &[(&watch.requests, "{{endpoint}}")]),
        ("Error Rate", &[(&watch.errors, "Error Rate")]),
        ("Latency", &[(&watch.latency, "{{endpoint}} p95")]),
        ("Resource Usage", &[(&watch.memory, "Memory"), (&watch.cpu, "CPU")]),
    ];
    let panels = panels();
    assert_eq!(panels.len(), facts.len());
    for (panel, (title, targets)) in panels.iter().zip(facts) {
        assert_eq!(panel["title"], title);
        let shipped: Vec<_> = panel["targets"].as_array().unwrap().iter().map(target).collect();
        let asked: Vec<_> =
            targets.iter().map(|(question, legend)| (query(question).to_string(), (*legend).to_owned())).collect();
        assert_eq!(shipped, asked, "{title}");
    }
}

/// The question and its legend.
fn target(target: &Value) -> (String, String) {
    (query(target["expr"].as_str().unwrap()).to_string(), target["legendFormat"].as_str().unwrap().to_owned())
}

#[test]
fn panels_are_of_the_old_kind_and_say_what_they_show() {
    for panel in panels() {
        assert_eq!(panel["type"], "graph");
        assert!(panel.get("gridPos").is_none(), "{panel}");
        assert!(panel["description"].as_str().is_some_and(|text| text.ends_with('.')), "{panel}");
    }
}

#[test]
fn drawn_thresholds_are_the_limits() {
    let limits = Watch::default().limits;
    let drawn: Vec<_> = panels().iter().map(|panel| panel["thresholds"][0]["value"].as_f64()).collect();
    assert_eq!(drawn, [None, Some(limits.error_ratio), Some(limits.latency_seconds), None]);
}

#[test]
fn memory_and_cpu_have_an_axis_each() {
    let resources = &panels()[3];
    assert_eq!(resources["yaxes"][0]["format"], "bytes");
    assert_eq!(resources["yaxes"][1]["format"], "percent");
    let (cpu, right) = (&resources["targets"][1]["legendFormat"], &resources["seriesOverrides"][0]);
    assert_eq!(&right["alias"], cpu);
    assert_eq!(right["yaxis"], 2);
}
