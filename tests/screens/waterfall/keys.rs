//! What the keys do to an open trace.

use super::*;

const AREA: Rect = Rect { x: 0, y: 3, width: 120, height: 36 };

fn under(waterfall: &Waterfall) -> u64 {
    waterfall.span().map_or(0, |span| span.id.0)
}

fn walk(waterfall: &mut Waterfall, steps: &[Step]) -> Vec<u64> {
    steps
        .iter()
        .map(|step| {
            waterfall.act(*step, AREA);
            under(waterfall)
        })
        .collect()
}

#[test]
fn left_and_right_walk_as_in_trees() {
    use Step::*;
    let mut waterfall = open(checkout());
    assert_eq!(walk(&mut waterfall, &[Right, Right, Right, Down, Right, Right]), [2, 3, 3, 4, 4, 20]);
    assert_eq!(walk(&mut waterfall, &[Left, Left, Left, Left, Left, Left]), [4, 4, 2, 2, 1, 1]);
    assert_eq!(waterfall.words(), "1 of 1, 38 spans");
    assert_eq!(walk(&mut waterfall, &[Right, Bottom, Top]), [1, 2, 1]);
}

#[test]
fn folding_everything_goes_from_the_roots_to_all() {
    let mut waterfall = open(checkout());
    let words = |waterfall: &mut Waterfall| {
        waterfall.act(Step::FoldAll, AREA);
        waterfall.words()
    };
    assert_eq!(waterfall.words(), "1 of 7, 38 spans");
    assert_eq!(words(&mut waterfall), "1 of 38");
    assert_eq!(words(&mut waterfall), "1 of 1, 38 spans");
    assert_eq!(words(&mut waterfall), "1 of 2, 38 spans");
    assert_eq!(words(&mut waterfall), "1 of 38");
    walk(&mut waterfall, &[Step::Bottom]);
    assert_eq!(words(&mut waterfall), "1 of 1, 38 spans");
    waterfall.select(SpanId(6));
    assert_eq!((under(&waterfall), waterfall.words().as_str()), (6, "6 of 7, 38 spans"));
}

#[test]
fn a_large_trace_opens_with_what_matters() {
    let mut trace = checkout();
    trace.spans.extend((0..40).map(|n| span(100 + n, 3, 1, "rule", (12, 1))));
    assert_eq!(open(trace.clone()).words(), "1 of 7, 78 spans");
    trace.spans.truncate(14);
    assert_eq!(open(trace).words(), "1 of 14");
}

#[test]
fn errors_are_visited_from_where_it_began() {
    let mut waterfall = open(checkout());
    assert_eq!(walk(&mut waterfall, &[Step::NextError; 5]), [6, 5, 2, 1, 6]);
    let mut waterfall = open(checkout());
    walk(&mut waterfall, &[Step::FoldAll, Step::FoldAll, Step::NextError]);
    assert_eq!(under(&waterfall), 6);
}

#[test]
fn what_is_found_is_gone_to_from_the_cursor() {
    let mut waterfall = open(checkout());
    assert_eq!(waterfall.hits(), (0, 0));
    for (text, count) in [("risk", 7), ("POOL.WAIT", 1), ("payment", 8), ("504", 1), ("db.SYSTEM", 1), ("no such", 0)] {
        waterfall.find(text);
        assert_eq!(waterfall.hits().1, count, "{text}");
    }
    waterfall.find("place");
    waterfall.select(SpanId(2));
    waterfall.next_hit(true, AREA);
    assert_eq!((under(&waterfall), waterfall.hits()), (2, (1, 1)));
    waterfall.find("risk");
    let mut at = |forward| {
        waterfall.next_hit(forward, AREA);
        (under(&waterfall), waterfall.hits().0)
    };
    assert_eq!([at(true), at(true), at(false), at(false)], [(20, 1), (21, 2), (20, 1), (26, 7)]);
    waterfall.act(Step::Hide, AREA);
    assert_eq!(waterfall.words(), "10 of 10, 38 spans");
    assert!(waterfall.back() && !waterfall.back());
    waterfall.find("");
    assert_eq!((waterfall.hits(), under(&waterfall)), ((0, 0), 26));
}

#[test]
fn short_spans_can_be_hidden_but_neither_errors_nor_the_path() {
    let mut waterfall = open(checkout());
    waterfall.act(Step::FoldAll, AREA);
    let mut words = Vec::new();
    for _ in 0..4 {
        waterfall.act(Step::Shorter, AREA);
        words.push(waterfall.words());
    }
    assert_eq!(words[3], "1 of 38");
    assert!(words[0] != words[3], "{words:?}");
    waterfall.act(Step::Shorter, AREA);
    assert!(shown(&waterfall, AREA).contains("below 1 % hidden"));
    waterfall.select(SpanId(41));
    assert_eq!((under(&waterfall), waterfall.back()), (41, false));
}

#[test]
fn zoom_goes_in_and_back() {
    let mut waterfall = open(checkout());
    walk(&mut waterfall, &[Step::Down, Step::ZoomIn, Step::ZoomIn]);
    waterfall.select(SpanId(4));
    walk(&mut waterfall, &[Step::ZoomIn]);
    let zoomed = |waterfall: &Waterfall| shown(waterfall, AREA).lines().nth(2).unwrap().trim().to_owned();
    assert!(zoomed(&waterfall).starts_with("zoom: 71 ms from +23 ms"), "{}", zoomed(&waterfall));
    assert!(zoomed(&waterfall).ends_with(" 71 ms"));
    walk(&mut waterfall, &[Step::ZoomOut]);
    assert!(zoomed(&waterfall).starts_with("zoom: 3.1 s from +10 ms"), "{}", zoomed(&waterfall));
    assert!(waterfall.back() && zoomed(&waterfall).starts_with('0'));
    walk(&mut waterfall, &[Step::ZoomIn, Step::ZoomReset]);
    assert!(!waterfall.back());
}

#[test]
fn the_table_leads_to_the_longest_span_of_a_row() {
    let mut waterfall = open(checkout());
    walk(&mut waterfall, &[Step::SelfTimes]);
    assert_eq!(waterfall.words(), "1 of 9 operations");
    assert_eq!(walk(&mut waterfall, &[Step::Open]), [6]);
    walk(&mut waterfall, &[Step::SelfTimes]);
    assert!(waterfall.back() && !waterfall.back());
}

#[test]
fn the_detail_takes_the_keys_and_gives_them_back() {
    let mut waterfall = open(checkout());
    waterfall.select(SpanId(6));
    walk(&mut waterfall, &[Step::Open, Step::Down, Step::Bottom]);
    assert_eq!(under(&waterfall), 6);
    let full = shown(&waterfall, AREA);
    assert!(full.contains("child of") && full.contains("File \"/app/pool.py\""), "{full}");
    walk(&mut waterfall, &[Step::Open, Step::Wrap]);
    assert!(shown(&waterfall, AREA).contains("last):⏎"), "{}", shown(&waterfall, AREA));
    assert!(waterfall.back() && waterfall.back() && !waterfall.back());
    assert_eq!(walk(&mut waterfall, &[Step::Up]), [5]);
}

#[test]
fn a_later_answer_moves_nothing() {
    let mut waterfall = open(checkout());
    waterfall.select(SpanId(4));
    walk(&mut waterfall, &[Step::Right, Step::ZoomIn]);
    waterfall.find("risk");
    let before = shown(&waterfall, AREA);
    let mut trace = checkout();
    trace.spans.reverse();
    waterfall.renew(Arc::new(trace.clone()));
    assert_eq!(shown(&waterfall, AREA), before);
    trace.spans.push(span(200, 1, 0, "came late", (-50, 20)));
    waterfall.renew(Arc::new(trace.clone()));
    assert_eq!((under(&waterfall), waterfall.hits()), (4, (0, 7)));
    assert!(shown(&waterfall, AREA).contains("zoom: 71 ms from +73 ms"));
    trace.spans.retain(|span| span.id != SpanId(4));
    waterfall.renew(Arc::new(trace));
    assert!(under(&waterfall) > 0 && !waterfall.back());
}

#[test]
fn the_span_is_copied_in_a_line() {
    let mut waterfall = open(checkout());
    waterfall.select(SpanId(6));
    assert_eq!(
        waterfall.text(),
        "trace 4bf92f3577b34da6 span 0000000000000006 2026-11-23T14:02:51.095Z 3 s inventory SELECT stock failed\n"
    );
}

#[test]
fn what_failed_is_told_by_the_row_that_hides_it() {
    let mut trace = checkout();
    trace.spans.iter_mut().filter(|span| span.id != SpanId(6)).for_each(|span| span.is_error = false);
    let mut waterfall = open(trace);
    walk(&mut waterfall, &[Step::FoldAll, Step::FoldAll]);
    let row = |waterfall: &Waterfall| shown(waterfall, AREA).lines().nth(3).unwrap().to_owned();
    assert!(row(&waterfall).ends_with("3.12 s✖"), "{}", row(&waterfall));
    walk(&mut waterfall, &[Step::Right]);
    assert!(row(&waterfall).ends_with("3.12 s"), "{}", row(&waterfall));
}
