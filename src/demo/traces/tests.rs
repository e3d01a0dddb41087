use std::collections::BTreeSet;

use super::*;
use crate::demo::sim::request::MS;
use crate::model::trace::{self as model, TraceSearch};
use crate::model::window::Span;
use crate::time::{DAY, HOUR, MINUTE, Range};

const START: Timestamp = Timestamp(1_763_901_234_567);

fn sim() -> Sim {
    Sim::new(360, START)
}

fn sample(search: &TraceSearch, span: Span, now: Timestamp) -> Sample {
    let query = Query::Sample { search: search.clone(), span };
    answer(&sim(), &query, now).unwrap().into_sample().unwrap()
}

fn fixed(from: i64, to: i64) -> Span {
    Span::Fixed(Range::new(START.plus(from), START.plus(to)))
}

fn any(limit: u32) -> TraceSearch {
    TraceSearch { limit, ..TraceSearch::default() }
}

fn named(query: &Query) -> Vec<String> {
    let names = answer(&sim(), query, START).unwrap().into_names().unwrap();
    names.iter().map(Plain::to_string).collect()
}

#[test]
fn services_and_what_they_do_are_those_of_its_traces() {
    let services = named(&Query::Services);
    assert!(services.is_sorted() && services.contains(&"checkout".to_owned()));
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    for (from, to) in [(-5_000, 0), (-HOUR, -HOUR + 5_000)] {
        for trace in sample(&any(400), fixed(from, to), START).traces {
            seen.extend(trace.spans.iter().map(|s| (trace.service(s).to_string(), s.operation.to_string())));
        }
    }
    assert!(seen.len() > 60, "{}", seen.len());
    for (service, operation) in seen {
        let operations = named(&Query::Operations { service: service.clone() });
        assert!(operations.is_sorted() && operations.contains(&operation), "{service} {operation}");
        assert!(services.contains(&service));
    }
}

#[test]
fn a_search_finds_just_the_kept_traces_that_begin_within() {
    let found = sample(&any(2_000), fixed(-8_000, -4_000), START);
    let ids: BTreeSet<u128> = found.traces.iter().map(|trace| trace.id.0).collect();
    let all = sim().requests(START.plus(-8_000), START.plus(1));
    let begins = |start: i64| (START.plus(-8_000).ns()..START.plus(-3_999).ns()).contains(&start);
    let expected = all.iter().filter(|r| is_there(r, START) && begins(r.end - r.duration));
    assert_eq!(ids, expected.map(|r| r.trace.0).collect());
    assert!(ids.len() > 40 && !found.is_limited && found.notes.is_empty());
    let starts: Vec<i64> = found.traces.iter().map(|trace| trace.spans[0].start).collect();
    assert!(starts.is_sorted_by(|a, b| a >= b));
}

#[test]
fn the_newest_come_first_and_the_limit_is_said() {
    let whole = sample(&any(2_000), fixed(-20_000, -1), START);
    let newest = sample(&any(30), fixed(-20_000, -1), START);
    assert!(newest.is_limited && newest.traces[..] == whole.traces[..30]);
    let summaries = answer(&sim(), &Query::Traces { search: any(30), span: fixed(-20_000, -1) }, START);
    let summaries = summaries.unwrap().into_traces().unwrap();
    assert!(summaries.is_limited && summaries.traces.iter().map(|t| t.id).eq(newest.traces.iter().map(|t| t.id)));
    assert!(sample(&any(30), fixed(HOUR, 2 * HOUR), START).traces.is_empty());
    let live = sample(&any(50), Span::Live { length: MINUTE }, START);
    assert!(live.traces.iter().all(|trace| model::Summary::of(trace).duration > 0));
    assert!(live.traces.iter().all(|trace| trace.spans[0].end() <= START.0 * MS));
}

#[test]
fn one_span_has_all_that_is_sought() {
    let span = fixed(-5 * MINUTE, 0);
    let checkout = TraceSearch { service: "checkout".into(), ..any(40) };
    let fits = |search: &TraceSearch, fit: &dyn Fn(&Trace, &model::Span) -> bool| {
        let found = sample(search, span, START).traces;
        assert!(!found.is_empty(), "{search:?}");
        assert!(found.iter().all(|trace| trace.spans.iter().any(|span| fit(trace, span))), "{search:?}");
    };
    fits(&checkout, &|trace, span| trace.service(span) == "checkout");
    let operation = TraceSearch { operation: Some("place_order".into()), ..checkout.clone() };
    fits(&operation, &|_, span| span.operation == "place_order");
    let tag = |key: &str, value: &str| TraceSearch { tags: vec![(key.into(), value.into())], ..checkout.clone() };
    fits(&tag("error", "true"), &|trace, span| trace.service(span) == "checkout" && span.is_error);
    let status = TraceSearch { tags: vec![("http.status_code".into(), "503".into())], ..any(20) };
    fits(&status, &|_, span| span.tag("http.status_code").is_some_and(|tag| *tag == "503"));
    fits(&tag("k8s.pod.name", &pod()), &|_, _| true);
    let slow = TraceSearch { min: Some(2_000 * MS), max: Some(3_000 * MS), ..checkout.clone() };
    fits(&slow, &|_, span| (2_000 * MS..=3_000 * MS).contains(&span.duration));
    assert!(sample(&tag("error", "false"), span, START).traces.is_empty());
    assert!(sample(&TraceSearch { service: "nobody".into(), ..any(5) }, span, START).traces.is_empty());
    // Gateway and payment take part in it, but neither places orders.
    let neither = TraceSearch { service: "payment".into(), ..operation };
    assert!(sample(&neither, span, START).traces.is_empty());
}

fn pod() -> String {
    let found = sample(&TraceSearch { service: "checkout".into(), ..any(1) }, fixed(-MINUTE, 0), START);
    let process = found.traces[0].processes.iter().find(|process| process.service == "checkout").unwrap();
    process.tags.iter().find(|tag| tag.key == "k8s.pod.name").unwrap().value.to_string()
}

#[test]
fn a_long_search_is_a_part_of_the_whole_that_stays_the_same_and_says_so() {
    let slow = TraceSearch { min: Some(2_000 * MS), ..any(1_000) };
    let span = Span::Live { length: DAY };
    let (found, later) = (sample(&slow, span, START), sample(&slow, span, START.plus(1_500)));
    assert!(found.is_limited && found.notes[0].contains("of each"), "{:?}", found.notes);
    let old = |sample: &Sample| -> BTreeSet<u128> {
        let is_old =
            |trace: &&Arc<Trace>| (START.plus(-20 * HOUR).ns()..START.plus(-HOUR).ns()).contains(&trace.spans[0].start);
        sample.traces.iter().filter(is_old).map(|trace| trace.id.0).collect()
    };
    assert!(old(&found) == old(&later));
    // Not of what fails right now, of which there is more than enough.
    let tags = vec![("error".into(), "true".into())];
    let failing = TraceSearch { service: "search".into(), tags, ..any(1_000) };
    assert!(old(&sample(&failing, span, START)).len() > 20);
}

#[test]
fn each_id_that_the_logs_show_leads_to_its_trace() {
    let sim = sim();
    let (mut seen, mut stretch) = (0, START.plus(-HOUR));
    while stretch < START {
        // A second of each half minute of an hour; all of them are alike.
        for line in sim.lines(stretch, stretch.plus(1_000), 20) {
            let Some((id, handler)) = line.about.as_ref().and_then(|about| about.trace) else { continue };
            // No line arrives sooner than so long after it was written.
            let arrives = Timestamp(line.time.div_euclid(MS) + 300);
            let query = Query::Trace { id: model::TraceId(id.0) };
            let trace = answer(&sim, &query, arrives).unwrap().into_trace().unwrap();
            assert_eq!(trace.id.0, id.0);
            let span = trace.spans.iter().find(|span| span.id.0 == handler.0).unwrap();
            assert!(span.tag("function.name").is_some() && span.tag("function.args").is_some());
            seen += 1;
        }
        stretch = stretch.plus(30_000);
    }
    assert!(seen > 200, "{seen}");
}

#[test]
fn what_is_not_there_is_missing() {
    let ask = |id: u128, now| answer(&sim(), &Query::Trace { id: model::TraceId(id) }, now);
    let requests = sim().requests(START.plus(-3_000), START);
    let unkept = requests.iter().find(|request| !request.kept()).unwrap();
    let kept = requests.iter().rfind(|request| request.kept()).unwrap();
    assert!(ask(kept.trace.0, START).is_ok());
    for (id, now) in [(unkept.trace.0, START), (kept.trace.0, START.plus(-5_000)), (77, START)] {
        // As the real source says it: it is an answer, and the server is well.
        assert!(ask(id, now).is_err_and(|error| !error.is_outage() && error.to_string().starts_with("no such trace")));
    }
}

#[test]
fn a_failed_trace_says_where_and_a_batch_is_one_too() {
    let failing = TraceSearch { service: "payment".into(), tags: vec![("error".into(), "true".into())], ..any(5) };
    let trace = sample(&failing, fixed(-3 * MINUTE, 0), START).traces.remove(0);
    let span = trace.spans.iter().find(|span| span.is_error && trace.service(span) == "payment").unwrap();
    let event = span.events.iter().find(|event| event.name == "exception").unwrap();
    assert!(event.tags.iter().any(|tag| tag.key == "exception.stacktrace"));
    assert!(span.tag("error").is_some() && trace.root().unwrap().is_error);
    let batch = TraceSearch { operation: Some("settle_payments".into()), ..any(10) };
    let found = sample(&batch, fixed(-HOUR, 0), START).traces;
    assert!(!found.is_empty() && found.iter().all(|trace| trace.spans.len() > 1_000));
    assert_eq!(found[0].root().unwrap().operation, "settle_payments");
    let again = answer(&sim(), &Query::Trace { id: found[0].id }, START).unwrap().into_trace().unwrap();
    assert_eq!(again, found[0]);
}
