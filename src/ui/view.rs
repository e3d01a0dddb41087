//! The views: each keeps its answers, says what it wants to know, and draws itself.

use std::time::Duration;

use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::range::Shown;
use super::theme::{Role, Theme};
use super::widget::chart::{self, Chart};
use crate::analysis::alerts::Digest;
use crate::analysis::switch::Switch;
use crate::model::alert::Alert;
use crate::model::query::{Subscription, Update};
use crate::model::unit::Unit;
use crate::model::watch::Watch;
use crate::store::Slot;
use crate::time::{SECOND, Timestamp, millis};

pub mod alerts;
pub mod logs;
pub mod overview;
pub mod traces;
pub mod waterfall;

/// One of the views; some are reached by name only, and belong to one that has a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ViewId {
    #[default]
    Overview,
    Alerts,
    Silences,
    Rules,
    Logs,
    Traces,
}

impl ViewId {
    /// Those that are built and have a number, in the order of the numbers.
    pub const NUMBERED: [Self; 4] = [Self::Overview, Self::Alerts, Self::Logs, Self::Traces];
    pub const ALL: [Self; 6] = [Self::Overview, Self::Alerts, Self::Silences, Self::Rules, Self::Logs, Self::Traces];

    /// As `--view` names it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Alerts => "alerts",
            Self::Silences => "silences",
            Self::Rules => "rules",
            Self::Logs => "logs",
            Self::Traces => "traces",
        }
    }

    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.id() == id)
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Alerts => "Alerts",
            Self::Silences => "Silences",
            Self::Rules => "Rules",
            Self::Logs => "Logs",
            Self::Traces => "Traces",
        }
    }

    /// `overview, alerts`
    pub fn ids() -> String {
        Self::ALL.map(Self::id).join(", ")
    }

    /// The view with a number that it belongs to.
    pub fn tab(self) -> Self {
        match self {
            Self::Overview => Self::Overview,
            Self::Logs => Self::Logs,
            Self::Traces => Self::Traces,
            Self::Alerts | Self::Silences | Self::Rules => Self::Alerts,
        }
    }

    /// Its number; one that is reached by name has that of its tab.
    pub fn number(self) -> usize {
        Self::NUMBERED.iter().position(|view| *view == self.tab()).map_or(0, |at| at + 1)
    }

    /// The next of the tabs that are offered, or the one before, around the end.
    pub fn next(self, forward: bool, tabs: &[Self]) -> Self {
        let at = tabs.iter().position(|view| *view == self.tab()).unwrap_or(0);
        let to = if forward { at + 1 } else { at + tabs.len().saturating_sub(1) };
        tabs.get(to % tabs.len().max(1)).copied().unwrap_or_default()
    }
}

/// The keys that texts of views name, as they are bound.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    pub open: String,
    pub back: String,
    /// To the last line, and on with those that come.
    pub bottom: String,
    pub select: String,
    pub edit: String,
    /// From a trace to its logs.
    pub logs: String,
    pub services: String,
    /// Zooms out.
    pub wider: String,
}

/// What a view is shown in: the things that all views share.
pub struct Scene<'a> {
    pub view: ViewId,
    pub now: Timestamp,
    /// How far the clock by which alerts are dated is ahead of ours, in ms.
    pub ahead: i64,
    pub shown: Shown,
    /// Already narrowed to the scope.
    pub watch: &'a Watch,
    pub alerts: &'a Slot<Vec<Alert>>,
    /// The same, counted and in order.
    pub digest: &'a Digest,
    pub switch: &'a Switch,
    pub theme: &'a Theme,
    pub keys: Keys,
    pub zone: &'a TimeZone,
    /// How often charts and tiles are asked again.
    pub refresh: Duration,
    pub tiles: Duration,
    /// The moment that all charts point at.
    pub crosshair: Option<i64>,
    /// One panel on the whole screen.
    pub full: bool,
    /// Whether this context has a Prometheus at all.
    pub asked: bool,
    /// Whether it has an Alertmanager.
    pub alertmanager: bool,
    /// Whether it has logs.
    pub logs: bool,
    /// Whether it has traces.
    pub traces: bool,
    /// The indices that the logs are in.
    pub index: &'a str,
    /// Nothing outside may be changed from here.
    pub read_only: bool,
    /// Whether one scope is chosen, and not everything.
    pub scoped: bool,
}

impl Scene<'_> {
    /// Time of day; with the date where the range spans more than a day.
    pub fn clock(&self, at: i64) -> String {
        let pattern = if self.shown.length() > crate::time::DAY { "%m-%d %H:%M" } else { "%H:%M" };
        Timestamp(at).format(pattern, self.zone)
    }

    /// The time by the clock of whoever dates the alerts.
    pub fn server_now(&self) -> Timestamp {
        self.now.plus(self.ahead)
    }

    /// Whether the next answer should have come long ago, to what is asked this often.
    pub fn is_overdue(&self, answered: Timestamp, every: Duration) -> bool {
        self.now.since(answered) > millis(every) * 3 + 5 * SECOND
    }

    /// A chart without anything on it, as all of them look and point.
    pub fn chart(&self, range: (i64, i64), step: i64, unit: Unit) -> Chart<'_> {
        Chart {
            newest: self.shown.is_live().then_some(self.now.0),
            crosshair: self.crosshair,
            styles: chart::Styles {
                axis: self.theme.style(Role::Rule),
                label: self.theme.style(Role::Axis),
                crosshair: self.theme.style(Role::Crosshair),
            },
            ..Chart::new(range, step, unit, self.zone)
        }
    }
}

pub trait View {
    /// Takes in what was learned, if it is the view's own.
    fn apply(&mut self, update: Update, scene: &Scene, area: Rect);
    /// The questions that should be open while the view is shown in `area`.
    fn queries(&self, scene: &Scene, area: Rect) -> Vec<Subscription>;
    fn draw(&self, scene: &Scene, area: Rect, buf: &mut Buffer);
}
