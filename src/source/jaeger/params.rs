//! Questions as they stand in an address. v3 has changed the names of its parameters: both are said, since those that
//! a server does not know it passes over.

use std::fmt::Write;

use serde_json::{Map, Value};

use crate::model::trace::TraceSearch;
use crate::model::window::Span;
use crate::source::http::encode;
use crate::time::{Range, SECOND, Timestamp};

/// Late in the year 9999: no server reads what comes after it.
const LAST: i64 = 253_402_000_000_000;

/// From and to, by the server's clock. They are never the same: servers refuse that.
pub fn window(span: Span, now: Timestamp) -> Range {
    let (start, end) = match span {
        Span::Live { length } => (now.plus(length.saturating_neg()), now),
        Span::Fixed(Range { start, end }) => (start, end),
    };
    let start = Timestamp(start.0.clamp(0, LAST - 1));
    Range::new(start, Timestamp(end.0.clamp(start.0 + 1, LAST)))
}

pub fn v3(page: &str, search: &TraceSearch, window: Range, limit: u32) -> String {
    let (start, end, limit) = (window.start.rfc3339(), window.end.rfc3339(), limit.to_string());
    let (min, max, tags) = (search.min.map(duration), search.max.map(duration), tags(search));
    let mut pairs = Vec::new();
    let mut say = |names: &[&'static str], value: Option<&str>| {
        pairs.extend(value.into_iter().flat_map(|value| names.iter().map(|name| (*name, value.to_owned()))));
    };
    say(&["query.serviceName", "query.service_name"], Some(&search.service));
    say(&["query.operationName", "query.operation_name"], search.operation.as_deref());
    say(&["query.startTimeMin", "query.start_time_min"], Some(&start));
    say(&["query.startTimeMax", "query.start_time_max"], Some(&end));
    // Without any of these some refuse, and some give all there is.
    say(&["query.searchDepth", "query.search_depth", "query.num_traces"], Some(&limit));
    say(&["query.durationMin", "query.duration_min"], min.as_deref());
    say(&["query.durationMax", "query.duration_max"], max.as_deref());
    say(&["query.attributes"], tags.as_deref());
    address(page, &pairs)
}

pub fn v1(search: &TraceSearch, window: Range, limit: u32) -> String {
    let mut pairs = vec![("service", search.service.clone())];
    pairs.extend(search.operation.clone().map(|operation| ("operation", operation)));
    pairs.push(("start", micros(window.start)));
    pairs.push(("end", micros(window.end)));
    pairs.push(("limit", limit.to_string()));
    pairs.extend(search.min.map(|ns| ("minDuration", duration(ns))));
    pairs.extend(search.max.map(|ns| ("maxDuration", duration(ns))));
    pairs.extend(tags(search).map(|tags| ("tags", tags)));
    address("/api/traces", &pairs)
}

/// A search for next to nothing, to see whether there is an answer.
pub fn small(page: &str, service: &str, now: Timestamp) -> String {
    let search = TraceSearch { service: service.to_owned(), ..TraceSearch::default() };
    v3(page, &search, window(Span::Live { length: SECOND }, now), 1)
}

/// A name as a part of a path.
pub fn in_path(name: &str) -> String {
    let mut path = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(path, "%{byte:02X}");
        }
    }
    path
}

pub fn address(page: &str, pairs: &[(&str, String)]) -> String {
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    format!("{page}?{}", encode(&pairs))
}

/// As Go reads it.
fn duration(ns: i64) -> String {
    format!("{ns}ns")
}

fn micros(at: Timestamp) -> String {
    at.0.saturating_mul(1_000).to_string()
}

/// Every value is a text: others are refused.
fn tags(search: &TraceSearch) -> Option<String> {
    let tags: Map<String, Value> =
        search.tags.iter().map(|(key, value)| (key.clone(), value.as_str().into())).collect();
    (!tags.is_empty()).then(|| Value::Object(tags).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR;

    const NOW: Timestamp = Timestamp(1_795_388_290_007);

    fn search() -> TraceSearch {
        TraceSearch {
            service: "a b".to_owned(),
            operation: Some("GET /x&y".to_owned()),
            tags: vec![("error".to_owned(), "true".to_owned()), ("n".to_owned(), "\"5".to_owned())],
            min: Some(1_200_000),
            max: None,
            limit: 20,
        }
    }

    #[test]
    fn v3_is_asked_by_all_names_that_a_parameter_ever_had() {
        let asked = v3("/api/v3/traces", &search(), window(Span::Live { length: HOUR }, NOW), 7);
        for part in [
            "/api/v3/traces?query.serviceName=a+b&query.service_name=a+b&",
            "query.operationName=GET+%2Fx%26y&",
            "query.startTimeMin=2026-11-22T21%3A58%3A10.007Z&query.start_time_min=2026-11-22T21%3A58%3A10.007Z&",
            "query.start_time_max=2026-11-22T22%3A58%3A10.007Z&",
            "query.searchDepth=7&query.search_depth=7&query.num_traces=7&",
            "query.durationMin=1200000ns&query.duration_min=1200000ns&",
            "query.attributes=%7B%22error%22%3A%22true%22%2C%22n%22%3A%22%5C%225%22%7D",
        ] {
            assert!(asked.contains(part), "{part}: {asked}");
        }
        assert!(!asked.contains("durationMax"));
    }

    #[test]
    fn v1_is_asked_in_microseconds() {
        let fixed = Span::Fixed(Range::new(Timestamp(1_000), Timestamp(2_000)));
        let asked = v1(&TraceSearch { tags: Vec::new(), ..search() }, window(fixed, NOW), 20);
        let expected =
            "/api/traces?service=a+b&operation=GET+%2Fx%26y&start=1000000&end=2000000&limit=20&minDuration=1200000ns";
        assert_eq!(asked, expected);
        assert!(
            v1(&search(), window(fixed, NOW), 20)
                .ends_with("&tags=%7B%22error%22%3A%22true%22%2C%22n%22%3A%22%5C%225%22%7D")
        );
    }

    #[test]
    fn no_window_is_empty_or_beyond_what_servers_read() {
        for (start, end) in [(5, 5), (9, 2), (i64::MIN, i64::MAX), (i64::MAX, i64::MAX), (i64::MIN, i64::MIN)] {
            let window = window(Span::Fixed(Range::new(Timestamp(start), Timestamp(end))), NOW);
            assert!(window.start < window.end && window.start.0 >= 0);
            assert!(window.end.rfc3339().starts_with(|c: char| c.is_ascii_digit()), "{}", window.end.rfc3339());
        }
        assert_eq!(in_path("a/b é"), "a%2Fb%20%C3%A9");
    }
}
