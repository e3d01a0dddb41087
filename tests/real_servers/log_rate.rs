//! A tail at twenty thousand lines a second on a real search engine: all of them arrive, each once. Where a machine that
//! stands still brings a burst beyond what is taken at once, those that are said to be skipped make up the rest.

use std::collections::HashMap;
use std::fs;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use a360::demo::documents::{self, Document};
use a360::demo::sim::Sim;
use a360::model::engine::Engine;
use a360::model::log::Search;
use a360::model::query::Query;
use a360::model::window::Progress;
use a360::source::elasticsearch::Elasticsearch;
use serde_json::json;

use super::logs::{now, put, send, wait};
use super::stack::Stack;

const SECONDS: usize = 10;
const A_SECOND: usize = 20_000;
const WRITERS: usize = 4;
const BATCH: usize = 1_000;
const INDEX: &str = "agent360-rate";

fn write(url: &str, documents: &[Document], writer: usize, begun: Instant) {
    for batch in 0..SECONDS * A_SECOND / WRITERS / BATCH {
        let due = Duration::from_secs_f64((batch * WRITERS * BATCH) as f64 / A_SECOND as f64);
        thread::sleep(due.saturating_sub(begun.elapsed()));
        let mut body = String::new();
        for number in 0..BATCH {
            let number = (batch * WRITERS + writer) * BATCH + number;
            let document = &documents[number % documents.len()];
            // As lines are told: when they were, which is a moment ago.
            let line = document.body.replacen(
                "\"@timestamp\":\"",
                &format!("\"@timestamp\":\"{}\",\"was\":\"", now().rfc3339()),
                1,
            );
            body.push_str(&format!("{{\"create\":{{\"_index\":\"{INDEX}\",\"_id\":\"n{number}\"}}}}\n{line}\n"));
        }
        let answer = send(url, "POST", "/_bulk", "application/x-ndjson", &body);
        assert!(answer.contains("\"errors\":false"), "{answer}");
    }
}

/// Seconds that this thread has computed.
fn at_work() -> f64 {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

async fn follow(url: &str) {
    let settings = json!({ "number_of_shards": 1, "number_of_replicas": 0 });
    let mappings =
        json!({ "properties": { "@timestamp": { "type": "date" }, "was": { "type": "keyword", "index": false } } });
    put(url, &format!("/{INDEX}"), &json!({ "settings": settings, "mappings": mappings }));
    let source = Elasticsearch::new(Engine::new(url));
    let mut progress = Progress::default();
    let mut seen: HashMap<Arc<str>, usize> = HashMap::new();
    let query = Query::Tail { search: Search::default(), fill: 1_000 };
    let start = now();
    let lines = Sim::new(1, start).lines(start.plus(-2_000), start, 1);
    let lines: Arc<Vec<Document>> = Arc::new(lines.iter().map(documents::envelope).collect());
    source
        .ask(&query, progress.clone(), now())
        .await
        .map(|first| first.into_arrivals().unwrap())
        .map(|first| progress.cursor = Some(first.cursor))
        .unwrap();
    let begun = Instant::now();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (url, lines) = (url.to_owned(), Arc::clone(&lines));
            thread::spawn(move || write(&url, &lines, writer, begun))
        })
        .collect();
    let (mut spent, mut polls, mut slowest, mut written) = (0.0, 0, Duration::ZERO, None);
    let mut skipped = 0;
    while seen.len() + skipped < SECONDS * A_SECOND && begun.elapsed() < Duration::from_secs(120) {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let (before, asked) = (at_work(), Instant::now());
        let arrivals = source.ask(&query, progress.clone(), now()).await.unwrap().into_arrivals().unwrap();
        spent += at_work() - before;
        slowest = slowest.max(asked.elapsed());
        polls += 1;
        progress.cursor = Some(arrivals.cursor);
        skipped += usize::try_from(arrivals.skipped).unwrap();
        assert_eq!((arrivals.anew, arrivals.notes.len()), (false, 0), "{:?}", arrivals.notes);
        for line in arrivals.lines {
            *seen.entry(line.id).or_insert(0) += 1;
        }
        if written.is_none() && writers.iter().all(thread::JoinHandle::is_finished) {
            written = Some(begun.elapsed());
        }
    }
    for writer in writers {
        writer.join().unwrap();
    }
    // One that was skipped may come after all, with what fills a hole.
    assert!(seen.len() <= SECONDS * A_SECOND && seen.len() + skipped >= SECONDS * A_SECOND, "{} {skipped}", seen.len());
    assert!(seen.values().all(|times| *times == 1));
    println!(
        "{} lines and {skipped} skipped, written within {:.1?}, all seen after {:.1?} in {polls} polls, the slowest {slowest:.1?}; {:.2} \u{b5}s of this program for each",
        seen.len(),
        written.unwrap_or_default(),
        begun.elapsed(),
        spent / seen.len() as f64 * 1e6,
    );
}

#[test]
#[ignore = "needs elasticsearch-9.2: tests/stack/test runs it"]
fn twenty_thousand_lines_a_second_come_once() {
    let stack = Stack::up(&["elasticsearch-9.2"]);
    wait(follow(&stack.url("elasticsearch-9.2")));
}
