//! How fast the simulation is: a measurement, not a test.
//! `cargo test --release --test demo_speed -- --ignored --nocapture`.

#![cfg(test)]

use a360::demo::Service;
use a360::demo::sim::{Sim, Target, trace};
use a360::model::log::Search;
use a360::model::query::Query;
use a360::model::series::Series;
use a360::model::trace::TraceSearch;
use a360::model::window::{Progress, Span};
use a360::time::{DAY, HOUR, MINUTE, Timestamp};

const START: Timestamp = Timestamp(1_763_901_234_567);

#[test]
#[ignore = "a measurement, not a test"]
fn speed() {
    let sim = Sim::new(360, START);
    let all = |name: &str, start, end| sim.select(Some(name), &|_| true, start, end);
    let measure = |what: &str, ask: &dyn Fn() -> usize| {
        let begin = std::time::Instant::now();
        let samples = ask();
        let seconds = begin.elapsed().as_secs_f64();
        println!("{what}: {samples} samples in {:.2} ms, {:.1} M/s", seconds * 1e3, samples as f64 / seconds / 1e6);
    };
    let count = |series: Vec<Series>| series.iter().map(|s| s.times.len()).sum();
    let (now, hour) = (START.0, START.0 - HOUR);
    for name in [
        "agent360_request_duration_seconds_bucket",
        "agent360_requests_total",
        "agent360_memory_usage_bytes",
        "node_cpu_seconds_total",
    ] {
        measure(&format!("{name} 1h"), &|| count(all(name, hour, now)));
        measure(&format!("{name} 14d"), &|| count(all(name, now - 14 * DAY, now)));
    }
    let windows: Vec<_> = (0..168).map(|i| (now - i * 2 * HOUR - 5 * MINUTE, now - i * 2 * HOUR)).rev().collect();
    measure("buckets, 5m windows every 2h of 14d", &|| {
        count(sim.select_within(Some("agent360_request_duration_seconds_bucket"), &|_| true, &windows))
    });
    measure("everything 1h", &|| count(sim.select(None, &|_| true, hour, now)));
    measure("ALERTS 7d", &|| count(all("ALERTS", now - 7 * DAY, now)));
    measure("alerts now", &|| sim.alerts(START).len());
    let minutes: Vec<i64> = (0..=24 * 60).map(|i| now - DAY + i * MINUTE).collect();
    measure("requests of 24h counted by the minute", &|| sim.request_counts(&minutes, 10).len() * 24 * 60);
    let quarter = START.plus(-15 * MINUTE);
    measure("requests of 15m", &|| sim.requests(quarter, START).len());
    measure("lines of 15m", &|| sim.lines(quarter, START, 10).len());
    logs(&measure);
    traces(&measure);
    let kept: Vec<_> = sim.requests(START.plus(-MINUTE), START).into_iter().filter(|r| r.kept()).collect();
    measure("spans of 1m", &|| kept.iter().map(|request| trace::spans(request).len()).sum());
    measure("exposition of all targets", &|| {
        Target::all().filter_map(|t| sim.exposition(t, START)).map(|e| e.len()).sum()
    });
}

fn logs(measure: &dyn Fn(&str, &dyn Fn() -> usize)) {
    let ask = |query: &Query, progress, now| Service::new(360, START).answer(query, progress, now).unwrap();
    let tail = Query::Tail { search: Search::default(), fill: 1_000 };
    let first = || ask(&tail, Progress::default(), START).into_arrivals().unwrap();
    measure("first fill of a tail", &|| first().lines.len());
    let rare = Query::Tail { search: Search { text: "sstables".into(), ..Search::default() }, fill: 1_000 };
    measure("first fill of a rare search", &|| {
        ask(&rare, Progress::default(), START).into_arrivals().unwrap().lines.len()
    });
    let progress = Progress { cursor: Some(first().cursor), ..Progress::default() };
    let poll = || ask(&tail, progress.clone(), START.plus(2_000)).into_arrivals().unwrap().lines.len();
    measure("a poll of a tail after 2s", &poll);
    for (length, step) in [(HOUR, 30_000), (24 * HOUR, 720_000)] {
        let span = Span::Live { length };
        let volume = Query::Volume { search: Search::default(), span, step };
        measure("volume", &|| ask(&volume, Progress::default(), START).into_volume().unwrap().levels.len());
        let tallies = Query::Tallies { search: Search::default(), span };
        measure("tallies", &|| ask(&tallies, Progress::default(), START).into_tallies().unwrap().requests.len());
    }
}

fn traces(measure: &dyn Fn(&str, &dyn Fn() -> usize)) {
    let service = Service::new(360, START);
    let error = vec![("error".to_owned(), "true".to_owned())];
    let any = TraceSearch { limit: 100, ..TraceSearch::default() };
    let searches = [
        ("the newest", any.clone()),
        ("failing", TraceSearch { tags: error.clone(), ..any.clone() }),
        ("failing in search", TraceSearch { service: "search".into(), tags: error, ..any.clone() }),
        ("slow", TraceSearch { min: Some(2_000_000_000), ..any.clone() }),
        ("slow in notify", TraceSearch { service: "notify".into(), min: Some(2_000_000_000), ..any }),
    ];
    for (name, search) in searches {
        for length in [HOUR, DAY] {
            let query = Query::Traces { search: search.clone(), span: Span::Live { length } };
            measure(&format!("{name} traces of {} h", length / HOUR), &|| {
                service.answer(&query, Progress::default(), START).unwrap().into_traces().unwrap().traces.len()
            });
        }
    }
}
