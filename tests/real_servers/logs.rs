//! The tail on real search engines: writers that are late, out of order and equal in time, over two days' indices and
//! several shards, while it runs. What is handed over is what was written, each once.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use a360::model::engine::Engine;
use a360::model::log::{Arrivals, Level, Search, Way};
use a360::model::query::{Answer, Query};
use a360::model::window::{Progress, Span};
use a360::source::elasticsearch::Elasticsearch;
use a360::time::{DAY, HOUR, SECOND, Timestamp};
use serde_json::{Value, json};

use super::log_fields;
use super::server::{Request, Server, Then, say};
use super::stack::Stack;

const WRITERS: usize = 4;
const BATCHES: usize = 40;
const BATCH: usize = 50;

pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Timestamp(i64::try_from(since.as_millis()).unwrap())
}

pub fn send(url: &str, method: &str, path: &str, kind: &str, body: &str) -> String {
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: {kind}");
    write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(answer.starts_with("HTTP/1.1 200") || answer.starts_with("HTTP/1.1 201"), "{method} {path}: {answer}");
    answer
}

pub fn put(url: &str, path: &str, body: &Value) {
    send(url, "PUT", path, "application/json", &body.to_string());
}

/// A day's index, as the simulated service names it.
fn index(at: Timestamp) -> String {
    format!("agent360-{}", at.format("%Y.%m.%d", &jiff::tz::TimeZone::UTC))
}

/// Half of the lines lie in one second, others come late: a minute, and as late as any may be.
fn line(number: usize, at: Timestamp, latest: i64) -> (String, String) {
    let late = match number % 4 {
        0 => 0,
        1 => (number as i64 * 7_919) % (55 * SECOND).min(latest),
        2 => at.0 % 1_000,
        _ => (number as i64 * 104_729) % latest,
    };
    let own = at.plus(-late);
    let level = ["INFO", "ERROR", "DEBUG", "WARN"][number / 4 % 4];
    // Some are written into the day before.
    let index = index(if number.is_multiple_of(5) { at.plus(-DAY) } else { at });
    let said = json!({ "level": level, "message": format!("line {number}"), "type": "request" }).to_string();
    let body = json!({ "@timestamp": own.rfc3339(), "log": said, "kubernetes": { "pod_name": "p-1" } });
    (format!("{{\"create\":{{\"_index\":\"{index}\",\"_id\":\"n{number}\"}}}}\n"), format!("{body}\n"))
}

fn write_lines(url: &str, latest: i64, numbers: impl Iterator<Item = usize>) {
    let body: String = numbers.map(|number| line(number, now(), latest)).map(|(head, body)| head + &body).collect();
    let answer = send(url, "POST", "/_bulk", "application/x-ndjson", &body);
    assert!(answer.contains("\"errors\":false"), "{answer}");
}

fn create(url: &str) {
    for (at, shards) in [(now(), 3), (now().plus(-DAY), 1)] {
        let settings = json!({ "number_of_shards": shards, "number_of_replicas": 0, "refresh_interval": "30ms" });
        put(url, &format!("/{}", index(at)), &json!({ "settings": settings }));
    }
}

/// A tail that is asked again and again.
struct Follower {
    source: Elasticsearch,
    way: Way,
    search: Search,
    progress: Progress,
    seen: BTreeMap<String, usize>,
    polls: usize,
}

impl Follower {
    fn new(url: &str, way: Way, search: Search) -> Self {
        let source = Elasticsearch::new(Engine::new(url));
        Self { source, way, search, progress: Progress::default(), seen: BTreeMap::new(), polls: 0 }
    }

    async fn poll(&mut self) -> Arrivals {
        let query = Query::Tail { search: self.search.clone(), fill: 1_000 };
        let answer = self.source.ask(&query, self.progress.clone(), now()).await.unwrap();
        let arrivals = answer.into_arrivals().unwrap();
        self.progress.cursor = Some(arrivals.cursor.clone());
        self.polls += 1;
        assert_eq!((arrivals.way, arrivals.skipped), (self.way, 0));
        // The beginning says why it is by time.
        assert_eq!(arrivals.notes.len(), usize::from(arrivals.anew && self.way == Way::Time), "{:?}", arrivals.notes);
        for line in &arrivals.lines {
            *self.seen.entry(line.id.to_string()).or_insert(0) += 1;
        }
        arrivals
    }

    fn assert_whole(&self, wanted: impl Fn(usize) -> bool, count: usize) {
        let missing: Vec<usize> =
            (0..count).filter(|number| wanted(*number) && !self.seen.contains_key(&format!("n{number}"))).collect();
        let twice: Vec<&String> = self.seen.iter().filter(|(_, times)| **times > 1).map(|(id, _)| id).collect();
        assert!(missing.is_empty() && twice.is_empty(), "missing {missing:?}, twice {twice:?}");
        assert_eq!(self.seen.len(), (0..count).filter(|number| wanted(*number)).count());
    }
}

fn is_error(number: usize) -> bool {
    number / 4 % 4 == 1
}

/// Follows at `asked` what is written at `url`.
async fn every_line_once(url: &str, asked: &str, way: Way) -> [Follower; 2] {
    let latest = if way == Way::Arrival { HOUR } else { 50 * SECOND };
    create(url);
    write_lines(url, latest, 0..100);
    let errors = Search { level: Some(Level::Error), ..Search::default() };
    let mut followers = [Follower::new(asked, way, Search::default()), Follower::new(asked, way, errors)];
    // What is older than the newest lines of the beginning is nobody's loss: there must not be more by then.
    for follower in &mut followers {
        follower.poll().await;
    }
    let next = Arc::new(AtomicUsize::new(100));
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            let (url, next) = (url.to_owned(), Arc::clone(&next));
            thread::spawn(move || {
                for _ in 0..BATCHES {
                    let from = next.fetch_add(BATCH, Ordering::SeqCst);
                    write_lines(&url, latest, (from..from + BATCH).rev());
                }
            })
        })
        .collect();
    while !writers.iter().all(thread::JoinHandle::is_finished) {
        for follower in &mut followers {
            follower.poll().await;
        }
    }
    for writer in writers {
        writer.join().unwrap();
    }
    let count = next.load(Ordering::SeqCst);
    let all_there = |followers: &[Follower]| followers[0].seen.len() >= count;
    let begun = Instant::now();
    while !all_there(&followers) && begun.elapsed() < Duration::from_secs(20) {
        for follower in &mut followers {
            follower.poll().await;
        }
    }
    for _ in 0..5 {
        thread::sleep(Duration::from_millis(200));
        for follower in &mut followers {
            follower.poll().await;
        }
    }
    followers[0].assert_whole(|_| true, count);
    followers[1].assert_whole(is_error, count);
    println!("{count} lines in {} polls", followers[0].polls);
    followers
}

/// An index that is made anew begins anew.
async fn made_anew(url: &str, follower: &mut Follower) {
    let gone = index(now().plus(-DAY));
    send(url, "DELETE", &format!("/{gone}"), "application/json", "");
    let before = follower.seen.len();
    let body = format!(
        "{}{}",
        "{\"create\":{\"_index\":\"INDEX\",\"_id\":\"other\"}}\n".replace("INDEX", &gone),
        "{\"message\":\"anew\"}\n"
    );
    send(url, "POST", "/_bulk?refresh=true", "application/x-ndjson", &body);
    let begun = Instant::now();
    while follower.seen.len() == before && begun.elapsed() < Duration::from_secs(20) {
        follower.poll().await;
        thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(follower.seen.get("other"), Some(&1));
}

/// The same lines by time, page by page, and counted.
async fn asked_back(source: &Elasticsearch, seen: &BTreeMap<String, usize>) {
    let span = Span::Live { length: 2 * HOUR };
    let search = Search::default();
    let ask = async |query: Query| source.ask(&query, Progress::default(), now()).await.unwrap();
    let (mut before, mut ids) = (None, BTreeMap::new());
    loop {
        let query = Query::Lines { search: search.clone(), span, before, limit: 500 };
        let page = ask(query).await.into_lines().unwrap();
        let Some(first) = page.lines.first() else { break };
        before = Some(first.at);
        for line in &page.lines {
            *ids.entry(line.id.to_string()).or_insert(0) += 1;
        }
    }
    assert!(ids.values().all(|times| *times == 1));
    let today: usize =
        seen.keys().filter(|id| id.strip_prefix('n').is_some_and(|n| n.parse::<usize>().unwrap() % 5 != 0)).count();
    assert_eq!(ids.len(), today);
    let volume = ask(Query::Volume { search: search.clone(), span, step: 60_000 }).await.into_volume().unwrap();
    let sum = |level: Level| {
        volume.levels.iter().filter(|(own, _)| *own == level).flat_map(|(_, counts)| counts).sum::<u64>()
    };
    let errors = ids.keys().filter(|id| is_error(id[1..].parse().unwrap())).count();
    assert_eq!((sum(Level::Error) as usize, sum(Level::Unknown)), (errors, 0));
    let tallies = ask(Query::Tallies { search, span }).await.into_tallies().unwrap();
    assert_eq!(tallies.over, Some(today as u64));
    let newest = ids.keys().next_back().unwrap().clone();
    let page = ask(Query::Around { place: "p-1".to_owned(), at: now().plus(-HOUR / 2).0 * 1_000_000, count: 20 }).await;
    assert!(page.into_lines().unwrap().lines.len() >= 40);
    let document = source.ask(&Query::Document { index: index(now()), id: newest }, Progress::default(), now()).await;
    let Ok(Answer::Document(document)) = document else { panic!("{document:?}") };
    let level = document.fields.iter().find(|field| &*field.name == "level").unwrap();
    assert_eq!((level.depth, level.exact.is_none()), (1, true));
    let pod = document.fields.iter().find(|field| &*field.name == "pod_name").unwrap();
    assert_eq!(pod.exact, Some(("kubernetes.pod_name".to_owned(), "p-1".to_owned())));
}

fn on(server: &str) {
    let stack = Stack::up(&[server]);
    let url = stack.url(server);
    wait(async {
        let [mut follower, _] = every_line_once(&url, &url, Way::Arrival).await;
        made_anew(&url, &mut follower).await;
        asked_back(&follower.source, &follower.seen).await;
        little_is_asked_in_quiet(&url).await;
        log_fields::are_found(&url).await;
    });
}

fn by_time_on(server: &str) {
    let stack = Stack::up(&[server]);
    let url = stack.url(server);
    let proxy = numberless(&url);
    wait(async {
        every_line_once(&url, &proxy.url(), Way::Time).await;
    });
}

pub fn wait(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work);
}

/// Stands before a search engine and knows nothing of `_seq_no`; all else it passes on.
fn numberless(url: &str) -> Server {
    let address = url.trim_start_matches("http://").to_owned();
    Server::new(move |request, wire| {
        if request.body.contains("_seq_no") {
            let body =
                r#"{"error":{"type":"illegal_argument_exception","reason":"unknown field [_seq_no]"},"status":400}"#;
            return say(wire, "400 Bad Request", "Content-Type: application/json\r\n", body.as_bytes());
        }
        let answer = answer_of(&address, request);
        drop(wire.write_all(&answer).and_then(|()| wire.flush()));
        Then::Close
    })
}

/// What the server behind says to a request, with all headers; it closes the connection then.
fn answer_of(address: &str, request: &Request) -> Vec<u8> {
    let first = request.head.lines().next().unwrap().replace("http/1.1", "HTTP/1.1");
    let (method, rest) = first.split_once(' ').unwrap();
    let kind = if request.head.contains("x-ndjson") { "application/x-ndjson" } else { "application/json" };
    let head = format!("{} {rest}\r\nHost: {address}\r\nConnection: close", method.to_uppercase());
    let mut stream = TcpStream::connect(address).unwrap();
    let length = request.body.len();
    write!(stream, "{head}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{}", request.body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

/// A month of daily indices, and nothing new: what each poll costs.
async fn little_is_asked_in_quiet(url: &str) {
    let lines = (1..=30).map(|day| {
        let head = format!("{{\"create\":{{\"_index\":\"quiet360-2026.10.{day:02}\",\"_id\":\"n{day}\"}}}}\n");
        format!("{head}{{\"@timestamp\":\"{}\",\"log\":\"said\"}}\n", now().rfc3339())
    });
    send(url, "POST", "/_bulk?refresh=true", "application/x-ndjson", &lines.collect::<String>());
    let address = url.trim_start_matches("http://").to_owned();
    let answered = Arc::<AtomicUsize>::default();
    let count = Arc::clone(&answered);
    let proxy = Server::new(move |request, wire| {
        let answer = answer_of(&address, request);
        count.fetch_add(answer.len(), Ordering::SeqCst);
        drop(wire.write_all(&answer).and_then(|()| wire.flush()));
        Then::Close
    });
    let source = Elasticsearch::new(Engine { index: "quiet360-*".to_owned(), ..Engine::new(&proxy.url()) });
    let mut follower = Follower { source, ..Follower::new(url, Way::Arrival, Search::default()) };
    assert_eq!(follower.poll().await.lines.len(), 30);
    follower.poll().await;
    let (mut most, mut largest) = (0, String::new());
    for _ in 0..12 {
        let (before, said) = (proxy.requests().len(), answered.load(Ordering::SeqCst));
        assert_eq!(follower.poll().await.lines.len(), 0);
        let asked = proxy.requests();
        assert_eq!(asked.len(), before + 1);
        let request = asked.last().unwrap();
        let bytes = request.head.len() + request.body.len() + answered.load(Ordering::SeqCst) - said;
        if bytes > most {
            (most, largest) = (bytes, request.body.clone());
        }
    }
    println!("a quiet poll of 30 indices: {most} bytes, with all headers");
    assert!(most < 2_048, "{most}: {largest}");
}

#[test]
#[ignore = "needs elasticsearch-7.17: tests/stack/test runs it"]
fn every_line_once_on_elasticsearch_7() {
    on("elasticsearch-7.17");
}

#[test]
#[ignore = "needs elasticsearch-9.2: tests/stack/test runs it"]
fn every_line_once_on_elasticsearch_9() {
    on("elasticsearch-9.2");
}

#[test]
#[ignore = "needs opensearch-1.3: tests/stack/test runs it"]
fn every_line_once_on_opensearch_1() {
    on("opensearch-1.3");
}

#[test]
#[ignore = "needs opensearch-2.19: tests/stack/test runs it"]
fn every_line_once_on_opensearch_2() {
    on("opensearch-2.19");
}

#[test]
#[ignore = "needs opensearch-3.4: tests/stack/test runs it"]
fn every_line_once_on_opensearch_3() {
    on("opensearch-3.4");
}

#[test]
#[ignore = "needs elasticsearch-9.2: tests/stack/test runs it"]
fn every_line_once_by_time_on_elasticsearch() {
    by_time_on("elasticsearch-9.2");
}

#[test]
#[ignore = "needs opensearch-1.3: tests/stack/test runs it"]
fn every_line_once_by_time_on_opensearch() {
    by_time_on("opensearch-1.3");
}
