//! `a360 schedule print`: ready units for systemd and lines for a crontab, as text to be put where it belongs.
//!
//! Their times only wake us: whether an entry is due is decided by what was done so far, so a timer that fires twice
//! or at another hour does no harm.

mod cron;
mod systemd;

use std::collections::BTreeSet;
use std::path::{Path, absolute};

use crate::cli::Waker;
use crate::config::{Config, Mistake};
use crate::model::endpoint::{Auth, Endpoint, HeaderValue, Secret};
use crate::model::target::{Hook, Way};

/// The command line without what differs from entry to entry.
struct Program {
    path: String,
    config: Option<String>,
    state: Option<String>,
}

pub fn print(config: &Config, what: Waker, timers: bool, state: Option<&Path>) -> Result<String, Mistake> {
    let failed =
        |error: std::io::Error| Mistake::of_argument(&format!("where this program lies is not known: {error}"));
    let whole = |path: &Path| absolute(path).unwrap_or_else(|_| path.to_owned());
    let program = Program {
        path: text(&std::env::current_exe().map_err(failed)?)?,
        config: config.path.as_deref().map(|path| text(&whole(path))).transpose()?,
        state: state.map(|path| text(&whole(path))).transpose()?,
    };
    match what {
        Waker::Cron if timers => {
            Err(Mistake::of_argument("`--timers` is for `a360 schedule print systemd`; leave it out"))
        }
        Waker::Cron => Ok(cron::print(config, &program)),
        Waker::Systemd => Ok(systemd::print(config, &program, timers)),
    }
}

/// Neither kind of file can hold every path that there can be.
fn text(path: &Path) -> Result<String, Mistake> {
    let good = path.to_str().filter(|text| !text.chars().any(char::is_control));
    let wrong = || Mistake::of_file(path, "no unit and no crontab can name this path; give it another");
    good.map(str::to_owned).ok_or_else(wrong)
}

impl Program {
    /// The words of `a360 schedule run`.
    fn words(&self) -> Vec<&str> {
        let mut words = vec![self.path.as_str()];
        words.extend(self.config.iter().flat_map(|path| ["--config", path]));
        words.extend(["schedule", "run"]);
        words.extend(self.state.iter().flat_map(|path| ["--state", path]));
        words
    }
}

/// The environment variables that the config takes secrets from.
fn variables(config: &Config) -> BTreeSet<&str> {
    let contexts = config.contexts.iter().flat_map(|context| {
        let engine = context.elasticsearch.iter().map(|engine| &engine.endpoint);
        context.prometheus.iter().chain(&context.alertmanager).chain(engine).chain(&context.jaeger)
    });
    let hooks = config.targets.iter().filter_map(|target| match &target.way {
        Way::Slack(hook) | Way::Webhook(hook) => Some(hook),
        Way::Email(_) | Way::File(_) => None,
    });
    let mails = config.targets.iter().filter_map(|target| match &target.way {
        Way::Email(mail) => mail.login.as_ref().map(|(_, password)| password),
        _ => None,
    });
    let addresses = hooks.clone().filter_map(|hook: &Hook| hook.address.as_ref());
    let endpoints = contexts.chain(hooks.map(|hook| &hook.endpoint));
    let secrets = endpoints.flat_map(secrets).chain(addresses).chain(mails);
    secrets.filter_map(|secret| if let Secret::Env(name) = secret { Some(name.as_str()) } else { None }).collect()
}

fn secrets(endpoint: &Endpoint) -> Vec<&Secret> {
    let own = match &endpoint.auth {
        Auth::None => None,
        Auth::Basic { password, .. } => Some(password),
        Auth::Bearer(token) => Some(token),
    };
    let headers = endpoint.headers.iter().filter_map(|(_, value)| match value {
        HeaderValue::Secret(secret) => Some(secret),
        HeaderValue::Text(_) => None,
    });
    own.into_iter().chain(headers).collect()
}
