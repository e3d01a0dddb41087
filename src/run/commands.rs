//! `a360 config …` and `a360 completions`: print, and be done.

use std::io::{self, ErrorKind, Write};

use futures_util::future::join_all;
use tokio::task::JoinError;

use super::clock;
use crate::cli::ConfigCommand;
use crate::config::{self, ALERTMANAGER, Config, ELASTICSEARCH, JAEGER, Mistake, Outcome, PROMETHEUS, Places, Probe};
use crate::model::endpoint::Endpoint;
use crate::model::engine::Engine;
use crate::model::fault::FetchError;
use crate::model::target::{Target, Way};
use crate::report;
use crate::source::alertmanager::{self, Alertmanager};
use crate::source::elasticsearch::Elasticsearch;
use crate::source::hook;
use crate::source::jaeger::Jaeger;
use crate::source::prometheus::Prometheus;
use crate::source::smtp;
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
            let probes = if *connect { probe_all(&config, &is_set)? } else { Vec::new() };
            let checked = config::check(&config, &probes, &is_set);
            let printed = print(checked.text.as_bytes());
            Ok(if checked.ok { printed } else { 2 })
        }
    }
}

/// Asks every source of every context, and tries every target, all at once.
fn probe_all(config: &Config, is_set: &dyn Fn(&str) -> bool) -> Result<Vec<Probe>, Mistake> {
    let runtime = runtime().map_err(|error| Mistake::of_argument(&format!("no threads: {error}")))?;
    let probes = runtime.block_on(async {
        let mut tasks = Vec::new();
        for context in &config.contexts {
            if let Some(endpoint) = context.prometheus.clone() {
                tasks.push((context, PROMETHEUS, vec![endpoint.url.clone()], tokio::spawn(prometheus(endpoint))));
            }
            let servers = context.alertmanager.clone();
            let urls = servers.iter().map(|endpoint| endpoint.url.clone()).collect();
            tasks.push((context, ALERTMANAGER, urls, tokio::spawn(alertmanagers(servers))));
            if let Some(engine) = context.elasticsearch.clone() {
                let urls = vec![engine.endpoint.url.clone()];
                tasks.push((context, ELASTICSEARCH, urls, tokio::spawn(search_engine(engine))));
            }
            if let Some(endpoint) = context.jaeger.clone() {
                tasks.push((context, JAEGER, vec![endpoint.url.clone()], tokio::spawn(jaeger(endpoint))));
            }
        }
        let outcomes = join_all(config.targets.iter().map(target)).await;
        let probe = |(target, outcome): (&Target, _)| {
            let (context, source) = (target.name.clone(), target.way.word());
            Probe { context, source, url: config::address(target, is_set), outcome }
        };
        let mut probes: Vec<Probe> = config.targets.iter().zip(outcomes).map(probe).collect();
        for (context, source, urls, task) in tasks {
            let broken = |error: JoinError| vec![Err(vec![error.to_string().into()]); urls.len()];
            let outcomes = task.await.unwrap_or_else(broken);
            let probe = |(url, outcome)| Probe { context: context.name.clone(), source, url, outcome };
            probes.extend(urls.clone().into_iter().zip(outcomes).map(probe));
        }
        probes
    });
    runtime.shutdown_background();
    Ok(probes)
}

/// A target as far as it can be tried without sending anything.
async fn target(target: &Target) -> Outcome {
    match &target.way {
        Way::Slack(hook) | Way::Webhook(hook) => match hook::endpoint(hook).await {
            Ok(_) => Ok(vec![Plain::new("the address is there; not tried, because that would post something")]),
            Err(error) => Err(vec![error.to_string().into()]),
        },
        Way::Email(mail) => match smtp::probe(mail).await {
            Ok(said) => Ok(vec![said]),
            Err(fault) => Err(vec![fault.text().clone()]),
        },
        Way::File(folder) => match report::check_folder(&folder.path) {
            Ok(()) => Ok(vec![Plain::new("can be written to")]),
            Err(error) => Err(vec![error.to_string().into()]),
        },
    }
}

/// `Prometheus 2.42.0, clock +0.1 s, 12 targets, 8 ms`
async fn prometheus(endpoint: Endpoint) -> Vec<Outcome> {
    let found = Prometheus::new(endpoint).probe(clock()).await;
    let outcome = found.map_err(|error| vec![error.to_string().into()]).map(|found| {
        let (version, clock) = (version(&found.version), ahead(found.skew_ms));
        let took = millis(found.round_trip);
        vec![format!("{} {version}, {clock}, {} targets, {took} ms", found.flavour, found.targets).into()]
    });
    vec![outcome]
}

/// `0.27.0, clock +0.0 s, cluster ready (2 members), 7 alerts, 1 silence active, 3 ms`
async fn alertmanagers(servers: Vec<Endpoint>) -> Vec<Outcome> {
    let one_of_several = servers.len() > 1;
    let found = Alertmanager::new(servers).probe(clock()).await;
    let outcome = |found: Result<alertmanager::Probe, FetchError>| {
        let found = found.map_err(|error| vec![error.to_string().into()])?;
        let (version, clock, took) = (version(&found.version), ahead(found.skew_ms), millis(found.round_trip));
        let cluster = match found.members {
            0 | 1 => "no cluster".to_owned(),
            members => format!("cluster {} ({members} members)", found.cluster),
        };
        let (alerts, silences) = (found.alerts, found.silences);
        let line = format!("{version}, {clock}, {cluster}, {alerts} alerts, {silences} silences active, {took} ms");
        let mut lines = vec![Plain::from(line)];
        if one_of_several && found.members < 2 {
            lines.push(Plain::new("it stands alone: the others do not know its silences, and each tells of alerts"));
        }
        Ok(lines)
    };
    found.into_iter().map(outcome).collect()
}

/// `Elasticsearch 9.2.0, clock +0.1 s, 3 indices match agent360-*, 12,345 lines, 8 ms`
async fn search_engine(engine: Engine) -> Vec<Outcome> {
    let index = Plain::new(&engine.index);
    let found = Elasticsearch::new(engine).probe(clock()).await;
    let outcome = found.map_err(|error| vec![error.to_string().into()]).and_then(|found| {
        let (version, clock, took) = (version(&found.version), ahead(found.skew_ms), millis(found.round_trip));
        let (flavour, lines) = (found.flavour, grouped(found.lines));
        let indices = match found.indices {
            0 => return Err(vec![format!("{flavour} {version}, {clock}: no index matches {index}").into()]),
            1 => format!("1 index matches {index}"),
            more => format!("{more} indices match {index}"),
        };
        let mut said = vec![Plain::from(format!("{flavour} {version}, {clock}, {indices}, {lines} lines, {took} ms"))];
        said.extend(found.notes);
        Ok(said)
    });
    vec![outcome]
}

/// `Jaeger (version unknown), API v3 with summaries, clock +0.1 s, 5 services, 8 ms`
async fn jaeger(endpoint: Endpoint) -> Vec<Outcome> {
    let found = Jaeger::new(endpoint).probe(clock()).await;
    let outcome = found.map_err(|error| vec![error.to_string().into()]).map(|found| {
        let (clock, took) = (ahead(found.skew_ms), millis(found.round_trip));
        let services = match found.services {
            1 => "1 service sends traces".to_owned(),
            count => format!("{count} services send traces"),
        };
        vec![format!("Jaeger (version unknown), {}, {clock}, {services}, {took} ms", found.api).into()]
    });
    vec![outcome]
}

/// `12,345`
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn version(version: &Plain) -> &str {
    if version.is_empty() { "(version unknown)" } else { version }
}

fn ahead(skew_ms: i64) -> String {
    format!("clock {:+.1} s", skew_ms as f64 / SECOND as f64)
}
