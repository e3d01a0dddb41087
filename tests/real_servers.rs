//! The main job on real input: a Prometheus that scrapes the simulated service and a real exporter, shown in the
//! console on a terminal and in the report. Also what happens when that server dies and comes back.

#![cfg(test)]

#[path = "support/pty.rs"]
mod pty;
#[path = "real_servers/stack.rs"]
mod stack;

use std::process::{Command, Output};

use pty::Pty;
use serde_json::Value;
use stack::{Flavour, Stack};

const PROGRAM: &str = env!("CARGO_BIN_EXE_a360");

fn console(stack: &Stack, extra: &[&str]) -> Pty {
    let url = stack.url();
    let mut args = vec!["--prometheus", &url, "--range", "5m", "--refresh", "1s"];
    args.extend(extra);
    let vars = [("TERM", "xterm-256color"), ("LANG", "C.UTF-8")];
    Pty::spawn(pty::command(PROGRAM, &args, &vars), 120, 40)
}

/// As cron runs it: no terminal, no home, nothing in the environment.
fn report(stack: &Stack, args: &[&str]) -> Output {
    let mut command = Command::new(PROGRAM);
    command.env_clear().args(["--prometheus", &stack.url(), "--report", "5m"]).args(args);
    command.output().unwrap()
}

fn shows(screen: &vt100::Screen, words: &[&str]) -> bool {
    let text = screen.contents();
    words.iter().all(|word| text.contains(word))
}

/// Values of all four panels, a host of the real exporter, the database, and a source that answers.
fn is_whole(screen: &vt100::Screen) -> bool {
    let text = screen.contents();
    let panel = |title: &str, unit: &str| text.lines().any(|line| line.contains(title) && line.contains(unit));
    panel("Request rate", "req/s")
        && panel("Error rate", "%")
        && panel("Latency p95", "s")
        && panel("CPU", "iB ▏")
        && text.contains("cassandra  3/3 up")
        && text.contains("prom ●")
}

#[test]
#[ignore = "needs prometheus and prometheus-node-exporter"]
fn the_overview_and_the_report_on_a_real_prometheus() {
    let stack = Stack::start(Flavour::Prometheus);
    let mut console = console(&stack, &[]);
    console.until("four panels with values", is_whole);
    console.until("the failing endpoint in the headline", |screen| shows(screen, &["/api/checkout fails"]));
    console.until("the real exporter among the hosts", |screen| shows(screen, &["127.0.0.1"]));
    console.write("f");
    console.until("one panel on the whole screen", |screen| shows(screen, &["/api/search", "avg", "max"]));
    console.write("f");
    console.resize(80, 24);
    console.until("the same on a small terminal", |screen| shows(screen, &["fails", "Latency p95", "3/3 up"]));
    console.write("q");
    console.rest();

    let json = report(&stack, &["--format", "json"]);
    assert!(matches!(json.status.code(), Some(0 | 1)), "{json:?}");
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    for key in ["report_type", "requests", "errors", "performance", "resources", "insights"] {
        assert!(!json[key].is_null(), "{key} is missing in {json}");
    }
    assert_eq!(json["not_asked"].as_array().map(Vec::len), Some(0), "{}", json["not_asked"]);
    for format in ["text", "markdown"] {
        let output = report(&stack, &["--format", format]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("/api/checkout"), "{format}: {text}");
    }
}

#[test]
#[ignore = "needs prometheus and prometheus-node-exporter"]
fn a_server_that_dies_and_comes_back() {
    let mut stack = Stack::start(Flavour::Prometheus);
    let mut console = console(&stack, &[]);
    console.until("four panels with values", is_whole);
    stack.kill_server();
    console.until("the outage with its cause, and the last data with their age", |screen| {
        shows(screen, &["connection refused", "prom ✖ refused", "stale", "req/s"])
    });
    console.write("jf");
    console.until("keys go on working", |screen| shows(screen, &["Error rate", "avg"]));
    console.write("\x1b");
    let refused = report(&stack, &[]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    stack.start_server();
    console.until("it recovers by itself", |screen| is_whole(screen) && !shows(screen, &["stale"]));
    console.write("q");
    console.rest();
}

#[test]
#[ignore = "needs victoria-metrics and prometheus-node-exporter"]
fn a_victoria_metrics_has_no_rule_engine_and_is_never_called_calm() {
    let stack = Stack::start(Flavour::VictoriaMetrics);
    let mut console = console(&stack, &[]);
    console.until("four panels with values", is_whole);
    let screen = console.until("that alerts are not known", |screen| shows(screen, &["alerts unknown"]));
    assert!(!shows(&screen, &["nothing fires"]), "{}", screen.contents());
    console.write("q");
    console.rest();
}

#[test]
#[ignore = "needs prometheus and prometheus-node-exporter"]
fn config_check_names_the_server() {
    let stack = Stack::start(Flavour::Prometheus);
    let config = stack.write_config();
    let output = Command::new(PROGRAM).args(["config", "check", "--connect", "--config"]).arg(config).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    assert!(text.contains("ok Prometheus") && text.contains("targets"), "{text}");
}
