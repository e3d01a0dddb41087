use proptest::prelude::*;

use super::*;

fn terms(text: &str) -> Terms {
    match Goal::parse(text).unwrap() {
        Goal::Search(terms) => terms,
        other => panic!("{other:?}"),
    }
}

#[test]
fn words_come_in_any_order_and_a_bare_one_in_front_is_the_service() {
    let text = r#"checkout limit=50 http.status_code=500 max=2s "min"=x operation="POST /api" min=500ms error=true"#;
    let read = terms(text);
    let tag = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(read.tags, [tag("http.status_code", "500"), tag("min", "x"), tag("error", "true")]);
    assert_eq!((read.min, read.max, read.limit), (Some(500_000_000), Some(2_000_000_000), Some(50)));
    let written =
        r#"service=checkout operation="POST /api" http.status_code=500 "min"=x error=true min=500ms max=2s limit=50"#;
    assert_eq!(read.text(), written);
    assert_eq!(terms("http.url=/a?b=c&d=e").tags, [tag("http.url", "/a?b=c&d=e")]);
    assert_eq!(terms("\"my shop\"").service.as_deref(), Some("my shop"));
}

#[test]
fn the_scope_gives_the_service_where_none_is_said() {
    let service = |text: &str| terms(text).search(Some("shop")).service;
    assert_eq!((service("").as_str(), service("cart").as_str(), service("*").as_str()), ("shop", "cart", ""));
    assert_eq!((terms("").search(None).limit, terms("limit=7").search(None).limit), (LIMIT, 7));
}

#[test]
fn mistakes_say_where_and_what_would_be_right() {
    for (text, at, words) in [
        ("checkout min=5x", 13, "`5x` is no duration: write 500us, 20ms, 1.5s or 1m30s"),
        ("größe slow", 6, "`=` is missing after `slow`: write a tag as key=value"),
        ("limit=0", 6, "`0` is no number of traces: write 1 to 1500"),
        ("limit=1501", 6, "write 1 to 1500"),
        ("operation=\"POST", 10, "a quote is not closed"),
        ("=x", 0, "a tag has no name"),
        ("min=2s max=1s", 0, "`min` is longer than `max`"),
        ("trace=xyz", 6, "`xyz` is no id of a trace"),
        ("trace=1 span=11112222333344445", 13, "is no id of a span"),
        ("span=1", 0, "`span=` needs the `trace=`"),
        ("trace=1 error=true", 0, "a trace is opened by `trace=` alone"),
    ] {
        let wrong = Goal::parse(text).unwrap_err();
        assert!(wrong.at == at && wrong.why.contains(words), "{text}: {wrong:?}");
    }
}

#[test]
fn a_trace_and_its_span_are_read_as_they_are_written() {
    let text = "trace=4bf92f3577b34da6a3ce929d0e0e4736 span=00f067aa0ba902b7";
    let goal = Goal::parse(text).unwrap();
    assert_eq!(goal, Goal::Trace(TraceId(0x4bf92f3577b34da6a3ce929d0e0e4736), Some(SpanId(0x00f067aa0ba902b7))));
    assert_eq!(goal.text(), text);
}

#[test]
fn it_is_widened_one_thing_at_a_time() {
    let mut all = terms("shop operation=a b=c min=1s");
    all.toggle_failing();
    assert!(all.is_failing());
    let mut left = Vec::new();
    while all.widen() {
        left.push(all.text());
    }
    let texts = [
        "service=shop operation=a b=c min=1s",
        "service=shop operation=a min=1s",
        "service=shop operation=a",
        "service=shop",
        "",
    ];
    assert_eq!(left, texts);
}

proptest! {
    #[test]
    fn any_words_come_back(
        service in prop::option::of("\\PC{1,9}|.{1,3}"),
        operation in prop::option::of(".{1,9}"),
        tags in prop::collection::vec(("[a-z.]{1,9}|min|trace|\\PC{1,5}|[\\x00-\\x7f]{1,3}", any::<String>()), 0..4),
        min in prop::option::of(1..1_000_000i64),
        max in prop::option::of(1_000_000..i64::MAX),
        limit in prop::option::of(1..=MOST),
    ) {
        let terms = Terms { service, operation, tags, min, max, limit };
        prop_assert_eq!(Goal::parse(&terms.text()), Ok(Goal::Search(terms)));
    }

    #[test]
    fn no_text_breaks_it(text in any::<String>()) {
        if let Err(wrong) = Goal::parse(&text) {
            prop_assert!(wrong.at <= text.chars().count() && !wrong.why.is_empty());
        }
    }
}
