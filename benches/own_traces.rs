//! What a360's own traces cost a poll, off and on: the spans by themselves, and the processor time of a whole poll over
//! HTTP on loopback. `cargo bench --bench own_traces`

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use a360::model::endpoint::{Endpoint, Proxy};
use a360::model::query::{Answer, Query};
use a360::model::window::Progress;
use a360::source::prometheus::Prometheus;
use a360::telemetry::{self, About, Post, Telemetry};
use a360::time::Timestamp;
use tokio::runtime::Handle;

#[allow(dead_code, clippy::expect_used, reason = "a part of the tests, which use the rest of it")]
#[path = "../tests/support/server.rs"]
mod server;

use server::{Server, Then};

const NOW: Timestamp = Timestamp(1_795_442_607_000);
const ALONE: u32 = 100_000;
const POLLS: u32 = 5_000;
const ANSWER: &str = "HTTP/1.1 200 OK\r\nContent-Length: 63\r\n\r\n\
    {\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}";

fn query() -> Query {
    let expr = "sum by (endpoint) (rate(agent360_requests_total[5m]))".to_owned();
    Query::Instant { expr, at: None }
}

/// The three spans of a poll and the headers, with nothing to do below them; ns.
async fn alone(query: &Query) -> u128 {
    let begun = Instant::now();
    for number in 0..ALONE {
        let answer = async {
            let request = telemetry::exchange("POST", Some("127.0.0.1"), Some(9090), "/api/v1/query");
            request.in_scope(|| black_box(telemetry::headers()));
            telemetry::replied(&request, 200, 63);
            drop((request, telemetry::read(63)));
            Ok(Answer::Alerts(Vec::new()))
        };
        let _ = black_box(telemetry::asked(query, answer).await);
        // A console does not poll without a pause: whoever sends comes to its turn.
        if number % 100 == 0 {
            tokio::task::yield_now().await;
        }
    }
    begun.elapsed().as_nanos() / u128::from(ALONE)
}

/// µs of processor time and of the clock for a poll, the server's part of it included.
async fn polls(prometheus: &Prometheus, query: &Query) -> Result<(f64, f64), Box<dyn Error>> {
    let (begun, used) = (Instant::now(), ticks()?);
    for _ in 0..POLLS {
        telemetry::asked(query, prometheus.ask(query, Progress::default(), NOW)).await?;
    }
    let took = begun.elapsed().as_secs_f64() * 1e6 / f64::from(POLLS);
    Ok(((ticks()? - used) * 1e4 / f64::from(POLLS), took))
}

/// Of this process, each of a hundredth of a second.
fn ticks() -> Result<f64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/stat")?;
    let fields = text.rsplit(") ").next().unwrap_or_default().split(' ');
    let used: Result<Vec<f64>, _> = fields.skip(11).take(2).map(str::parse).collect();
    Ok(used?.iter().sum())
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    // In one piece: the rest of an answer in two waits for the kernel.
    let server = Server::new(|_, wire| match wire.write_all(ANSWER.as_bytes()) {
        Ok(()) => Then::Keep,
        Err(_) => Then::Close,
    });
    let prometheus = Prometheus::new(Endpoint { proxy: Proxy::None, ..Endpoint::new(&server.url()) });
    let query = query();
    polls(&prometheus, &query).await?;
    let off = (alone(&query).await, polls(&prometheus, &query).await?);

    let sent: Arc<AtomicUsize> = Arc::default();
    let counted = Arc::clone(&sent);
    let post: Post = Box::new(move |bytes| {
        counted.fetch_add(bytes.len(), Ordering::Relaxed);
        Box::pin(async { Ok(()) })
    });
    let about = About { host: "bastion".into(), pid: 1, context: "prod".into(), collector: "nowhere".into() };
    let own = Telemetry::start(&about, post, &Handle::current());
    let whole = polls(&prometheus, &query).await?;
    let bytes = sent.load(Ordering::Relaxed);
    let on = (alone(&query).await, whole);
    own.close().await;
    for (name, (alone, (used, took))) in [("off", off), ("on", on)] {
        println!("{name:>3}: spans alone {alone:>6} ns, a poll {used:>5.0} µs of processor, {took:>5.0} µs");
    }
    println!("     {:.0} bytes sent for a poll", bytes as f64 / f64::from(POLLS));
    Ok(())
}
