//! A million log lines held: memory, the time to find a text in all of them, and how quickly lines are taken in.
//! `cargo bench --bench logs`

use std::hint::black_box;
use std::time::Instant;

use a360::model::log::{Level, Line};
use a360::store::log::{CAP, Lines};

const BATCH: usize = 20_000;

/// A line as services write it: some hundred bytes, an id of Elasticsearch, a trace.
fn line(i: usize) -> Line {
    let message = format!(
        "request {i} of user {} took {} ms at the upstream and was answered with {} after {} attempts",
        i * 7 % 90_001,
        i % 3_001,
        [200, 200, 200, 404, 503][i % 5],
        i % 3 + 1
    );
    Line {
        index: format!("agent360-2026.11.{}", 20 + i * 3 / CAP).into(),
        id: format!("AVx{i:017x}").into(),
        at: i as i64 * 50_000,
        level: Level::ALL[i % 5],
        service: ["gateway", "checkout", "payment"][i % 3].into(),
        place: format!("pod-{}", i % 40).into(),
        message: message.into(),
        kind: "request".into(),
        endpoint: ["/api/search", "/api/checkout"][i % 2].into(),
        error_type: ["", "Timeout"][i % 2].into(),
        trace: format!("{i:032x}").into(),
    }
}

/// What is resident of this process, in MiB; 0 where the system does not tell.
fn resident() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: f64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0.0);
    pages * 4_096.0 / 1_048_576.0
}

fn main() {
    let mut lines = Lines::default();
    let (before, mut spent, mut worst) = (resident(), 0.0, 0.0f64);
    // Beyond the cap too: the oldest go then.
    for batch in 0..(CAP + CAP / 5) / BATCH {
        let arrived: Vec<Line> = (batch * BATCH..(batch + 1) * BATCH).map(line).collect();
        let start = Instant::now();
        lines.arrive(arrived, i64::MAX);
        let took = start.elapsed().as_secs_f64();
        (spent, worst) = (spent + took, worst.max(took));
        if lines.len() == CAP && lines.dropped() == 0 {
            println!("{} lines held: {:.0} MiB", lines.len(), resident() - before);
        }
    }
    let rate = (CAP + CAP / 5) as f64 / spent / 1e6;
    println!("taken in: {rate:.2} M lines a second; {BATCH} at once: {:.1} ms at worst", worst * 1e3);
    for text in ["nowhere to be found", "timeout", "upstream", "e", "answered with 503 after 3", "Answered"] {
        let start = Instant::now();
        lines.seek(black_box(text));
        println!("find {text:?}: {} lines in {:.1} ms", lines.hits(), start.elapsed().as_secs_f64() * 1e3);
    }
    let late: Vec<Line> =
        (0..BATCH).map(|i| Line { id: format!("late{i}").into(), ..line(i * 37 + 200_000) }).collect();
    let start = Instant::now();
    lines.arrive(late, i64::MAX);
    println!("{BATCH} late lines put in their places: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    println!("resident at the end: {:.0} MiB", resident() - before);
}
