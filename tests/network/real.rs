//! Real servers, started here with an hour of data.

use std::fmt::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use a360::model::alert::AlertState;
use a360::model::endpoint::{Endpoint, Proxy};
use a360::model::query::{Answer, Query};
use a360::model::rule::Health;
use a360::model::series::{Frame, Vector};
use a360::model::window::{Part, Progress, Span, Window, step_for};
use a360::source::http::Client;
use a360::source::prometheus::{Flavour, Prometheus};
use a360::time::{HOUR, Timestamp};

use crate::program::program;

const EXPR: &str = "sum by (path) (rate(demo_requests_total[5m]))";

pub struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp(i64::try_from(since.as_millis()).unwrap())
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub fn start(command: &mut Command) -> Running {
    Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it is installed"))
}

pub fn endpoint(port: u16) -> Endpoint {
    Endpoint { proxy: Proxy::None, ..Endpoint::new(&format!("http://127.0.0.1:{port}")) }
}

async fn ready(port: u16) -> Prometheus {
    let source = Prometheus::new(endpoint(port));
    for _ in 0..300 {
        if source.probe(now()).await.is_ok_and(|probe| probe.targets > 0 || probe.flavour == Flavour::VictoriaMetrics) {
            return source;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it does not start: {:?}", source.probe(now()).await);
}

/// Two hours of two counters up to now, one sample each ten seconds.
fn samples(to: Timestamp, unit: i64) -> String {
    let mut text = String::new();
    for path in ["/a", "/b"] {
        for i in 0..720 {
            let seconds = to.0 / 1_000 - 7_200 + i * 10;
            writeln!(text, "demo_requests_total{{path=\"{path}\"}} {} {}", i * 7, seconds * unit).unwrap();
        }
    }
    text
}

fn prometheus(server: &str, folder: &Path, port: u16) -> Running {
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
    write("samples", format!("# TYPE demo_requests counter\n{}# EOF\n", samples(now(), 1)));
    write(
        "prometheus.yml",
        format!(
            "global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nrule_files: [rules.yml]\nscrape_configs:\n\
             - job_name: self\n  static_configs: [{{targets: ['127.0.0.1:{port}']}}]\n"
        ),
    );
    let rules = "groups:\n- name: g\n  rules:\n  - {alert: Always, expr: vector(1), labels: {severity: critical}}\n";
    write("rules.yml", rules.to_owned());
    let backfill = ["tsdb", "create-blocks-from", "openmetrics", "samples", "data"];
    let promtool = program(server, "promtool");
    let made = Command::new(promtool).args(backfill).current_dir(folder).stdout(Stdio::null()).status().unwrap();
    assert!(made.success());
    start(Command::new(program(server, "prometheus")).current_dir(folder).args([
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=data",
        &format!("--web.listen-address=127.0.0.1:{port}"),
    ]))
}

/// `now` need not be true here, so each question comes from a source that has not learned the server's clock.
async fn frame(port: u16, expr: &str, progress: Progress, now: Timestamp) -> Frame {
    let source = Prometheus::new(endpoint(port));
    let step = step_for(HOUR, 178);
    let query = Query::Range { expr: expr.to_owned(), span: Span::Live { length: HOUR }, step };
    match source.ask(&query, progress, now).await.unwrap() {
        Answer::Frame(frame) => frame,
        other => panic!("{other:?}"),
    }
}

async fn instant(source: &Prometheus, expr: &str) -> Vector {
    let query = Query::Instant { expr: expr.to_owned(), at: None };
    match source.ask(&query, Progress::default(), now()).await.unwrap() {
        Answer::Vector(vector) => vector,
        other => panic!("{other:?}"),
    }
}

/// How many samples the server had to touch for a window.
async fn cost(client: &Client, window: Window) -> f64 {
    let text = |ms: i64| format!("{}", ms as f64 / 1e3);
    let (start, end, step) = (text(window.start), text(window.end), text(window.step));
    let form = [("query", EXPR), ("start", &start), ("end", &end), ("step", &step), ("stats", "all")];
    let reply = client.post_form("/api/v1/query_range", &form, now()).await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(reply.json("Prometheus").unwrap()).unwrap();
    body["data"]["stats"]["samples"]["totalQueryableSamples"].as_f64().unwrap()
}

async fn chart(port: u16) -> (Window, Window, Window) {
    let begun = now();
    let mut held = frame(port, EXPR, Progress::default(), begun).await;
    let whole = held.window;
    assert_eq!((whole.part, held.series.len()), (Part::Whole, 2));
    assert!(held.series.iter().all(|series| series.times.len() > 150), "an hour of data is there");
    let progress = Progress::default().advance(whole);
    let head = frame(port, EXPR, progress.clone(), Timestamp(whole.end + 1)).await;
    assert!(head.series.iter().all(|series| series.times == [whole.end + 1]));
    let tail = frame(port, EXPR, progress, Timestamp(whole.end + whole.step)).await;
    assert!(matches!(tail.window.part, Part::Tail { .. }));
    let windows = (whole, head.window, tail.window);
    held.absorb(head);
    held.absorb(tail);
    let again = frame(port, EXPR, Progress::default(), Timestamp(whole.end + whole.step)).await;
    for (joined, asked) in held.series.iter().zip(&again.series) {
        let settled = |times: &[i64]| times.iter().filter(|&&t| t <= whole.end).count();
        assert_eq!(settled(&joined.times), settled(&asked.times), "joined parts are the same as the whole");
    }
    windows
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn a_real_prometheus_2() {
    real_prometheus("prometheus-2.42").await;
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn a_real_prometheus_3() {
    real_prometheus("prometheus-3.14").await;
}

async fn real_prometheus(server: &str) {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let _running = prometheus(server, folder.path(), port);
    let source = ready(port).await;
    let probe = source.probe(now()).await.unwrap();
    assert_eq!((probe.flavour, probe.targets, probe.skew_ms), (Flavour::Prometheus, 1, 0));
    println!("probe: {probe:?}");

    let (whole, head, tail) = chart(port).await;
    let client = Client::new(endpoint(port));
    let all = cost(&client, whole).await;
    for (name, window) in [("head", head), ("tail", tail)] {
        let part = cost(&client, window).await;
        println!("{name}: {part} of {all} samples, 1/{:.1}", all / part);
        assert!(part * 20.0 <= all, "{name}: {part} of {all}");
    }

    assert_eq!(instant(&source, "up").await.samples[0].value, 1.0);
    assert_eq!(instant(&source, "42").await.samples[0].value, 42.0);
    assert_eq!(instant(&source, "no_such_metric").await.samples, []);
    let query = Query::Instant { expr: "sum(rate(up[5m])".to_owned(), at: None };
    let error = source.ask(&query, Progress::default(), now()).await.unwrap_err().to_string();
    assert!(error.contains("1:17: parse error"), "{error}");
    for _ in 0..100 {
        if let Ok(Answer::Alerts(alerts)) = source.ask(&Query::Alerts, Progress::default(), now()).await
            && let [alert] = &alerts[..]
        {
            assert_eq!((alert.name().as_str(), alert.state), ("Always", AlertState::Firing));
            return always_is_a_healthy_rule(&source).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no alert");
}

async fn always_is_a_healthy_rule(source: &Prometheus) {
    let groups = source.ask(&Query::Rules, Progress::default(), now()).await.unwrap().into_rules().unwrap();
    let [group] = &groups[..] else { panic!("one group: {groups:?}") };
    assert_eq!((group.name.as_str(), group.interval, group.rules.len()), ("g", 1_000, 1));
    let rule = &group.rules[0];
    assert_eq!((rule.name.as_str(), rule.expr.as_str(), rule.health), ("Always", "vector(1)", Health::Ok));
    let alerts = &rule.alerting.as_ref().unwrap().alerts;
    assert_eq!(alerts.iter().map(|alert| alert.state).collect::<Vec<_>>(), [AlertState::Firing]);
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn a_real_prometheus_is_greeted_in_tls_by_mistake() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let _running = prometheus("prometheus-3.14", folder.path(), port);
    ready(port).await;
    let https = Endpoint { proxy: Proxy::None, ..Endpoint::new(&format!("https://127.0.0.1:{port}")) };
    let error = Client::new(https).get("/", now()).await.err().unwrap();
    assert_eq!(error.to_string(), "TLS: the port does not speak TLS; write http:// if that is meant");
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn a_real_victoria_metrics() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let _running = start(Command::new(program("victoria-metrics", "victoria-metrics")).args([
        &format!("-httpListenAddr=127.0.0.1:{port}"),
        &format!("-storageDataPath={}", folder.path().display()),
        "-retentionPeriod=1y",
    ]));
    let source = ready(port).await;
    let client = Client::new(endpoint(port));
    let lines = samples(now(), 1_000);
    let import = Command::new("curl")
        .args(["-sf", "--noproxy", "*", "--data-binary", "@-"])
        .arg(format!("http://127.0.0.1:{port}/api/v1/import/prometheus"))
        .stdin(Stdio::piped())
        .spawn();
    let mut import = import.unwrap();
    std::io::Write::write_all(&mut import.stdin.take().unwrap(), lines.as_bytes()).unwrap();
    assert!(import.wait().unwrap().success());
    client.get("/internal/force_flush", now()).await.unwrap();

    chart(port).await;
    assert_eq!(source.probe(now()).await.unwrap().flavour, Flavour::VictoriaMetrics);
    assert_eq!(instant(&source, "42").await.samples[0].value, 42.0);
    for query in [Query::Alerts, Query::Rules] {
        let error = source.ask(&query, Progress::default(), now()).await.unwrap_err();
        assert_eq!(error.to_string(), "this backend does not evaluate rules");
    }
    let error = client.get("/api/v1/nope", now()).await.unwrap();
    assert_eq!(error.status, 400);
}
