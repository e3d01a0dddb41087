//! The embedded PromQL engine against a real Prometheus: the same samples, the same questions, the same answers.
//!
//! Without a server, recorded answers stand in for it; `tests/stack/test` runs it against real ones.
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod data;
mod nested;
#[path = "../support/program.rs"]
mod program;
mod queries;
mod recorded;
mod server;

use std::collections::BTreeMap;

use a360::demo::engine::{self, EvalError};
use a360::model::labels::Labels;
use a360::model::series::Series;
use a360::model::window::{Part, Window};
use recorded::{Digest, Moment};
use serde_json::Value;
use server::Server;

/// What either side says to one question.
#[derive(Debug, Clone, PartialEq)]
enum Answer {
    /// The values in the order given, and every series by its labels.
    Data {
        order: Vec<f64>,
        series: BTreeMap<String, Vec<(i64, f64)>>,
    },
    BadData,
    Execution,
    Other(String),
}

/// All samples of what is asked for, before and after the time that is asked for too: the engine must not need the cut.
fn selected(all: &[Series], keep: &dyn Fn(&Labels) -> bool, name: Option<&str>) -> Vec<Series> {
    let named = |series: &&Series| name.is_none_or(|name| series.labels.get("__name__").is_some_and(|n| n == name));
    all.iter().filter(named).filter(|series| keep(&series.labels)).cloned().collect()
}

fn refusal(error: EvalError) -> Answer {
    match error {
        EvalError::Parse(_) => Answer::BadData,
        EvalError::Execution(_) => Answer::Execution,
        EvalError::Unsupported(_) => Answer::Other(error.to_string()),
    }
}

fn ours_instant(all: &[Series], expr: &str, at: i64) -> Answer {
    let samples = match engine::instant(expr, at, &|keep, name, _, _| selected(all, keep, name)) {
        Ok(samples) => samples,
        Err(error) => return refusal(error),
    };
    let order = samples.iter().map(|sample| sample.value).collect();
    let series = samples.iter().map(|s| (s.labels.to_string(), vec![(s.time, s.value)])).collect();
    Answer::Data { order, series }
}

fn ours_range(all: &[Series], expr: &str, window: Window) -> Answer {
    match engine::range(expr, window, &|keep, name, _, _| selected(all, keep, name)) {
        Ok(series) => {
            let series = series.iter().map(|s| (s.labels.to_string(), s.points().collect())).collect();
            Answer::Data { order: Vec::new(), series }
        }
        Err(error) => refusal(error),
    }
}

fn seconds(ms: i64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

fn theirs_instant(server: &Server, expr: &str, at: i64) -> Answer {
    read(&server.query("/api/v1/query", &[("query", expr), ("time", &seconds(at))]))
}

fn theirs_range(server: &Server, expr: &str, window: Window) -> Answer {
    let (start, end, step) = (seconds(window.start), seconds(window.end), seconds(window.step));
    let form = [("query", expr), ("start", &start), ("end", &end), ("step", &step)];
    read(&server.query("/api/v1/query_range", &form))
}

fn read(body: &Value) -> Answer {
    match (body["status"].as_str(), body["errorType"].as_str()) {
        (Some("success"), _) => {}
        (_, Some("bad_data")) => return Answer::BadData,
        (_, Some("execution")) => return Answer::Execution,
        _ => return Answer::Other(body.to_string()),
    }
    let result = &body["data"]["result"];
    if body["data"]["resultType"] == "scalar" {
        let (time, value) = point(result);
        return Answer::Data { order: vec![value], series: BTreeMap::from([("{}".to_owned(), vec![(time, value)])]) };
    }
    let mut order = Vec::new();
    let mut series = BTreeMap::new();
    for element in result.as_array().expect("a list of series") {
        let labels = element["metric"].as_object().expect("labels");
        let labels: Vec<(&str, &str)> = labels.iter().map(|(n, v)| (n.as_str(), v.as_str().unwrap_or(""))).collect();
        let points: Vec<(i64, f64)> = match element["values"].as_array() {
            Some(values) => values.iter().map(point).collect(),
            None => vec![point(&element["value"])],
        };
        order.extend(points.first().map(|(_, value)| *value));
        assert!(series.insert(Labels::of(&labels).to_string(), points).is_none(), "the server doubles a series");
    }
    Answer::Data { order, series }
}

fn point(value: &Value) -> (i64, f64) {
    let time = (value[0].as_f64().expect("a time") * 1000.0).round() as i64;
    (time, value[1].as_str().and_then(|text| text.parse().ok()).expect("a number"))
}

fn close(a: f64, b: f64) -> bool {
    (a.is_nan() && b.is_nan()) || a == b || (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

/// Where the two differ, in words.
fn difference(ours: &Answer, theirs: &Answer, ordered: bool) -> Option<String> {
    let (Answer::Data { order, series }, Answer::Data { order: their_order, series: their_series }) = (ours, theirs)
    else {
        return (ours != theirs).then(|| format!("ours {}, theirs {}", brief(ours), brief(theirs)));
    };
    if !series.keys().eq(their_series.keys()) {
        let missing: Vec<_> = their_series.keys().filter(|labels| !series.contains_key(*labels)).collect();
        let extra: Vec<_> = series.keys().filter(|labels| !their_series.contains_key(*labels)).collect();
        return Some(format!("missing {missing:?}, extra {extra:?}"));
    }
    for ((labels, points), their_points) in series.iter().zip(their_series.values()) {
        let times = |points: &[(i64, f64)]| points.iter().map(|(time, _)| *time).collect::<Vec<_>>();
        if times(points) != times(their_points) {
            return Some(format!("{labels}: points at {:?}, theirs {:?}", times(points), times(their_points)));
        }
        for ((time, value), (_, their_value)) in points.iter().zip(their_points) {
            if !close(*value, *their_value) {
                return Some(format!("{labels} at {time}: {value}, theirs {their_value}"));
            }
        }
    }
    let same_order = order.len() == their_order.len() && order.iter().zip(their_order).all(|(a, b)| close(*a, *b));
    (ordered && !same_order).then(|| format!("in order {order:?}, theirs {their_order:?}"))
}

fn brief(answer: &Answer) -> String {
    match answer {
        Answer::Data { series, .. } => format!("{} series", series.len()),
        other => format!("{other:?}"),
    }
}

/// Moments an eighth of a second off; for a Prometheus 3 also some with samples exactly on the edges of windows.
fn moments(version: &str) -> Vec<i64> {
    let mut moments: Vec<i64> =
        [20, 43, 55, 62, 73, 119].iter().map(|minute| data::START + minute * data::MINUTE + 4_125).collect();
    if !version.starts_with("2.") {
        let on_edge = [(30, 3_250), (47, 7_500), (66, 11_750), (72, 250), (74, 45_250), (90, 1_250), (100, 0)];
        moments.extend(on_edge.map(|(minute, ms)| data::START + minute * data::MINUTE + ms));
    }
    moments
}

fn windows(version: &str) -> Vec<Window> {
    let window = |from: i64, to: i64, ms: i64, step: i64| {
        let at = |minute: i64| data::START + minute * data::MINUTE + ms;
        Window { start: at(from), end: at(to), step, part: Part::Whole }
    };
    let mut windows = vec![window(35, 85, 2_125, 30_000), window(-3, 130, 9_125, 421_000)];
    if !version.starts_with("2.") {
        windows.push(window(38, 76, 3_250, 60_000));
    }
    windows
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn the_engine_answers_as_prometheus_2_does() {
    the_engine_answers_as("2.42");
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn the_engine_answers_as_prometheus_3_does() {
    the_engine_answers_as("3.14");
}

fn the_engine_answers_as(version: &str) {
    let all = data::generate();
    let server = Server::start(&format!("prometheus-{version}"), &data::open_metrics(&all));
    let queries = queries::all(version);
    assert!(queries.len() >= 300, "only {} questions", queries.len());
    let (mut asked, mut refused, mut differences) = (0, 0, Vec::new());
    for expr in &queries {
        let mut check = |ours: Answer, theirs: Answer, when: String| {
            let ordered = when.starts_with("at") && queries::keeps_order(expr);
            asked += 1;
            refused += usize::from(!matches!(theirs, Answer::Data { .. }));
            if let Some(text) = difference(&ours, &theirs, ordered) {
                differences.push(format!("{expr}\n    {when}: {text}"));
            }
        };
        for at in moments(version) {
            check(ours_instant(&all, expr, at), theirs_instant(&server, expr, at), format!("at {at}"));
        }
        for window in windows(version) {
            check(ours_range(&all, expr, window), theirs_range(&server, expr, window), format!("over {window:?}"));
        }
    }
    if let (Ok(path), "3.14") = (std::env::var("A360_RECORD_ANSWERS"), version) {
        std::fs::write(path, record(&server, version, &queries)).expect("the recorded answers");
    }
    println!("Prometheus {version}: {} questions, {asked} answers compared, {refused} of them errors", queries.len());
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), differences.join("\n"));
}

fn record(server: &Server, version: &str, queries: &[String]) -> String {
    let mut text = format!("# Answers of Prometheus {version}\n");
    for expr in queries {
        let theirs = Moment::all().map(|moment| match moment {
            Moment::At(at) => theirs_instant(server, expr, at),
            Moment::Over(window) => theirs_range(server, expr, window),
        });
        let digests = theirs.map(|answer| Digest::of(&answer).write());
        text += &format!("{expr}\t{}\n", digests.join("\t"));
    }
    text
}

#[test]
fn the_engine_answers_as_prometheus_did() {
    let all = data::generate();
    let recorded = include_str!("../fixtures/promql/answers.txt");
    let mut differences = Vec::new();
    let lines: Vec<&str> = recorded.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(lines.len() > 1000, "only {} questions are recorded", lines.len());
    for line in lines {
        let (expr, digests) = line.split_once('\t').expect("a question and its digests");
        for (moment, theirs) in Moment::all().into_iter().zip(digests.split('\t')) {
            let ours = Digest::of(&match moment {
                Moment::At(at) => ours_instant(&all, expr, at),
                Moment::Over(window) => ours_range(&all, expr, window),
            });
            if !ours.agrees(&Digest::read(theirs)) {
                differences.push(format!("{expr}: {}, recorded {theirs}", ours.write()));
            }
        }
    }
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), differences.join("\n"));
}
