//! The whole state of the console, as plain data: `handle` is the only writer, `subscriptions` says what should be
//! asked now, and drawing reads. No clock, no network, no terminal.

use std::collections::BTreeMap;

use crossterm::event::{Event as TermEvent, KeyEvent, KeyEventKind};
use ratatui::layout::Rect;

use super::action::Action;
use super::history::History;
use super::overlay::Overlay;
use super::range::Shown;
use super::view::alerts::Alerts;
use super::view::logs::Logs;
use super::view::overview::Overview;
use super::view::traces::Traces;
use super::view::{Keys, Scene, View, ViewId};
use crate::analysis::alerts::Digest;
use crate::analysis::news::News;
use crate::analysis::scope::narrow_watch;
use crate::analysis::switch::Switch;
use crate::model::alert::Alert;
use crate::model::fault::FetchError;
use crate::model::query::Source;
use crate::model::trace::{SpanId, TraceId};
use crate::model::watch::{Scope, Watch};
use crate::store::Slot;
use crate::text::Plain;
use crate::time::{SECOND, Timestamp};

mod act;
mod command;
mod learn;
mod logs;
mod mouse;
mod over;
mod pasted;
mod report;
mod setup;
mod silence;
mod trace_walk;
mod traces;
mod walk;
mod why;

pub use command::Select;
pub use setup::{ContextSetup, Effect, Event, Setup};

/// How a source does, as the header shows it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Link {
    pub answered: Option<Timestamp>,
    /// What it last said instead of an answer, with none since: it is there, and refuses.
    pub refusal: Option<FetchError>,
    /// How far its clock is ahead of ours.
    pub skew_ms: i64,
    /// The outage and when it began.
    pub outage: Option<(FetchError, Timestamp)>,
    pub next: Option<Timestamp>,
}

/// A place in the console that `[` comes back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub view: ViewId,
    pub shown: Shown,
    pub scope: usize,
    pub selected: usize,
    pub full: bool,
    pub crosshair: Option<i64>,
    /// The trace that is open, and the span under its cursor.
    pub trace: Option<(TraceId, Option<SpanId>)>,
}

/// What `/` looks for, and which of the hits is the current one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Find {
    pub text: String,
    pub current: usize,
}

pub struct App {
    pub setup: Setup,
    pub context: usize,
    /// 0 is everything, then the scopes of the context.
    pub scope: usize,
    /// The context's questions, narrowed to the scope.
    pub watch: Watch,
    pub shown: Shown,
    pub view: ViewId,
    pub overview: Overview,
    pub alerting: Alerts,
    pub logs: Logs,
    pub traces: Traces,
    pub alerts: Slot<Vec<Alert>>,
    /// The alerts, counted and in order, and whether Alertmanager's word was fresh when they were.
    pub digest: Digest,
    digest_knows: bool,
    pub switch: Switch,
    news: News,
    pub links: BTreeMap<Source, Link>,
    pub overlay: Option<Overlay>,
    pub crosshair: Option<i64>,
    pub full: bool,
    pub find: Option<Find>,
    /// One line in the footer, and until when it stands there.
    pub notice: Option<(Plain, Timestamp)>,
    pub size: (u16, u16),
    pub now: Timestamp,
    /// The report that is being written.
    pub reporting: report::Reporting,
    /// How often it was asked why.
    tickets: u64,
    history: History<Place>,
    writes: silence::Writes,
}

const NOTICE_FOR: i64 = 6 * SECOND;

impl App {
    pub fn new(setup: Setup, size: (u16, u16), now: Timestamp) -> Self {
        let watch = setup.contexts.first().map(|context| context.watch.clone()).unwrap_or_default();
        let shown = Shown::Live(setup.live);
        let mut app = Self {
            setup,
            context: 0,
            scope: 0,
            watch,
            shown,
            view: ViewId::default(),
            overview: Overview::default(),
            alerting: Alerts::default(),
            logs: Logs::default(),
            traces: Traces::default(),
            alerts: Slot::default(),
            digest: Digest::default(),
            digest_knows: false,
            switch: Switch::default(),
            news: News::default(),
            links: BTreeMap::new(),
            overlay: None,
            crosshair: None,
            full: false,
            find: None,
            notice: None,
            size,
            now,
            reporting: report::Reporting::default(),
            tickets: 0,
            history: History::default(),
            writes: silence::Writes::default(),
        };
        app.use_switch();
        app
    }

    /// Takes in one event; gives back what is to be done outside.
    pub fn handle(&mut self, event: Event, now: Timestamp) -> Option<Effect> {
        self.now = now;
        if self.notice.as_ref().is_some_and(|(_, until)| *until <= now) {
            self.notice = None;
        }
        match event {
            Event::Tick => {
                self.weigh_again();
                self.in_logs(|logs, scene, _| logs.follow_range(scene));
                None
            }
            Event::Update(update) => self.learn(*update),
            Event::Written(outcome) => {
                self.written(*outcome);
                None
            }
            Event::News(news) => {
                self.heard(*news);
                None
            }
            Event::Term(TermEvent::Key(key)) if key.kind != KeyEventKind::Release => self.key(key),
            Event::Term(TermEvent::Paste(text)) => {
                match &mut self.overlay {
                    Some(overlay) => overlay.paste(&text),
                    None => self.pasted(&text),
                }
                self.want_names();
                self.look_again();
                None
            }
            Event::Term(TermEvent::Resize(width, height)) => {
                // A terminal that does not know its size says 0x0.
                if width > 0 && height > 0 {
                    self.size = (width, height);
                }
                None
            }
            Event::Term(TermEvent::Mouse(event)) => {
                self.mouse(event);
                None
            }
            Event::Term(_) => None,
        }
    }

    fn key(&mut self, key: KeyEvent) -> Option<Effect> {
        if let Some(overlay) = self.overlay.take() {
            return self.overlay_key(overlay, key);
        }
        match self.setup.keymap.action(key, self.view) {
            Some(action) => self.act(action),
            None => None,
        }
    }

    pub fn shown_view(&self) -> &dyn View {
        match self.view {
            ViewId::Overview => &self.overview,
            ViewId::Alerts | ViewId::Silences | ViewId::Rules => &self.alerting,
            ViewId::Logs => &self.logs,
            ViewId::Traces => &self.traces,
        }
    }

    pub fn context(&self) -> Option<&ContextSetup> {
        self.setup.contexts.get(self.context)
    }

    /// The name of the scope; none when everything is shown.
    pub fn scope(&self) -> Option<&Scope> {
        self.context()?.scopes.get(self.scope.checked_sub(1)?)
    }

    pub fn scene(&self) -> Scene<'_> {
        Scene {
            view: self.view,
            now: self.now,
            ahead: self.ahead(),
            shown: self.shown,
            watch: &self.watch,
            alerts: &self.alerts,
            digest: &self.digest,
            switch: &self.switch,
            theme: &self.setup.theme,
            keys: self.keys(),
            zone: &self.setup.zone,
            refresh: self.setup.refresh,
            tiles: self.setup.tiles,
            crosshair: self.crosshair,
            full: self.full,
            asked: self.context().is_some_and(|context| context.prometheus),
            alertmanager: self.context().is_some_and(|context| context.alertmanager),
            logs: self.has_logs(),
            traces: self.has_traces(),
            index: self.context().map_or("", |context| &context.index),
            read_only: self.context().is_some_and(|context| context.read_only),
            scoped: self.scope > 0,
        }
    }

    fn keys(&self) -> Keys {
        let key = |action| self.key_of(action);
        Keys {
            open: key(Action::Open),
            back: key(Action::Back),
            bottom: key(Action::Bottom),
            select: key(Action::Select),
            edit: key(Action::Edit),
            logs: key(Action::Logs),
            services: key(Action::Services),
            wider: key(Action::ZoomOut),
        }
    }

    /// The key of an action, as texts name it.
    fn key_of(&self, action: Action) -> String {
        let by_name = || format!(":{}", action.row().map_or("", |row| row.name));
        self.setup.keymap.first(action).unwrap_or_else(by_name)
    }

    /// Where the view is drawn: below header, tabs and headline, above the footer.
    pub fn body(&self) -> Rect {
        let (width, height) = self.size;
        let top = if height >= 20 { 4 } else { 3 };
        Rect::new(0, top.min(height), width, height.saturating_sub(top + 1))
    }

    /// Uses a scope by its number; the questions are narrowed once, here.
    fn use_scope(&mut self, number: usize) {
        let Some(context) = self.setup.contexts.get(self.context) else { return };
        let narrowed = match number.checked_sub(1).and_then(|i| context.scopes.get(i)) {
            Some(scope) => narrow_watch(&context.watch, scope),
            None => Ok(context.watch.clone()),
        };
        match narrowed {
            Ok(watch) => (self.watch, self.scope) = (watch, number),
            Err(error) => self.say(&format!("scope not used: {error}")),
        }
    }

    /// Starts anew with another context: nothing of the former one may be taken for its own.
    fn use_context(&mut self, number: usize) -> Option<Effect> {
        if number == self.context || number >= self.setup.contexts.len() {
            return None;
        }
        self.keep_bad_news();
        self.context = number;
        let selected = self.overview.selected;
        self.overview = Overview::default();
        self.overview.selected = selected;
        (self.alerting, self.logs, self.traces) = (Alerts::default(), Logs::default(), Traces::default());
        self.alerts = Slot::default();
        (self.digest, self.news) = (Digest::default(), News::default());
        self.use_switch();
        self.links.clear();
        self.history = History::default();
        self.use_scope(0);
        Some(Effect::Context(number))
    }

    /// The dead man's switch of the context, of which nothing is known yet.
    fn use_switch(&mut self) {
        let configured = self.context().and_then(|context| context.dead_mans_switch.as_ref());
        self.switch = Switch::new(configured);
    }

    /// Shows a view; what `/` found in the other one is not in this one.
    fn show_view(&mut self, view: ViewId) {
        if self.view != view {
            self.view = view;
            self.forget_find();
            self.logs.leave_window();
            self.list_alerts();
        }
    }

    /// Tells something in the footer for a while.
    pub fn say(&mut self, text: &str) {
        self.notice = Some((Plain::new(text), self.now.plus(NOTICE_FOR)));
    }

    /// The same of what nobody asked for: it must not hide what became of a request.
    fn also_say(&mut self, text: &str) {
        let until = self.now.plus(NOTICE_FOR);
        self.notice = Some(match self.notice.take() {
            Some((before, end)) => (Plain::new(&format!("{before} · {text}")), end.max(until)),
            None => (Plain::new(text), until),
        });
    }

    fn place(&self) -> Place {
        Place {
            view: self.view,
            shown: self.shown,
            scope: self.scope,
            selected: self.overview.selected,
            full: self.full,
            crosshair: self.crosshair,
            trace: self.traces.opened(),
        }
    }

    fn go(&mut self, place: Place) {
        self.shown = place.shown;
        self.overview.selected = place.selected;
        (self.full, self.crosshair) = (place.full, place.crosshair);
        self.show_view(place.view);
        match place.trace {
            // What is open already keeps its folds and its zoom.
            Some((id, _)) if self.traces.opened().is_some_and(|(open, _)| open == id) => {}
            Some((id, span)) => self.traces.open(id, span),
            None => self.traces.close(),
        }
        if place.scope != self.scope {
            self.use_scope(place.scope);
        }
    }

    /// Does something that `[` can take back.
    fn moving(&mut self, change: impl FnOnce(&mut Self)) {
        let before = self.place();
        change(self);
        if self.place() != before {
            self.history.push(before);
        }
    }
}

#[cfg(test)]
mod tests;
