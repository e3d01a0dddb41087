//! The command line that reopens what is shown, and the reading of its `--select`.

mod lines;

use jiff::tz::TimeZone;

use super::App;
use crate::model::matcher::{Matcher, Op};
use crate::model::place::{Opening, Time};
use crate::text::Plain;
use crate::time::{BadTime, Timestamp, parse_moment};
use crate::ui::range::Shown;
use crate::ui::view::ViewId;
use crate::ui::view::alerts::Filter;
use crate::ui::view::overview::panel;
use crate::ui::view::traces::Goal;

/// What `--select` says.
#[derive(Debug, Clone)]
pub enum Select {
    /// `latency`, `latency+full`, `latency@2026-11-23T14:00:00Z`
    Panel { panel: String, full: bool, crosshair: Option<Timestamp> },
    /// `alertname="A",pod="x"`: the alert that all of it fits.
    Alert(Filter),
    /// `query="level:ERROR" service="shop" at=2026-11-23T14:03:25Z`
    Lines(lines::Lines),
    /// `service=checkout error=true`, or `trace=4bf92f35… span=00f067aa…`
    Traces(Goal),
}

impl Select {
    /// What can be selected depends on the view.
    pub fn parse(text: &str, view: ViewId, now: Timestamp, zone: &TimeZone) -> Result<Self, BadTime> {
        match view {
            ViewId::Overview => Self::panel(text, now, zone),
            ViewId::Alerts => match Filter::read(text) {
                Ok(filter) if !filter.is_empty() => Ok(Self::Alert(filter)),
                Ok(_) => Err(BadTime("--select is empty; in the alerts it takes matchers: alertname=\"A\"".to_owned())),
                Err(error) => Err(BadTime(format!("--select: {error}; write matchers: alertname=\"A\",pod=\"x\""))),
            },
            ViewId::Logs => lines::Lines::parse(text).map(Self::Lines).map_err(|error| {
                let example = "query=\"level:ERROR\" level=WARN service=\"shop\"";
                BadTime(format!("--select: {error}; write {example}"))
            }),
            ViewId::Traces if text.trim().is_empty() => {
                Err(BadTime("--select is empty; in the traces it takes a search: service=shop error=true".to_owned()))
            }
            ViewId::Traces => Goal::parse(text).map(Self::Traces).map_err(|wrong| {
                let example = "service=shop error=true min=500ms, or trace=ID span=ID";
                BadTime(format!("--select: {} (at character {}); write {example}", wrong.why, wrong.at + 1))
            }),
            ViewId::Silences | ViewId::Rules => {
                Err(BadTime(format!("--select takes nothing in the view {}", view.id())))
            }
        }
    }

    fn panel(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Self, BadTime> {
        let (rest, at) = text.split_once('@').map_or((text, None), |(rest, at)| (rest, Some(at)));
        let (id, full) = rest.strip_suffix("+full").map_or((rest, false), |id| (id, true));
        if !panel::ALL.iter().any(|panel| panel.id() == id) {
            let known: Vec<&str> = panel::ALL.iter().map(|panel| panel.id()).collect();
            return Err(BadTime(format!("`{id}` is no panel; --select takes one of {}", known.join(", "))));
        }
        let crosshair = at.map(|at| parse_moment(at, now, zone)).transpose()?;
        Ok(Self::Panel { panel: id.to_owned(), full, crosshair })
    }
}

impl App {
    /// Opens what a command line asked for, before the first frame.
    pub fn open(&mut self, context: usize, scope: usize, shown: Shown, select: Option<&Select>) {
        self.context = context.min(self.setup.contexts.len().saturating_sub(1));
        self.use_switch();
        self.use_scope(scope);
        self.shown = shown;
        if let Some(select) = select {
            self.select(select);
        }
    }

    /// Puts the cursor on it; what is not there yet is waited for.
    pub(super) fn select(&mut self, select: &Select) {
        match select {
            Select::Panel { panel, full, crosshair } => {
                self.overview.select(panel);
                (self.full, self.crosshair) = (*full, crosshair.map(|at| at.0));
            }
            Select::Alert(filter) => self.alerting.want(filter.clone()),
            Select::Traces(goal) => self.traces.want(goal.clone()),
            Select::Lines(lines) => self.logs.want(lines.search.clone(), lines.at),
        }
    }

    /// The command line that opens what is shown now.
    pub fn command_line(&self) -> String {
        let time = match self.shown {
            Shown::Live(length) => Time::Live(length),
            Shown::Fixed(range) => Time::Fixed(range),
        };
        self.opening().line(self.view.id(), time, self.selected().as_deref())
    }

    /// What a command line must say first to come to what is asked now.
    pub fn opening(&self) -> Opening {
        let context = self.context().filter(|_| !self.setup.demo).map(|context| context.name.clone());
        let scope = self.scope().map(|scope| Plain::new(&scope.name));
        Opening { flags: self.setup.flags.clone(), context, scope }
    }
}

impl App {
    /// What the cursor is on, as `--select` takes it.
    pub(super) fn selected(&self) -> Option<String> {
        match self.view {
            ViewId::Overview => {
                let full = if self.full { "+full" } else { "" };
                let at = self.crosshair.map_or_else(String::new, |at| format!("@{}", Timestamp(at).rfc3339()));
                Some(format!("{}{full}{at}", self.overview.panel().id()))
            }
            ViewId::Alerts => {
                let labels = &self.alerting.row()?.labels;
                let matchers = labels.iter().map(|(name, value)| Matcher::new(name, Op::Equal, value).to_string());
                Some(matchers.collect::<Vec<_>>().join(",")).filter(|matchers| !matchers.is_empty())
            }
            ViewId::Logs => {
                // While lines come in, the newest is the one to see.
                let at = self.logs.line().filter(|_| !self.shown.is_live() && !self.logs.follows()).map(|held| held.at);
                lines::Lines { search: self.logs.search().clone(), at }.text()
            }
            ViewId::Traces => {
                let terms = || Goal::Search(self.traces.terms().clone());
                let goal = self.traces.opened().map_or_else(terms, |(id, span)| Goal::Trace(id, span));
                Some(goal.text()).filter(|text| !text.is_empty())
            }
            ViewId::Silences | ViewId::Rules => None,
        }
    }
}
