//! Reports of a real Prometheus with days of history: what went wrong in them is told first.

use std::ffi::OsStr;
use std::fs::File;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::PROGRAM;
use super::stack::{self, Stack};

/// A Prometheus that has stored a day, the day before and the same day a week before, with one incident in the last.
fn with_history(server: &str, incident: &str) -> (Stack, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.om");
    let mut service = Command::new(stack::service());
    service.args(["--calm", "--history", "48h..0s", "--history", "192h..168h"]);
    if !incident.is_empty() {
        // Counted from the beginning of the newest stretch, which is two days long.
        service.args(["--incident", incident]);
    }
    let written = service.stdout(File::create(&path).unwrap()).status().unwrap();
    assert!(written.success(), "{incident}");
    let stack = Stack::with(&[server], &[("A360_STACK_HISTORY", OsStr::new(&path))]);
    (stack, folder)
}

/// The report of the last day, as cron would have it made.
fn of_the_day(url: &str) -> Value {
    let mut command = Command::new(PROGRAM);
    command.env_clear().args(["--prometheus", url, "--report", "daily", "--format", "json"]);
    let output = command.stdin(Stdio::null()).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    })
}

/// What is named by a finding: its subject and whatever carries it.
fn named(finding: &Value) -> String {
    let carriers = finding["carriers"].as_array().unwrap().iter();
    let values = carriers.filter_map(|carrier| carrier["value"].as_str());
    finding["name"].as_str().into_iter().chain(values).collect::<Vec<_>>().join(" ")
}

fn tells(server: &str, incident: &str, kinds: &[&str], place: &str) {
    let (stack, _folder) = with_history(server, incident);
    let report = of_the_day(&stack.url(server));
    let first = &report["insights"][0];
    let kind = first["kind"].as_str().unwrap_or_else(|| panic!("{incident}: nothing was found: {report:#}"));
    assert!(kinds.contains(&kind), "{incident}: {first:#}");
    assert!(named(first).contains(place), "{incident}: {first:#}");
    for evidence in first["evidence"].as_array().unwrap() {
        assert!(evidence["command"].as_str().unwrap().starts_with("a360 --prometheus http"), "{evidence}");
    }
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn the_first_finding_of_a_day_names_what_went_wrong_on_prometheus_3() {
    tells("prometheus-3.14", "error-burst,endpoint=/api/cart,after=41h,for=30m,strength=0.8", &["errors"], "/api/cart");
    tells("prometheus-3.14", "slow,endpoint=/api/search,after=30h,for=40m,strength=0.9", &["latency"], "/api/search");
    tells("prometheus-3.14", "instance-down,instance=agent360-1,after=36h,for=20m", &["down"], "agent360-1");
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn the_first_finding_of_a_day_names_what_went_wrong_on_prometheus_2() {
    tells("prometheus-2.42", "error-burst,endpoint=/api/checkout,after=27h,for=20m", &["errors"], "/api/checkout");
    tells("prometheus-2.42", "leak,instance=agent360-2,after=38h,for=90m", &["memory", "restart"], "agent360-2");
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn a_calm_day_of_a_real_prometheus_has_no_finding() {
    let (stack, _folder) = with_history("prometheus-3.14", "");
    let report = of_the_day(&stack.url("prometheus-3.14"));
    assert_eq!(report["insights"], Value::Array(Vec::new()), "{:#}", report["insights"]);
    assert_eq!(report["not_asked"], Value::Array(Vec::new()));
    for section in ["requests", "errors", "performance"] {
        let row = &report[section]["by_endpoint"][0];
        assert!(row["avg"].is_number() && row["week_before"]["avg"].is_number(), "{section}: {row:#}");
    }
}
