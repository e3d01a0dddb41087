//! A trace of 50,000 spans in both shapes: the time to decode it and to see where its time went, and the memory of
//! that. And a search of a hundred traces. `cargo bench --bench traces`

use std::error::Error;
use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use a360::analysis::traces::{Tree, spent};
use a360::model::fault::FetchError;
use a360::model::trace::{Summary, Trace};
use a360::source::jaeger::decode;

const SPANS: usize = 50_000;
const START: i64 = 1_795_176_000_000_000;
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SERVICES: [&str; 7] = ["gateway", "checkout", "payment", "stock", "search", "cassandra", "mailer"];

/// What is resident of this process, in KiB; 0 where the system does not tell.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0) * 4
}

/// What a piece of work gives, how long it took, and the most that was resident meanwhile, in KiB.
fn watched<T>(work: impl FnOnce() -> T) -> (T, f64, u64) {
    let (most, over) = (Arc::new(AtomicU64::new(resident())), Arc::new(AtomicBool::new(false)));
    let watch = thread::spawn({
        let (most, over) = (Arc::clone(&most), Arc::clone(&over));
        move || {
            while !over.load(Ordering::Relaxed) {
                most.fetch_max(resident(), Ordering::Relaxed);
                thread::sleep(Duration::from_micros(500));
            }
        }
    });
    let start = Instant::now();
    let done = work();
    let took = start.elapsed().as_secs_f64() * 1e3;
    over.store(true, Ordering::Relaxed);
    let _ = watch.join();
    most.fetch_max(resident(), Ordering::Relaxed);
    (done, took, most.load(Ordering::Relaxed))
}

/// Who caused it: a tree of some fifteen levels, broad and deep by turns.
fn parent(span: usize) -> Option<usize> {
    span.checked_sub(1).map(|before| before / (2 + span % 9) * 2 % span.max(1))
}

/// Key and value; some say the same each time, some never do.
fn tags(span: usize) -> Vec<(&'static str, String)> {
    let mut tags = vec![
        ("http.method", ["GET", "POST"][span % 2].to_owned()),
        ("http.url", format!("https://shop.example/api/orders/{span}?page={}", span % 31)),
        ("http.status_code", ["200", "500"][usize::from(span.is_multiple_of(50))].to_owned()),
        ("thread.name", format!("worker-{}", span % 64)),
    ];
    if span.is_multiple_of(3) {
        tags.push(("db.statement", format!("SELECT id, total FROM orders WHERE customer = {span} AND day = ?")));
    }
    tags
}

fn v1(trace: &str, spans: usize) -> String {
    let mut out = format!("{{\"traceID\":\"{trace}\",\"spans\":[");
    for span in 0..spans {
        let comma = if span == 0 { "" } else { "," };
        let _ = write!(
            out,
            "{comma}{{\"traceID\":\"{trace}\",\"spanID\":\"{:016x}\",\"flags\":1,\"operationName\":\"{} /api/{}\",\"references\":[",
            span + 1,
            ["GET", "POST"][span % 2],
            span % 120,
        );
        if let Some(parent) = parent(span) {
            let id = parent + 1;
            let _ = write!(out, "{{\"refType\":\"CHILD_OF\",\"traceID\":\"{trace}\",\"spanID\":\"{id:016x}\"}}");
        }
        let (start, length) = (START + span as i64 * 7, 90_000 - span as i64);
        let _ = write!(out, "],\"startTime\":{start},\"duration\":{length},\"tags\":[");
        for (key, value) in tags(span) {
            let _ = write!(out, "{{\"key\":\"{key}\",\"type\":\"string\",\"value\":\"{value}\"}},");
        }
        let _ = write!(
            out,
            "{{\"key\":\"span.kind\",\"type\":\"string\",\"value\":\"server\"}}],\"logs\":[],\"processID\":\"p{}\",\"warnings\":null}}",
            span % SERVICES.len(),
        );
    }
    out.push_str("],\"processes\":{");
    for (number, service) in SERVICES.iter().enumerate() {
        let comma = if number == 0 { "" } else { "," };
        let _ = write!(
            out,
            "{comma}\"p{number}\":{{\"serviceName\":\"{service}\",\"tags\":[{{\"key\":\"host\",\"value\":\"h\"}}]}}"
        );
    }
    out.push_str("},\"warnings\":null}");
    out
}

fn otlp(trace: &str, spans: usize) -> String {
    let mut out = String::new();
    for (number, service) in SERVICES.iter().enumerate() {
        let _ = write!(
            out,
            "{}{{\"resource\":{{\"attributes\":[{{\"key\":\"service.name\",\"value\":{{\"stringValue\":\"{service}\"}}}}]}},\"scopeSpans\":[{{\"scope\":{{\"name\":\"lib\"}},\"spans\":[",
            if number == 0 { "" } else { "," },
        );
        for span in (number..spans).step_by(SERVICES.len()) {
            let above =
                parent(span).map_or_else(String::new, |parent| format!("\"parentSpanId\":\"{:016x}\",", parent + 1));
            let start = (START + span as i64 * 7) * 1_000;
            let _ = write!(
                out,
                "{}{{\"traceId\":\"{trace}\",\"spanId\":\"{:016x}\",{above}\"name\":\"{} /api/{}\",\"kind\":2,\"startTimeUnixNano\":\"{start}\",\"endTimeUnixNano\":\"{}\",\"attributes\":[",
                if span == number { "" } else { "," },
                span + 1,
                ["GET", "POST"][span % 2],
                span % 120,
                start + (90_000 - span as i64) * 1_000,
            );
            for (place, (key, value)) in tags(span).into_iter().enumerate() {
                let comma = if place == 0 { "" } else { "," };
                let _ = write!(out, "{comma}{{\"key\":\"{key}\",\"value\":{{\"stringValue\":\"{value}\"}}}}");
            }
            out.push_str("],\"status\":{}}");
        }
        out.push_str("]}]}");
    }
    out
}

/// As the network brings it: in pieces, into a body that grows.
fn arrived(text: &str) -> Vec<u8> {
    let mut body = Vec::new();
    text.as_bytes().chunks(16 * 1_024).for_each(|chunk| body.extend_from_slice(chunk));
    body
}

fn read(body: &[u8], is_v1: bool, each: impl FnMut(Trace)) -> Result<(), FetchError> {
    if is_v1 { decode::v1(body, each).map(drop) } else { decode::otlp(body, each) }
}

fn mib(kib: u64) -> f64 {
    kib as f64 / 1_024.0
}

fn one(text: &str, is_v1: bool, idle: u64) -> Result<(), Box<dyn Error>> {
    let (body, _, _) = watched(|| arrived(text));
    let with_body = resident();
    let (trace, decoded, peak) = watched(|| {
        let mut found = None;
        read(&body, is_v1, |trace| found = Some(trace)).map(|()| found)
    });
    let trace = trace?.ok_or("no trace")?;
    let (tree, built, tree_peak) = watched(|| Tree::of(&trace));
    let (spent, summed, spent_peak) = watched(|| spent(&trace, &tree));
    let all = peak.max(tree_peak).max(spent_peak);
    if trace.spans.len() != SPANS || tree.nodes.len() != SPANS || spent.is_empty() {
        return Err("spans were lost".into());
    }
    let shape = if is_v1 { "v1  " } else { "OTLP" };
    println!(
        "{shape} {:.1} MB: decoded {decoded:.0} ms, tree and critical path {built:.0} ms, self times {summed:.0} ms, together {:.0} ms",
        body.len() as f64 / 1e6,
        decoded + built + summed,
    );
    let held = resident();
    drop(black_box(body));
    println!(
        "     above idle: body {:.0} MiB, peak {:.0} MiB, all held {:.0} MiB, without the body {:.0} MiB",
        mib(with_body.saturating_sub(idle)),
        mib(all.saturating_sub(idle)),
        mib(held.saturating_sub(idle)),
        mib(resident().saturating_sub(idle)),
    );
    black_box((trace, tree, spent));
    Ok(())
}

/// A hundred traces of five hundred spans, of which rows are kept.
fn search(text: &str, is_v1: bool) -> Result<(), Box<dyn Error>> {
    let body = arrived(text);
    let before = resident();
    let (rows, took, peak) = watched(|| {
        let mut rows = Vec::new();
        read(&body, is_v1, |trace| rows.push(Summary::of(&trace))).map(|()| rows)
    });
    let rows = rows?;
    if rows.len() != 100 || rows.iter().any(|row| row.spans != 500) {
        return Err("traces were lost".into());
    }
    println!(
        "{} search of 100 traces, {:.1} MB: {took:.0} ms, peak {:.1} MiB above the answer",
        if is_v1 { "v1  " } else { "OTLP" },
        body.len() as f64 / 1e6,
        mib(peak.saturating_sub(before)),
    );
    Ok(())
}

/// What the process holds beside what is measured would hide what that takes: each runs in a process of its own, which
/// reads its answer from a file.
fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().collect();
    let id = |number: usize| format!("{number:032x}");
    match args.iter().position(|arg| arg == "--measure").and_then(|at| args.get(at + 1..at + 3)) {
        Some([what, file]) => {
            let is_v1 = what.starts_with("v1");
            let text = std::fs::read_to_string(file)?;
            match what.ends_with("search") {
                true => search(&text, is_v1),
                false => one(&text, is_v1, resident()),
            }
        }
        _ => {
            let file = std::env::temp_dir().join(format!("a360-bench-traces-{}", std::process::id()));
            for what in ["v1", "otlp", "v1-search", "otlp-search"] {
                let shape = if what.starts_with("v1") { v1 } else { otlp };
                let parts: Vec<String> = match what.ends_with("search") {
                    true => (1..=100).map(|number| shape(&id(number), 500)).collect(),
                    false => vec![shape(TRACE, SPANS)],
                };
                let (open, close) = if what.starts_with("v1") {
                    ("{\"data\":[", "]}")
                } else {
                    ("{\"result\":{\"resourceSpans\":[", "]}}")
                };
                std::fs::write(&file, format!("{open}{}{close}", parts.join(",")))?;
                let program = std::env::current_exe()?;
                let run = std::process::Command::new(program).arg("--measure").arg(what).arg(&file).status()?;
                if !run.success() {
                    return Err("it failed".into());
                }
            }
            Ok(std::fs::remove_file(&file)?)
        }
    }
}
