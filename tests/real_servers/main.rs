//! The main job on real servers that scrape the simulated service and a real exporter: the console on a terminal,
//! and the report. Also what happens when a server dies and comes back, or stands behind a proxy that wants to know
//! who asks.
//!
//! `tests/stack/test` runs these tests; without servers they are skipped.

#![cfg(test)]

mod alerts;
mod gateway;
mod log_fields;
mod log_rate;
mod logs;
mod outage;
mod overview;
mod own_traces;
mod reports;
mod sending;
mod service;
mod silencing;
mod stack_itself;
mod trace_walk;
mod traces;
mod why;

#[path = "../support/program.rs"]
mod program;
#[path = "../support/pty.rs"]
mod pty;
#[allow(dead_code, reason = "the tests of the network use the rest of it")]
#[path = "../support/server.rs"]
mod server;
#[path = "../support/stack.rs"]
mod stack;

use std::process::{Command, Output};

use pty::Pty;
use stack::Stack;

const PROGRAM: &str = env!("CARGO_BIN_EXE_a360");

/// A server of metrics with what it watches.
fn watching(server: &str) -> Stack {
    Stack::up(&[server, "node-exporter", "agent360"])
}

fn console(url: &str, extra: &[&str]) -> Pty {
    let mut args = vec!["--prometheus", url, "--range", "5m", "--refresh", "1s"];
    args.extend(extra);
    on_terminal(&args)
}

fn on_terminal(args: &[&str]) -> Pty {
    let vars = [("TERM", "xterm-256color"), ("LANG", "C.UTF-8")];
    Pty::spawn(pty::command(PROGRAM, args, &vars), 120, 40)
}

/// As cron runs it: no terminal, no home, nothing in the environment.
fn report(url: &str, args: &[&str]) -> Output {
    let mut command = Command::new(PROGRAM);
    command.env_clear().args(["--prometheus", url, "--report", "5m"]).args(args);
    command.output().unwrap()
}

fn shows(screen: &vt100::Screen, words: &[&str]) -> bool {
    let text = screen.contents();
    words.iter().all(|word| text.contains(word))
}

/// Values of all four panels, a host of the real exporter, the database, and a source that answers.
fn is_whole(screen: &vt100::Screen) -> bool {
    let text = screen.contents();
    let panel = |title: &str, unit: &str| text.lines().any(|line| line.contains(title) && line.contains(unit));
    panel("Request rate", "req/s")
        && panel("Error rate", "%")
        && panel("Latency p95", "s")
        && panel("CPU", "iB ▏")
        && text.contains("cassandra  3/3 up")
        && text.contains("prom ●")
}
