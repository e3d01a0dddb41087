use super::*;
use crate::analysis::patterns::PatternId;
use crate::analysis::patterns::tally::BUCKETS;
use crate::model::log::Line;
use crate::text::Plain;
use crate::time::{MINUTE, Timestamp};
use jiff::tz::TimeZone;

const AT: i64 = 1_763_906_460_000; // 14:01

fn line(at: i64) -> Line {
    let none = Plain::default;
    Line {
        index: "i".into(),
        id: "x".into(),
        at,
        level: Level::Warn,
        service: none(),
        place: none(),
        message: none(),
        kind: none(),
        endpoint: none(),
        error_type: none(),
        trace: none(),
    }
}

fn finding(kind: Kind, count: u64, level: Level, services: &[&str]) -> Finding {
    Finding {
        id: PatternId(7),
        text: "upstream timeout after <*>".into(),
        kind,
        count,
        before: 0,
        first: AT * 1_000_000,
        last: AT * 1_000_000,
        since: Some(AT + MINUTE),
        level,
        levels: [0; 5],
        services: services.iter().map(|service| Plain::new(service)).collect(),
        endpoints: Vec::new(),
        spark: [0; BUCKETS],
        example: Plain::default(),
    }
}

#[test]
fn one_sentence_for_each_thing_that_stands_out() {
    let found = [
        finding(Kind::New, 1, Level::Error, &["checkout", "payment"]),
        finding(Kind::New, 3, Level::Info, &[]),
        finding(Kind::Grown(40.2), 1_204, Level::Info, &["checkout"]),
        finding(Kind::Same, 9_000, Level::Error, &[]),
        finding(Kind::Grown(2.5), 30, Level::Debug, &[]),
    ];
    let clock = |at: i64| Timestamp(at).format("%H:%M", &TimeZone::UTC);
    assert_eq!(
        insights(&found, 2, &clock),
        [
            "`upstream timeout after <*>` from checkout and 1 more is new: 1 line, first seen 14:01",
            "`upstream timeout after <*>` from checkout grew 40x since 14:02, 1,204 lines, first seen 14:01",
        ]
    );
    assert_eq!(insights(&found, 9, &clock).len(), 3);
}

#[test]
fn a_long_pattern_is_cut() {
    let long = Finding { text: "é".repeat(200).into(), ..finding(Kind::New, 5, Level::Error, &[]) };
    let said = insights(&[long], 1, &|_| String::new()).remove(0);
    assert!(said.starts_with(&format!("`{}…` is new", "é".repeat(80))));
}

#[test]
fn what_fits_no_pattern_is_told_in_words() {
    let rest = Finding {
        id: PatternId::OTHERS,
        text: "(other patterns)".into(),
        ..finding(Kind::Grown(12.0), 5_000, Level::Info, &[])
    };
    let clock = |at: i64| Timestamp(at).format("%H:%M", &TimeZone::UTC);
    assert_eq!(
        insights(std::slice::from_ref(&rest), 1, &clock),
        ["what fits no pattern grew 12x since 14:02, 5,000 lines"]
    );
    assert_eq!(blamed(&[Finding { level: Level::Error, ..rest }], None), None, "nobody can look for it");
}

#[test]
fn an_endpoint_is_blamed_by_its_own_errors_only() {
    let of = |endpoints: &[&str], services: &[&str]| {
        let endpoints = endpoints.iter().map(|one| Plain::new(one)).collect();
        Finding { endpoints, ..finding(Kind::New, 9, Level::Error, services) }
    };
    let told = |found: &[Finding], endpoint| blamed(found, Some(endpoint)).unwrap_or_default();
    let new = "\"upstream timeout\" is new in its logs";
    assert_eq!(told(&[of(&["/api/pay"], &["pay"]), of(&["/api/checkout"], &[])], "/api/checkout"), new);
    assert_eq!(told(&[of(&["/api/pay"], &["checkout"])], "/api/checkout"), "");
    assert_eq!(told(&[of(&[], &["checkout"])], "/api/checkout"), new);
    assert_eq!(told(&[of(&[], &["check"])], "/api/checkout"), "");
    let warning = Finding { level: Level::Warn, ..of(&["/api/checkout"], &[]) };
    assert_eq!(told(&[warning], "/api/checkout"), "");
    let grown = Finding { kind: Kind::Grown(40.2), ..of(&[], &[]) };
    assert_eq!(blamed(&[grown], None).unwrap(), "\"upstream timeout\" grew 40x in the logs");
}

#[test]
fn a_pattern_is_quoted_by_its_first_words_where_they_say_enough() {
    for (text, quoted) in [
        ("upstream timeout after <*> of <*>", "upstream timeout"),
        ("order <*> was changed by someone else", "order <*> was changed by someone else"),
        ("connection reset by peer", "connection reset by peer"),
        ("<*> failed", "<*> failed"),
        ("is in <*>", "is in <*>"),
    ] {
        assert_eq!(beginning(text), quoted);
    }
}

#[test]
fn one_line_in_itself_is_no_alarm() {
    let is_loud = |kind, count, level| loudest(&[finding(kind, count, level, &[])]).is_some();
    assert!(!is_loud(Kind::New, 1, Level::Error) && is_loud(Kind::New, 3, Level::Error));
    assert!(!is_loud(Kind::New, 19, Level::Warn) && is_loud(Kind::New, 20, Level::Warn));
    assert!(!is_loud(Kind::Same, 900, Level::Error) && !is_loud(Kind::Unknown, 900, Level::Error));
}

#[test]
fn numbers_read_well() {
    assert_eq!(
        [0, 999, 1_000, 12_034, 999_999, 1_200_000].map(number),
        ["0", "999", "1,000", "12,034", "999,999", "1.2 M"]
    );
}

#[test]
fn a_page_tells_all_of_its_stretch_or_of_its_end() {
    let stretch = Range::new(Timestamp(1_000), Timestamp(9_000));
    let at = |ms: i64| line(ms * 1_000_000);
    let page = |lines: Vec<Line>, total| covered(&Page { lines, total, notes: Vec::new() }, stretch).start.0;
    assert_eq!(page(vec![at(5_000)], Count::Exactly(1)), 1_000);
    assert_eq!(page(vec![at(5_000)], Count::Exactly(2)), 5_000);
    assert_eq!(page(vec![at(5_000)], Count::AtLeast(1)), 5_000);
    assert_eq!((page(Vec::new(), Count::Exactly(0)), page(Vec::new(), Count::AtLeast(7))), (1_000, 9_000));
}
