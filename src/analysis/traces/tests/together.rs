//! What samples of two periods say against each other.

use super::super::{Blame, Row, Tally, shares, slower, words};
use super::{span, trace};
use crate::model::trace::{Event, Span, Tag, Trace, TraceId};
use crate::text::Plain;

const MS: i64 = 1_000_000;

fn tag(key: &str, value: &str) -> Tag {
    Tag { key: key.into(), value: value.into() }
}

fn failed(span: Span, error: &str) -> Span {
    Span { is_error: true, tags: vec![tag("error", error)], ..span }
}

/// A request of two services: `a` calls `b`, which takes so long.
fn request(id: u64, took: i64) -> Trace {
    let (mut root, mut call) = (span(2, None, 0, took + 2 * MS), span(1, Some(2), MS, took));
    (root.operation, call.operation) = ("a".into(), "b".into());
    let whole = trace(vec![root, call]);
    let mut whole = Trace { id: TraceId(id.into()), ..whole };
    whole.spans[1].references[0].trace = whole.id;
    whole
}

fn tally(times: impl Iterator<Item = i64>) -> Tally {
    let mut tally = Tally::default();
    times.enumerate().for_each(|(i, time)| tally.take(&request(i as u64 + 1, time)));
    tally
}

#[test]
fn the_deepest_span_that_failed_is_to_blame() {
    let of = trace(vec![
        failed(span(1, None, 0, 100), "true"),
        failed(span(2, Some(1), 10, 80), "Timeout: no answer"),
        span(3, Some(2), 20, 10),
        failed(span(4, Some(1), 5, 3), "true"),
    ]);
    let row = Row::of(&of);
    let expected = Blame { service: "gateway".into(), operation: "op1".into(), error: "".into() };
    // Two are as deep; number 4 failed first.
    assert_eq!((row.blame, row.spans, row.duration), (Some(expected), 4, 100));
    let mut sure = of.clone();
    sure.spans.push(failed(span(6, Some(3), 21, 5), "true"));
    sure.spans[4].events =
        vec![Event { at: 25, name: "exception".into(), tags: vec![tag("exception.message", "broken")] }];
    assert_eq!(Row::of(&sure).blame.unwrap().error, "broken");
    sure.spans[4].events.clear();
    sure.spans[4].tags.push(tag("http.status_code", "503"));
    assert_eq!(Row::of(&sure).blame.unwrap().error, "HTTP 503");
    assert_eq!(Row::of(&trace(vec![span(1, None, 0, 1)])).blame, None);
}

#[test]
fn what_grew_is_told_with_who_did_it() {
    let usual = tally((0..60).map(|i| (20 + i % 30) * MS));
    let slow = tally((0..60).map(|i| (20 + i % 30 + if i % 2 == 0 { 900 } else { 0 }) * MS));
    let found = slower(&slow, &usual);
    let said: Vec<(&str, bool, (usize, usize))> =
        found.iter().map(|one| (one.operation.as_str(), one.is_own, one.traces)).collect();
    // Both take longer, but `a` only waits.
    assert_eq!(said, [("b", true, (60, 60)), ("a", false, (60, 60))]);
    assert!((found[0].added - 60 * 450 * MS).abs() < MS);
    assert_eq!(
        words::slower(&found[0]),
        "b of checkout got slower: p50 34 ms → 49 ms, p95 48 ms → 946 ms, in 60 traces"
    );
    assert_eq!(slower(&usual, &slow), []);
}

#[test]
fn a_few_long_ones_are_no_news() {
    let usual = tally((0..200).map(|i| (20 + i % 30) * MS));
    // Three of two hundred by chance, and however long.
    let some = tally((0..200).map(|i| if i % 70 == 0 { 9_000 * MS } else { (20 + i % 30) * MS }));
    assert_eq!(slower(&some, &usual), []);
    assert!(shares(&some, &usual).iter().all(|share| !share.has_grown));
    // All of them longer by what nobody feels.
    let little = tally((0..200).map(|i| (30 + i % 30) * MS));
    assert_eq!(slower(&little, &usual), []);
    // Too few to tell.
    let few = tally((0..15).map(|_| 900 * MS));
    assert_eq!(slower(&few, &usual), []);
}

#[test]
fn shares_of_the_critical_path_add_up() {
    let usual = tally((0..60).map(|i| (2 + i % 2) * MS));
    let slow = tally((0..60).map(|i| (200 + i % 30) * MS));
    let all = shares(&slow, &usual);
    assert!((all.iter().map(|share| share.now).sum::<f64>() - 1.0).abs() < 1e-9);
    assert_eq!((all[0].service.as_str(), all[0].has_grown, all[1].has_grown), ("checkout", true, false));
    assert_eq!(words::share(&all[0]), "checkout has 99.1 % of the critical path of the traces, 55.6 % before");
    assert_eq!(shares(&slow, &Tally::default())[0].before, None);
    assert!(shares(&Tally::default(), &usual).is_empty());
}

#[test]
fn lists_are_short_and_nothing_is_counted_twice() {
    let mut tally = Tally::default();
    for id in (1..=50).chain(1..=50) {
        tally.take_failing(&request(id, id as i64 * MS));
    }
    for id in 40..=60 {
        let mut of = request(id, id as i64 * MS);
        of.spans[1] = failed(of.spans[1].clone(), "Timeout: no answer");
        tally.take(&of);
        tally.take(&of);
    }
    assert_eq!((tally.seen.len(), tally.counted(), tally.slowest.len()), (60, 21, 20));
    assert!(tally.slowest.is_sorted_by(|a, b| a.duration >= b.duration) && tally.slowest[0].duration == 62 * MS);
    // Those that were listed already are known as they came first.
    assert_eq!((tally.failed(), tally.failing.len()), (10, 10));
    let began: Vec<_> = tally.began.iter().map(|((service, operation), count)| (operation, service, *count)).collect();
    let said = |before: Option<u32>| {
        let (operation, service, count) = began[0];
        words::failing((operation, service), (count, before), &tally.failing)
    };
    let told = "10 failing traces fail first in b of checkout, 0 before: Timeout: no answer";
    assert_eq!(said(Some(0)).as_deref(), Some(told));
    assert_eq!(said(Some(4)), None, "no more than chance makes of it");
    assert_eq!(said(None).unwrap(), told.replace(", 0 before", ""));
}

#[test]
fn what_the_headline_adds_is_where_most_of_an_endpoint_fail() {
    let row = |operation: &str, place: &str| Row {
        operation: operation.into(),
        blame: Some(Blame { service: "payment".into(), operation: place.into(), error: "".into() }),
        ..Row::of(&request(1, 1))
    };
    let three =
        [row("POST /api/pay", "authorize"), row("POST /api/pay", "authorize"), row("POST /api/pay", "authorize")];
    assert_eq!(words::blamed(&three, Some("/api/pay")).unwrap(), "its traces fail in authorize of payment");
    assert_eq!(words::blamed(&three, None).unwrap(), "traces fail in authorize of payment");
    assert_eq!(words::blamed(&three, Some("/api/payments")), None);
    assert_eq!(words::blamed(&three[..2], None), None, "two may be chance");
    let mixed =
        three.iter().cloned().chain(["a", "b", "c"].map(|place| row("POST /api/pay", place))).collect::<Vec<_>>();
    assert_eq!(words::blamed(&mixed, None), None, "half of them is not most of them");
    let door = three.clone().map(|row| Row { service: "payment".into(), operation: "authorize".into(), ..row });
    assert_eq!(words::blamed(&door, None), None);
}

#[test]
fn names_of_spans_that_never_end_are_not_all_kept() {
    let mut tally = Tally::default();
    for id in 1..=300u64 {
        let mut of = request(id, MS);
        of.spans
            .extend((0..30).map(|i| Span { operation: Plain::from(format!("GET /{id}/{i}")), ..span(9, None, 0, 1) }));
        tally.take(&of);
    }
    assert_eq!(tally.operations.len(), 4_000);
}

/// Two halves of one thing are not slower than each other, whatever its spread: of two thousand pairs next to none is.
#[test]
fn chance_hardly_ever_cries_wolf() {
    let mut state = 7u64;
    let mut roll = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 / (1u64 << 53) as f64).max(1e-9)
    };
    let (mut slow, mut grown) = (0, 0);
    for number in 0..2_000 {
        let (count, spread) = (20 + number % 60, f64::from(1 + number % 5) / 3.0);
        let mut times = || (0..count).map(|_| (roll().powf(-spread) * 20e6) as i64).collect::<Vec<_>>();
        let (first, second) = (tally(times().into_iter()), tally(times().into_iter()));
        slow += usize::from(!slower(&first, &second).is_empty());
        grown += usize::from(shares(&first, &second).iter().any(|share| share.has_grown));
    }
    assert!(slow <= 4 && grown <= 1, "{slow} {grown}");
}

#[test]
fn errors_of_slow_traces_are_listed_but_make_no_period_worse() {
    let of = |id: u64| {
        let mut of = request(id, 5 * MS);
        of.spans[1] = failed(of.spans[1].clone(), "Timeout");
        of
    };
    let mut tally = Tally::default();
    (1..=4).for_each(|id| tally.take_slow(&of(id)));
    assert_eq!((tally.failed(), tally.failing.len(), tally.slowest.len()), (0, 4, 4));
    // Whichever of the answers comes first: what is found by its error counts, once.
    (4..=6).for_each(|id| tally.take_failing(&of(id)));
    tally.take(&of(6));
    tally.take_slow(&of(5));
    assert_eq!((tally.failed(), tally.failing.len(), tally.slowest.len(), tally.counted()), (3, 6, 6, 1));
}
