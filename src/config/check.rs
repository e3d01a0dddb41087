//! `a360 config check`: one line a source, with what a probe of it found.

use std::fmt::Write;

use super::show::state;
use super::watch::{HOST_QUERIES, QUERIES};
use super::{Config, Context};
use crate::model::endpoint::{Auth, Endpoint, HeaderValue, Secret, Tls};
use crate::model::promql::parse;
use crate::model::target::{Target, Way};
use crate::text::Plain;

/// The sources by their names in the config.
pub const PROMETHEUS: &str = "prometheus";
pub const ALERTMANAGER: &str = "alertmanager";
pub const ELASTICSEARCH: &str = "elasticsearch";
pub const JAEGER: &str = "jaeger";

/// What asking a source found, filled in by whoever asked it.
#[derive(Debug, Clone)]
pub struct Probe {
    /// Name of the context.
    pub context: String,
    /// As in the config: `prometheus`.
    pub source: &'static str,
    /// The address that was asked.
    pub url: String,
    pub outcome: Outcome,
}

/// The first line stands beside the address, further ones below it.
pub type Outcome = Result<Vec<Plain>, Vec<Plain>>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub text: String,
    /// No probe failed.
    pub ok: bool,
}

/// The page of `a360 config check`. `is_set` tells whether an environment variable is there.
pub fn check(config: &Config, probes: &[Probe], is_set: &dyn Fn(&str) -> bool) -> Checked {
    let mut text = head(config);
    let sources = config.contexts.iter().flat_map(|context| rows(context, is_set));
    let rows: Vec<Row> = sources.chain(config.targets.iter().map(|target| target_row(target, is_set))).collect();
    let width = |cell: &dyn Fn(&Row) -> usize| rows.iter().map(cell).max().unwrap_or(0);
    let names = width(&|row| row.name.chars().count());
    let sources = width(&|row| row.source.len());
    let urls = width(&|row| row.url.chars().count());
    for Row { name, source, url, identity, notes } in &rows {
        let probe = probes
            .iter()
            .find(|probe| (probe.context.as_str(), probe.source, probe.url.as_str()) == (*name, *source, url));
        let mut lines = match probe {
            Some(probe) => outcome(&probe.outcome),
            None => vec![identity.clone()],
        };
        lines.extend(notes.iter().cloned());
        push_row(&mut text, &format!("{name:names$}  {source:sources$}  {url:urls$}"), &lines);
    }
    Checked { text, ok: probes.iter().all(|probe| probe.outcome.is_ok()) }
}

/// One server of a context, or one target.
struct Row<'a> {
    name: &'a str,
    source: &'static str,
    url: String,
    /// Who we are there, for when it is not asked.
    identity: String,
    notes: Vec<String>,
}

fn rows<'a>(context: &'a Context, is_set: &dyn Fn(&str) -> bool) -> Vec<Row<'a>> {
    let prometheus = context.prometheus.iter().map(|endpoint| (PROMETHEUS, endpoint));
    let alertmanager = context.alertmanager.iter().map(|endpoint| (ALERTMANAGER, endpoint));
    let elasticsearch = context.elasticsearch.iter().map(|engine| (ELASTICSEARCH, &engine.endpoint));
    let jaeger = context.jaeger.iter().map(|endpoint| (JAEGER, endpoint));
    let all = prometheus.chain(alertmanager).chain(elasticsearch).chain(jaeger);
    let row = |(source, endpoint): (_, &Endpoint)| {
        let mut notes = files(&endpoint.tls);
        if source == PROMETHEUS {
            notes.extend(doubts(context));
        }
        Row { name: &context.name, source, url: endpoint.url.clone(), identity: identity(endpoint, is_set), notes }
    };
    all.map(row).collect()
}

fn target_row<'a>(target: &'a Target, is_set: &dyn Fn(&str) -> bool) -> Row<'a> {
    let (identity, notes) = match &target.way {
        Way::Slack(hook) | Way::Webhook(hook) => (identity(&hook.endpoint, is_set), files(&hook.endpoint.tls)),
        Way::Email(mail) => {
            let login = mail.login.as_ref().map_or_else(
                || "no sign-in".to_owned(),
                |(username, password)| format!("as {username}, password {}", secret(password, is_set)),
            );
            let tls = Tls { ca_file: mail.ca_file.clone(), ..Tls::default() };
            (format!("{}, {login}", mail.encryption.word()), files(&tls))
        }
        Way::File(folder) => (folder.formats.iter().map(|format| format.word()).collect::<Vec<_>>().join(", "), vec![]),
    };
    let identity = Plain::new(&identity).to_string();
    Row { name: &target.name, source: target.way.word(), url: address(target, is_set), identity, notes }
}

/// What stands where a source has its URL; an address that is a secret is told by its place.
pub fn address(target: &Target, is_set: &dyn Fn(&str) -> bool) -> String {
    let address = match &target.way {
        Way::Slack(hook) | Way::Webhook(hook) => match &hook.address {
            Some(address) => format!("address in {}", secret(address, is_set)),
            None => hook.endpoint.url.clone(),
        },
        Way::Email(mail) => format!("{}:{}", mail.server, mail.port),
        Way::File(folder) => folder.path.to_string_lossy().into_owned(),
    };
    Plain::new(&address).to_string()
}

fn secret(secret: &Secret, is_set: &dyn Fn(&str) -> bool) -> String {
    match secret {
        Secret::Env(name) => format!("${name} {}", state(secret, is_set)),
        Secret::File(path) => format!("{} {}", path.display(), state(secret, is_set)),
        Secret::Command(words) => format!("`{}` {}", words.join(" "), state(secret, is_set)),
    }
}

fn head(config: &Config) -> String {
    let from = match &config.path {
        Some(path) => Plain::new(&path.to_string_lossy()).to_string(),
        None => "no config file, built-in defaults".to_owned(),
    };
    let contexts = match config.contexts.len() {
        1 => "1 context".to_owned(),
        n => format!("{n} contexts"),
    };
    format!("{from}: valid, {contexts}, starts with `{}`\n", config.context)
}

fn push_row(text: &mut String, row: &str, lines: &[String]) {
    let (first, rest) = lines.split_first().map_or(("", lines), |(first, rest)| (first, rest));
    text.push_str(format!("{row}  {first}").trim_end());
    text.push('\n');
    for line in rest {
        text.push_str(&format!("    {line}\n"));
    }
}

fn outcome(outcome: &Outcome) -> Vec<String> {
    let (word, lines) = match outcome {
        Ok(lines) => ("ok", lines),
        Err(lines) => ("FAILED", lines),
    };
    let mut lines: Vec<String> = lines.iter().map(Plain::to_string).collect();
    match lines.first_mut() {
        Some(first) => first.insert_str(0, &format!("{word} ")),
        None => lines.push(word.to_owned()),
    }
    lines
}

/// Who we are at a source, and whether the secrets for it are at hand.
fn identity(endpoint: &Endpoint, is_set: &dyn Fn(&str) -> bool) -> String {
    let secret = |of: &Secret| secret(of, is_set);
    let mut text = match &endpoint.auth {
        Auth::None => "no sign-in".to_owned(),
        Auth::Basic { username, password } => format!("as {username}, password {}", secret(password)),
        Auth::Bearer(token) => format!("token {}", secret(token)),
    };
    for (name, value) in &endpoint.headers {
        // Writing to a String cannot fail.
        let _ = match value {
            HeaderValue::Text(value) => write!(text, ", {name}: {value}"),
            HeaderValue::Secret(value) => write!(text, ", {name} {}", secret(value)),
        };
    }
    if endpoint.tls.insecure {
        text.push_str(", any certificate accepted (insecure)");
    }
    Plain::new(&text).to_string()
}

fn files(tls: &Tls) -> Vec<String> {
    let named = [("ca_file", &tls.ca_file), ("cert_file", &tls.cert_file), ("key_file", &tls.key_file)];
    let missing = named.iter().filter_map(|(key, path)| Some((key, path.as_ref().filter(|path| !path.is_file())?)));
    missing.map(|(key, path)| format!("{key} {}: no such file", Plain::new(&path.to_string_lossy()))).collect()
}

/// Questions that we cannot read: the server may know them, but no scope can be put into them.
fn doubts(context: &Context) -> Vec<String> {
    let mut watch = context.watch.clone();
    let mut questions: Vec<(String, String)> = Vec::new();
    questions.extend(QUERIES.iter().map(|(key, field)| ((*key).to_owned(), field(&mut watch).clone())));
    questions.extend(HOST_QUERIES.iter().map(|(key, field)| (format!("hosts.{key}"), field(&mut watch.hosts).clone())));
    let doubtful = questions.into_iter().filter_map(|(key, query)| Some((key, parse(&query).err()?)));
    doubtful
        .map(|(key, why)| {
            let why = Plain::new(why.lines().next().unwrap_or_default());
            format!("overview.{key}: {why}; the server may know it, a scope cannot be put into it")
        })
        .collect()
}
