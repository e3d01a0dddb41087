//! The tail against a search engine in small: in whatever order lines arrive and are seen, each comes once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use a360::demo::documents::{self, Document};
use a360::demo::sim::Sim;
use a360::demo::sim::log::Line as Said;
use a360::model::endpoint::{Endpoint, Proxy};
use a360::model::engine::Engine as Address;
use a360::model::fault::FetchError;
use a360::model::log::{Arrivals, Level, Search, Way};
use a360::model::query::Query;
use a360::model::window::Progress;
use a360::source::elasticsearch::Elasticsearch;
use a360::time::Timestamp;
use proptest::prelude::*;
use serde_json::Value;

use crate::search_engine::Engine;
use crate::server::{Server, Then, say};

const NOW: i64 = 1_795_388_290_000;

pub struct Stage {
    engine: Arc<Mutex<Engine>>,
    pub server: Server,
    /// How many bytes it has said.
    answered: Arc<AtomicUsize>,
    source: Elasticsearch,
    progress: Progress,
    search: Search,
    pub now: i64,
    pub seen: BTreeMap<String, usize>,
    written: BTreeMap<String, &'static str>,
}

impl Stage {
    pub fn new(search: Search) -> Self {
        let engine = Arc::new(Mutex::new(Engine::default()));
        let (held, answered) = (Arc::clone(&engine), Arc::<AtomicUsize>::default());
        let counted = Arc::clone(&answered);
        let server = Server::new(move |request, wire| {
            let path = request.head.split(' ').nth(1).unwrap_or_default().to_owned();
            let answer = held.lock().unwrap().answer(&path, &request.body);
            let status = match answer["status"].as_u64() {
                Some(429) => "429 Too Many Requests",
                Some(400) => "400 Bad Request",
                _ => "200 OK",
            };
            let answer = answer.to_string();
            // In one piece: two would wait for each other.
            let whole = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{answer}", answer.len());
            counted.fetch_add(whole.len(), Ordering::SeqCst);
            let sent = wire.write_all(whole.as_bytes()).and_then(|()| wire.flush());
            if sent.is_ok() { Then::Keep } else { Then::Close }
        });
        let source = source(&server);
        let (seen, written) = (BTreeMap::new(), BTreeMap::new());
        Self { engine, server, answered, source, progress: Progress::default(), search, now: NOW, seen, written }
    }

    pub fn engine<T>(&self, work: impl FnOnce(&mut Engine) -> T) -> T {
        work(&mut self.engine.lock().unwrap())
    }

    pub fn write(&mut self, index: &str, shard: u32, id: &str, late: i64, level: &'static str, delays: [u32; 2]) {
        let at = self.now - late;
        self.engine(|engine| engine.write(index, shard, id, at, level, delays));
        self.written.insert(id.to_owned(), level);
    }

    pub async fn ask(&mut self) -> Result<Arrivals, FetchError> {
        self.now += 1_000;
        let query = Query::Tail { search: self.search.clone(), fill: 100 };
        self.source.ask(&query, self.progress.clone(), Timestamp(self.now)).await?.into_arrivals()
    }

    pub async fn poll(&mut self) -> Arrivals {
        let arrivals = self.ask().await.unwrap();
        self.progress.cursor = Some(arrivals.cursor.clone());
        if arrivals.anew {
            self.seen.clear();
        }
        for line in &arrivals.lines {
            *self.seen.entry(line.id.to_string()).or_insert(0) += 1;
        }
        assert!(arrivals.complete_to.is_none_or(|to| to.0 <= self.now), "nobody knows what is to come");
        assert!(arrivals.lines.is_sorted_by_key(|line| line.at));
        arrivals
    }

    pub fn whole(&self) -> Result<(), String> {
        let wanted = |level: &str| self.search.level.is_none() || level == "ERROR";
        let expected: BTreeMap<String, usize> =
            self.written.iter().filter(|(_, level)| wanted(level)).map(|(id, _)| (id.clone(), 1)).collect();
        if self.seen == expected { Ok(()) } else { Err(format!("seen {:?}\nwritten {expected:?}", self.seen)) }
    }
}

fn source(server: &Server) -> Elasticsearch {
    let address = Address::new(&server.url());
    Elasticsearch::new(Address { endpoint: Endpoint { proxy: Proxy::None, ..address.endpoint }, ..address })
}

pub fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

pub const INDICES: [&str; 3] = ["agent360-1", "agent360-2", "agent360-3"];

/// What happens between two polls.
#[derive(Debug, Clone)]
enum Step {
    /// Into which index and shard, how late, seen after how many rounds by each copy.
    Write(usize, u32, i64, u32, u32),
    Failover(usize),
    /// As at midnight.
    Create,
    Remake(usize),
    Failing,
    Poll,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let write = (0..3usize, 0..2u32, 0..100_000i64, 0..4u32, 0..4u32)
        .prop_map(|(index, shard, late, a, b)| Step::Write(index, shard, late, a, b));
    let step = prop_oneof![
        20 => write,
        1 => (0..3usize).prop_map(Step::Failover),
        1 => Just(Step::Create),
        1 => (0..2usize).prop_map(Step::Remake),
        1 => Just(Step::Failing),
        8 => Just(Step::Poll),
    ];
    prop::collection::vec(step, 1..60)
}

async fn play(steps: Vec<Step>, search: Search) -> Result<(), String> {
    let mut stage = Stage::new(search);
    stage.engine(|engine| {
        engine.create(INDICES[0], 2);
        engine.create(INDICES[1], 1);
    });
    // Some of the first are not visible yet when it begins, though later ones are.
    for number in 0..9 {
        let (index, delays) = ((number / 5) as usize, [number * 5 % 3, number % 4]);
        stage.write(INDICES[index], 0, &format!("b{number}"), 10_000, "ERROR", delays);
    }
    stage.poll().await;
    for (number, step) in steps.into_iter().enumerate() {
        let there = |stage: &Stage, index: usize, shard: u32| {
            stage.engine(|engine| engine.shards.contains_key(&(INDICES[index].to_owned(), shard)))
        };
        match step {
            Step::Write(index, shard, late, a, b) if there(&stage, index, shard) => {
                let level = if number % 3 == 0 { "ERROR" } else { "INFO" };
                stage.write(INDICES[index], shard, &format!("d{number}"), late, level, [a, b]);
            }
            Step::Write(..) => {}
            Step::Failover(index) => stage.engine(|engine| {
                for ((name, _), shard) in &mut engine.shards {
                    shard.term += i64::from(name == INDICES[index]);
                }
            }),
            Step::Create if !there(&stage, 2, 0) => stage.engine(|engine| engine.create(INDICES[2], 2)),
            Step::Create => {}
            Step::Remake(index) => {
                // All that was there has been seen: what is deleted before anybody could see it is nobody's loss.
                for _ in 0..12 {
                    stage.poll().await;
                }
                stage.engine(|engine| {
                    engine.delete(INDICES[index]);
                    engine.create(INDICES[index], 2 - index as u32);
                });
                for _ in 0..7 {
                    stage.poll().await;
                }
            }
            Step::Failing => stage.engine(|engine| engine.failing = true),
            Step::Poll => drop(stage.poll().await),
        }
    }
    for _ in 0..14 {
        stage.poll().await;
    }
    stage.whole()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn what_is_handed_over_is_what_was_written(steps in steps()) {
        let result = wait(play(steps, Search::default()));
        prop_assert!(result.is_ok(), "{}", result.unwrap_err());
    }

    #[test]
    fn and_so_it_is_of_a_search(steps in steps()) {
        let search = Search { level: Some(Level::Error), ..Search::default() };
        let result = wait(play(steps, search));
        prop_assert!(result.is_ok(), "{}", result.unwrap_err());
    }
}

#[test]
fn a_quiet_tail_costs_one_small_request() {
    // What is sought is long to say.
    let search = Search { level: Some(Level::Debug), text: "long words ".repeat(100), ..Search::default() };
    for (days, search) in [(1, Search::default()), (2, Search::default()), (2, search), (30, Search::default())] {
        wait(quiet_for(days, search));
    }
}

/// Daily indices, of which the last holds the newest lines.
async fn quiet_for(days: usize, search: Search) {
    let mut stage = Stage::new(search);
    let name = |day: usize| format!("agent360-2026.11.{day:02}");
    for day in 1..=days {
        stage.engine(|engine| engine.create(&name(day), 1));
    }
    for number in 0..50 {
        stage.write(&name(days - number % 2 % days), 0, &format!("d{number}"), 0, "INFO", [0, 0]);
    }
    let first = stage.poll().await;
    assert_eq!((first.lines.len(), first.anew, first.way), (50, true, Way::Arrival));
    stage.write(&name(days), 0, "d50", 0, "INFO", [0, 0]);
    assert_eq!(stage.poll().await.lines.len(), 1);
    // What the beginning brought is learned.
    stage.poll().await;
    for _ in 0..70 {
        let before = stage.server.requests().len();
        let quiet = stage.poll().await;
        assert_eq!((quiet.lines.len(), quiet.anew, quiet.skipped), (0, false, 0));
        let asked = stage.server.requests();
        assert_eq!(asked.len(), before + 1, "{days} days");
        let request = asked.last().unwrap();
        let answer = stage.engine(|engine| engine.answer("/x/_msearch", &request.body).to_string());
        let size = request.head.len() + request.body.len() + answer.len();
        let parts = [request.head.len(), request.body.len(), answer.len()];
        assert!(size < 2_048, "{days} days: {size} bytes: {parts:?}");
    }
    // Whichever index a line comes into, it is there with the next poll.
    for (number, day) in (1..=days).enumerate() {
        stage.write(&name(day), 0, &format!("e{number}"), 3_600_000, "INFO", [0, 0]);
        assert_eq!(stage.poll().await.lines.len(), 1, "{} of {days}", name(day));
    }
}

#[test]
fn of_many_lines_hardly_more_than_their_bytes_are_fetched() {
    let lines = Sim::new(1, Timestamp(NOW)).lines(Timestamp(NOW), Timestamp(NOW + 2_000), 1);
    type Layout = fn(&Said) -> Document;
    let layouts: [(Layout, f64); 2] = [(documents::plain, 1.6), (documents::envelope, 1.3)];
    for (layout, limit) in layouts {
        let lines: Vec<Document> = lines.iter().map(layout).collect();
        for by_time in [false, true] {
            let ratio = wait(twenty_thousand_a_second(&lines, by_time));
            assert!(ratio < limit, "{ratio} times the bytes of the lines, by time: {by_time}");
        }
    }
}

/// How many bytes are fetched for each of the lines, some of which are there several times under other ids.
async fn twenty_thousand_a_second(lines: &[Document], by_time: bool) -> f64 {
    let mut stage = Stage::new(Search::default());
    stage.engine(|engine| {
        engine.numberless = by_time;
        engine.create("agent360-2026.11.23", 1);
    });
    stage.poll().await;
    let before = stage.answered.load(Ordering::SeqCst);
    let mut written = 0;
    let sources: Vec<Arc<Value>> =
        lines.iter().map(|line| Arc::new(serde_json::from_str(&line.body).unwrap())).collect();
    for poll in 0..2 {
        for number in 0..20_000 {
            let which = number % lines.len();
            written += lines[which].body.len();
            let (id, at) = (format!("{poll:02}{number:018}"), stage.now + number as i64 / 20);
            stage.engine(|engine| engine.put("agent360-2026.11.23", &id, at, Arc::clone(&sources[which])));
        }
        assert_eq!(stage.poll().await.lines.len(), 20_000);
    }
    (stage.answered.load(Ordering::SeqCst) - before) as f64 / written as f64
}

#[test]
fn a_line_from_the_future_does_not_stop_the_tail() {
    wait(async {
        let mut stage = Stage::new(Search::default());
        stage.engine(|engine| engine.create(INDICES[0], 1));
        stage.poll().await;
        stage.write(INDICES[0], 0, "ahead", -86_400_000, "INFO", [0, 0]);
        let arrivals = stage.poll().await;
        assert_eq!(arrivals.complete_to, Some(Timestamp(stage.now)));
        stage.write(INDICES[0], 0, "late", 3_600_000, "INFO", [0, 0]);
        stage.poll().await;
        stage.whole().unwrap();
    });
}

#[test]
fn a_burst_says_how_many_lines_it_skipped() {
    wait(async {
        let mut stage = Stage::new(Search::default());
        stage.engine(|engine| engine.create(INDICES[0], 1));
        stage.poll().await;
        for number in 0..110_000 {
            stage.write(INDICES[0], 0, &format!("d{number}"), 0, "INFO", [0, 0]);
        }
        let arrivals = stage.poll().await;
        assert_eq!((arrivals.lines.len(), arrivals.skipped), (100_000, 10_000));
        assert!(stage.seen.contains_key("d109999") && !stage.seen.contains_key("d9999"));
        stage.write(INDICES[0], 0, "next", 0, "INFO", [0, 0]);
        assert_eq!(stage.poll().await.lines.len(), 1);
    });
}

#[test]
fn half_an_answer_moves_no_cursor() {
    wait(async {
        let mut stage = Stage::new(Search::default());
        stage.engine(|engine| engine.create(INDICES[0], 1));
        stage.poll().await;
        stage.write(INDICES[0], 0, "before", 0, "INFO", [0, 0]);
        stage.poll().await;
        for number in 0..3 {
            stage.write(INDICES[0], 0, &format!("d{number}"), 0, "INFO", [0, 0]);
        }
        stage.engine(|engine| engine.failing = true);
        let half = stage.poll().await;
        assert_eq!((half.lines.len(), half.notes[0].as_str()), (2, "1 of 1 shards failed: x node_disconnected: gone"));
        assert_eq!(stage.poll().await.lines.len(), 1);
        stage.whole().unwrap();
    });
}

#[test]
fn refusals_keep_their_words() {
    for (status, body, words) in [
        ("401 Unauthorized", "Unauthorized", "not signed in: the server wants to know who asks"),
        (
            "429 Too Many Requests",
            r#"{"error":{"root_cause":[{"type":"circuit_breaking_exception","reason":"would be [6144/6kb], larger than [1/1b]","bytes_wanted":6144}],"type":"x"},"status":429}"#,
            "would be [6144/6kb]",
        ),
        (
            "503 Service Unavailable",
            r#"{"error":{"type":"no_shard_available_action_exception","reason":null},"status":503}"#,
            "HTTP 503: no_shard",
        ),
        ("200 OK", "<html><title>Sign in</title>", "not a search engine's API: a web page"),
        ("200 OK", "{}", "not a search engine's API: an object without `responses`"),
        ("200 OK", r#"{"responses":[{"took""#, "cut short"),
    ] {
        let server = Server::new(move |_, wire| say(wire, status, "", body.as_bytes()));
        let query = Query::Tail { search: Search::default(), fill: 10 };
        let fault: FetchError = wait(source(&server).ask(&query, Progress::default(), Timestamp(NOW))).unwrap_err();
        assert!(fault.to_string().contains(words), "{fault}");
    }
}
