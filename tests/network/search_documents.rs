//! What documents may look like: without their source, without text, of too many fields, of megabytes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use a360::model::log::{Level, Search};
use a360::model::query::Query;
use a360::model::window::{Progress, Span};
use a360::time::{HOUR, SECOND};
use serde_json::{Value, json};

use crate::search_failures::{NOW, ask, engine, found, lines, ok, page, source};
use crate::tail::wait;

#[test]
fn documents_without_source_are_read_from_their_values() {
    let server = engine(|path, body| {
        if path.contains("_field_caps") {
            let exact = json!({ "keyword": { "searchable": true, "aggregatable": true } });
            let text = json!({ "text": { "searchable": true, "aggregatable": false } });
            let date = json!({ "date": { "searchable": true, "aggregatable": true } });
            let fields = json!({ "level": exact, "message": text, "message.keyword": exact, "@timestamp": date });
            return ok(&json!({ "fields": fields }));
        }
        let asked: Value = serde_json::from_str(body).unwrap();
        if asked["size"] == 0 {
            return found("");
        }
        match asked["docvalue_fields"].as_array() {
            None => found(r#"{"_index":"i","_id":"1"}"#),
            Some(names) => {
                assert!(names.iter().eq(["@timestamp", "level", "message.keyword"]), "{names:?}");
                found(
                    r#"{"_index":"i","_id":"1","fields":{"@timestamp":["2026-11-22T22:58:00.000Z"],"level":["ERROR"],"message.keyword":["said"]}}"#,
                )
            }
        }
    });
    let source = source(&server, u64::MAX);
    for _ in 0..2 {
        let page = page(&source);
        let line = &page.lines[0];
        assert_eq!((line.message.as_str(), line.level, line.at), ("said", Level::Error, 1_795_388_280_000_000_000));
        assert!(page.notes.iter().any(|note| note.contains("let the index keep `_source`")), "{:?}", page.notes);
    }
    let asked = server.requests();
    assert_eq!(asked.iter().filter(|request| request.body.contains("\"size\":500")).count(), 3);
}

#[test]
fn a_line_without_its_document_says_so() {
    let server = engine(|path, _| match path.contains("_field_caps") {
        true => ok(&json!({ "fields": {} })),
        false => found(r#"{"_index":"i","_id":"1"},{"_index":"j","_id":"2","_source":{"level":"INFO"}}"#),
    });
    let lines = page(&source(&server, u64::MAX)).lines;
    let told: Vec<&str> = lines.iter().map(|line| line.message.as_str()).collect();
    assert_eq!(told, ["(no text: its index keeps no `_source`)", ""]);
}

#[test]
fn the_fields_of_a_new_index_are_asked_for_again_soon() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let server = engine(move |path, _| {
        if !path.contains("_field_caps") {
            return found("");
        }
        let own = json!({ "keyword": { "searchable": true, "aggregatable": true } });
        match count.fetch_add(1, Ordering::SeqCst) {
            0 => ok(&json!({ "fields": { "_id": own } })),
            _ => ok(&json!({ "fields": { "_id": own, "level": own } })),
        }
    });
    let source = source(&server, u64::MAX);
    let times = [0, 9, 10, 100, 309].map(|seconds| {
        wait(source.ask(&lines(), Progress::default(), NOW.plus(seconds * SECOND))).unwrap();
        asked.load(Ordering::SeqCst)
    });
    assert_eq!(times, [1, 1, 2, 2, 2], "once more when there was none, and seldom from then on");
}

#[test]
fn where_the_server_knows_no_levels_lines_of_others_are_not_counted() {
    let server = engine(|path, body| match path {
        path if !path.contains("_search") || body.contains("date_range") => ok(&json!({})),
        _ => found(
            r#"{"_id":"1","_source":{"level":"ERROR","error_type":"Timeout","type":"request","endpoint":"/a"}},
            {"_id":"2","_source":{"level":"INFO","type":"request","endpoint":"/b"}}"#,
        ),
    });
    let search = Search { level: Some(Level::Error), ..Search::default() };
    let query = Query::Tallies { search, span: Span::Live { length: HOUR } };
    let tallies = ask(&source(&server, u64::MAX), &query).unwrap().into_tallies().unwrap();
    assert_eq!((tallies.error_types, tallies.requests), (vec![("Timeout".into(), 1)], vec![("/a".into(), 1)]));
    assert_eq!(tallies.over, Some(1));
}

#[test]
fn lines_of_megabytes_are_taken_a_few_at_a_time_and_larger_ones_without_their_text() {
    let server = engine(|path, body| {
        if !path.contains("_search") {
            return ok(&json!({}));
        }
        let asked: Value = serde_json::from_str(body).unwrap();
        let (size, bare) = (asked["size"].as_u64().unwrap_or(0).min(3), asked.get("_source").is_some());
        let message = if bare { String::new() } else { "x".repeat(4_000_000) };
        let source = json!({ "@timestamp": 1_795_388_280_000u64, "level": "WARN", "message": message });
        let hits: Vec<String> = (0..size)
            .map(|id| json!({ "_index": "i", "_id": id.to_string(), "_source": source }).to_string())
            .collect();
        found(&hits.join(","))
    });
    let whole = page(&source(&server, 64_000_000));
    assert_eq!((whole.lines.len(), whole.notes.len()), (3, 0));
    assert!(whole.lines[0].message.len() > 8_000);
    let without = page(&source(&server, 1_000_000));
    assert_eq!((without.lines.len(), without.lines[0].level, without.lines[0].message.len()), (1, Level::Warn, 0));
    assert!(without.notes.iter().any(|note| note.contains("shown without its text")), "{:?}", without.notes);
}

#[test]
fn of_too_many_fields_those_that_matter_are_asked_for() {
    let server = engine(|path, body| match path {
        path if path.contains("_field_caps?fields=*&") => ("200 OK", "", vec![b' '; 2_000_000]),
        path if path.contains("_field_caps") => {
            assert!(path.contains("level,level.keyword") && path.len() < 4_096, "{}: {path}", path.len());
            ok(&json!({ "fields": { "level": { "keyword": { "searchable": true, "aggregatable": true } } } }))
        }
        _ => {
            let terms = body.contains(r#""terms":{"level""#);
            found(if terms { r#"{"_index":"i","_id":"1","_source":{"level":"ERROR"}}"# } else { "" })
        }
    });
    let search = Search { level: Some(Level::Error), ..Search::default() };
    let query = Query::Lines { search, span: Span::Live { length: HOUR }, before: None, limit: 10 };
    let page = ask(&source(&server, 1_000_000), &query).unwrap().into_lines().unwrap();
    assert_eq!(page.lines.len(), 1);
}

#[test]
fn what_is_no_text_is_shown_for_all_that() {
    let server = engine(|path, body| match path.contains("_search") && !body.contains("docvalue_fields") {
        false => ok(&json!({ "hits": { "hits": [{ "_index": "i", "_id": "null" }] } })),
        true => {
            let mut body = br#"{"hits":{"hits":[{"_index":"i","_id":"1","_source":{"message":"a"#.to_vec();
            body.extend(b"\xff\xfe\x1b[2J\\ud800b\"}}]}}");
            ("200 OK", "", body)
        }
    });
    assert_eq!(page(&source(&server, u64::MAX)).lines[0].message, "a\u{fffd}\u{fffd}^[[2J\u{fffd}b");
    let server = engine(|path, _| match path.contains("_search") {
        false => ok(&json!({})),
        true => found(r#"{"_index":"i","_id":"null","_source":null}"#),
    });
    let page = page(&source(&server, u64::MAX));
    let line = &page.lines[0];
    assert_eq!((page.lines.len(), &*line.id, &*line.message), (1, "null", "(no text: its index keeps no `_source`)"));
    assert!(page.notes.iter().any(|note| note.contains("without `_source`")));
}
