//! The effective config as TOML that reads back to the same; secrets only as references.

use std::time::Duration;

use jiff::civil::Time;

use super::elasticsearch::FIELDS;
use super::watch::{HOST_QUERIES, QUERIES};
use super::{Config, Context, Schedule, bytes, section::bare_or_quoted};
use crate::model::endpoint::{Auth, Endpoint, HeaderValue, Proxy, Secret};
use crate::model::log::Filter;
use crate::model::target::{Hook, Mail, Target, Way};
use crate::model::timetable::{Rule, weekday_word};
use crate::model::watch::Watch;
use crate::text::Plain;
use crate::time::{format_duration, millis};

/// `is_set` tells whether an environment variable is there; its value is never looked at.
pub fn show(config: &Config, is_set: &dyn Fn(&str) -> bool) -> String {
    let mut page = Page { out: String::new(), is_set };
    match &config.path {
        Some(path) => page.line(&format!("# read from {}", Plain::new(&path.to_string_lossy()))),
        None => page.line("# no config file; these are the built-in defaults"),
    }
    page.text("context", &config.context);
    if let Some(author) = &config.author {
        page.text("author", author);
    }
    page.ui(config);
    if !config.keys.is_empty() {
        page.table("keys");
        for binding in &config.keys {
            page.pair(&bare_or_quoted(&binding.action), &list(&binding.keys));
        }
    }
    page.table("telemetry");
    page.pair("enabled", &config.telemetry.enabled.to_string());
    page.text("url", &config.telemetry.url);
    for context in &config.contexts {
        page.context(context);
    }
    for target in &config.targets {
        page.target(target);
    }
    for schedule in &config.schedules {
        page.schedule(schedule);
    }
    page.out
}

/// What there is to say about a secret without knowing it.
pub fn state(secret: &Secret, is_set: &dyn Fn(&str) -> bool) -> &'static str {
    match secret {
        Secret::Env(name) if is_set(name) => "set",
        Secret::Env(_) => "not set",
        Secret::File(path) if path.is_file() => "found",
        Secret::File(_) => "not found",
        Secret::Command(_) => "run when needed",
    }
}

struct Page<'a> {
    out: String,
    is_set: &'a dyn Fn(&str) -> bool,
}

impl Page<'_> {
    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn table(&mut self, name: &str) {
        self.line(&format!("\n[{name}]"));
    }

    fn pair(&mut self, key: &str, value: &str) {
        self.line(&format!("{key} = {value}"));
    }

    fn text(&mut self, key: &str, value: &str) {
        self.pair(key, &quoted(value));
    }

    fn span(&mut self, key: &str, ms: i64) {
        self.text(key, &format_duration(ms));
    }

    fn secret(&mut self, key: &str, secret: &Secret) {
        let place = match secret {
            Secret::Env(name) => format!("env = {}", quoted(name)),
            Secret::File(path) => format!("file = {}", quoted(&path.to_string_lossy())),
            Secret::Command(words) => format!("command = {}", list(words)),
        };
        self.pair(key, &format!("{{ {place} }} # {}", state(secret, self.is_set)));
    }

    fn ui(&mut self, config: &Config) {
        let ui = &config.ui;
        self.table("ui");
        self.text("theme", &ui.theme);
        self.text("color", ui.color.word());
        self.text("glyphs", ui.glyphs.word());
        self.text("zone", ui.zone.word());
        self.span("range", ui.range);
        self.span("refresh", ui.refresh);
        self.span("tiles", ui.tiles);
        self.pair("mouse", if ui.mouse { "true" } else { "false" });
        self.pair("bell", if ui.bell { "true" } else { "false" });
    }

    fn context(&mut self, context: &Context) {
        let name = format!("contexts.{}", bare_or_quoted(&context.name));
        self.table(&name);
        self.pair("production", &context.production.to_string());
        self.pair("read_only", &context.read_only.to_string());
        if let Some(name) = &context.dead_mans_switch {
            self.text("dead_mans_switch", name);
        }
        if let Some(endpoint) = &context.prometheus {
            self.table(&format!("{name}.prometheus"));
            self.text("url", &endpoint.url);
            self.endpoint(endpoint, &format!("{name}.prometheus"));
        }
        if let [endpoint, others @ ..] = &context.alertmanager[..] {
            self.table(&format!("{name}.alertmanager"));
            let urls: Vec<String> = context.alertmanager.iter().map(|endpoint| endpoint.url.clone()).collect();
            self.pair("url", &if others.is_empty() { quoted(&endpoint.url) } else { list(&urls) });
            self.endpoint(endpoint, &format!("{name}.alertmanager"));
        }
        if let Some(engine) = &context.elasticsearch {
            let name = format!("{name}.elasticsearch");
            self.table(&name);
            self.text("url", &engine.endpoint.url);
            self.text("index", &engine.index);
            self.endpoint(&engine.endpoint, &name);
            let mut fields = engine.fields.clone();
            let own = FIELDS.map(|(key, field)| (key, field(&mut fields).clone()));
            if own.iter().any(|(_, field)| field.is_some()) {
                self.table(&format!("{name}.fields"));
            }
            for (key, field) in own {
                if let Some(field) = field {
                    self.text(key, &field);
                }
            }
        }
        if let Some(endpoint) = &context.jaeger {
            let name = format!("{name}.jaeger");
            self.table(&name);
            self.text("url", &endpoint.url);
            if let Some(service) = &context.watch.service {
                self.text("service", service);
            }
            self.endpoint(endpoint, &name);
        }
        for scope in &context.scopes {
            self.table(&format!("{name}.scopes.{}", bare_or_quoted(&scope.name)));
            if !scope.matcher.is_empty() {
                self.text("matcher", &scope.matcher);
            }
            if let Some(Filter { field, value, .. }) = &scope.logs {
                self.text("logs", &format!("{field}={value}"));
            }
            if let Some(service) = &scope.traces {
                self.text("traces", service);
            }
        }
        self.watch(&context.watch, &format!("{name}.overview"));
    }

    /// All but the address.
    fn endpoint(&mut self, endpoint: &Endpoint, name: &str) {
        self.reach(endpoint);
        self.pair("insecure", &endpoint.tls.insecure.to_string());
        self.text("max_answer", &bytes::format(endpoint.max_answer));
        self.pair("concurrency", &endpoint.concurrency.to_string());
        self.headers(endpoint, name);
    }

    /// What sources and targets have alike.
    fn reach(&mut self, endpoint: &Endpoint) {
        match &endpoint.auth {
            Auth::None => {}
            Auth::Basic { username, password } => {
                self.text("username", username);
                self.secret("password", password);
            }
            Auth::Bearer(token) => self.secret("token", token),
        }
        let tls = &endpoint.tls;
        for (key, path) in [("ca_file", &tls.ca_file), ("cert_file", &tls.cert_file), ("key_file", &tls.key_file)] {
            if let Some(path) = path {
                self.text(key, &path.to_string_lossy());
            }
        }
        match &endpoint.proxy {
            Proxy::Environment => self.text("proxy", "environment"),
            Proxy::None => self.text("proxy", "none"),
            Proxy::Url(url) => self.text("proxy", url),
        }
        self.span("connect_timeout", millis(endpoint.connect_timeout));
        self.span("timeout", millis(endpoint.timeout));
    }

    fn headers(&mut self, endpoint: &Endpoint, name: &str) {
        if !endpoint.headers.is_empty() {
            self.table(&format!("{name}.headers"));
        }
        for (key, value) in &endpoint.headers {
            match value {
                HeaderValue::Text(text) => self.text(&bare_or_quoted(key), text),
                HeaderValue::Secret(secret) => self.secret(&bare_or_quoted(key), secret),
            }
        }
    }

    fn target(&mut self, target: &Target) {
        let name = format!("targets.{}", bare_or_quoted(&target.name));
        self.table(&name);
        self.text("kind", target.way.word());
        match &target.way {
            Way::Slack(hook) => self.hook(hook),
            Way::Webhook(hook) => {
                self.hook(hook);
                self.pair("insecure", &hook.endpoint.tls.insecure.to_string());
                self.headers(&hook.endpoint, &name);
            }
            Way::Email(mail) => self.mail(mail),
            Way::File(folder) => {
                self.text("folder", &folder.path.to_string_lossy());
                self.pair("formats", &list(&folder.formats.iter().map(|f| f.word().to_owned()).collect::<Vec<_>>()));
            }
        }
    }

    fn schedule(&mut self, schedule: &Schedule) {
        self.line("\n[[schedule]]");
        self.text("name", &schedule.name);
        let mut every = |word: &str, at: &Time| {
            self.text("every", word);
            self.text("at", &at.strftime("%H:%M").to_string());
        };
        match &schedule.rule {
            Rule::Daily(at) => every("daily", at),
            Rule::Weekly(day, at) => {
                every("weekly", at);
                self.text("on", weekday_word(*day));
            }
            Rule::Monthly(day, at) => {
                every("monthly", at);
                self.pair("day", &day.to_string());
            }
            Rule::Cron(cron) => self.text("cron", cron.text()),
        }
        self.text("zone", schedule.zone.word());
        self.text("report", &schedule.period.to_string());
        self.pair("calendar", &schedule.calendar.to_string());
        for (key, value) in [("context", &schedule.context), ("scope", &schedule.scope)] {
            if let Some(value) = value {
                self.text(key, value);
            }
        }
        if let Some(folder) = &schedule.folder {
            self.text("folder", &folder.to_string_lossy());
            self.pair("formats", &list(&schedule.formats.iter().map(|f| f.word().to_owned()).collect::<Vec<_>>()));
        }
        if !schedule.send.is_empty() {
            self.pair("send", &list(&schedule.send));
        }
        self.text("fail_on", schedule.fail_on.word());
    }

    fn hook(&mut self, hook: &Hook) {
        match &hook.address {
            Some(secret) => self.secret("url", secret),
            None => self.text("url", &hook.endpoint.url),
        }
        self.reach(&hook.endpoint);
    }

    fn mail(&mut self, mail: &Mail) {
        self.text("server", &mail.server);
        self.pair("port", &mail.port.to_string());
        self.text("tls", mail.encryption.word());
        if let Some((username, password)) = &mail.login {
            self.text("username", username);
            self.secret("password", password);
        }
        self.text("from", &mail.from);
        self.pair("to", &list(&mail.to));
        if let Some(path) = &mail.ca_file {
            self.text("ca_file", &path.to_string_lossy());
        }
        self.span("timeout", millis(mail.timeout));
    }

    fn watch(&mut self, watch: &Watch, name: &str) {
        let mut watch = watch.clone();
        self.table(name);
        for (key, field) in QUERIES {
            self.text(key, field(&mut watch));
        }
        self.pair("slo", &watch.slo.map_or_else(|| "false".to_owned(), |slo| slo.to_string()));
        self.table(&format!("{name}.limits"));
        self.pair("error_ratio", &watch.limits.error_ratio.to_string());
        self.span("latency", millis(Duration::try_from_secs_f64(watch.limits.latency_seconds).unwrap_or_default()));
        self.pair("memory_ratio", &watch.limits.memory_ratio.to_string());
        self.table(&format!("{name}.hosts"));
        for (key, field) in HOST_QUERIES {
            self.text(key, field(&mut watch.hosts));
        }
        self.table(&format!("{name}.database"));
        self.text("name", &watch.database.name);
        self.text("matcher", &watch.database.matcher);
    }
}

/// TOML text in the kind of quotes that needs the least escaping.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    format!("[{}]", words.join(", "))
}
