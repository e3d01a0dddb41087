//! What the console begins with, what happens to it, and what it wants done.

use std::time::Duration;

use crossterm::event::Event as TermEvent;
use jiff::tz::TimeZone;

use crate::model::query::Update;
use crate::model::watch::{Scope, Watch};
use crate::model::write::{Job, Outcome};
use crate::text::Plain;
use crate::ui::errand::{Errand, News};
use crate::ui::keymap::Keymap;
use crate::ui::theme::Theme;

/// One context, as the console needs to know it.
#[derive(Debug, Clone, PartialEq)]
pub struct ContextSetup {
    pub name: Plain,
    pub production: bool,
    /// Where Prometheus is, without anything secret, and how many questions at once it takes: for reports.
    pub address: Plain,
    pub at_once: usize,
    /// Whether it has a Prometheus.
    pub prometheus: bool,
    /// Whether it has an Alertmanager.
    pub alertmanager: bool,
    /// Whether it has a search engine with log lines.
    pub logs: bool,
    /// Whether it has a Jaeger with traces.
    pub traces: bool,
    /// The indices that the logs are in, as the config names them.
    pub index: Plain,
    /// Nothing outside may be changed from here.
    pub read_only: bool,
    /// The name of the alert that must always fire, where the config names it; empty is none at all.
    pub dead_mans_switch: Option<Plain>,
    pub scopes: Vec<Scope>,
    pub watch: Watch,
}

/// What does not change while the console runs.
pub struct Setup {
    pub contexts: Vec<ContextSetup>,
    pub demo: bool,
    pub keymap: Keymap,
    pub theme: Theme,
    /// Draw with ASCII characters only.
    pub ascii: bool,
    pub zone: TimeZone,
    /// The live range to start with and to come back to, in ms.
    pub live: i64,
    pub refresh: Duration,
    pub tiles: Duration,
    /// Flags that a command line for reopening must carry, such as `--config FILE`.
    pub flags: Vec<String>,
    /// Who makes silences; none must say so first.
    pub author: Option<Plain>,
    /// Ring it for a new critical alert.
    pub bell: bool,
    /// The formats that a report can be written in, by name.
    pub formats: Vec<String>,
}

/// What happens to the console.
#[derive(Debug)]
pub enum Event {
    Term(TermEvent),
    Tick,
    Update(Box<Update>),
    /// What became of something that was to be changed.
    Written(Box<Outcome>),
    /// Of a report or a ranking that somebody waits for.
    News(Box<News>),
}

/// What the console wants done outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    Quit,
    /// To the clipboard of the user's own terminal.
    Copy(String),
    /// Ask the sources of this context from now on.
    Context(usize),
    /// Stop the process until `fg`.
    Suspend,
    /// Paint every cell again.
    Redraw,
    /// Change something outside; what becomes of it comes back as an event.
    Write(Box<Job>),
    /// Find out or write something that takes a while; what becomes of it comes back as events.
    Errand(Errand),
    /// Ring the terminal's bell.
    Bell,
}
