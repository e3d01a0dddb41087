//! The demo's simulated Agent360 as a live service: targets to scrape, logs and traces to read, incidents on demand.
//!
//! `cargo run --release --example agent360 -- --help` says what it can do. Loopback only.

mod args;
mod control;
mod disorder;
mod elastic;
mod exposition;
mod history;
mod http;
mod order;
mod otlp;
mod outbox;
mod produce;
mod targets;
mod world;

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use a360::demo::documents;
use a360::demo::sim::Sim;
use a360::demo::sim::trace::Span;
use a360::run::clock;
use a360::time::Timestamp;
use tokio::net::TcpListener;

use args::{Ago, Args};
use control::Control;
use documents::Document;
use elastic::Elastic;
use otlp::Collector;
use outbox::Outbox;
use produce::Producer;
use world::World;

/// Documents and spans that wait at most, while their receiver is gone.
const DOCUMENTS: usize = 60_000;
const SPANS: usize = 30_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::read();
    if !args.history.is_empty() {
        return Ok(past(&args, clock())?);
    }
    let started = args.started.map_or_else(clock, Timestamp);
    let sim = if args.calm { Sim::calm(args.seed, started) } else { Sim::new(args.seed, started) };
    let world = Arc::new(World::new(sim));
    for order in &args.incident {
        if let Err(refused) = world.add(order, started) {
            Args::refuse(&format!("--incident: {refused}"));
        }
    }
    let targets = targets::start(&world, args.target_port).await;
    let targets = targets.unwrap_or_else(|error| Args::refuse(&format!("--target-port: {error}")));
    let listener = TcpListener::bind(("127.0.0.1", args.port)).await;
    let listener = listener.unwrap_or_else(|error| Args::refuse(&format!("--port {}: {error}", args.port)));
    let port = listener.local_addr()?.port();
    let mut control =
        Control { world: Arc::clone(&world), targets, seed: args.seed, logs: Vec::new(), traces: Vec::new() };
    send(&args, world, &mut control)?;
    announce(&control, port);
    http::serve(listener, Arc::new(move |request| Some(control.answer(request)))).await;
    Ok(())
}

/// Prints what was, with the incidents counted from the beginning of the newest stretch.
fn past(args: &Args, now: Timestamp) -> io::Result<()> {
    let mut stretches: Vec<_> = args.history.iter().map(|Ago(from, to)| (now.plus(-from), now.plus(-to))).collect();
    stretches.sort();
    let newest = stretches.last().map_or(now, |(from, _)| *from);
    let started = args.started.map_or(newest, Timestamp);
    let world = World::new(if args.calm { Sim::calm(args.seed, started) } else { Sim::new(args.seed, started) });
    for order in &args.incident {
        if let Err(refused) = world.add(order, newest) {
            Args::refuse(&format!("--incident: {refused}"));
        }
    }
    history::write(&world.sim(), &stretches, io::stdout().lock())
}

/// Starts to send what is to be sent.
fn send(args: &Args, world: Arc<World>, control: &mut Control) -> Result<(), Box<dyn Error>> {
    // Nothing here speaks TLS, but the client does not start without.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build()?;
    let mut producer = Producer::new(world, args);
    let flush = args.flush;
    for (url, user) in args.logs_to.iter().zip(&args.users) {
        let logs = Arc::new(Outbox::<Document>::new(DOCUMENTS));
        control.logs.push((url.clone(), Arc::clone(&logs.tally)));
        producer.logs.push(Arc::clone(&logs));
        let password = std::env::var("AGENT360_LOGS_PASSWORD").ok();
        let login = user.clone().map(|user| (user, password));
        let elastic = Elastic { client: client.clone(), url: url.clone(), login };
        tokio::spawn(async move { logs.run(elastic, flush).await });
    }
    for url in &args.traces_to {
        let traces = Arc::new(Outbox::<Span>::new(SPANS));
        control.traces.push((url.clone(), Arc::clone(&traces.tally)));
        producer.traces.push(Arc::clone(&traces));
        let collector = Collector { client: client.clone(), url: url.clone() };
        tokio::spawn(async move { traces.run(collector, flush).await });
    }
    tokio::spawn(producer.run());
    Ok(())
}

/// A scrape configuration that Prometheus and VictoriaMetrics both take, with the addresses as its comments.
fn announce(control: &Control, port: u16) {
    println!("# control: http://127.0.0.1:{port}/");
    for served in &control.targets {
        println!(
            "# {} {}: http://127.0.0.1:{}/metrics",
            served.target.job.name(),
            served.target.instance(),
            served.port
        );
    }
    println!("global: {{scrape_interval: 1s}}");
    println!("scrape_configs:");
    println!("- job_name: agent360-simulation");
    println!("  http_sd_configs: [{{url: 'http://127.0.0.1:{port}/targets'}}]\n");
}
