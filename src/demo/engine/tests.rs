//! Whole questions over a few samples, with answers worked out by hand.

use std::cell::RefCell;

use super::*;
use crate::model::window::Part;

/// A series named as PromQL writes it, without commas in values; samples by second.
fn series(text: &str, points: &[(i64, f64)]) -> Series {
    let (name, rest) = text.split_once('{').unwrap_or((text, "}"));
    let pairs = rest.trim_end_matches('}').split(',').filter_map(|pair| pair.split_once('='));
    let mut labels: Vec<(&str, &str)> = pairs.map(|(name, value)| (name, value.trim_matches('"'))).collect();
    labels.push(("__name__", name));
    let (times, values) = points.iter().map(|&(t, v)| (t * 1000, v)).unzip();
    Series::new(Labels::of(&labels), times, values)
}

fn give(all: &[Series], keep: &dyn Fn(&Labels) -> bool, start: i64, end: i64) -> Vec<Series> {
    let cut = |series: &Series| {
        let mut series = series.clone();
        series.retain(start.saturating_add(1), end);
        series
    };
    all.iter().filter(|series| keep(&series.labels)).map(cut).collect()
}

fn at(all: &[Series], expr: &str, second: i64) -> Result<Vec<(String, f64)>, EvalError> {
    let samples = instant(expr, second * 1000, &|keep, _, start, end| give(all, keep, start, end))?;
    assert!(samples.iter().all(|sample| sample.time == second * 1000));
    Ok(samples.into_iter().map(|sample| (sample.labels.to_string(), sample.value)).collect())
}

fn values(all: &[Series], expr: &str, second: i64) -> Vec<f64> {
    at(all, expr, second).unwrap().into_iter().map(|(_, value)| value).collect()
}

fn names(all: &[Series], expr: &str) -> Vec<String> {
    at(all, expr, 60).unwrap().into_iter().map(|(labels, _)| labels).collect()
}

fn window(start: i64, end: i64, step: i64) -> Window {
    Window { start: start * 1000, end: end * 1000, step: step * 1000, part: Part::Whole }
}

fn over(all: &[Series], expr: &str, window: Window) -> Result<Vec<Series>, EvalError> {
    range(expr, window, &|keep, _, start, end| give(all, keep, start, end))
}

/// Second and value of the only series.
fn points(all: &[Series], expr: &str, window: Window) -> Vec<(i64, f64)> {
    let series = over(all, expr, window).unwrap();
    assert!(series.len() <= 1, "{series:?}");
    series.iter().flat_map(|series| series.points().map(|(t, v)| (t / 1000, v))).collect()
}

fn execution(all: &[Series], expr: &str) -> String {
    match at(all, expr, 60) {
        Err(EvalError::Execution(text)) => text,
        other => panic!("{expr}: {other:?}"),
    }
}

fn ticks(text: &str) -> Series {
    series(text, &(0..100).map(|i| (i * 15, i as f64)).collect::<Vec<_>>())
}

#[test]
fn a_sample_counts_for_less_than_five_minutes() {
    let all = [series("x", &[(100, 7.0)])];
    assert_eq!(points(&all, "x", window(0, 600, 100)), [(100, 7.0), (200, 7.0), (300, 7.0)]);
    assert_eq!(values(&all, "x", 399), [7.0]);
    assert!(values(&all, "x", 400).is_empty());
}

#[test]
fn a_window_leaves_out_its_older_end() {
    let all = [ticks("x")];
    assert_eq!(values(&all, "count_over_time(x[1m])", 600), [4.0]);
    assert_eq!(values(&all, "sum_over_time(x[30s])", 30), [3.0]);
    assert!(at(&all, "sum_over_time(x[14s])", 59).unwrap().is_empty());
}

#[test]
fn offset_and_at_choose_the_moment() {
    let all = [ticks("x")];
    assert_eq!(values(&all, "x offset 1m", 600), [36.0]);
    assert_eq!(values(&all, "x offset -1m", 600), [44.0]);
    assert_eq!(values(&all, "x @ 300", 600), [20.0]);
    assert_eq!(values(&all, "x @ 300 offset 1m", 600), [16.0]);
    assert_eq!(points(&all, "x @ end()", window(300, 330, 15)), [(300, 22.0), (315, 22.0), (330, 22.0)]);
    assert_eq!(points(&all, "x - x @ start()", window(300, 330, 15)), [(300, 0.0), (315, 1.0), (330, 2.0)]);
    assert_eq!(values(&all, "timestamp(x offset 20s)", 600), [570.0]);
    assert_eq!(values(&all, "timestamp(-x)", 607), [607.0]);
}

#[test]
fn a_subquery_has_its_own_points() {
    let all = [ticks("x")];
    // At 540 and 570, not at 519; 510 is the older end.
    assert_eq!(values(&all, "sum_over_time(x[1m:30s])", 579), [36.0 + 38.0]);
    assert_eq!(values(&all, "count_over_time(x[5m:])", 600), [5.0]);
    assert_eq!(values(&all, "last_over_time(x[1m:30s] offset 1m)", 579), [34.0]);
}

#[test]
fn samples_are_fetched_once_for_all_points() {
    let asked = RefCell::new(Vec::new());
    let select = |_: &dyn Fn(&Labels) -> bool, name: Option<&str>, start: i64, end: i64| {
        asked.borrow_mut().push((name.map(str::to_owned), start / 1000, end / 1000));
        Vec::new()
    };
    range("rate(x[5m] offset 1m) + {__name__=\"y\"} / {job=\"z\"}", window(1000, 2000, 10), &select).unwrap();
    let named = |name: &str| Some(name.to_owned());
    assert_eq!(asked.take(), [(named("x"), 640, 1940), (named("y"), 700, 2000), (None, 700, 2000)]);
}

#[test]
fn matchers_are_anchored_and_a_missing_label_is_empty() {
    let all =
        [series("x{a=\"foo\"}", &[(60, 1.0)]), series("x{a=\"foobar\"}", &[(60, 2.0)]), series("x", &[(60, 3.0)])];
    for (expr, found) in [
        ("x{a=\"foo\"}", &[1.0][..]),
        ("x{a!=\"foo\"}", &[3.0, 2.0]),
        ("x{a=~\"foo\"}", &[1.0]),
        ("x{a=~\"foo.*\"}", &[1.0, 2.0]),
        ("x{a!~\"foo|\"}", &[2.0]),
        ("x{a=\"\"}", &[3.0]),
        ("x{a!=\"\"}", &[1.0, 2.0]),
        ("{__name__=~\"x|y\", a=\"\"}", &[3.0]),
        ("y", &[]),
    ] {
        assert_eq!(values(&all, expr, 60), found, "{expr}");
    }
}

#[test]
fn names_go_where_the_meaning_changes() {
    let all = [ticks("x{a=\"1\"}")];
    for expr in [
        "x",
        "x > 0",
        "x and x",
        "x or x",
        "last_over_time(x[1m])",
        "topk(1, x)",
        "sort(x)",
        "sum by (__name__, a) (x)",
    ] {
        assert_eq!(names(&all, expr), ["x{a=\"1\"}"], "{expr}");
    }
    for expr in [
        "-x",
        "x + 1",
        "x >bool 0",
        "x + x",
        "abs(x)",
        "rate(x[1m])",
        "timestamp(x)",
        "sum by (a) (x)",
        "sum without (b) (x)",
    ] {
        assert_eq!(names(&all, expr), ["{a=\"1\"}"], "{expr}");
    }
    for expr in ["sum(x)", "vector(1)", "1", "count(x)", "absent(y)"] {
        assert_eq!(names(&all, expr), ["{}"], "{expr}");
    }
}

#[test]
fn what_must_match_once_and_does_not_is_an_error() {
    let all = [
        series("x{a=\"1\",b=\"1\"}", &[(60, 1.0)]),
        series("x{a=\"1\",b=\"2\"}", &[(60, 2.0)]),
        series("y{a=\"1\"}", &[(60, 3.0)]),
        series("z{a=\"1\",b=\"1\"}", &[(60, 4.0)]),
    ];
    assert!(execution(&all, "y + on (a) x").contains("many-to-many matching not allowed"));
    assert!(execution(&all, "x + on (a) y").contains("many-to-one matching must be explicit"));
    assert!(execution(&all, "x + on (a) group_left (b) z").contains("grouping labels must ensure unique matches"));
    assert!(execution(&all, "abs({__name__=~\"x|z\"})").contains("same labelset"));
    assert!(execution(&all, "-{__name__=~\"x|z\"}").contains("same labelset"));
    assert!(execution(&all, "count_over_time({__name__=~\"x|z\"}[5m])").contains("same labelset"));
    assert!(execution(&all, "label_replace(x, \"b\", \"\", \"b\", \".*\")").contains("same labelset"));
    assert!(execution(&all, "topk(NaN, x)").contains("NaN"));
    assert!(execution(&all, "topk(Inf, x)").contains("overflows int64"));
    // A pair that the comparison drops has been matched all the same.
    assert!(execution(&all, "x > on (a) y").contains("many-to-one matching must be explicit"));
    assert!(execution(&all, "x > on (a) group_left (b) z").contains("grouping labels must ensure unique matches"));
    // Only one of the two passes the filter, and nothing is on the other side.
    assert_eq!(values(&all, "(x > 1) + on (a) y", 60), [5.0]);
    assert!(values(&all, "x + on (a) nothing", 60).is_empty());
}

#[test]
fn partners_pass_on_their_labels() {
    let all = [
        series("x{a=\"1\",b=\"1\"}", &[(60, 1.0)]),
        series("x{a=\"1\",b=\"2\"}", &[(60, 2.0)]),
        series("info{a=\"1\",version=\"3\"}", &[(60, 1.0)]),
    ];
    let expected =
        [("{a=\"1\", b=\"1\", version=\"3\"}".to_owned(), 1.0), ("{a=\"1\", b=\"2\", version=\"3\"}".to_owned(), 2.0)];
    assert_eq!(at(&all, "x * on (a) group_left (version) info", 60).unwrap(), expected);
    assert_eq!(at(&all, "info * on (a) group_right (version) x", 60).unwrap(), expected);
    assert_eq!(names(&all, "sum by (a) (x) / on (a) info"), ["{a=\"1\"}"]);
    assert_eq!(names(&all, "x{b=\"1\"} / ignoring (b, version) info"), ["{a=\"1\"}"]);
    assert_eq!(values(&all, "x > on (a) group_left () info", 60), [2.0]);
}

#[test]
fn sets_look_at_each_point_alone() {
    let all = [series("x", &[(0, 1.0), (600, 1.0)]), series("y", &[(0, 2.0)])];
    let grid = window(0, 600, 600);
    assert_eq!(points(&all, "x unless y", grid), [(600, 1.0)]);
    assert_eq!(points(&all, "x and y", grid), [(0, 1.0)]);
    assert_eq!(points(&all, "abs(y) or abs(x)", grid), [(0, 2.0), (600, 1.0)]);
    assert_eq!(points(&all, "absent(y)", grid), [(600, 1.0)]);
    assert_eq!(points(&all, "absent_over_time(y[5m])", grid), [(600, 1.0)]);
    assert_eq!(points(&all, "scalar(y)", grid)[0], (0, 2.0));
    assert!(points(&all, "scalar(y)", grid)[1].1.is_nan());
}

#[test]
fn the_order_of_an_answer() {
    let all =
        [series("x{a=\"1\"}", &[(60, 2.0)]), series("x{a=\"2\"}", &[(60, 3.0)]), series("x{a=\"3\"}", &[(60, 1.0)])];
    assert_eq!(values(&all, "x", 60), [2.0, 3.0, 1.0]);
    assert_eq!(values(&all, "sort(x)", 60), [1.0, 2.0, 3.0]);
    assert_eq!(values(&all, "sort_desc(x)", 60), [3.0, 2.0, 1.0]);
    assert_eq!(values(&all, "topk(2, x)", 60), [3.0, 2.0]);
    assert_eq!(values(&all, "bottomk(2, x)", 60), [1.0, 2.0]);
    let labels: Vec<_> =
        over(&all, "sort_desc(x)", window(60, 120, 60)).unwrap().into_iter().map(|s| s.labels).collect();
    assert!(labels.is_sorted() && labels.len() == 3);
}

#[test]
fn counted_and_renamed() {
    let all = [
        series("x{a=\"1\"}", &[(60, 2.5)]),
        series("x{a=\"2\"}", &[(60, 2.5)]),
        series("x{a=\"3\"}", &[(60, f64::INFINITY)]),
    ];
    let counted = [("{v=\"+Inf\"}".to_owned(), 1.0), ("{v=\"2.5\"}".to_owned(), 2.0)];
    assert_eq!(at(&all, "count_values(\"v\", x)", 60).unwrap(), counted);
    assert_eq!(names(&all, "label_replace(x{a=\"1\"}, \"b\", \"<$1>\", \"a\", \"(.)\")"), ["x{a=\"1\", b=\"<1>\"}"]);
    assert_eq!(names(&all, "label_join(x{a=\"1\"}, \"b\", \"-\", \"a\", \"none\", \"a\")"), ["x{a=\"1\", b=\"1--1\"}"]);
    assert_eq!(names(&all, "absent(y{a=\"1\",b!=\"2\",c=\"3\",c=\"4\"})"), ["{a=\"1\"}"]);
}

#[test]
fn a_histogram_from_end_to_end() {
    let bucket = |le: &str, pace: f64| {
        let points: Vec<(i64, f64)> = (0..41).map(|i| (i * 15, 1e6 + i as f64 * pace)).collect();
        series(&format!("h_bucket{{le=\"{le}\",job=\"j\"}}"), &points)
    };
    let all =
        [bucket("0.1", 5.0), bucket("0.5", 9.0), bucket("+Inf", 10.0), series("h_bucket{le=\"bad\"}", &[(600, 1.0)])];
    let found = at(&all, "histogram_quantile(0.7, sum by (le, job) (rate(h_bucket[5m])))", 600).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, "{job=\"j\"}");
    assert!((found[0].1 - 0.3).abs() < 1e-9, "{found:?}");
}

#[test]
fn what_is_not_evaluated_is_named() {
    for (expr, construct) in [
        ("sin(x)", "sin"),
        ("double_exponential_smoothing(x[5m], 0.5, 0.5)", "double_exponential_smoothing"),
        ("limitk(2, x)", "limitk"),
        ("x atan2 x", "atan2"),
        ("x + fill (0) x", "fill"),
        ("x[5m]", "a range vector as the answer"),
        ("\"text\"", "a string as the answer"),
    ] {
        assert_eq!(at(&[], expr, 60), Err(EvalError::Unsupported(construct.to_owned())), "{expr}");
    }
}

#[test]
fn a_bad_question_is_told_from_bad_data() {
    let grid = window(0, 60, 15);
    for expr in ["sum(", "rate(x)", "abs(1)", "exp(Inf)", "x[5m]", "\"text\"", "{a=~\".*\"}", "x{a=\"1\" or b=\"2\"}"] {
        assert!(matches!(over(&[], expr, grid), Err(EvalError::Parse(_))), "{expr}: {:?}", over(&[], expr, grid));
    }
    for bad in [window(0, 60, 0), window(60, 0, 15), window(0, 20_000, 1)] {
        assert!(matches!(over(&[], "1", bad), Err(EvalError::Parse(_))));
    }
    let endless = over(&[], "sum_over_time(vector(1)[1y:1s])", grid);
    assert!(matches!(endless, Err(EvalError::Execution(text)) if text.contains("too many samples")));
}

#[test]
fn a_scalar_is_one_series_without_labels() {
    assert_eq!(points(&[], "time() / 2", window(10, 30, 10)), [(10, 5.0), (20, 10.0), (30, 15.0)]);
    assert_eq!(values(&[], "-2 ^ 2 + 7 % 4", 0), [-1.0]);
    assert_eq!(at(&[], "hour(vector(7200))", 0).unwrap(), [("{}".to_owned(), 2.0)]);
    assert_eq!(values(&[], "minute()", 180), [3.0]);
}
