//! What a tail costs at twenty thousand lines a second, in both layouts and both ways: bytes that are fetched for each
//! byte of the lines, and the time of this program for each line. `cargo bench --bench tail`

use std::error::Error;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use a360::demo::documents::{self, Document};
use a360::demo::sim::Sim;
use a360::demo::sim::log::Line as Said;
use a360::model::endpoint::{Endpoint, Proxy};
use a360::model::engine::Engine as Address;
use a360::model::log::{Search, Way};
use a360::model::query::Query;
use a360::model::window::Progress;
use a360::source::elasticsearch::Elasticsearch;
use a360::time::Timestamp;
use serde_json::Value;

#[allow(dead_code, clippy::expect_used, clippy::panic, reason = "a part of the tests, which use the rest of it")]
#[path = "../tests/network/search_engine.rs"]
mod search_engine;
#[allow(dead_code, clippy::expect_used, reason = "a part of the tests, which use the rest of it")]
#[path = "../tests/support/server.rs"]
mod server;

use search_engine::Engine;
use server::{Server, Then};

const NOW: i64 = 1_795_442_607_000;
const INDEX: &str = "agent360-2026.11.23";
const A_SECOND: usize = 20_000;
const POLLS: usize = 5;

type Layout = fn(&Said) -> Document;

/// What was fetched, and how long this thread was at work.
#[derive(Default)]
struct Cost {
    requests: usize,
    asked: usize,
    fetched: usize,
    spent: f64,
}

struct Stage {
    engine: Arc<Mutex<Engine>>,
    server: Server,
    answered: Arc<AtomicUsize>,
    source: Elasticsearch,
    progress: Progress,
    now: i64,
}

impl Stage {
    fn new(by_time: bool) -> Self {
        let mut engine = Engine { numberless: by_time, ..Engine::default() };
        engine.create(INDEX, 1);
        let (engine, answered) = (Arc::new(Mutex::new(engine)), Arc::<AtomicUsize>::default());
        let (held, counted) = (Arc::clone(&engine), Arc::clone(&answered));
        let server = Server::new(move |request, wire| {
            let path = request.head.split(' ').nth(1).unwrap_or_default();
            let Ok(mut engine) = held.lock() else { return Then::Close };
            let answer = engine.answer(path, &request.body);
            let status = if answer.get("error").is_some() { "400 Bad Request" } else { "200 OK" };
            let answer = answer.to_string();
            let whole = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{answer}", answer.len());
            counted.fetch_add(whole.len(), Ordering::SeqCst);
            match wire.write_all(whole.as_bytes()).and_then(|()| wire.flush()) {
                Ok(()) => Then::Keep,
                Err(_) => Then::Close,
            }
        });
        let endpoint = Endpoint { proxy: Proxy::None, ..Endpoint::new(&server.url()) };
        let source = Elasticsearch::new(Address { endpoint, ..Address::new("") });
        Self { engine, server, answered, source, progress: Progress::default(), now: NOW }
    }

    /// How many lines came, and by which way.
    async fn poll(&mut self, cost: &mut Cost) -> Result<(usize, Way), Box<dyn Error>> {
        self.now += 1_000;
        let (before, requests) = (self.answered.load(Ordering::SeqCst), self.server.requests().len());
        let start = at_work();
        let query = Query::Tail { search: Search::default(), fill: 1_000 };
        let arrivals = self.source.ask(&query, self.progress.clone(), Timestamp(self.now)).await?.into_arrivals()?;
        cost.spent += at_work() - start;
        cost.fetched += self.answered.load(Ordering::SeqCst) - before;
        let asked = self.server.requests();
        let asked = asked.get(requests..).unwrap_or_default();
        cost.requests += asked.len();
        cost.asked += asked.iter().map(|request| request.head.len() + request.body.len()).sum::<usize>();
        self.progress.cursor = Some(arrivals.cursor);
        Ok((arrivals.lines.len(), arrivals.way))
    }

    fn write(&self, poll: usize, lines: &[(usize, Arc<Value>)]) -> usize {
        let Ok(mut engine) = self.engine.lock() else { return 0 };
        let mut written = 0;
        for (number, (length, source)) in lines.iter().cycle().take(A_SECOND).enumerate() {
            written += length;
            let at = self.now + number as i64 * 1_000 / A_SECOND as i64;
            engine.put(INDEX, &format!("{poll:02}{number:018}"), at, Arc::clone(source));
        }
        written
    }
}

/// Seconds that this thread has computed; 0 where the system does not tell.
fn at_work() -> f64 {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

async fn row(layout: &str, lines: &[(usize, Arc<Value>)], by_time: bool) -> Result<(), Box<dyn Error>> {
    let mut stage = Stage::new(by_time);
    stage.poll(&mut Cost::default()).await?;
    let (mut busy, mut written, mut came, mut way) = (Cost::default(), 0, 0, Way::Arrival);
    for poll in 0..POLLS {
        written += stage.write(poll, lines);
        let (lines, by) = stage.poll(&mut busy).await?;
        (came, way) = (came + lines, by);
    }
    if came != POLLS * A_SECOND {
        return Err(format!("{came} lines of {}", POLLS * A_SECOND).into());
    }
    let mut quiet = Cost::default();
    stage.poll(&mut Cost::default()).await?;
    stage.poll(&mut quiet).await?;
    println!(
        "{layout:9} {:8} {:9.1} {:9.1} {:6.2} {:9} {:8.2} {:9.0} {:9}",
        if way == Way::Arrival { "arrival" } else { "time" },
        written as f64 / POLLS as f64 / 1e6,
        busy.fetched as f64 / POLLS as f64 / 1e6,
        busy.fetched as f64 / written as f64,
        busy.requests / POLLS,
        busy.spent / came as f64 * 1e6,
        came as f64 / busy.spent,
        quiet.asked + quiet.fetched,
    );
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let said = Sim::new(1, Timestamp(NOW)).lines(Timestamp(NOW), Timestamp(NOW + 2_000), 1);
    let layouts: [(&str, Layout); 2] = [("plain", documents::plain), ("envelope", documents::envelope)];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!("{A_SECOND} lines a second, one poll each second");
    println!("layout    way         MB new   fetched  ratio  requests  \u{b5}s/line   lines/s  quiet, B");
    for (name, layout) in layouts {
        let mut lines = Vec::new();
        for line in said.iter().map(layout) {
            lines.push((line.body.len(), Arc::new(serde_json::from_str(&line.body)?)));
        }
        for by_time in [false, true] {
            runtime.block_on(row(name, &lines, by_time))?;
        }
    }
    Ok(())
}
