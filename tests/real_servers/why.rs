//! `W` on real servers: an error burst that has just begun is named first, in two seconds, and its evidence opens.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use a360::model::endpoint::{Endpoint, Proxy};
use a360::source::http::Client;
use a360::time::{HOUR, Timestamp};

use super::stack::{Stack, service};
use super::{on_terminal, shows};

/// So often the key is pressed.
const TIMES: usize = 10;

async fn fails(service: &str) {
    let client = Client::new(Endpoint { proxy: Proxy::None, ..Endpoint::new(service) });
    let wish = "/incidents?kind=error-burst&endpoint=/api/cart&for=30m&strength=1";
    let reply = client.post_form(wish, &[], Timestamp(0)).await.unwrap();
    assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn an_error_burst_is_named_first_in_two_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let past = folder.path().join("past.txt");
    // What is stored and what is scraped are of one life of the service: its counters go on.
    let started = (a360::run::clock().0 - 6 * HOUR).to_string();
    let mut history = Command::new(service());
    let stretches = ["--history", "6h..0s", "--history", "175h..168h"];
    history.args(["--calm", "--started", &started]).args(stretches).stdout(Stdio::from(File::create(&past).unwrap()));
    assert!(history.status().unwrap().success());
    assert!(fs::metadata(&past).unwrap().len() > 1_000_000);
    let flags = format!("--calm --layout both --started {started}");
    let vars = [("A360_STACK_HISTORY", past.as_os_str()), ("A360_STACK_AGENT360_FLAGS", OsStr::new(&flags))];
    let servers = ["prometheus-3.14", "alertmanager-0.31", "elasticsearch-9.2", "jaeger-v2", "agent360"];
    let stack = Stack::with(&servers, &vars);
    let config = stack.config();
    let mut console = on_terminal(&["--config", config.to_str().unwrap(), "--refresh", "1s"]);
    console.patience = Duration::from_secs(60);
    console.until("that it is calm", |screen| shows(screen, &["prom ●", "Request rate", "req/s"]));
    fails(&stack.url("agent360")).await;
    // The rates are those of five minutes: they need some of them to show it.
    std::thread::sleep(Duration::from_secs(90));
    let mut took: Vec<Duration> = Vec::new();
    for _ in 0..TIMES {
        let pressed = Instant::now();
        console.write("W");
        console.until("the ranking", |screen| shows(screen, &["Why at", "questions about"]));
        took.push(pressed.elapsed());
        let first = |screen: &vt100::Screen| {
            let text = screen.contents();
            // Its place, its score as a bar and a number, its kind and what it is about.
            let line = text.lines().find(|line| line.trim_start().starts_with("1 █")).unwrap_or_default();
            line.contains("errors") && line.contains("/api/cart")
        };
        console.until("the errors first", first);
        console.write("\x1b");
        console.until("the overview", |screen| shows(screen, &["Request rate", "Error rate"]));
    }
    took.sort();
    println!("from the key to the ranking: median {:?}, worst {:?} of {TIMES}", took[TIMES / 2], took[TIMES - 1]);
    assert!(took[TIMES - 1] < Duration::from_millis(2_500), "{took:?}");
    console.write("W");
    let screen = console.until("the ranking", |screen| shows(screen, &["Why at", "questions about"]));
    println!("{}", screen.contents());
    console.write("1");
    console.until("the evidence", |screen| shows(screen, &["goes back"]));
    console.write("[q");
    console.rest();
}
