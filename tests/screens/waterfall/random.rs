//! Any trace, any keys, any room.

use proptest::prelude::*;

use super::*;

fn any_step() -> impl Strategy<Value = Step> {
    use Step::*;
    prop::sample::select(vec![
        Down, Up, Top, Bottom, PageDown, PageUp, Left, Right, Fold, FoldAll, Critical, SelfTimes, Hide, Shorter,
        NextError, ZoomIn, ZoomOut, ZoomReset, Open, Wrap,
    ])
}

fn any_span() -> impl Strategy<Value = Span> {
    let time = || prop_oneof![0..1_000i64, -50..50i64, any::<i64>()];
    let words =
        prop::sample::select(vec!["", "op", "東京", "a\u{301}b\nc", "POST /api/checkout with a very long name"]);
    (0..25u64, prop::option::of(0..25u64), time(), time(), prop::option::of(0..4u32), any::<bool>(), words).prop_map(
        |(id, parent, start, duration, process, is_error, word)| {
            let reference = |parent| Reference { trace: ID, span: SpanId(parent), follows: is_error };
            let event = Event { at: duration, name: word.into(), tags: vec![tag(word, "x\ny")] };
            Span {
                references: parent.map(reference).into_iter().collect(),
                process,
                start,
                duration,
                is_error,
                tags: vec![tag("error", word), tag(word, word)],
                events: if id % 3 == 0 { vec![event] } else { Vec::new() },
                ..span(id, 0, 0, word, (0, 0))
            }
        },
    )
}

fn any_trace() -> impl Strategy<Value = Trace> {
    prop::collection::vec(any_span(), 0..40).prop_map(|spans| Trace { spans, ..checkout() })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn nothing_breaks_it(
        trace in any_trace(), later in any_trace(), steps in prop::collection::vec((any_step(), 0u8..8), 0..40),
        width in 0u16..=200, height in 0u16..=60
    ) {
        let area = Rect::new(2, 1, width, height);
        let spans = trace.spans.len();
        let mut waterfall = open(trace);
        let mut later = Some(Arc::new(later));
        for (step, other) in steps {
            match other {
                0 => waterfall.find(["op", "", "京", "zzz"][usize::from(width % 4)]),
                1 => waterfall.next_hit(height % 2 == 0, area),
                2 => drop(waterfall.back()),
                3 if width % 2 == 0 => later.take().into_iter().for_each(|trace| waterfall.renew(trace)),
                4 => waterfall.select(SpanId(u64::from(height))),
                _ => waterfall.act(step, area),
            }
            if other == 7 {
                painted(&waterfall, Theme::default(), area);
            }
        }
        painted(&waterfall, Theme::default(), area);
        let (current, all) = waterfall.hits();
        prop_assert!(current <= all && !waterfall.words().is_empty() && !waterfall.text().is_empty());
        prop_assert_eq!(waterfall.span().is_none(), waterfall.trace().spans.is_empty());
        waterfall.headline(Some(f64::NAN));
        // Whatever was hidden can be seen again.
        if later.is_some() {
            while waterfall.back() {}
            waterfall.find("");
            for _ in 0..3 {
                if waterfall.words().ends_with("spans") { waterfall.act(Step::FoldAll, area); }
            }
            let ends = format!("of {spans}");
            prop_assert!(waterfall.words().ends_with(&ends), "{} {ends}", waterfall.words());
        }
    }
}
