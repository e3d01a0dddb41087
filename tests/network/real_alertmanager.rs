//! Real Alertmanagers, old and new, alone and in pairs: what is posted there is read back.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use a360::model::delivery::Holdings;
use a360::model::fault::FetchError;
use a360::model::query::Query;
use a360::model::silence::{Silence, SilenceState};
use a360::source::alertmanager::Alertmanager;
use a360::text::Plain;
use a360::time::{MINUTE, Timestamp};

use crate::program::program;
use crate::real::{Running, endpoint, free_port, now, start};

const CONFIG: &str = "
route:
  receiver: team
  group_by: [alertname]
  group_wait: 1s
  routes:
    - {matchers: [severity=\"critical\"], receiver: pager}
    - {matchers: [quiet=\"yes\"], receiver: team, mute_time_intervals: [always]}
receivers: [{name: team}, {name: pager}]
inhibit_rules:
  - {source_matchers: [severity=\"critical\"], target_matchers: [severity=\"warning\"], equal: [service]}
time_intervals:
  - {name: always, time_intervals: [{times: [{start_time: '00:00', end_time: '24:00'}]}]}
";

/// One server in a folder of its own; without a port for the cluster it stands alone.
pub fn alertmanager(server: &str, folder: &Path, port: u16, cluster: Option<(u16, u16)>) -> Running {
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("alertmanager.yml"), CONFIG).unwrap();
    // Debian's has the name of its package, and looks for its templates where it is started.
    let name = if server == "alertmanager-0.25" { "prometheus-alertmanager" } else { "alertmanager" };
    let path = program(server, name);
    let mut command = Command::new(&path);
    command.current_dir(Path::new(&path).parent().unwrap());
    let inside = |name: &str| folder.join(name).display().to_string();
    command.arg(format!("--config.file={}", inside("alertmanager.yml")));
    command.arg(format!("--storage.path={}", inside("data")));
    command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
    match cluster {
        None => command.arg("--cluster.listen-address="),
        Some((own, other)) => command.args([
            format!("--cluster.listen-address=127.0.0.1:{own}"),
            format!("--cluster.peer=127.0.0.1:{other}"),
            "--cluster.settle-timeout=1s".to_owned(),
            "--cluster.gossip-interval=50ms".to_owned(),
        ]),
    };
    start(&mut command)
}

pub fn source(ports: &[u16]) -> Alertmanager {
    Alertmanager::new(ports.iter().map(|port| endpoint(*port)).collect())
}

/// Sends a body by hand, and gives what came back.
fn post(port: u16, page: &str, body: &str) -> String {
    let mut curl = Command::new("curl")
        .args(["-sS", "--fail-with-body", "--noproxy", "*", "-H", "Content-Type: application/json"])
        .args(["--data-binary", "@-", &format!("http://127.0.0.1:{port}/api/v2/{page}")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    curl.stdin.take().unwrap().write_all(body.as_bytes()).unwrap();
    let output = curl.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{page}: {said}");
    said
}

/// Asks until it is so; what it last was, if it never is.
async fn until<T: std::fmt::Debug>(
    source: &Alertmanager,
    query: Query,
    read: fn(a360::model::query::Answer) -> Result<T, FetchError>,
    is_so: impl Fn(&T) -> bool,
) -> T {
    let mut last = None;
    for _ in 0..300 {
        match source.ask(&query, now()).await.and_then(read) {
            Ok(answer) if is_so(&answer) => return answer,
            other => last = Some(other),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{query:?}: {last:?}");
}

pub async fn held(source: &Alertmanager, is_so: impl Fn(&Holdings) -> bool) -> Holdings {
    until(source, Query::Held, a360::model::query::Answer::into_held, is_so).await
}

pub async fn silences(source: &Alertmanager, is_so: impl Fn(&[Silence]) -> bool) -> Vec<Silence> {
    until(source, Query::Silences, a360::model::query::Answer::into_silences, |silences: &Vec<_>| is_so(silences)).await
}

const ALERTS: &str = r#"[
    {"labels":{"alertname":"Down","severity":"critical","service":"shop"},"annotations":{"summary":"it is \u001b[31mdown"},
     "generatorURL":"http://prom/graph"},
    {"labels":{"alertname":"Slow","severity":"warning","service":"shop"}},
    {"labels":{"alertname":"Full","severity":"warning","service":"disk"}},
    {"labels":{"alertname":"Backup","quiet":"yes"}}]"#;

/// Silences the alerts of a service for ten minutes, and gives the id.
fn silence(port: u16, service: &str) -> String {
    let at = |ms| Timestamp(ms).rfc3339();
    let (start, end) = (at(now().0), at(now().0 + 10 * MINUTE));
    let body = format!(
        r#"{{"matchers":[{{"name":"service","value":"{service}","isRegex":false}}],"startsAt":"{start}","endsAt":"{end}",
        "createdBy":"ada","comment":"known"}}"#
    );
    let said: serde_json::Value = serde_json::from_str(&post(port, "silences", &body)).unwrap();
    said["silenceID"].as_str().unwrap().to_owned()
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn a_real_alertmanager_0_25() {
    posted_silenced_and_read_back("alertmanager-0.25", false).await;
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn a_real_alertmanager_0_31() {
    posted_silenced_and_read_back("alertmanager-0.31", true).await;
}

async fn posted_silenced_and_read_back(server: &str, says_who_is_muted: bool) {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let _running = alertmanager(server, folder.path(), port, None);
    let source = source(&[port]);
    let empty = held(&source, |_| true).await;
    assert_eq!(empty, Holdings::default());

    post(port, "alerts", ALERTS);
    let id = silence(port, "disk");
    let holdings = held(&source, |holdings| {
        let muted = holdings.alerts.iter().any(|alert| !alert.muted_by.is_empty());
        let quiet = holdings.alerts.iter().filter(|a| !a.silenced_by.is_empty() || !a.inhibited_by.is_empty()).count();
        quiet == 2 && muted == says_who_is_muted
    })
    .await;
    assert!(holdings.notes.is_empty() && holdings.alerts.is_sorted_by_key(|alert| alert.fingerprint.clone()));
    let find = |name: &str| {
        let mut found = holdings.alerts.iter().filter(|alert| alert.labels.get("alertname").unwrap() == name);
        found.next().unwrap_or_else(|| panic!("{name}: {holdings:?}"))
    };
    let down = find("Down");
    assert_eq!((down.receivers[0].as_str(), down.generator.as_str()), ("pager", "http://prom/graph"));
    assert_eq!(down.annotations.get("summary").unwrap(), "it is ^[[31mdown");
    assert_eq!(find("Slow").inhibited_by, std::slice::from_ref(&down.fingerprint));
    assert_eq!(find("Full").silenced_by, std::slice::from_ref(&id));
    assert_eq!(find("Backup").receivers[0].as_str(), "team");

    let list = silences(&source, |silences| silences.len() == 1).await;
    assert_eq!(
        (list[0].id.as_str(), list[0].state, list[0].created_by.as_str()),
        (id.as_str(), SilenceState::Active, "ada")
    );
    assert_eq!(list[0].matchers[0].to_string(), "service=\"disk\"");
    let routing = source.ask(&Query::Routing, now()).await.unwrap().into_routing().unwrap();
    assert!(routing.config.contains("receiver: pager"), "{}", routing.config);
    let probe = source.probe(now()).await.remove(0).unwrap();
    assert_eq!((probe.alerts, probe.silences, probe.members, probe.skew_ms), (4, 1, 0, 0));
    println!("{server}: {probe:?}");
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn a_pair_that_gossips_and_loses_one() {
    let (folder, [a, b]) = (tempfile::tempdir().unwrap(), [free_port(), free_port()]);
    let (gossip_a, gossip_b) = (free_port(), free_port());
    let one = alertmanager("alertmanager-0.31", &folder.path().join("a"), a, Some((gossip_a, gossip_b)));
    let _two = alertmanager("alertmanager-0.31", &folder.path().join("b"), b, Some((gossip_b, gossip_a)));
    let pair = source(&[a, b]);
    held(&pair, |holdings| holdings.notes.is_empty()).await;
    for port in [a, b] {
        post(port, "alerts", ALERTS);
    }
    let id = silence(a, "disk");
    // The silence is told to the other.
    silences(&source(&[b]), |silences| silences.len() == 1).await;
    let holdings = held(&pair, |holdings| holdings.alerts.len() == 4).await;
    assert!(holdings.notes.is_empty());
    let list = silences(&pair, |silences| !silences.is_empty()).await;
    assert_eq!(list.iter().map(|silence| &silence.id).collect::<Vec<_>>(), [&id]);
    let members = async || pair.probe(now()).await.iter().flatten().map(|probe| probe.members).collect::<Vec<_>>();
    for _ in 0..100 {
        if members().await == [2, 2] {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(members().await, [2, 2]);

    drop(one);
    let holdings = held(&pair, |holdings| !holdings.notes.is_empty()).await;
    assert_eq!(holdings.alerts.len(), 4);
    let notes: Vec<&str> = holdings.notes.iter().map(Plain::as_str).collect();
    assert_eq!(notes, [format!("127.0.0.1:{a}: connection refused")]);
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn two_that_do_not_know_each_other_of_different_versions() {
    let (folder, [a, b]) = (tempfile::tempdir().unwrap(), [free_port(), free_port()]);
    let _old = alertmanager("alertmanager-0.25", &folder.path().join("a"), a, None);
    let _new = alertmanager("alertmanager-0.31", &folder.path().join("b"), b, None);
    let pair = source(&[a, b]);
    held(&pair, |holdings| holdings.notes.is_empty()).await;
    post(a, "alerts", ALERTS);
    post(
        b,
        "alerts",
        r#"[{"labels":{"alertname":"Down","severity":"critical","service":"shop"}},{"labels":{"alertname":"Own"}}]"#,
    );
    let ids = [silence(a, "disk"), silence(b, "shop")];
    held(&pair, |holdings| holdings.alerts.len() == 5).await;
    let list = silences(&pair, |silences| silences.len() == 2).await;
    assert!(ids.iter().all(|id| list.iter().any(|silence| silence.id == *id)));
    // Only one of the two silences it: the other tells of it, and that is what is said.
    let down = |holdings: &Holdings| {
        let mut found = holdings.alerts.iter().filter(|alert| alert.labels.get("alertname").unwrap() == "Down");
        found.next().unwrap().clone()
    };
    let holdings = held(&pair, |holdings| !holdings.notes.is_empty()).await;
    assert_eq!(holdings.notes, ["1 alert is kept quiet by one server and told of by another"]);
    assert!(down(&holdings).silenced_by.is_empty());
    let other = silence(a, "shop");
    let holdings = held(&pair, |holdings| !down(holdings).silenced_by.is_empty()).await;
    assert_eq!(down(&holdings).silenced_by.len(), 2);
    assert!([&ids[1], &other].iter().all(|id| down(&holdings).silenced_by.contains(id)));
    assert_eq!(down(&holdings).receivers.len(), 1);
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn a_storm_of_ten_thousand_alerts_is_held_whole() {
    const STORM: usize = 10_000;
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let _running = alertmanager("alertmanager-0.31", folder.path(), port, None);
    let source = source(&[port]);
    held(&source, |_| true).await;
    let alert = |number| {
        format!(
            r#"{{"labels":{{"alertname":"Storm","severity":"warning","service":"s{number}","instance":"10.0.0.1:{number}"}},
            "annotations":{{"summary":"the service s{number} does not answer","runbook_url":"https://runbooks.invalid/s"}}}}"#
        )
    };
    let storm: Vec<String> = (0..STORM).map(alert).collect();
    post(port, "alerts", &format!("[{}]", storm.join(",")));
    let holdings = held(&source, |holdings| holdings.alerts.len() == STORM).await;
    assert_eq!(holdings.notes, Vec::<Plain>::new());
    let begun = std::time::Instant::now();
    source.ask(&Query::Held, now()).await.unwrap();
    println!("{STORM} alerts and their groups: {} ms", begun.elapsed().as_millis());
}
