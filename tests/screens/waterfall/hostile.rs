//! Traces that are wrong: each is shown with all of its spans, and says what is wrong.

use a360::model::trace::{Reference, Trace, TraceId};

use super::*;

fn wrong() -> Trace {
    let mut trace = checkout();
    trace.spans.truncate(3);
    let mut orphan = span(50, 99, 1, "orphan", (5, 10));
    orphan.warnings.push("parent span ID=63 is not in the trace; skipping clock skew adjustment".into());
    let mut early = span(51, 2, 2, "early", (-40, 30));
    early.process = Some(77);
    let mut negative = span(52, 2, 3, "negative", (50, -7));
    negative.process = None;
    let twin = span(3, 2, 4, "twin", (60, 10));
    let (one, two) = (span(60, 61, 0, "circle one", (70, 9)), span(61, 60, 0, "circle two", (71, 5)));
    let itself = span(62, 62, 0, "itself", (80, 5));
    let mut elsewhere = span(63, 0, 0, "elsewhere", (90, 0));
    elsewhere.references = vec![Reference { trace: TraceId(0xfeed), span: SpanId(7), follows: true }];
    let late = span(64, 3, 1, "late", (2_000, 2_000));
    trace.spans.extend([orphan, early, negative, twin, one, two, itself, elsewhere, late]);
    trace.notes = vec!["2 spans were left out".into()];
    trace
}

#[test]
fn whatever_is_wrong_is_shown_and_said() {
    let area = body(120, 40);
    let mut waterfall = open(wrong());
    snapshot("waterfall_wrong", &shown(&waterfall, area));
    let says = |waterfall: &mut Waterfall, id: u64| {
        waterfall.select(SpanId(id));
        shown(waterfall, area)
    };
    for (id, said) in [
        (50, "its parent 0000000000000063 is not in the trace"),
        (50, "the backend: parent span ID=63 is not in the trace"),
        (51, "it begins 50 ms before its parent: their clocks differ"),
        (51, "nobody says which service it is of"),
        (52, "its duration is negative: -7 ms"),
        (3, "2 spans have the id 0000000000000003"),
        (60, "have caused each other: cut here"),
        (62, "it says that it has caused itself"),
        (63, "what has caused it lies in another trace"),
        (63, "0000000000000007 in trace 000000000000feed"),
        (64, "it begins and ends after its parent, 3.98 s later"),
    ] {
        let screen = says(&mut waterfall, id);
        assert!(screen.contains(said), "{id}: {said}\n{screen}");
    }
    assert_eq!(waterfall.trace().spans.len(), 12);
}

#[test]
fn times_far_from_now_are_told() {
    let mut trace = checkout();
    trace.spans.truncate(2);
    trace.spans[1].start = 5;
    trace.spans[1].duration = i64::MAX;
    let screen = shown(&open(trace.clone()), body(120, 40));
    assert!(screen.contains("1970-01-01"), "{screen}");
    trace.spans.truncate(1);
    trace.spans[0].start -= 86_400_000 * MS;
    let screen = shown(&open(trace), body(120, 40));
    assert!(screen.contains("2026-11-22 14:02:51.000"), "{screen}");
}

#[test]
fn an_empty_trace_is_no_trap() {
    let mut trace = checkout();
    trace.spans.clear();
    let waterfall = open(trace);
    let screen = shown(&waterfall, body(80, 24));
    assert!(screen.contains("this trace has no spans") && waterfall.span().is_none(), "{screen}");
}

#[test]
fn a_deep_tree_still_shows_names() {
    let mut trace = checkout();
    trace.spans = (1..=1_000).map(|n| span(n, n - 1, n as u32 % 5, &format!("level {n}"), (n as i64, 3_000))).collect();
    let mut waterfall = open(trace);
    for (width, height) in [(80, 24), (200, 50)] {
        waterfall.act(Step::Bottom, body(width, height));
        let screen = shown(&waterfall, body(width, height));
        assert!(screen.contains("level 1000") && screen.contains("999›"), "{screen}");
    }
}
