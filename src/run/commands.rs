//! `a360 config …` and `a360 completions`: print, and be done.

use std::io::{self, ErrorKind, Write};

use super::clock;
use crate::cli::ConfigCommand;
use crate::config::{self, Config, Mistake, Outcome, Places, Probe};
use crate::source::prometheus::Prometheus;
use crate::text::Plain;
use crate::time::{SECOND, millis};

/// Two threads: one answer being decoded must not hold up the others.
pub fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
}

/// To standard output. Gives the exit code: a reader that has enough (`| head`) is no failure.
pub fn print(bytes: &[u8]) -> u8 {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => 0,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => 0,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: standard output: {error}");
            1
        }
    }
}

pub fn config(command: &ConfigCommand, places: &Places) -> Result<u8, Mistake> {
    let is_set = |name: &str| std::env::var_os(name).is_some();
    match command {
        ConfigCommand::Init { force } => {
            let path = config::init(places, *force)?;
            Ok(print(format!("wrote {}\n", Plain::new(&path.to_string_lossy())).as_bytes()))
        }
        ConfigCommand::Show => Ok(print(config::show(&Config::load(places)?, &is_set).as_bytes())),
        ConfigCommand::Check { connect } => {
            let config = Config::load(places)?;
            super::setup::check(&config)?;
            let probes = if *connect { probe_all(&config)? } else { Vec::new() };
            let checked = config::check(&config, &probes, &is_set);
            let printed = print(checked.text.as_bytes());
            Ok(if checked.ok { printed } else { 2 })
        }
    }
}

/// Asks every source of every context, all at once.
fn probe_all(config: &Config) -> Result<Vec<Probe>, Mistake> {
    let runtime = runtime().map_err(|error| Mistake::of_argument(&format!("no threads: {error}")))?;
    let probes = runtime.block_on(async {
        let mut tasks = Vec::new();
        for context in &config.contexts {
            let Some(endpoint) = context.prometheus.clone() else { continue };
            let task = tokio::spawn(async move { probe(&Prometheus::new(endpoint)).await });
            tasks.push((context.name.clone(), task));
        }
        let mut probes = Vec::new();
        for (context, task) in tasks {
            let outcome = task.await.unwrap_or_else(|error| Err(vec![error.to_string().into()]));
            probes.push(Probe { context, source: "prometheus", outcome });
        }
        probes
    });
    runtime.shutdown_background();
    Ok(probes)
}

/// `2.42.0, clock +0.1 s, 12 targets, 8 ms`
async fn probe(prometheus: &Prometheus) -> Outcome {
    let found = prometheus.probe(clock()).await.map_err(|error| vec![error.to_string().into()])?;
    let version = if found.version.is_empty() { "(version unknown)" } else { &found.version };
    let skew = found.skew_ms as f64 / SECOND as f64;
    let line = format!(
        "{} {version}, clock {skew:+.1} s, {} targets, {} ms",
        found.flavour,
        found.targets,
        millis(found.round_trip)
    );
    Ok(vec![line.into()])
}
