//! Requests and their traces: as many as the counters say, each to be found again by its id.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::demo::sim::id::TraceId;
use crate::demo::sim::request::MS;
use crate::demo::sim::trace::{SpanKind, spans};

/// Requests of each instance, endpoint, method and status, as its exporter shows them.
fn counters(sim: &Sim, t: i64) -> BTreeMap<(String, String, String, String), f64> {
    let mut found = BTreeMap::new();
    for index in 0..3 {
        let target = Target { job: Job::Agent360, index };
        for e in sim.exposition(target, Timestamp(t)).unwrap_or_default() {
            if e.family == "agent360_requests_total" {
                let label = |name: &str| e.labels.get(name).unwrap().to_string();
                found.insert(
                    (target.instance().to_owned(), label("endpoint"), label("method"), label("status")),
                    e.value,
                );
            }
        }
    }
    found
}

#[test]
fn there_are_as_many_requests_as_the_counters_gain() {
    let second = START.floor_to(SECOND).0;
    for sim in [sim(), Sim::calm(5, START)] {
        for (from, to) in [(second - 20_000, second), (second - HOUR, second - HOUR + 3_000)] {
            let (before, after) = (counters(&sim, from), counters(&sim, to));
            let mut requests: BTreeMap<_, f64> = BTreeMap::new();
            for r in sim.requests(Timestamp(from), Timestamp(to)) {
                let instance = service::INSTANCES[r.key.instance].to_owned();
                let of = (instance, r.path().to_owned(), r.method.to_owned(), r.status.to_owned());
                *requests.entry(of).or_default() += 1.0;
            }
            for (of, after) in after {
                let gained = after - before.get(&of).copied().unwrap_or_default();
                assert_eq!(requests.remove(&of).unwrap_or_default(), gained, "{of:?}");
            }
            assert!(requests.is_empty(), "{requests:?}");
        }
    }
}

#[test]
fn counts_in_closed_form_are_those_of_the_requests() {
    // Over the restart at the end of the first incident.
    let from = START.floor_to(SECOND).plus(17 * MINUTE);
    let edges: Vec<i64> = (0..=6).map(|i| from.0 + i * 30 * SECOND).collect();
    let mut counts = [0; 6];
    for counted in sim().request_counts(&edges, 10) {
        counts.iter_mut().zip(&counted.counts).for_each(|(sum, count)| *sum += count);
    }
    let mut found = [0; 6];
    for request in sim().requests(from, Timestamp(edges[6])) {
        found[((request.end / MS - from.0) / (30 * SECOND)) as usize] += 1;
    }
    assert_eq!(counts, found);
}

#[test]
fn an_id_leads_to_its_request_and_the_same_seed_to_the_same() {
    let requests = sim().requests(START.plus(-2_500), START);
    assert!(requests == Sim::new(360, START).requests(START.plus(-2_500), START));
    assert!(requests.windows(2).all(|w| w[0].end <= w[1].end));
    let ids: BTreeSet<TraceId> = requests.iter().map(|r| r.trace).collect();
    assert_eq!(ids.len(), requests.len());
    for request in requests.iter().step_by(7) {
        assert_eq!(sim().request(request.trace).as_ref(), Some(request));
    }
    assert_eq!(sim().request(TraceId(12_345)), None);
}

#[test]
fn the_parts_of_a_stretch_are_the_whole() {
    // Two incidents at one place, so that a request could be blamed on the wrong one.
    let mut sim = Sim::calm(8, START);
    for (trouble, minute) in [(Trouble::Slow, 0), (Trouble::ErrorBurst, 5)] {
        let begin = START.plus(minute * MINUTE);
        let wish =
            Wish { endpoint: Some(0), strength: Some(1.0), length: Some(2 * MINUTE), ..Wish::new(trouble, begin) };
        sim = sim.with(&wish, START).unwrap().0;
    }
    let whole = sim.requests(START, START.plus(10 * MINUTE));
    let parts = (0..60).flat_map(|i| sim.requests(START.plus(i * 10_000), START.plus((i + 1) * 10_000)));
    assert!(parts.eq(whole.iter().copied()));
    for request in whole.iter().filter(|r| r.status == "503" && r.end > START.plus(4 * MINUTE).0 * MS) {
        assert_eq!(request.cause, Some(IncidentKind::Upstream));
        assert_eq!(sim.request(request.trace).as_ref(), Some(request));
    }
}

#[test]
fn failures_are_slow_in_an_incident_and_quick_requests_are_the_rule() {
    let requests = sim().requests(START.plus(-60_000), START);
    let p95 = |of: &dyn Fn(&Request) -> bool| {
        let mut took: Vec<i64> = requests.iter().filter(|r| of(r)).map(|r| r.duration / MS).collect();
        took.sort_unstable();
        took[took.len() * 95 / 100]
    };
    assert!((2_000..5_000).contains(&p95(&|r| r.path() == "/api/checkout")));
    assert!(p95(&|r| r.path() == "/api/search") < 300);
    let kept = requests.iter().filter(|r| r.kept() && !r.failed() && !r.is_slow()).count() as f64;
    let others = requests.iter().filter(|r| !r.failed() && !r.is_slow()).count() as f64;
    assert!((0.04..0.06).contains(&(kept / others)), "{}", kept / others);
}

#[test]
fn traces_are_whole_and_fail_where_the_incident_is() {
    let mut sim = Sim::calm(6, START);
    for (endpoint, trouble) in [(2, Trouble::ErrorBurst), (0, Trouble::Slow), (3, Trouble::Stuck), (5, Trouble::Leak)] {
        let wish = Wish {
            endpoint: Some(endpoint),
            strength: Some(1.0),
            length: Some(10 * MINUTE),
            ..Wish::new(trouble, START)
        };
        sim = sim.with(&wish, START).unwrap().0;
    }
    let mut blamed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for request in sim.requests(START.plus(3 * MINUTE), START.plus(3 * MINUTE + 5_000)) {
        let spans = spans(&request);
        assert!((5..=15).contains(&spans.len()), "{} {}", request.path(), spans.len());
        let ids: BTreeSet<_> = spans.iter().map(|s| s.id).collect();
        assert_eq!(ids.len(), spans.len());
        assert_eq!((spans[0].parent, spans[0].kind), (None, SpanKind::Server));
        assert_eq!((spans[0].start, spans[0].end), (request.end - request.duration, request.end));
        assert_eq!(spans[0].error.is_some(), request.failed());
        for span in &spans[1..] {
            let parent = spans.iter().find(|s| Some(s.id) == span.parent).unwrap();
            assert!(parent.start <= span.start && span.start <= span.end && span.end <= parent.end, "{span:?}");
            assert!(span.events.iter().all(|e| span.start <= e.at && e.at <= span.end));
            assert!(span.error.is_none() || parent.error.is_some());
        }
        if request.failed() && request.cause.is_some() {
            let deepest = spans.iter().rev().find(|s| s.error.is_some()).unwrap();
            blamed.entry(request.path()).or_default().insert(deepest.place.service);
        }
    }
    assert!(blamed["/api/checkout"].is_subset(&BTreeSet::from(["payment", "inventory", "notify"])), "{blamed:?}");
    assert!(blamed["/api/search"].is_subset(&BTreeSet::from(["search", "inventory"])), "{blamed:?}");
}
