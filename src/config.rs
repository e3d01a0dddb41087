//! What the user decided: contexts, the look of the console, keys. Read once at start, checked to the last key.
//!
//! A mistake is one line with file, line number, what is wrong and what would be right; nothing is ignored silently.

mod bytes;
mod check;
mod elasticsearch;
mod endpoint;
mod init;
mod jaeger;
mod mistake;
mod overrides;
mod parse;
mod places;
mod schedule;
mod section;
mod show;
mod target;
mod telemetry;
mod ui;
mod url;
mod watch;

use std::path::{Path, PathBuf};

use crate::model::endpoint::Endpoint;
use crate::model::engine::Engine;
use crate::model::target::Target;
use crate::model::watch::{Scope, Watch};
use crate::text::nearest::did_you_mean;

use section::bare_or_quoted;

pub use check::{ALERTMANAGER, Checked, ELASTICSEARCH, JAEGER, Outcome, PROMETHEUS, Probe, check};
pub use init::{EXAMPLE, init};
pub use mistake::Mistake;
pub use overrides::Overrides;
pub use places::Places;
pub use schedule::Schedule;
pub use show::show;
pub use telemetry::{Telemetry, collector_url};
pub use ui::{Color, Glyphs, Ui, Zone, interval, live_range};
pub use url::check_url;

#[derive(Debug, Clone)]
pub struct Config {
    /// The file all this was read from; `None` for the built-in defaults.
    pub path: Option<PathBuf>,
    /// In the order of the file; never empty.
    pub contexts: Vec<Context>,
    /// The name of the one to start with; always one of `contexts`.
    pub context: String,
    /// Who silences are signed by, if it stands there.
    pub author: Option<String>,
    pub ui: Ui,
    /// In the order of the file. Whether an action exists and keys clash is for the keymap to say.
    pub keys: Vec<KeyBinding>,
    /// Where our own traces go, if anywhere.
    pub telemetry: Telemetry,
    /// Where reports can be sent, in the order of the file.
    pub targets: Vec<Target>,
    /// Reports that are written by themselves, in the order of the file.
    pub schedules: Vec<Schedule>,
    theme_line: Option<usize>,
}

/// One set of servers, such as production or staging.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    pub name: String,
    /// Shown loudly.
    pub production: bool,
    /// Nothing outside may be changed from here.
    pub read_only: bool,
    /// The name of the alert that must always fire; empty is none, nothing is the usual one if there is one.
    pub dead_mans_switch: Option<String>,
    pub prometheus: Option<Endpoint>,
    /// Several stand for each other; none: the context has no Alertmanager.
    pub alertmanager: Vec<Endpoint>,
    pub elasticsearch: Option<Engine>,
    pub jaeger: Option<Endpoint>,
    /// In the order of the file.
    pub scopes: Vec<Scope>,
    pub watch: Watch,
}

/// The keys of one action, in place of its default keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyBinding {
    pub action: String,
    /// None: the action has no key.
    pub keys: Vec<String>,
    /// Where it stands in the file, for [`Config::mistake`].
    pub line: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            path: None,
            contexts: vec![Context::local()],
            context: "local".to_owned(),
            author: None,
            ui: Ui::default(),
            keys: Vec::new(),
            telemetry: Telemetry::default(),
            targets: Vec::new(),
            schedules: Vec::new(),
            theme_line: None,
        }
    }
}

impl Context {
    /// What there is without a config file: a Prometheus, an Alertmanager, an Elasticsearch and a Jaeger on this machine.
    fn local() -> Self {
        Self {
            name: "local".to_owned(),
            production: false,
            read_only: false,
            dead_mans_switch: None,
            prometheus: Some(Endpoint::new("http://127.0.0.1:9090")),
            alertmanager: vec![Endpoint::new("http://127.0.0.1:9093")],
            elasticsearch: Some(Engine::new("http://127.0.0.1:9200")),
            jaeger: Some(Endpoint::new("http://127.0.0.1:16686")),
            scopes: Vec::new(),
            watch: Watch::default(),
        }
    }

    pub fn scope(&self, name: &str) -> Result<&Scope, Mistake> {
        find_scope(&self.scopes, name, &self.name)
    }
}

/// The scope of that name among those of a context.
pub fn find_scope<'a>(scopes: &'a [Scope], name: &str, context: &str) -> Result<&'a Scope, Mistake> {
    scopes.iter().find(|scope| scope.name == name).ok_or_else(|| {
        let names = scopes.iter().map(|scope| scope.name.as_str());
        let hint = if scopes.is_empty() {
            format!("; this context has none, add [contexts.{context}.scopes.{name}] to the config")
        } else {
            did_you_mean(name, names, "the scopes are")
        };
        Mistake::of_argument(&format!("no scope `{name}` in context `{context}`{hint}"))
    })
}

impl Config {
    /// Finds the file and reads it; without one, the defaults.
    pub fn load(places: &Places) -> Result<Self, Mistake> {
        match places.read()? {
            Some((path, text)) => Self::parse(&text, &path, places.home.as_deref()),
            None => Ok(Self::default()),
        }
    }

    /// Reads the text of a file. Relative paths in it start from the file's folder, `~/` from `home`.
    pub fn parse(text: &str, path: &Path, home: Option<&Path>) -> Result<Self, Mistake> {
        parse::config(&section::File::new(text, path, home))
    }

    /// The context of that name.
    pub fn find(&self, name: &str) -> Result<&Context, Mistake> {
        self.contexts.iter().find(|context| context.name == name).ok_or_else(|| {
            let names = self.contexts.iter().map(|context| context.name.as_str());
            let hint = did_you_mean(name, names, "the contexts are");
            Mistake::of_argument(&format!("unknown context `{name}`{hint}"))
        })
    }

    /// The target of that name.
    pub fn find_target(&self, name: &str) -> Result<&Target, Mistake> {
        self.targets.iter().find(|target| target.name == name).ok_or_else(|| {
            let names = self.targets.iter().map(|target| target.name.as_str());
            let hint = match (self.targets.is_empty(), bare_or_quoted(name)) {
                (true, key) => format!("; the config has none, add [targets.{key}]"),
                (false, _) => did_you_mean(name, names, "the targets are"),
            };
            Mistake::of_argument(&format!("unknown target `{name}`{hint}"))
        })
    }

    /// A mistake that only a later reader can see, such as an unknown action in `[keys]`.
    pub fn mistake(&self, line: usize, text: &str) -> Mistake {
        match &self.path {
            Some(path) => Mistake::at(path, line, text),
            None => Mistake::of_argument(text),
        }
    }

    /// The theme's name is unknown: `text` says what would be right.
    pub fn theme_mistake(&self, text: &str) -> Mistake {
        match self.theme_line {
            Some(line) => self.mistake(line, text),
            None => Mistake::of_argument(text),
        }
    }
}
