//! A report of 30 days over 50 endpoints, by the whole program, beside a bare client that sends the same requests at
//! the same concurrency and reads the answers to their ends: the time of both, and what the program holds at most.
//! `cargo bench --bench report`; behind `--` a number of ms that the server takes for each answer, or the address of a
//! real Prometheus that has 60 days.

#[allow(dead_code, clippy::expect_used, reason = "it belongs to the tests, which use the rest of it")]
#[path = "../tests/support/server.rs"]
mod server;

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use server::{Request, Server, Then};

const ENDPOINTS: usize = 50;
const ROUNDS: usize = 7;
/// Requests under way at once, as the config has it by default.
const AT_ONCE: usize = 8;
/// So many series of a kind that is not split by endpoint.
const INSTANCES: usize = 4;

/// One value of a form.
fn field(body: &str, name: &str) -> Option<String> {
    let found = body.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    let mut bytes = Vec::new();
    let mut rest = found.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let hex = [rest.next()?, rest.next()?];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok()?);
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).ok()
}

/// A moment as a request writes it, in seconds.
fn seconds(body: &str, name: &str) -> f64 {
    let text = field(body, name).unwrap_or_default();
    text.parse().unwrap_or_else(|_| text.parse::<jiff::Timestamp>().map_or(0.0, |at| at.as_millisecond() as f64 / 1e3))
}

/// The labels of the series that a question has.
fn series(query: &str) -> Vec<String> {
    let each = |count: usize, name: &str, value: &dyn Fn(usize) -> String| {
        (0..count).map(|number| format!("{{\"{name}\":\"{}\"}}", value(number))).collect()
    };
    match query {
        _ if query.contains("ALERTS") => Vec::new(),
        _ if query.contains("endpoint") => each(ENDPOINTS, "endpoint", &|number| format!("/api/v2/orders/{number:02}")),
        _ if query.starts_with("sum(") => vec!["{}".to_owned()],
        _ if query.contains("by (le)") => {
            each(5, "le", &|number| ["0.1", "0.5", "1.0", "2.0", "5.0"][number % 5].to_owned())
        }
        _ => each(INSTANCES, "instance", &|number| format!("agent360-{number}:8000")),
    }
}

fn value(series: usize, point: usize) -> f64 {
    10.0 + series as f64 + ((point + 7 * series) as f64 / 11.0).sin() + 0.001 * (point % 13) as f64
}

/// What Prometheus would answer.
fn answer(path: &str, body: &str) -> String {
    let query = field(body, "query").unwrap_or_default();
    if path.ends_with("/query_range") {
        let (start, end, step) = (seconds(body, "start"), seconds(body, "end"), seconds(body, "step"));
        let points = ((end - start) / step.max(1.0)) as usize + 1;
        let mut out = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[".to_owned();
        for (number, labels) in series(&query).into_iter().enumerate() {
            let _ = write!(out, "{}{{\"metric\":{labels},\"values\":[", if number == 0 { "" } else { "," });
            for point in 0..points {
                let comma = if point == 0 { "" } else { "," };
                let _ = write!(out, "{comma}[{:.3},\"{}\"]", start + step * point as f64, value(number, point));
            }
            out.push_str("]}");
        }
        return out + "]}}";
    }
    if path.ends_with("/query") {
        let at = seconds(body, "time");
        let one = |(number, labels): (usize, String)| {
            format!("{{\"metric\":{labels},\"value\":[{at:.3},\"{}\"]}}", value(number, 0) / 100.0)
        };
        let all: Vec<String> = series(&query).into_iter().enumerate().map(one).collect();
        return format!(
            "{{\"status\":\"success\",\"data\":{{\"resultType\":\"vector\",\"result\":[{}]}}}}",
            all.join(",")
        );
    }
    let data = match path.rsplit('/').next() {
        Some("alerts") => "{\"alerts\":[]}",
        Some("rules") => "{\"groups\":[]}",
        Some("buildinfo") => "{\"version\":\"3.4.0\",\"goVersion\":\"go1.24\"}",
        _ => "{}",
    };
    format!("{{\"status\":\"success\",\"data\":{data}}}")
}

/// Answers are made once: nobody waits for them to be written again.
fn prometheus(takes: Duration) -> Server {
    let made: Mutex<HashMap<String, Arc<Vec<u8>>>> = Mutex::default();
    Server::new(move |request: &Request, wire| {
        let path = path(request).to_owned();
        let key = format!("{path} {}", request.body);
        let known = made.lock().ok().and_then(|made| made.get(&key).cloned());
        let whole = known.unwrap_or_else(|| {
            let body = answer(&path, &request.body);
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
            let whole = Arc::new((head + &body).into_bytes());
            if let Ok(mut made) = made.lock() {
                made.insert(key, Arc::clone(&whole));
            }
            whole
        });
        thread::sleep(takes);
        if wire.write_all(&whole).and_then(|()| wire.flush()).is_ok() { Then::Keep } else { Then::Close }
    })
}

fn path(request: &Request) -> &str {
    request.head.split(' ').nth(1).unwrap_or_default()
}

/// The most that was ever resident of a process, in KiB, as long as it lives.
fn most_resident(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// The time of the whole program and the most that was resident, in KiB.
fn program(url: &str, end: &str, format: &str) -> Result<(f64, u64), Box<dyn Error>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_a360"));
    // The same period each time, so that the same is asked.
    let start = end.parse::<jiff::Timestamp>()? - jiff::SignedDuration::from_hours(30 * 24);
    command.env_clear().args(["--prometheus", url, "--report", "--format", format, "--fail-on", "none"]);
    command.args(["--from", &start.to_string(), "--to", end, "--output", "/dev/null"]);
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let mut most = 0;
    let status = loop {
        most = most_resident(&child).unwrap_or(most).max(most);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        thread::sleep(Duration::from_micros(500));
    };
    let took = begun.elapsed().as_secs_f64() * 1e3;
    match status.code() {
        Some(0) => Ok((took, most)),
        code => {
            let mut said = String::new();
            if let Some(mut pipe) = child.stderr.take() {
                pipe.read_to_string(&mut said)?;
            }
            Err(format!("the report ended with {code:?}: {said}").into())
        }
    }
}

/// Sends what the program sent, and reads each answer to its end.
async fn bare(url: &str, requests: &[(String, String)]) -> Result<(f64, usize), Box<dyn Error>> {
    let begun = Instant::now();
    let client = reqwest::Client::builder().no_proxy().build()?;
    let send = |(path, body): &(String, String)| {
        let address = format!("{url}{path}");
        let form = || client.post(&address).header("content-type", "application/x-www-form-urlencoded");
        let request = if body.is_empty() { client.get(&address) } else { form().body(body.clone()) };
        async move { Ok::<_, reqwest::Error>(request.send().await?.bytes().await?.len()) }
    };
    let mut waiting = stream::iter(requests.iter().map(send)).buffer_unordered(AT_ONCE);
    let mut bytes = 0;
    while let Some(length) = waiting.next().await {
        bytes += length?;
    }
    Ok((begun.elapsed().as_secs_f64() * 1e3, bytes))
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or(f64::NAN)
}

fn main() -> Result<(), Box<dyn Error>> {
    // Nothing here speaks TLS, but the client does not start without.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let words: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let real = words.iter().find(|word| word.starts_with("http"));
    let chosen = words.iter().find_map(|word| word.parse().ok());
    let takes = chosen.map_or_else(|| if real.is_some() { vec![0] } else { vec![0, 5, 20, 100] }, |ms: u64| vec![ms]);
    // The end of the last whole hour: a real server has nothing of the future.
    let end = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second() / 3_600 * 3_600)?.to_string();
    for ms in takes {
        let server = prometheus(Duration::from_millis(ms));
        // The first run makes the answers and shows what is asked.
        program(&server.url(), &end, "json")?;
        let requests: Vec<_> =
            server.requests().iter().map(|request| (path(request).to_owned(), request.body.clone())).collect();
        let url = real.cloned().unwrap_or_else(|| server.url());
        for format in ["json", "html"] {
            let (mut own, mut others, mut most, mut bytes) = (Vec::new(), Vec::new(), 0, 0);
            for _ in 0..ROUNDS {
                let (took, resident) = program(&url, &end, format)?;
                own.push(took);
                most = most.max(resident);
                let (took, read) = runtime.block_on(bare(&url, &requests))?;
                others.push(took);
                bytes = read;
            }
            let (own, other) = (median(own), median(others));
            let what = real.map_or_else(|| format!("{ms:3} ms an answer"), |_| "a real server".to_owned());
            println!(
                "{what}, {format}: {} requests, {:.1} MB: report {own:.0} ms, bare client {other:.0} ms, \
                 ratio {:.2}; at most {:.1} MiB",
                requests.len(),
                bytes as f64 / 1e6,
                own / other,
                most as f64 / 1024.0,
            );
        }
    }
    Ok(())
}
