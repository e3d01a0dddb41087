//! One of the shipped alerts through its whole life, by keys on a terminal: pending, firing, acknowledged, silenced,
//! heard again, resolved.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::time::Duration;

use a360::model::endpoint::{Endpoint, Proxy};
use a360::source::http::Client;
use a360::time::Timestamp;

use super::alerts::{request, row};
use super::pty::Pty;
use super::stack::Stack;
use super::{on_terminal, shows};

/// The shipped rules, with windows and waits that a test can sit out, and a label by which these are known.
fn quick_rules() -> String {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("monitoring/prometheus/alert-rules.yml");
    let shipped = fs::read_to_string(shipped).unwrap();
    let quick =
        shipped.replace("[5m]", "[15s]").replace("for: 5m", "for: 10s").replace("- name: agent360", "- name: quick");
    quick.replace("severity:", "pace: quick\n          severity:")
}

async fn fails(service: &str) {
    let client = Client::new(Endpoint { proxy: Proxy::None, ..Endpoint::new(service) });
    let wish = "/incidents?kind=error-burst&endpoint=/api/cart&for=30m&strength=1";
    let reply = client.post_form(wish, &[], Timestamp(0)).await.unwrap();
    assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
}

/// What is reviewed is sent only by an Enter that comes a moment later: one key pressed twice is no review.
fn send(console: &mut Pty) {
    std::thread::sleep(Duration::from_millis(400));
    console.write("\r");
}

async fn life_of_an_alert(prometheus: &str, alertmanager: &str) {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules.yml");
    fs::write(&rules, quick_rules()).unwrap();
    // Nothing goes wrong but what is asked for.
    let vars = [("A360_STACK_RULES", rules.as_os_str()), ("A360_STACK_AGENT360_FLAGS", OsStr::new("--calm"))];
    let stack = Stack::with(&[prometheus, alertmanager, "agent360"], &vars);
    let config = stack.config();
    // Nobody is known by name here: it is asked who silences.
    let mut console = on_terminal(&["--config", config.to_str().unwrap(), "--refresh", "1s", "--view", "alerts"]);
    console.patience = Duration::from_secs(150);
    console.until("that nothing fires", |screen| shows(screen, &["prom ●", "am ●", "nothing fires"]));
    fails(&stack.url("agent360")).await;
    // What tells it from others is shown only once there are others.
    console.until("the first alert", |screen| row(screen, &["HighLatency", "pending"]));
    console.write("epace=quick,alertname=HighLatency\r");
    console.until("that it is pending", |screen| row(screen, &["warning", "HighLatency", "pending", "nobody yet"]));
    console.until("that it fires, and who is told", |screen| {
        row(screen, &["warning", "HighLatency", "firing", "> 2 s", "team-agent360"])
    });

    console.write("a");
    console.until("who wants that, and nothing is sent", |screen| shows(screen, &["Acknowledge 1 alert", "author"]));
    console.write("mara\r");
    console.until("what would be sent", |screen| shows(screen, &["Enter SEND", "ACK! by mara", "15m"]));
    send(&mut console);
    console.until("that it is quiet", |screen| {
        shows(screen, &["acknowledged 1 alert until"]) && !row(screen, &["HighLatency", "firing"])
    });
    console.write("v");
    console.until("by whom", |screen| row(screen, &["HighLatency", "silenced", "mara"]));

    console.write("E");
    console.until("how long", |screen| shows(screen, &["Enter SEND", "Extend the silence", "1h1"]));
    send(&mut console);
    console.until("that it is quiet for longer", |screen| {
        shows(screen, &["silence extended until"]) && row(screen, &["HighLatency", "silenced", "mara, 1h1"])
    });
    console.write(":silences\r");
    console.until("the silence", |screen| row(screen, &["active", "mara", "1 alert", "ACK!"]));
    console.write("x");
    console.until("what will be heard of again", |screen| {
        shows(screen, &["Enter SEND", "End the silence", "heard again"])
    });
    send(&mut console);
    console.until("that none is active", |screen| shows(screen, &["no silence is active"]));
    console.write("\x1b");
    console.until("that it fires again", |screen| {
        !shows(screen, &["no silence is active"]) && row(screen, &["HighLatency", "firing"])
    });

    console.write("S");
    console.until("that it is asked why", |screen| shows(screen, &["Silence 1 alert", "Enter review", "mara"]));
    console.write("deploy of the cart\r");
    console.until("what would be sent", |screen| shows(screen, &["Enter SEND", "deploy of the cart", "for 2h"]));
    send(&mut console);
    console
        .until("that it is silenced for two hours", |screen| row(screen, &["HighLatency", "silenced", "mara, 1h59m"]));

    request(&stack.url("agent360"), "DELETE", "/incidents", &serde_json::Value::Null);
    console.until("that it is resolved", |screen| !row(screen, &["warning", "HighLatency"]));
    console.write("q");
    console.rest();
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn the_life_of_an_alert_on_prometheus_2_and_alertmanager_0_25() {
    life_of_an_alert("prometheus-2.42", "alertmanager-0.25").await;
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn the_life_of_an_alert_on_prometheus_3_and_alertmanager_0_31() {
    life_of_an_alert("prometheus-3.14", "alertmanager-0.31").await;
}
