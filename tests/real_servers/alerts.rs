//! The Alerts view on a real Prometheus and its Alertmanager: what fires, who is told, what is silenced.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use a360::time::{HOUR, Timestamp};
use serde_json::{Value, json};

use super::stack::Stack;
use super::{on_terminal, shows};

/// One fires at once, one is pending for long, one always fires, one cannot be evaluated.
const RULES: &str = r#"
groups:
- name: tried
  rules:
  - alert: FiresAtOnce
    expr: label_replace(vector(7), "endpoint", "/api/tried", "", "") > 5
    labels: {severity: critical}
    annotations: {summary: It fires, runbook_url: 'https://runbooks.example/tried'}
  - alert: WaitsLong
    expr: vector(1) > 0
    for: 10m
    labels: {severity: warning}
  - alert: Watchdog
    expr: vector(1)
    labels: {severity: none}
  - alert: Ambiguous
    expr: label_replace(label_replace(vector(1), "a", "1", "", "") or vector(2), "a", "same", "", "") > 0
"#;

pub fn request(url: &str, method: &str, path: &str, body: &Value) -> String {
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    // Whoever closes without having read a body resets the connection, and the answer may be lost.
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let head =
        format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json");
    write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer
}

/// Silences the alert for an hour; gives the silence's id.
fn silence(url: &str) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = Timestamp(i64::try_from(now.as_millis()).unwrap());
    let silence = json!({
        "matchers": [{"name": "alertname", "value": "FiresAtOnce", "isRegex": false, "isEqual": true}],
        "startsAt": now.rfc3339(), "endsAt": now.plus(HOUR).rfc3339(), "createdBy": "mara", "comment": "tried",
    });
    let answer = request(url, "POST", "/api/v2/silences", &silence);
    let body: Value = serde_json::from_str(answer.split("\r\n\r\n").last().unwrap()).unwrap();
    body["silenceID"].as_str().unwrap().to_owned()
}

pub fn row(screen: &vt100::Screen, words: &[&str]) -> bool {
    screen.contents().lines().any(|line| words.iter().all(|word| line.contains(word)))
}

fn alerts(prometheus: &str, alertmanager: &str) {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules.yml");
    fs::write(&rules, RULES).unwrap();
    let stack = Stack::with(&[prometheus, alertmanager, "agent360"], &[("A360_STACK_RULES", rules.as_os_str())]);
    let config = stack.config();
    let mut console = on_terminal(&["--config", config.to_str().unwrap(), "--refresh", "1s", "--view", "alerts"]);
    // What Prometheus could not send while it did not know its Alertmanager yet, it sends again after a minute; the day
    // of an alert is asked once a minute, for points two minutes apart.
    console.patience = Duration::from_secs(240);
    console.until("what fires, its value, what it is about, and who is told", |screen| {
        row(screen, &["critical", "FiresAtOnce", "firing", "> 5", "/api/tried", "team-agent360-cri"])
    });
    console.until("what is pending, for how long, and that nobody is told", |screen| {
        row(screen, &["warning", "WaitsLong", "pending", "/ 10m", "nobody yet"])
    });
    console.until("the detail of the first", |screen| {
        shows(screen, &["It fires", "https://runbooks.example/tried", "rule tried", "health ok"])
    });

    console.until("its day", |screen| shows(screen, &["24h ▁", "fired once"]));
    console.until("the dead man's switch apart", |screen| {
        shows(screen, &["1 alive", "▲ 1 critical"]) && !shows(screen, &["no Watchdog"])
    });
    console.write(":rules\r");
    console.until("every rule, the one that fails first", |screen| {
        row(screen, &["▌✖", "Ambiguous", "FAILS"]) && row(screen, &["FiresAtOnce", "alerting", "firing 1", "ok"])
    });
    console.write("\x1b");
    console.until("the alerts again", |screen| !row(screen, &["FiresAtOnce", "alerting"]));

    let id = silence(&stack.url(alertmanager));
    console.until("that it is quiet now", |screen| {
        shows(screen, &["1 quiet"]) && !row(screen, &["FiresAtOnce", " firing"])
    });
    console.write("v");
    console.until("by whom it is silenced", |screen| row(screen, &["FiresAtOnce", "silenced", "mara"]));
    request(&stack.url(alertmanager), "DELETE", &format!("/api/v2/silence/{id}"), &Value::Null);
    console.until("that it fires again", |screen| row(screen, &["FiresAtOnce", "firing"]));

    stack.kill(alertmanager);
    console.until("that Alertmanager is gone, and nothing else", |screen| {
        shows(screen, &["am ✖ refused", "prom ●"]) && row(screen, &["FiresAtOnce", "firing"])
    });
    stack.start(&[alertmanager]);
    console.until("that it is back", |screen| shows(screen, &["am ●"]) && !shows(screen, &["am ✖"]));
    console.write("1");
    console.until("the overview", |screen| shows(screen, &["Request rate", "FiresAtOnce"]));
    console.write("q");
    console.rest();
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn the_alerts_of_prometheus_2_and_alertmanager_0_25() {
    alerts("prometheus-2.42", "alertmanager-0.25");
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn the_alerts_of_prometheus_3_and_alertmanager_0_31() {
    alerts("prometheus-3.14", "alertmanager-0.31");
}
