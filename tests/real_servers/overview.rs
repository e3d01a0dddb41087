//! The overview by its keys, and the report in all its formats.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::stack::Stack;
use super::{PROGRAM, console, is_whole, report, shows, watching};

fn overview(stack: &Stack, server: &str) {
    let mut console = console(&stack.url(server), &[]);
    console.until("four panels with values", is_whole);
    console.until("the failing endpoint in the headline", |screen| shows(screen, &["/api/checkout fails"]));
    // Which host comes first depends on how full its disk is: all of them need room.
    console.resize(200, 60);
    console.until("the real exporter among the hosts", |screen| shows(screen, &["127.0.0.1"]));
    console.resize(120, 40);
    console.write("f");
    console.until("one panel on the whole screen", |screen| shows(screen, &["/api/search", "avg", "max"]));
    console.write("f");
    console.until("all of them again", is_whole);
    console.write("p");
    console.until("that it is paused", |screen| shows(screen, &["paused"]));
    console.write("p,");
    console.until("the crosshair's moment", |screen| shows(screen, &["req/s  at "]));
    // Esc and a key that are read together would be one key with Alt.
    console.write("\x1b");
    console.until("no crosshair", |screen| !shows(screen, &["req/s  at "]));
    console.resize(80, 24);
    console.until("the same on a small terminal", |screen| shows(screen, &["fails", "Latency p95", "3/3 up"]));
    console.write("q");
    console.rest();
}

fn reports(stack: &Stack, server: &str) {
    let url = stack.url(server);
    let json = report(&url, &["--format", "json"]);
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    for key in ["report_type", "requests", "errors", "performance", "resources", "insights"] {
        assert!(!json[key].is_null(), "{key} is missing in {json}");
    }
    let not_asked = json["not_asked"].as_array().map(Vec::len);
    let without_rules = usize::from(server == "victoria-metrics");
    assert_eq!(not_asked, Some(without_rules), "{}", json["not_asked"]);
    for format in ["text", "markdown"] {
        wait_for_endpoint(&url, format);
    }
}

/// VictoriaMetrics shows the newest points of a range only when there are some before them.
fn wait_for_endpoint(url: &str, format: &str) {
    let start = Instant::now();
    loop {
        let text = String::from_utf8(report(url, &["--format", format]).stdout).unwrap();
        if text.contains("/api/checkout") {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{format}: {text}");
        thread::sleep(Duration::from_secs(1));
    }
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn the_overview_and_the_report_on_prometheus_2() {
    let stack = watching("prometheus-2.42");
    overview(&stack, "prometheus-2.42");
    reports(&stack, "prometheus-2.42");
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn the_overview_and_the_report_on_prometheus_3() {
    let stack = watching("prometheus-3.14");
    overview(&stack, "prometheus-3.14");
    reports(&stack, "prometheus-3.14");
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn the_overview_and_the_report_on_victoria_metrics() {
    let stack = watching("victoria-metrics");
    overview(&stack, "victoria-metrics");
    reports(&stack, "victoria-metrics");
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn a_victoria_metrics_has_no_rule_engine_and_is_never_called_calm() {
    let stack = watching("victoria-metrics");
    let mut console = console(&stack.url("victoria-metrics"), &[]);
    console.until("four panels with values", is_whole);
    let screen = console.until("that alerts are not known", |screen| shows(screen, &["alerts unknown"]));
    assert!(!shows(&screen, &["nothing fires"]), "{}", screen.contents());
    console.write("q");
    console.rest();
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn config_check_names_each_server() {
    let stack = Stack::up(&["prometheus-2.42", "prometheus-3.14", "victoria-metrics"]);
    let config = stack.config();
    let output = Command::new(PROGRAM).args(["config", "check", "--connect", "--config"]).arg(config).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    assert_eq!(text.matches("ok Prometheus").count(), 2, "{text}");
    assert_eq!(text.matches("ok VictoriaMetrics").count(), 1, "{text}");
}
