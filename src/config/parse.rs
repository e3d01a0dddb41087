//! From the text of the file to a checked `Config`.

use toml::de::DeTable;

use super::mistake::Mistake;
use super::section::{Entry, File, Section};
use super::{Config, Context, KeyBinding, elasticsearch, endpoint, jaeger, schedule, target, telemetry, ui, watch};
use crate::model::log::Filter;
use crate::model::watch::{Scope, Watch};
use crate::text::nearest::did_you_mean;

pub(super) const TOP: [&str; 8] = ["context", "author", "ui", "keys", "telemetry", "contexts", "targets", "schedule"];
pub(super) const CONTEXT: [&str; 9] = [
    "production",
    "read_only",
    "dead_mans_switch",
    "prometheus",
    "alertmanager",
    "elasticsearch",
    "jaeger",
    "scopes",
    "overview",
];
pub(super) const SCOPE: [&str; 3] = ["matcher", "logs", "traces"];

type Read<T> = Result<T, Mistake>;

pub fn config(file: &File<'_>) -> Read<Config> {
    let table = DeTable::parse(file.text).map_err(|error| syntax(file, &error))?;
    let top = Section::top(file, table.get_ref());
    top.only(&TOP)?;
    let mut config = Config { path: Some(file.path.to_owned()), ..Config::default() };
    config.author = top.read("author", watch::name)?;
    if let Some(section) = top.section("ui")? {
        config.ui = ui::read(&section)?;
        config.theme_line = section.get("theme").map(|entry| entry.line);
    }
    if let Some(section) = top.section("keys")? {
        config.keys = section.entries().iter().map(|entry| binding(&section, entry)).collect::<Read<_>>()?;
    }
    if let Some(section) = top.section("telemetry")? {
        config.telemetry = telemetry::read(&section)?;
    }
    if let Some(section) = top.section("contexts")? {
        config.contexts = contexts(&section)?;
    }
    if let Some(section) = top.section("targets")? {
        config.targets = target::read_all(&section)?;
    }
    config.context = first_context(&top, &config.contexts)?;
    config.schedules = schedule::read_all(&top, &config)?;
    Ok(config)
}

fn syntax(file: &File<'_>, error: &toml::de::Error) -> Mistake {
    let span = error.span().unwrap_or_default();
    let line = file.line(span.start);
    let text = match error.message() {
        "duplicate key" => {
            let key = file.text.get(span).unwrap_or_default();
            format!("`{key}` stands twice here; keep one of them")
        }
        message => format!("not TOML: {message}"),
    };
    file.mistake(line, &text)
}

fn first_context(top: &Section<'_>, contexts: &[Context]) -> Read<String> {
    let names = contexts.iter().map(|context| context.name.as_str());
    match top.get("context") {
        None => Ok(names.take(1).collect()),
        Some(entry) => {
            let name = top.text_of(&entry)?;
            if names.clone().any(|known| known == name) {
                return Ok(name.to_owned());
            }
            let hint = did_you_mean(name, names, "the contexts are");
            Err(top.file.mistake(entry.line, &format!("unknown context `{name}`{hint}")))
        }
    }
}

fn binding(section: &Section<'_>, entry: &Entry<'_>) -> Read<KeyBinding> {
    let keys = section.texts(entry)?;
    let bad = |key: &&str| key.is_empty() || key.chars().any(|c| c.is_control() || (c.is_whitespace() && *key != " "));
    if keys.iter().any(bad) {
        return Err(section.wrong(entry, "must name keys such as \"q\", \"ctrl-d\" or [\"j\", \"down\"]"));
    }
    let keys = keys.into_iter().map(str::to_owned).collect();
    Ok(KeyBinding { action: entry.key.to_owned(), keys, line: entry.line })
}

fn contexts(section: &Section<'_>) -> Read<Vec<Context>> {
    let entries = section.entries();
    if entries.is_empty() {
        return Err(section.mistake("[contexts] is empty; add [contexts.NAME.prometheus] with its url"));
    }
    entries.iter().map(|entry| context(section, entry)).collect()
}

fn context(parent: &Section<'_>, entry: &Entry<'_>) -> Read<Context> {
    let name = watch::name(entry.key).map_err(|why| parent.explain(entry, &why))?;
    let section = parent.enter(entry)?;
    section.only(&CONTEXT)?;
    let prometheus = section.section("prometheus")?.map(|source| endpoint::read(&source)).transpose()?;
    let alertmanager = section.section("alertmanager")?.map(|source| endpoint::read_several(&source)).transpose()?;
    let engine = section.section("elasticsearch")?.map(|source| elasticsearch::read(&source)).transpose()?;
    let traces = section.section("jaeger")?.map(|source| jaeger::read(&source)).transpose()?;
    let (jaeger, service) = traces.map_or((None, None), |(endpoint, service)| (Some(endpoint), service));
    let watch = section.section("overview")?.map_or(Ok(Watch::default()), |overview| watch::read(&overview))?;
    let context = Context {
        production: section.flag("production")?.unwrap_or_else(|| name.starts_with("prod")),
        read_only: section.flag("read_only")?.unwrap_or(false),
        dead_mans_switch: section.text("dead_mans_switch")?.map(str::to_owned),
        prometheus,
        alertmanager: alertmanager.unwrap_or_default(),
        elasticsearch: engine,
        jaeger,
        scopes: section.section("scopes")?.map_or(Ok(Vec::new()), |scopes| read_scopes(&scopes))?,
        watch: Watch { service, ..watch },
        name,
    };
    let has_none = context.prometheus.is_none()
        && context.alertmanager.is_empty()
        && context.elasticsearch.is_none()
        && context.jaeger.is_none();
    if has_none {
        let own = &section.name;
        let mend = format!(
            "add [{own}.prometheus], [{own}.alertmanager], [{own}.elasticsearch] or [{own}.jaeger] with its url"
        );
        return Err(section.mistake(&format!("[{own}] has no source; {mend}")));
    }
    Ok(context)
}

fn read_scopes(section: &Section<'_>) -> Read<Vec<Scope>> {
    section.entries().iter().map(|entry| scope(section, entry)).collect()
}

fn scope(parent: &Section<'_>, entry: &Entry<'_>) -> Read<Scope> {
    let name = watch::name(entry.key).map_err(|why| parent.explain(entry, &why))?;
    let section = parent.enter(entry)?;
    section.only(&SCOPE)?;
    let matcher = section.read("matcher", watch::matcher)?;
    let missing =
        || format!("[{}] has no `matcher`, `logs` or `traces`; add matcher = 'namespace=\"shop\"'", section.name);
    let logs = section.read("logs", log_filter)?;
    let traces = section.read("traces", jaeger::service)?;
    match (matcher, logs, traces) {
        (None, None, None) => Err(section.mistake(&missing())),
        (matcher, logs, traces) => Ok(Scope { name, matcher: matcher.unwrap_or_default(), logs, traces }),
    }
}

/// `field=value`
fn log_filter(text: &str) -> Result<Filter, String> {
    let (field, value) = text.split_once('=').unwrap_or((text, ""));
    let (field, value) = (field.trim().to_owned(), value.trim().to_owned());
    if field.is_empty() || value.is_empty() || field.contains([' ', '"']) {
        return Err(format!("`{text}` is not a field and its value; write kubernetes.namespace_name=shop"));
    }
    Ok(Filter { field, value, exclude: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::EXAMPLE;

    /// The reader's own lists of keys, so that a new key cannot be forgotten in the example.
    #[test]
    fn the_example_names_every_key_there_is() {
        let lines: Vec<&str> = EXAMPLE.lines().map(|line| line.trim_start_matches('#')).collect();
        let is_named = |key: &str| {
            let (pair, table, parent) = (format!("{key} = "), format!("{key}]"), format!("{key}."));
            let list = format!("[[{key}]]");
            let in_table = |line: &str| {
                line.starts_with('[') && (line.ends_with(&table) || line.contains(&parent)) || *line == *list
            };
            lines.iter().any(|line| line.starts_with(&pair) || in_table(line))
        };
        let queries = watch::QUERIES.map(|(key, _)| key).into_iter().chain(watch::HOST_QUERIES.map(|(key, _)| key));
        let fields = elasticsearch::FIELDS.map(|(key, _)| key);
        let tables: [&[&str]; 17] = [
            &TOP,
            &CONTEXT,
            &SCOPE,
            &ui::KEYS,
            &telemetry::KEYS,
            &schedule::KEYS,
            &endpoint::KEYS,
            &elasticsearch::KEYS,
            &jaeger::KEYS,
            &fields,
            &watch::TABLES,
            &watch::LIMITS,
            &watch::DATABASE,
            &target::SLACK,
            &target::EMAIL,
            &target::WEBHOOK,
            &target::FILE,
        ];
        for key in tables.concat().into_iter().chain(queries).filter(|key| *key != "token") {
            assert!(is_named(key), "{key}");
        }
        assert!(EXAMPLE.contains("# or: token = {"), "a token stands in place of a password");
    }
}
