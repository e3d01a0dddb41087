//! The demo's simulated Agent360 as a live service: every target on a port of its own, for a real Prometheus to scrape.
//!
//! `cargo run --release --example agent360 -- [FIRST_PORT] [SEED]` prints a Prometheus configuration that scrapes it,
//! ended by an empty line, and serves until it is ended. Port 0 takes free ones. Loopback only.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use a360::demo::sim::{MetricKind, Sim, Target};
use a360::run::clock;

fn main() -> io::Result<()> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u64>().ok());
    let first = numbers.next().flatten().and_then(|port| u16::try_from(port).ok()).unwrap_or(18000);
    let seed = numbers.next().flatten().unwrap_or(360);
    let sim = Sim::new(seed, clock());
    let mut configuration = "global: {scrape_interval: 1s}\nscrape_configs:\n".to_owned();
    let mut servers = Vec::new();
    for (number, target) in (0..).zip(Target::all()) {
        // Port 0 is any free one, for each.
        let listener = TcpListener::bind(("127.0.0.1", if first == 0 { 0 } else { first + number }))?;
        configuration.push_str(&scrape_job(target, listener.local_addr()?.port()));
        servers.push(thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A scraper that went away is not worth a word.
                let _ = serve(stream, sim, target);
            }
        }));
    }
    println!("{configuration}");
    servers.into_iter().for_each(|server| drop(server.join()));
    Ok(())
}

fn scrape_job(target: Target, port: u16) -> String {
    let (job, instance) = (target.job.name(), target.instance());
    format!(
        "- job_name: {job}-{port}\n  relabel_configs: [{{target_label: job, replacement: {job}}}]\n  \
         static_configs: [{{targets: ['127.0.0.1:{port}'], labels: {{instance: '{instance}'}}}}]\n"
    )
}

/// One scrape. While the target restarts the connection is closed without an answer, as a dead process does.
fn serve(mut stream: TcpStream, sim: Sim, target: Target) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let Some(body) = exposition(sim, target) else { return Ok(()) };
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nConnection: close\r\n";
    write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len())
}

fn exposition(sim: Sim, target: Target) -> Option<String> {
    let mut text = String::new();
    let mut family = None;
    for sample in sim.exposition(target, clock())? {
        if family != Some(sample.family) {
            let kind = match sample.kind {
                MetricKind::Counter => "counter",
                MetricKind::Gauge => "gauge",
                MetricKind::Histogram => "histogram",
                MetricKind::Summary => "summary",
            };
            let _ = writeln!(text, "# HELP {0} {1}\n# TYPE {0} {kind}", sample.family, sample.help);
            family = Some(sample.family);
        }
        let _ = writeln!(text, "{} {}", sample.labels, sample.value);
    }
    Some(text)
}
