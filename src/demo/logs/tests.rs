use std::collections::BTreeSet;

use super::tally::Counted;
use super::*;
use crate::model::log::{Filter, Level, Line as Shown, Tallies, Volume};

const START: Timestamp = Timestamp(1_763_901_234_567);

fn sim() -> Sim {
    Sim::new(360, START)
}

fn search(text: &str) -> Search {
    Search { text: text.into(), ..Search::default() }
}

fn ask(query: &Query, progress: &Progress, now: Timestamp) -> Result<Answer, FetchError> {
    Logs::default().answer(&sim(), query, progress, now)
}

fn arrivals(search: Search, fill: u32, cursor: Option<Cursor>, now: Timestamp) -> Arrivals {
    let progress = Progress { cursor, ..Progress::default() };
    ask(&Query::Tail { search, fill }, &progress, now).unwrap().into_arrivals().unwrap()
}

fn fixed(from: i64, to: i64) -> Span {
    Span::Fixed(Range::new(START.plus(from), START.plus(to)))
}

fn page(search: Search, span: Span, before: Option<i64>, limit: u32) -> Page {
    let query = Query::Lines { search, span, before, limit };
    ask(&query, &Progress::default(), START).unwrap().into_lines().unwrap()
}

fn key(line: &Shown) -> (i64, &str) {
    (line.at, &line.id)
}

#[test]
fn a_tail_gives_each_line_once_however_late_it_arrives() {
    let first = arrivals(Search::default(), 500, None, START);
    assert!(
        first.anew && first.lines.len() == 500 && first.skipped == 0 && first.way == crate::model::log::Way::Arrival
    );
    let mut given: Vec<Shown> = first.lines;
    let (mut cursor, mut late, mut newest) = (first.cursor, 0, given[499].at);
    for poll in 1..=40 {
        let now = START.plus(poll * 2_500 + poll % 3 * 40);
        let next = arrivals(Search::default(), 500, Some(cursor), now);
        assert!(!next.anew && next.lines.is_sorted_by(|a, b| key(a) < key(b)));
        assert!(next.lines.iter().all(|line| line.at <= now.0 * MS));
        late += next.lines.iter().filter(|line| line.at < newest - 3_000 * MS).count();
        newest = next.lines.iter().map(|line| line.at).fold(newest, i64::max);
        given.extend(next.lines);
        cursor = next.cursor;
    }
    let ids: BTreeSet<&str> = given.iter().map(|line| &*line.id).collect();
    assert_eq!(ids.len(), given.len(), "none twice");
    // All that was written after the fill and is there by now.
    let end = START.plus(100_000 + 40);
    let all = written(&sim(), START.0, end.0, end);
    let all: Vec<String> = all.map(|line| line::shown(&line).id.to_string()).collect();
    assert!(all.len() > 1_000 && all.iter().all(|id| ids.contains(id.as_str())));
    assert!(late > 10, "{late}");
}

#[test]
fn who_comes_back_after_long_or_with_a_strange_cursor_begins_anew() {
    let first = arrivals(Search::default(), 10, None, START);
    assert!(arrivals(Search::default(), 10, Some(first.cursor.clone()), START.plus(HOUR)).anew);
    assert!(arrivals(Search::default(), 10, Some(Cursor(Arc::new(7))), START).anew);
    let back = arrivals(Search::default(), 10, Some(first.cursor), START.plus(-5_000));
    assert!(!back.anew && back.lines.is_empty());
}

#[test]
fn older_pages_join_and_say_whether_there_is_more() {
    let span = fixed(-60_000, -1);
    let whole = page(Search::default(), span, None, 100_000);
    assert!(whole.lines.len() > 1_000 && whole.total == Count::Exactly(whole.lines.len() as u64));
    let newer = page(Search::default(), span, None, 300);
    assert!(newer.lines == whole.lines[whole.lines.len() - 300..] && matches!(newer.total, Count::AtLeast(_)));
    let older = page(Search::default(), span, Some(newer.lines[0].at), 200);
    let end = whole.lines.len() - 300;
    assert_eq!(older.lines, whole.lines[end - 200..end]);
}

#[test]
fn the_lines_around_one_are_those_of_its_pod() {
    let hit = page(search("upstream"), fixed(-60_000, -5_000), None, 1).lines.remove(0);
    let query = Query::Around { place: hit.place.to_string(), at: hit.at, count: 5 };
    let around = ask(&query, &Progress::default(), START).unwrap().into_lines().unwrap().lines;
    assert_eq!(around.len(), 11);
    assert_eq!(around[5], hit);
    assert!(around.iter().all(|line| line.place == hit.place));
}

#[test]
fn a_document_is_the_line_in_its_envelope() {
    let line = page(search("error_type:Timeout"), fixed(-60_000, 0), None, 1).lines.remove(0);
    let query = Query::Document { index: line.index.to_string(), id: line.id.to_string() };
    let document = ask(&query, &Progress::default(), START).unwrap().into_document().unwrap();
    let value = |path: &str| {
        let exact = |field: &&crate::model::log::Field| field.exact.as_ref().is_some_and(|(name, _)| name == path);
        document.fields.iter().find(exact).and_then(|field| field.value.clone()).unwrap()
    };
    assert_eq!(value("log.message"), line.message);
    assert_eq!(value("log.trace_id"), line.trace);
    assert_eq!(value("kubernetes.pod_name"), line.place);
    assert_eq!(value("kubernetes.namespace_name"), "production");
    let inner = document.fields.iter().find(|field| field.name == "log").unwrap();
    assert!(inner.depth == 0 && inner.value.is_none());
    // Each of its fields finds it.
    for (field, value) in document.fields.iter().filter_map(|field| field.exact.clone()) {
        let filters = vec![Filter { field: field.clone(), value, exclude: false }];
        let found = page(Search { filters, ..Search::default() }, fixed(-60_000, 0), None, 100_000);
        assert!(found.lines.contains(&line), "{field}");
    }
    let strange = Query::Document { index: String::new(), id: "x-y".into() };
    assert!(matches!(ask(&strange, &Progress::default(), START), Err(FetchError::Status { code: 404, .. })));
}

#[test]
fn its_traces_are_those_of_the_simulation() {
    let found = page(search("trace_id:*"), fixed(-20_000, 0), None, 200);
    assert_eq!(found.lines.len(), 200);
    let sim = sim();
    assert!(found.lines.iter().all(|line| sim.request(line.trace.parse().unwrap()).is_some_and(|r| r.kept())));
}

#[test]
fn words_fields_and_levels_find_lines() {
    let count = |search: Search| page(search, fixed(-30_000, 0), None, 100_000).lines.len();
    let text = |text: &str| count(search(text));
    let all = text("");
    let errors = text("level:ERROR");
    assert!(0 < errors && errors < all);
    assert_eq!(text("NOT level:error"), all - errors);
    assert_eq!(text("*"), all);
    let level = |level| count(Search { level: Some(level), ..Search::default() });
    assert_eq!(level(Level::Error), errors);
    assert_eq!(level(Level::Warn), text("level:(ERROR OR WARN)"));
    assert_eq!(level(Level::Debug), all);
    assert_eq!(text("\"upstream timeout after\""), text("upstream timeout after AND NOT \"after upstream\""));
    assert!(text("upstr*") >= text("upstream") && text("upstream") > 0);
    assert_eq!(text("endpoint:\"/api/checkout\" level:ERROR"), text("level.keyword:ERROR +endpoint:\"api checkout\""));
    assert_eq!(text("log.level:ERROR OR nosuch:field"), errors);
    let filter = |exclude| Filter { field: "level".into(), value: "ERROR".into(), exclude };
    let filtered = |exclude| count(Search { filters: vec![filter(exclude)], ..Search::default() });
    assert_eq!((filtered(false), filtered(true)), (errors, all - errors));
}

#[test]
fn what_the_language_does_not_have_is_refused_at_its_place() {
    for (text, what, column) in [
        ("level:", "Encountered \"<EOF>\"", 6),
        ("(a OR b", "Encountered \"<EOF>\"", 7),
        ("a )", "Encountered \")\"", 2),
        ("OR b", "Encountered \"OR\"", 0),
        ("a AND OR b", "Encountered \"OR\"", 6),
        ("größe \"a b", "a quote without its end", 6),
        ("took:[1 TO 2]", "does not know \"[\"", 5),
        ("/api/x", "does not know \"/\"", 0),
        ("a:b:c", "Encountered \":\"", 3),
        ("te*t", "\"*\" only at the end", 3),
    ] {
        let error = parse::parse(text).unwrap_err();
        assert!(error.contains(what) && error.ends_with(&format!("column {column}.")), "{text}: {error}");
    }
    let deep = "(".repeat(10_000);
    assert!(parse::parse(&deep).is_err());
    let query = Query::Tail { search: search("level:"), fill: 10 };
    assert!(matches!(ask(&query, &Progress::default(), START), Err(FetchError::Server { .. })));
}

fn volume(search: Search, span: Span, step: i64) -> Volume {
    let query = Query::Volume { search, span, step };
    ask(&query, &Progress::default(), START).unwrap().into_volume().unwrap()
}

#[test]
fn a_volume_counts_the_lines_of_each_bucket() {
    let (from, step) = (START.floor_to(10_000).plus(-60_000), 10_000);
    let span = Span::Fixed(Range::new(from, from.plus(59_999)));
    let volume = volume(Search::default(), span, step);
    let lines = page(Search::default(), span, None, 100_000).lines;
    assert_eq!((volume.start, volume.step, volume.total), (from.0, step, Count::Exactly(lines.len() as u64)));
    for (level, counts) in &volume.levels {
        assert_eq!(counts.len(), 6);
        for (bucket, count) in counts.iter().enumerate() {
            let start = (from.0 + bucket as i64 * step) * MS;
            let here = |line: &&Shown| line.level == *level && (start..start + step * MS).contains(&line.at);
            assert_eq!(*count, lines.iter().filter(here).count() as u64);
        }
    }
    assert_eq!(volume.levels.len(), 4);
}

#[test]
fn counters_tell_what_the_lines_do() {
    let (sim, sought) = (sim(), Sought::of(&Search::default()).unwrap());
    let whole = |ago: i64| START.plus(-ago).floor_to(1_000).0;
    // A calm stretch that ends within a minute, one in which something fails, and one in which it begins to.
    for (from, to) in [(3 * HOUR, 3 * HOUR - 4 * MINUTE - 7_000), (3 * MINUTE, MINUTE), (7 * MINUTE, 3 * MINUTE)] {
        let edges = (whole(from), whole(to));
        let (here, lines) = (Counted::of_counters(&sim, edges), Counted::of_lines(&sim, &sought, edges, START));
        assert_eq!((&here.errors, &here.requests), (&lines.errors, &lines.requests));
        let warn = Level::Warn as usize;
        for level in Level::ALL.into_iter().filter(|level| *level != Level::Warn) {
            assert_eq!(here.levels[level as usize], lines.levels[level as usize], "{level:?}");
        }
        let off = here.levels[warn].abs_diff(lines.levels[warn]) as f64;
        assert!(off <= 4.0 * (here.expected as f64).sqrt() + 4.0, "{here:?} {lines:?}");
    }
}

#[test]
fn a_long_volume_is_counted_and_says_what_it_expects() {
    let span = Span::Live { length: 3 * HOUR };
    let query = |search, step| Query::Volume { search, span, step };
    let logs = Logs::default();
    let ask = |query: &Query| logs.answer(&sim(), query, &Progress::default(), START).unwrap().into_volume().unwrap();
    let whole = ask(&query(Search::default(), 12 * MINUTE));
    assert_eq!(ask(&query(Search::default(), 12 * MINUTE)), whole);
    let sum = |volume: &Volume, level| -> u64 {
        volume.levels.iter().filter(|(of, _)| *of == level).flat_map(|(_, counts)| counts).sum()
    };
    let Count::AtLeast(total) = whole.total else { panic!("{:?}", whole.total) };
    let all: u64 = Level::ALL.into_iter().map(|level| sum(&whole, level)).sum();
    assert!(whole.notes[0].contains("on average") && total <= all && all - total < all / 100, "{total} {all}");
    // The level is sought like anything else.
    let worst = ask(&query(Search { level: Some(Level::Error), ..Search::default() }, 12 * MINUTE));
    assert_eq!((sum(&worst, Level::Error), worst.levels.len()), (sum(&whole, Level::Error), 1));
    // Words are sought in a part of the lines.
    let words = ask(&query(search("level:info"), 12 * MINUTE));
    assert!(words.notes[0].starts_with("estimated"), "{:?}", words.notes);
    let (estimate, exact) = (sum(&words, Level::Info) as f64, sum(&whole, Level::Info) as f64);
    assert!((estimate / exact - 1.0).abs() < 0.05, "{estimate} {exact}");
}

#[test]
fn tallies_count_types_of_errors_and_endpoints_of_requests() {
    let query = |span| Query::Tallies { search: Search::default(), span };
    let tallies = |span| -> Tallies { ask(&query(span), &Progress::default(), START).unwrap().into_tallies().unwrap() };
    let found = tallies(fixed(-90_000, 0));
    let lines = page(Search::default(), fixed(-90_000, 0), None, 100_000).lines;
    let sum = |of: &[(Plain, u64)]| of.iter().map(|(_, count)| count).sum::<u64>() as usize;
    assert_eq!(sum(&found.error_types), lines.iter().filter(|line| line.level == Level::Error).count());
    assert_eq!(sum(&found.requests), lines.iter().filter(|line| line.kind == "request").count());
    assert!(found.error_types.iter().any(|(name, _)| name == "(none)") && found.over.is_none());
    assert!(found.requests.is_sorted_by(|a, b| a.1 >= b.1));
    // Longer than lines are made for: what the counters tell is no sample, what words are sought in is one.
    let long = Span::Live { length: 2 * HOUR };
    let (all, logs) = (tallies(long), Logs::default());
    assert!(all.over.is_none() && all.notes.is_empty());
    let words = Query::Tallies { search: search("level:error"), span: long };
    let some = logs.answer(&sim(), &words, &Progress::default(), START).unwrap().into_tallies().unwrap();
    assert_eq!(some.over, Some(sum(&some.error_types) as u64));
    assert!(!some.notes.is_empty() && sum(&some.error_types) < sum(&all.error_types));
}
