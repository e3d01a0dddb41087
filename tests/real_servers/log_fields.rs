//! Fields on real search engines: mapped otherwise each day, without `_source`, in both layouts, closed.

use a360::model::engine::Engine;
use a360::model::log::{Count, Filter, Level, Page, Search, Tallies, Volume};
use a360::model::query::{Answer, Query};
use a360::model::window::{Progress, Span};
use a360::source::elasticsearch::Elasticsearch;
use a360::text::Plain;
use a360::time::{HOUR, SECOND};
use serde_json::{Value, json};

use super::logs::{now, put, send};

const SPAN: Span = Span::Live { length: HOUR };

struct Asker(Elasticsearch);

impl Asker {
    fn new(url: &str, index: &str) -> Self {
        Self(Elasticsearch::new(Engine { index: index.to_owned(), ..Engine::new(url) }))
    }

    async fn ask(&self, query: Query) -> Answer {
        self.0.ask(&query, Progress::default(), now()).await.unwrap()
    }

    async fn lines(&self, search: &Search) -> Page {
        let query = Query::Lines { search: search.clone(), span: SPAN, before: None, limit: 100 };
        self.ask(query).await.into_lines().unwrap()
    }

    async fn tallies(&self) -> Tallies {
        self.ask(Query::Tallies { search: Search::default(), span: SPAN }).await.into_tallies().unwrap()
    }

    async fn volume(&self) -> Volume {
        let query = Query::Volume { search: Search::default(), span: SPAN, step: 60_000 };
        self.ask(query).await.into_volume().unwrap()
    }
}

fn write(url: &str, index: &str, documents: &[Value]) {
    let lines = documents.iter().map(|document| format!("{{\"create\":{{\"_index\":\"{index}\"}}}}\n{document}\n"));
    let answer = send(url, "POST", "/_bulk?refresh=true", "application/x-ndjson", &lines.collect::<String>());
    assert!(answer.contains("\"errors\":false"), "{answer}");
}

fn map(url: &str, index: &str, time: &str, level: &str) {
    let properties = json!({ "@timestamp": { "type": time }, "level": { "type": level } });
    put(url, &format!("/{index}"), &json!({ "mappings": { "properties": properties } }));
}

pub async fn are_found(url: &str) {
    each_day_another_mapping(url).await;
    without_source(url).await;
    both_layouts(url).await;
    parts(url).await;
    closed(url).await;
}

/// Time and level have other types each day: nothing is left out, and the order holds.
async fn each_day_another_mapping(url: &str) {
    let begun = now();
    let at = |number: i64| begun.plus(-60 * SECOND + number * SECOND);
    for (day, time, level) in [("a", "date", "keyword"), ("b", "date_nanos", "text"), ("c", "long", "long")] {
        map(url, &format!("mixed-{day}"), time, level);
    }
    for number in 0..9 {
        let (day, time) = match number % 3 {
            0 => ("a", json!(at(number).rfc3339())),
            1 => ("b", json!(at(number).rfc3339())),
            _ => ("c", json!(at(number).0)),
        };
        let level = if number % 3 == 2 { json!(3) } else { json!("ERROR") };
        let line = json!({ "@timestamp": time, "level": level, "message": format!("m{number}") });
        write(url, &format!("mixed-{day}"), &[line]);
    }
    let asker = Asker::new(url, "mixed-*");
    let said = |page: &Page| page.lines.iter().map(|line| line.message.to_string()).collect::<Vec<_>>();
    let all: Vec<String> = (0..9).map(|number| format!("m{number}")).collect();
    let page = asker.lines(&Search::default()).await;
    assert_eq!((said(&page), page.notes.len()), (all.clone(), 0), "{page:?}");
    let errors = Search { level: Some(Level::Error), ..Search::default() };
    assert_eq!(said(&asker.lines(&errors).await), all);
    let query = Query::Lines { search: Search::default(), span: SPAN, before: None, limit: 4 };
    assert_eq!(said(&asker.ask(query).await.into_lines().unwrap()), all[5..]);
    let volume = asker.volume().await;
    assert_eq!((volume.total, volume.levels.len(), volume.levels[0].0), (Count::Exactly(9), 1, Level::Error));
    let query = Query::Tail { search: errors, fill: 100 };
    let arrivals = asker.ask(query).await.into_arrivals().unwrap();
    assert_eq!((arrivals.lines.len(), arrivals.notes.len()), (9, 0), "{arrivals:?}");
}

async fn without_source(url: &str) {
    let text = json!({ "type": "text", "fields": { "keyword": { "type": "keyword", "ignore_above": 256 } } });
    let properties = json!({ "@timestamp": { "type": "date" }, "level": { "type": "keyword" }, "message": text });
    let mappings = json!({ "_source": { "enabled": false }, "properties": properties });
    put(url, "/sourceless-1", &json!({ "mappings": mappings }));
    let line = json!({ "@timestamp": now().plus(-SECOND).rfc3339(), "level": "WARN", "message": "held as a value" });
    write(url, "sourceless-1", &[line]);
    let asker = Asker::new(url, "sourceless-*");
    let tail = asker.ask(Query::Tail { search: Search::default(), fill: 100 }).await.into_arrivals().unwrap();
    for (lines, notes) in [
        (tail.lines, tail.notes),
        (asker.lines(&Search::default()).await.lines, asker.lines(&Search::default()).await.notes),
    ] {
        assert_eq!((lines.len(), lines[0].level, lines[0].message.as_str()), (1, Level::Warn, "held as a value"));
        assert!(notes.iter().any(|note| note.contains("without `_source`")), "{notes:?}");
        let query = Query::Document { index: lines[0].index.to_string(), id: lines[0].id.to_string() };
        let Answer::Document(document) = asker.ask(query).await else { panic!("no document") };
        let values: Vec<&str> = document.fields.iter().filter_map(|field| field.value.as_deref()).collect();
        assert!(values.contains(&"WARN") && values.contains(&"held as a value"), "{document:?}");
    }
}

/// Ten lines each, of which every other is an error and every fifth a request.
async fn both_layouts(url: &str) {
    let said = |number: i64| {
        let level = if number % 2 == 0 { "INFO" } else { "ERROR" };
        let mut said = json!({ "level": level, "message": format!("m{number}") });
        if number % 2 == 1 {
            said["error_type"] = "Timeout".into();
        }
        if number % 5 == 0 {
            said["type"] = "request".into();
            said["endpoint"] = "/api".into();
        }
        said
    };
    let at = |number: i64| now().plus(-number * SECOND - SECOND).rfc3339();
    let plain = (0..10).map(|number| {
        let mut line = said(number);
        line["@timestamp"] = at(number).into();
        line
    });
    let wrapped = (0..10).map(|number| json!({ "@timestamp": at(number), "log": format!("{}\n", said(number)) }));
    write(url, "plain-1", &plain.collect::<Vec<_>>());
    write(url, "wrapped-1", &wrapped.collect::<Vec<_>>());
    let expected = (vec![(Plain::new("Timeout"), 5)], vec![(Plain::new("/api"), 2)]);
    for (index, over) in [("plain-*", None), ("wrapped-*", Some(10))] {
        let asker = Asker::new(url, index);
        let tallies = asker.tallies().await;
        assert_eq!((tallies.error_types, tallies.requests), expected, "{index}");
        // Counted by the server, or over so many lines, which is said.
        assert_eq!((tallies.over, tallies.notes.len()), (over, 0), "{index}");
        let volume = asker.volume().await;
        let count =
            |level| volume.levels.iter().filter(|(own, _)| *own == level).flat_map(|(_, counts)| counts).sum::<u64>();
        assert_eq!((count(Level::Error), count(Level::Info)), (5, 5), "{index}: {volume:?}");
        assert_eq!(volume.total, Count::Exactly(10));
        let words = volume.notes.iter().any(|note| note.contains("they may be off by a little"));
        assert_eq!(words, over.is_some(), "{:?}", volume.notes);
    }
}

/// A part of all lines by a label, whether its words are taken apart or not, or both on different days.
async fn parts(url: &str) {
    let labels = |kind: &str| json!({ "properties": { "app": { "type": kind } } });
    let mapping = |kind: &str| json!({ "properties": { "kubernetes": { "properties": { "labels": labels(kind) } } } });
    put(url, "/exact-1", &json!({ "mappings": mapping("keyword") }));
    put(url, "/mixed.parts-1", &json!({ "mappings": mapping("keyword") }));
    let line = |app: &str| json!({ "@timestamp": now().plus(-SECOND).rfc3339(), "log": "said", "kubernetes": { "labels": { "app": app } } });
    let lines = ["shop", "shop-front", "bank"].map(line);
    for index in ["exact-1", "guessed-1", "mixed.parts-1", "mixed.parts-2"] {
        write(url, index, &lines);
    }
    for (pattern, times) in [("exact-*", 1), ("guessed-*", 1), ("mixed.parts-*", 2)] {
        let asker = Asker::new(url, pattern);
        for (exclude, count) in [(false, times), (true, 2 * times)] {
            let filter = Filter { field: "kubernetes.labels.app".to_owned(), value: "shop".to_owned(), exclude };
            let search = Search::default().within(Some(&filter));
            let page = asker.lines(&search).await;
            let apps: Vec<&str> = page.lines.iter().map(|line| line.service.as_str()).collect();
            assert_eq!(apps.len(), count, "{pattern} {exclude}: {apps:?}");
            assert!(apps.iter().all(|app| (*app == "shop") != exclude), "{pattern} {exclude}: {apps:?}");
            let tail = asker.ask(Query::Tail { search, fill: 100 }).await.into_arrivals().unwrap();
            assert_eq!(tail.lines.len(), count, "{pattern} {exclude}");
        }
    }
}

async fn closed(url: &str) {
    write(url, "closing-1", &[json!({ "@timestamp": now().rfc3339(), "message": "m" })]);
    send(url, "POST", "/closing-1/_close", "application/json", "");
    for index in ["closing-*", "closing-1"] {
        let notes = Asker::new(url, index).lines(&Search::default()).await.notes;
        assert_eq!(notes, [format!("no open index matches {index}: one is closed; open it to read it").as_str()]);
    }
    assert_eq!(Asker::new(url, "nowhere-1").lines(&Search::default()).await.notes, ["no index matches nowhere-1"]);
}
