mod together;

use proptest::prelude::*;

use super::*;
use crate::model::trace::{Kind, Process, Reference, Span, TraceId};

const ID: TraceId = TraceId(7);

fn span(id: u64, parent: Option<u64>, start: i64, duration: i64) -> Span {
    let reference = |span| Reference { trace: ID, span: SpanId(span), follows: false };
    Span {
        id: SpanId(id),
        references: parent.map(reference).into_iter().collect(),
        operation: format!("op{}", id % 3).into(),
        process: Some(u32::try_from(id % 2).unwrap()),
        start,
        duration,
        kind: Kind::Internal,
        is_error: false,
        tags: Vec::new(),
        events: Vec::new(),
        warnings: Vec::new(),
    }
}

fn trace(spans: Vec<Span>) -> Trace {
    let processes = ["gateway", "checkout"].map(|name| Process { service: name.into(), tags: Vec::new() });
    Trace { id: ID, spans, processes: processes.into(), notes: Vec::new() }
}

/// `depth:id`, and `!` for an orphan.
fn shape(of: &Trace) -> Vec<String> {
    let tree = Tree::of(of);
    let word = |node: &Node| {
        let mark = if node.is_orphan { "!" } else { "" };
        format!("{}:{}{mark}", node.depth, of.spans[node.span as usize].id.0)
    };
    tree.nodes.iter().map(word).collect()
}

#[test]
fn children_lie_below_their_parents_by_their_start() {
    let of =
        trace(vec![span(3, Some(1), 50, 10), span(1, None, 0, 100), span(4, Some(2), 12, 1), span(2, Some(1), 10, 20)]);
    assert_eq!(shape(&of), ["0:1", "1:2", "2:4", "1:3"]);
    let ends: Vec<u32> = Tree::of(&of).nodes.iter().map(|node| node.end).collect();
    assert_eq!(ends, [4, 3, 3, 4]);
}

#[test]
fn nothing_is_left_out_whatever_is_wrong() {
    let lost = trace(vec![span(2, Some(9), 5, 1), span(1, None, 0, 10), span(3, Some(3), 1, 1)]);
    assert_eq!(shape(&lost), ["0:1", "0:3!", "0:2!"]);
    let circle =
        trace(vec![span(1, Some(3), 0, 9), span(2, Some(1), 1, 5), span(3, Some(2), 2, 2), span(4, Some(2), 3, 1)]);
    assert_eq!(shape(&circle), ["0:1!", "1:2", "2:3", "2:4"]);
    let twins = trace(vec![span(1, None, 0, 9), span(1, Some(1), 1, 5), span(2, Some(1), 2, 2)]);
    assert_eq!(shape(&twins), ["0:1", "1:1", "1:2"]);
    assert_eq!(shape(&trace(Vec::new())), [""; 0]);
}

#[test]
fn what_finished_last_held_up_the_whole() {
    // Two at once: only the one that ended last counts, and before it began what ended last before that.
    let of = trace(vec![
        span(1, None, 0, 100),
        span(2, Some(1), 10, 30),
        span(3, Some(1), 20, 15),
        span(4, Some(1), 45, 50),
        span(5, Some(4), 50, 45),
    ]);
    let times: Vec<(u64, i64, i64)> = {
        let tree = Tree::of(&of);
        tree.nodes.iter().map(|node| (of.spans[node.span as usize].id.0, node.self_time, node.critical)).collect()
    };
    assert_eq!(times, [(1, 20, 20), (2, 30, 30), (3, 15, 0), (4, 5, 5), (5, 45, 45)]);
    let rows = spent(&of, &Tree::of(&of));
    let said: Vec<String> =
        rows.iter().map(|row| format!("{} {} {} {}", row.service, row.operation, row.spans, row.self_time)).collect();
    assert_eq!(
        said,
        ["checkout op2 1 45", "gateway op2 1 30", "checkout op1 1 20", "checkout op0 1 15", "gateway op1 1 5"]
    );
}

proptest! {
    #[test]
    fn every_span_has_its_place_and_the_times_add_up(
        spans in prop::collection::vec((1..40u64, prop::option::of(1..40u64), 0..1_000i64, -10..500i64), 0..60)
    ) {
        let of = trace(spans.into_iter().map(|(id, parent, start, length)| span(id, parent, start, length)).collect());
        let tree = Tree::of(&of);
        let mut seen: Vec<u32> = tree.nodes.iter().map(|node| node.span).collect();
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..u32::try_from(of.spans.len()).unwrap()).collect::<Vec<_>>());
        for (at, node) in tree.nodes.iter().enumerate() {
            let length = of.spans[node.span as usize].duration.max(0);
            prop_assert!((0..=length).contains(&node.self_time) && (0..=length).contains(&node.critical));
            prop_assert!(node.end as usize > at && node.end as usize <= tree.nodes.len());
            if let Some(parent) = node.parent {
                let above = tree.nodes[parent as usize];
                prop_assert!((parent as usize) < at && above.depth + 1 == node.depth && above.end >= node.end);
            }
        }
        for (at, node) in tree.nodes.iter().enumerate() {
            let own = tree.path_of(at);
            prop_assert_eq!(own.iter().map(|stretch| stretch.to - stretch.from).sum::<i64>(), node.critical);
            prop_assert!(own.iter().is_sorted_by(|a, b| a.to <= b.from) && own.iter().all(|one| one.node as usize == at));
        }
        for (at, root) in tree.roots() {
            let sum: i64 = tree.nodes[at..root.end as usize].iter().map(|node| node.critical).sum();
            prop_assert_eq!(sum, of.spans[root.span as usize].duration.max(0));
        }
    }

    #[test]
    fn no_numbers_break_it(spans in prop::collection::vec((any::<u64>(), any::<Option<u64>>(), any::<i64>(), any::<i64>()), 0..30)) {
        let of = trace(spans.into_iter().map(|(id, parent, start, length)| span(id, parent, start, length)).collect());
        prop_assert_eq!(Tree::of(&of).nodes.len(), of.spans.len());
    }
}
