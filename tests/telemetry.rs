//! a360's own traces: what is told of its work, to whom, and what it costs when nobody takes them.

#![cfg(test)]

#[path = "telemetry/collector.rs"]
mod collector;
#[path = "telemetry/dead.rs"]
mod dead;
#[path = "telemetry/in_process.rs"]
mod in_process;
#[allow(dead_code, reason = "the tests of the terminal use the rest of it")]
#[path = "support/pty.rs"]
mod pty;
#[path = "telemetry/secrets.rs"]
mod secrets;
#[allow(dead_code, reason = "the tests of the network use the rest of it")]
#[path = "support/server.rs"]
mod server;
#[path = "telemetry/told.rs"]
mod told;

use std::path::Path;
use std::process::{Command, Output};

use server::{Server, Then, say};

const PROGRAM: &str = env!("CARGO_BIN_EXE_a360");

/// A Prometheus that has one point of each question, and no alerts.
fn prometheus() -> Server {
    Server::new(|request, wire| {
        let asked = |name: &str| request.body.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let body = if request.head.contains("/api/v1/query_range") {
            let start = asked("start").unwrap_or_default();
            format!(r#"{{"resultType":"matrix","result":[{{"metric":{{}},"values":[[{start},"1"]]}}]}}"#)
        } else if request.head.contains("/api/v1/query") {
            r#"{"resultType":"vector","result":[]}"#.to_owned()
        } else if request.head.contains("/buildinfo") {
            r#"{"version":"2.42.0","revision":"225c61122d88b01d1f0eaaee0e05b6f3e0567ac0","branch":"HEAD","goVersion":"go1.19.5"}"#.to_owned()
        } else {
            r#"{"alerts":[],"groups":[]}"#.to_owned()
        };
        say(wire, "200 OK", "", format!(r#"{{"status":"success","data":{body}}}"#).as_bytes())
    })
}

/// As cron runs it, with nothing in the environment but these.
fn run(args: &[&str], vars: &[(&str, &str)]) -> Output {
    Command::new(PROGRAM).env_clear().envs(vars.iter().copied()).args(args).output().unwrap()
}

fn report(prometheus: &Server, trace_self: &str) -> Output {
    run(&["--prometheus", &prometheus.url(), "--report", "5m", trace_self], &[])
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn config(folder: &Path, text: &str) -> String {
    let path = folder.join("config.toml");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Takes a connection and says nothing.
fn hanging() -> Server {
    Server::raw(server::mute)
}

/// Answers everything with this status.
fn refusing() -> Server {
    Server::new(|_, wire| {
        say(wire, "503 Service Unavailable", "", b"not now");
        Then::Keep
    })
}
