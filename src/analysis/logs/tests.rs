use super::*;
use crate::analysis::patterns::PatternId;
use crate::analysis::patterns::tally::BUCKETS;
use crate::time::{MINUTE, Timestamp};
use jiff::tz::TimeZone;

const AT: i64 = 1_763_906_460_000; // 14:01

fn line(level: Level, kind: &str, endpoint: &str, error_type: &str) -> Line {
    Line {
        index: "i".into(),
        id: "x".into(),
        at: 0,
        level,
        service: Plain::default(),
        place: Plain::default(),
        message: Plain::default(),
        kind: kind.into(),
        endpoint: endpoint.into(),
        error_type: error_type.into(),
        trace: Plain::default(),
    }
}

#[test]
fn error_types_of_errors_and_endpoints_of_requests() {
    let lines = [
        line(Level::Error, "request", "/api/pay", "Timeout"),
        line(Level::Error, "upstream", "/api/pay", "Timeout"),
        line(Level::Error, "request", "/api/login", ""),
        line(Level::Warn, "slow", "/api/pay", "Timeout"),
        line(Level::Info, "request", "/api/pay", ""),
        line(Level::Info, "request", "", ""),
    ];
    let said = |of: &[(Plain, u64)]| of.iter().map(|(name, n)| format!("{name} {n}")).collect::<Vec<_>>().join(", ");
    let tallies = tallies(&lines);
    assert_eq!(said(&tallies.error_types), "Timeout 2, (none) 1");
    assert_eq!(said(&tallies.requests), "/api/pay 2, (none) 1, /api/login 1");
    assert_eq!(tallies.over, Some(6));
    assert_eq!(super::tallies(&[]), Tallies { over: Some(0), ..Tallies::default() });
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
