//! What the simulation promises as a whole.

mod alerts;
mod incidents;
mod traffic;

use std::collections::BTreeMap;

use promql_parser::parser::{self, Expr, VectorSelector};

use super::service::{BOUNDS, ENDPOINTS, UPPER};
use super::*;
use crate::model::watch::Watch;
use crate::time::{DAY, HOUR, MINUTE, SECOND};

const START: Timestamp = Timestamp(1_763_901_234_567);

fn sim() -> Sim {
    Sim::new(360, START)
}

fn all(name: &str, start: i64, end: i64) -> Vec<Series> {
    sim().select(Some(name), &|_| true, start, end)
}

fn with(series: &[Series], pairs: &[(&str, &str)]) -> Vec<Series> {
    let fits = |s: &&Series| pairs.iter().all(|(name, value)| s.labels.get(name).is_some_and(|v| v == value));
    series.iter().filter(fits).cloned().collect()
}

/// What a counter gained over a stretch, resets counted as Prometheus does.
fn gained(series: &Series) -> f64 {
    series.values.windows(2).map(|w| if w[1] < w[0] { w[1] } else { w[1] - w[0] }).sum()
}

/// Between which times a counter falls.
fn falls(series: &Series) -> Vec<(i64, i64)> {
    let pairs = series.values.windows(2).zip(series.times.windows(2));
    pairs.filter(|(v, _)| v[1] < v[0]).map(|(_, t)| (t[0], t[1])).collect()
}

#[test]
fn the_same_question_gets_the_same_answer_in_parts_and_later() {
    let (from, to) = (START.0 - 3 * HOUR, START.0 + HOUR);
    let whole = sim().select(None, &|_| true, from, to);
    assert_eq!(whole, sim().select(None, &|_| true, from, to));
    let middle = START.0 - 7 * MINUTE;
    let mut joined: BTreeMap<Labels, Series> = BTreeMap::new();
    for part in [(from, middle), (middle + 1, to)] {
        for series in sim().select(None, &|_| true, part.0, part.1) {
            let held = joined.entry(series.labels.clone()).or_insert_with(|| Series { ..Series::default() });
            held.times.extend(series.times);
            held.values.extend(series.values);
        }
    }
    for series in &whole {
        let parts = &joined[&series.labels];
        assert_eq!(series.times, parts.times, "{}", series.labels);
        assert_eq!(series.values, parts.values, "{}", series.labels);
    }
}

#[test]
fn another_seed_tells_another_story() {
    let other = Sim::new(361, START).select(Some("agent360_cpu_usage_percent"), &|_| true, START.0, START.0 + HOUR);
    assert_ne!(other, all("agent360_cpu_usage_percent", START.0, START.0 + HOUR));
    assert_ne!(Sim::new(361, START).incidents(START.plus(-DAY), START), sim().incidents(START.plus(-DAY), START));
}

#[test]
fn samples_keep_to_the_bounds_and_come_every_fifteen_seconds() {
    let (from, to) = (START.0 - HOUR, START.0 - HOUR + 10 * MINUTE);
    for series in sim().select(None, &|_| true, from, to) {
        assert!(series.times.iter().all(|t| (from..=to).contains(t)), "{}", series.labels);
        assert!(series.times.windows(2).all(|w| w[1] - w[0] == INTERVAL), "{}", series.labels);
        assert!(series.times.len() <= 41 && series.values.iter().all(|v| v.is_finite()), "{}", series.labels);
    }
    let oldest = START.0 - HISTORY;
    assert!(sim().select(None, &|_| true, oldest - HOUR, oldest - 1).is_empty());
    assert!(!all("up", oldest, oldest + MINUTE).is_empty());
}

#[test]
fn stretches_are_parts_of_the_whole() {
    let (from, to) = (START.0 - 6 * HOUR, START.0);
    let stretches: Vec<_> = (0..6).map(|i| (from + i * HOUR, from + i * HOUR + 5 * MINUTE)).collect();
    let whole = all("agent360_requests_total", from, to);
    for part in sim().select_within(Some("agent360_requests_total"), &|_| true, &stretches) {
        let whole = whole.iter().find(|s| s.labels == part.labels).unwrap();
        let within = |t: &i64| stretches.iter().any(|(a, b)| (a..=b).contains(&t));
        let expected: Vec<_> = whole.points().filter(|(t, _)| within(t)).collect();
        assert_eq!(part.points().collect::<Vec<_>>(), expected, "{}", part.labels);
    }
}

#[test]
fn counters_rise_and_fall_only_where_a_process_restarts() {
    let (from, to) = (START.0 - 2 * DAY, START.0 + 3 * HOUR);
    let mut resets = 0;
    for name in
        metrics(Job::Agent360).iter().map(|m| m.name).filter(|n| n.ends_with("_total") || n.contains("_seconds_"))
    {
        let starts = all("process_start_time_seconds", from, to);
        for series in all(name, from, to).iter().filter(|_| name != "process_start_time_seconds") {
            let instance = series.labels.get("instance").unwrap();
            let started = &with(&starts, &[("instance", instance)])[0];
            for (before, after) in falls(series) {
                let start = |t| started.at(t, 0).unwrap().1;
                assert!(start(after) > start(before), "{} falls at {after} without a restart", series.labels);
                resets += 1;
            }
        }
    }
    assert!(resets > 50, "{resets}");
    for name in
        ["node_cpu_seconds_total", "node_network_receive_bytes_total", "cassandra_client_request_timeouts_total"]
    {
        assert!(all(name, from, to).iter().all(|series| falls(series).is_empty()), "{name}");
    }
}

#[test]
fn things_are_counted_in_whole_numbers_and_a_series_begins_with_its_first() {
    let (from, to) = (START.0 - 12 * HOUR, START.0 + HOUR);
    for name in ["agent360_requests_total", "agent360_request_duration_seconds_count"] {
        for series in all(name, from, to) {
            assert!(series.values.iter().all(|v| v.fract() == 0.0 && *v >= 1.0), "{}", series.labels);
        }
    }
    let requests = all("agent360_requests_total", from, to);
    for path in ["/health", "/api/profile"] {
        let of = with(&requests, &[("endpoint", path)]);
        assert!(!of.is_empty() && of.iter().all(|s| !s.labels.get("status").unwrap().starts_with('5')));
    }
    // The restarted instance forgets its errors until the first new one.
    let refused = with(&requests, &[("endpoint", "/api/checkout"), ("status", "503"), ("instance", "agent360-1:8000")]);
    assert!(refused[0].at(START.0, 20 * SECOND).is_some());
    assert_eq!(refused[0].at(START.0 + 40 * MINUTE, 5 * MINUTE), None);
}

#[test]
fn the_histogram_agrees_with_itself_and_with_the_requests() {
    for (from, to) in [(START.0 - 12 * MINUTE, START.0), (START.0 + 17 * MINUTE, START.0 + 25 * MINUTE)] {
        let buckets = all("agent360_request_duration_seconds_bucket", from, to);
        let counts = all("agent360_request_duration_seconds_count", from, to);
        let sums = all("agent360_request_duration_seconds_sum", from, to);
        let requests = all("agent360_requests_total", from, to);
        assert_eq!((counts.len(), buckets.len()), (24, 24 * BOUNDS.len()));
        for count in &counts {
            let own = [
                ("endpoint", &**count.labels.get("endpoint").unwrap()),
                ("instance", count.labels.get("instance").unwrap()),
            ];
            let sum = &with(&sums, &own)[0];
            let bounds = BOUNDS.map(|le| with(&buckets, &[own[0], own[1], ("le", le)]).remove(0));
            for (i, (t, all)) in count.points().enumerate() {
                let here = bounds.each_ref().map(|s| s.values[i]);
                assert!(here.is_sorted() && here[5] == all, "{} {here:?}", count.labels);
                let least: f64 = (1..6).map(|b| UPPER[b - 1] * (here[b] - here[b - 1])).sum();
                let most: f64 = (0..5).map(|b| UPPER[b] * (here[b] - if b > 0 { here[b - 1] } else { 0.0 })).sum();
                let slowest = here[5] - here[4];
                assert!(
                    least - 20.0 <= sum.values[i] && sum.values[i] <= most + 10.0 * slowest + 20.0,
                    "{}",
                    sum.labels
                );
                let by_status: f64 = with(&requests, &own).iter().filter_map(|s| s.at(t, 0)).map(|(_, v)| v).sum();
                // A status may be a few seconds of traffic ahead of the others or behind, as may a bucket.
                let endpoint = ENDPOINTS.iter().find(|e| e.path == own[0].1).unwrap();
                assert!(
                    (by_status - all).abs() <= 8.0 + 14.0 * 0.55 * endpoint.rate,
                    "{} {by_status} {all}",
                    count.labels
                );
            }
        }
    }
}

/// The ratio of failed requests in the five minutes before `t`, from the scraped samples alone.
fn error_ratio(t: i64) -> f64 {
    let requests = all("agent360_requests_total", t - 5 * MINUTE, t);
    let failed = requests.iter().filter(|s| s.labels.get("status").unwrap().starts_with('5'));
    failed.map(gained).sum::<f64>() / requests.iter().map(gained).sum::<f64>()
}

#[test]
fn errors_rise_from_three_in_a_thousand_to_an_eighth() {
    assert!((0.001..0.006).contains(&error_ratio(START.0 - 10 * MINUTE)));
    assert!((0.11..0.14).contains(&error_ratio(START.0)), "{}", error_ratio(START.0));
    assert!((0.001..0.006).contains(&error_ratio(START.0 + 26 * MINUTE)));
    let requests =
        with(&all("agent360_requests_total", START.0 - 5 * MINUTE, START.0), &[("endpoint", "/api/checkout")]);
    let failed: f64 = ["500", "503"].iter().flat_map(|s| with(&requests, &[("status", s)])).map(|s| gained(&s)).sum();
    let ratio = failed / requests.iter().map(gained).sum::<f64>();
    assert!((0.86..0.90).contains(&ratio), "{ratio}");
}

#[test]
fn an_instance_restarts_when_the_incident_ends() {
    let (from, to) = (START.0, START.0 + HOUR);
    let own = [("instance", "agent360-1:8000")];
    let up = &with(&all("up", from, to), &own)[0];
    let down: Vec<i64> = up.points().filter(|(_, v)| *v == 0.0).map(|(t, _)| t).collect();
    assert!((3..=5).contains(&down.len()), "{down:?}");
    assert!((17 * MINUTE..20 * MINUTE).contains(&(down[0] - START.0)));
    let started = &with(&all("process_start_time_seconds", from, to), &own)[0];
    assert_eq!(started.times.len(), up.times.len() - down.len());
    assert!(started.values.is_sorted() && started.values[0] < started.values[started.values.len() - 1]);
    let memory = &with(&all("agent360_memory_usage_bytes", from, to), &own)[0];
    assert!(memory.at(down[0] - INTERVAL, 0).unwrap().1 > 2.0 * memory.last().unwrap().1);
    let others = with(&all("up", from, to), &[("instance", "agent360-0:8000")]);
    assert!(others[0].values.iter().all(|v| *v == 1.0));
}

#[test]
fn in_one_incident_a_day_nearly_everything_is_slower_than_the_last_bound() {
    let stuck = sim().incidents(START.plus(-DAY), START).into_iter().find(|i| i.kind == IncidentKind::Stuck).unwrap();
    let buckets = all("agent360_request_duration_seconds_bucket", stuck.full, stuck.fall);
    let here = with(&buckets, &[("endpoint", stuck.path())]);
    let total = |le| with(&here, &[("le", le)]).iter().map(gained).sum::<f64>();
    assert!(total("5.0") < 0.9 * total("+Inf"));
}

#[test]
fn traffic_follows_the_day() {
    let rate = |t: i64| all("agent360_requests_total", t, t + 10 * MINUTE).iter().map(gained).sum::<f64>() / 600.0;
    let midnight = Timestamp(START.0 - 3 * DAY).floor_to(DAY).0;
    assert!(rate(midnight + 14 * HOUR) > 1.7 * rate(midnight + 2 * HOUR));
    let day: f64 = (0..24).map(|h| rate(midnight + h * HOUR)).sum::<f64>() / 24.0;
    assert!((240.0..400.0).contains(&day), "{day}");
}

#[test]
fn the_modes_of_a_cpu_pass_one_second_a_second() {
    let (from, to) = (START.0 - HOUR, START.0);
    for cpu in ["0", "3"] {
        let modes = with(&all("node_cpu_seconds_total", from, to), &[("cpu", cpu), ("instance", "node-a:9100")]);
        assert_eq!(modes.len(), 8);
        let seconds = (modes[0].times[modes[0].times.len() - 1] - modes[0].times[0]) as f64 / 1e3;
        assert!((modes.iter().map(gained).sum::<f64>() / seconds - 1.0).abs() < 1e-6);
    }
}

#[test]
fn what_a_target_shows_is_what_a_scrape_of_it_sees() {
    for target in Target::all() {
        let own = |labels: &Labels| labels.get("instance").is_some_and(|i| i == target.instance());
        let mut scraped = sim().select(None, &own, START.0 - INTERVAL, START.0 - 1);
        scraped.retain(|s| !["up", "ALERTS"].contains(&&**s.labels.get(METRIC_NAME).unwrap()));
        let exposed = sim().exposition(target, Timestamp(scraped[0].times[0])).unwrap();
        assert_eq!(exposed.len(), scraped.len());
        for (e, s) in exposed.iter().zip(&scraped) {
            assert_eq!(e.labels.with("job", target.job.name()).with("instance", target.instance()), s.labels);
            assert!((e.value - s.values[0]).abs() <= 1e-6 * e.value.abs(), "{}", e.labels);
            assert!(s.labels.get(METRIC_NAME).unwrap().starts_with(e.family));
        }
    }
    let away = Timestamp(sim().incident(START).unwrap().0.fall + 30 * SECOND);
    assert_eq!(sim().exposition(Target { job: Job::Agent360, index: 1 }, away), None);
}

#[test]
fn what_is_under_way_can_be_asked() {
    let (incident, phase) = sim().incident(START).unwrap();
    assert_eq!((incident.kind, incident.path(), phase), (IncidentKind::Upstream, "/api/checkout", Phase::Full));
    assert_eq!(sim().incident(START.plus(40 * MINUTE)), None);
    assert!(sim().incidents(START.plus(-7 * DAY), START).len() >= 55);
}

fn selectors<'a>(expr: &'a Expr, found: &mut Vec<&'a VectorSelector>) {
    match expr {
        Expr::VectorSelector(selector) => found.push(selector),
        Expr::MatrixSelector(matrix) => found.push(&matrix.vs),
        Expr::Paren(inner) => selectors(&inner.expr, found),
        Expr::Aggregate(inner) => selectors(&inner.expr, found),
        Expr::Binary(inner) => [&inner.lhs, &inner.rhs].into_iter().for_each(|e| selectors(e, found)),
        Expr::Call(call) => call.args.args.iter().for_each(|e| selectors(e, found)),
        _ => {}
    }
}

#[test]
fn every_question_of_the_overview_finds_data() {
    let watch = Watch::default();
    let hosts = watch.hosts;
    let database = format!("{{__name__=~\"cassandra_.+\",{}}}", watch.database.matcher);
    let database_up = format!("up{{{}}}", watch.database.matcher);
    let questions = [
        watch.requests,
        watch.errors,
        watch.errors_by_endpoint,
        watch.latency,
        watch.buckets,
        watch.memory,
        watch.cpu,
        watch.memory_ratio,
        watch.up,
        watch.started,
        hosts.cpu,
        hosts.memory,
        hosts.disk,
        hosts.inodes,
        hosts.received,
        hosts.sent,
        hosts.load,
        hosts.cores,
        hosts.clock_skew,
        database,
        database_up,
    ];
    for question in questions {
        let expr = parser::parse(&question).unwrap();
        let mut found = Vec::new();
        selectors(&expr, &mut found);
        assert!(!found.is_empty(), "{question}");
        for selector in found {
            let value = |labels: &Labels, name: &str| labels.get(name).map_or(String::new(), |v| v.to_string());
            let keep = |labels: &Labels| selector.matchers.matchers.iter().all(|m| m.is_match(&value(labels, &m.name)));
            let series = sim().select(selector.name.as_deref(), &keep, START.0 - 5 * MINUTE, START.0);
            assert!(series.len() >= 2, "{selector} of {question}");
        }
    }
}
