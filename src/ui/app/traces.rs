//! What the keys do among the traces, and what their answers change.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Rect;

use super::{App, Effect, Find};
use crate::model::query::{Query, Update};
use crate::ui::action::Action;
use crate::ui::overlay::{Choice, Overlay};
use crate::ui::prompt::{Prompt, Step as Typed};
use crate::ui::view::traces::{EVERY, Goal, Terms, Traces};
use crate::ui::view::waterfall::Step;
use crate::ui::view::{Scene, View, ViewId};
use crate::ui::widget::picker::{Item, Picker};

impl App {
    pub fn has_traces(&self) -> bool {
        self.context().is_some_and(|context| context.traces)
    }

    /// Changes the view of the traces while it reads the rest of the state.
    pub(super) fn in_traces<T>(&mut self, change: impl FnOnce(&mut Traces, &Scene, Rect) -> T) -> T {
        let mut traces = std::mem::take(&mut self.traces);
        let changed = change(&mut traces, &self.scene(), self.body());
        self.traces = traces;
        changed
    }

    /// Does what an action means among the traces; false if it means the same as elsewhere.
    pub(super) fn act_on_traces(&mut self, action: Action) -> bool {
        // Whoever does something else waits for no list.
        self.traces.give_up_picking();
        match action {
            Action::Logs => self.walk_to_lines(),
            Action::Metrics => self.walk_to_time(),
            Action::Traces | Action::FullScreen => {}
            Action::TraceList => self.moving(|app| app.traces.close()),
            _ if self.traces.opened().is_some() => return self.act_on_trace(action),
            Action::Open => {
                if let Some(id) = self.traces.row().map(|row| row.id) {
                    self.moving(|app| app.open_trace(id, None));
                }
            }
            Action::Edit => self.begin_search(),
            Action::Services => {
                self.traces.pick_service();
                self.say("asking for the services…");
                self.offer_services();
            }
            Action::Quiet => self.traces.toggle_failing(),
            Action::Order => self.overlay = Some(Overlay::sort(self)),
            Action::Wrap | Action::Fold | Action::FoldAll | Action::Critical | Action::SelfTimes => {}
            Action::Hide | Action::Shorter | Action::NextError => {}
            _ => return false,
        }
        true
    }

    /// The same while one is open.
    fn act_on_trace(&mut self, action: Action) -> bool {
        match action {
            Action::Back if self.find.is_some() => self.forget_find(),
            Action::Back => {
                let takes_back = self.traces.waterfall_mut().is_some_and(|waterfall| waterfall.back());
                if !takes_back {
                    self.moving(|app| app.traces.close());
                }
            }
            // They belong to the list, which is not to be seen.
            Action::Edit | Action::Services | Action::Quiet | Action::Order | Action::Time | Action::Pause => {}
            Action::Scope | Action::CrosshairLeft | Action::CrosshairRight => {}
            Action::CrosshairFarLeft | Action::CrosshairFarRight => {}
            action => match step(action) {
                Some(step) => self.step_trace(step, 1),
                None => return false,
            },
        }
        true
    }

    fn step_trace(&mut self, step: Step, times: usize) {
        self.in_traces(|traces, _, area| {
            if let Some(waterfall) = traces.waterfall_mut() {
                (0..times).for_each(|_| waterfall.act(step, area));
            }
        });
    }

    /// Moves the cursor of the list; that of an open trace by the keys' steps.
    pub(super) fn step_traces(&mut self, by: isize) {
        if self.traces.opened().is_none() {
            return self.in_traces(|traces, _, area| traces.step(by, area));
        }
        let (step, edge) = if by > 0 { (Step::Down, Step::Bottom) } else { (Step::Up, Step::Top) };
        match by.unsigned_abs() {
            times @ 0..=1_000 => self.step_trace(step, times),
            _ => self.step_trace(edge, 1),
        }
    }

    /// What `y` copies among the traces, and what it says of it.
    pub(super) fn copied_of_traces(&self) -> (String, &'static str) {
        let said =
            if self.traces.waterfall().is_some() { "copied the trace and its span" } else { "copied the trace id" };
        (self.traces.text(), said)
    }

    fn begin_search(&mut self) {
        let terms = self.traces.terms();
        let text = terms.text();
        let text = if text.is_empty() { text } else { text + " " };
        self.overlay = Some(Overlay::Search(Box::new(Prompt::new(terms, &text, self.traces.searches()))));
        self.want_names();
    }

    /// The names that Tab completes are asked for while somebody types.
    pub(super) fn want_names(&mut self) {
        let typed = match &self.overlay {
            Some(Overlay::Search(prompt)) => Some(prompt.input.text().to_owned()),
            _ => None,
        };
        self.in_traces(|traces, scene, _| traces.want_names(typed.as_deref(), scene.watch.service.as_deref()));
    }

    pub(super) fn search_key(&mut self, mut prompt: Box<Prompt<Terms>>, key: KeyEvent) -> Option<Effect> {
        if key.code == KeyCode::Tab && key.modifiers == KeyModifiers::NONE {
            let (before, after) = prompt.input.halves();
            let completed = self.traces.complete(before, after);
            prompt.replace(&completed.before, &completed.after, &completed.offered);
        } else {
            match prompt.key(key) {
                Typed::Stay => {}
                Typed::Cancel(before) => {
                    self.traces.set_terms(before);
                    self.want_names();
                    return None;
                }
                Typed::Send(text) => match Goal::parse(&text) {
                    Ok(goal) => {
                        self.seek_goal(goal);
                        self.want_names();
                        return None;
                    }
                    Err(wrong) => prompt.refuse_at(wrong.at, &wrong.why),
                },
            }
        }
        self.overlay = Some(Overlay::Search(prompt));
        self.want_names();
        None
    }

    /// Seeks what was typed, or opens the one trace that was named.
    fn seek_goal(&mut self, goal: Goal) {
        match goal {
            Goal::Trace(id, span) => self.moving(|app| app.open_trace(id, span)),
            goal => self.traces.want(goal),
        }
    }

    /// A list of the services, when they are known.
    fn offer_services(&mut self) {
        if self.overlay.is_some() {
            return;
        }
        match self.traces.picked() {
            Some(Ok(services)) if services.is_empty() => self.say("this Jaeger knows no service"),
            Some(Ok(services)) => {
                self.notice = None;
                let item = |label: &str, detail: &str, service: &str| Item {
                    label: label.to_owned(),
                    detail: detail.to_owned(),
                    value: Choice::Service(service.to_owned()),
                };
                let named = services.iter().map(|name| item(name, "", name));
                let items = std::iter::once(item("all services", "*", EVERY)).chain(named).collect();
                self.overlay = Some(Overlay::Choose(Picker::new("traces of service", items)));
            }
            Some(Err(why)) => self.say(&why),
            None => {}
        }
    }

    /// Seeks the traces of another service; what another one does is no part of it.
    pub(super) fn choose_service(&mut self, service: String) {
        let current = self.traces.terms().clone();
        let operation = current.operation.clone().filter(|_| current.service.as_deref() == Some(&service));
        self.traces.set_terms(Terms { service: Some(service), operation, ..current });
    }

    pub(super) fn learn_traces(&mut self, update: Update) {
        let is_services = update.subscription.query == Query::Services;
        self.in_traces(|traces, scene, area| traces.apply(update, scene, area));
        if is_services {
            self.offer_services();
        }
    }

    pub(super) fn begin_find_in_traces(&mut self, text: String) {
        self.traces.seek(&text);
        self.find = Some(Find { text, current: 0 });
        if self.traces.hits().1 == 0 {
            return self.say(if self.traces.opened().is_some() {
                "no span of this trace fits"
            } else {
                "no trace here fits"
            });
        }
        self.notice = None;
        // What is under the cursor of the list may fit already; an open trace knows that itself.
        if self.traces.opened().is_some() || !self.traces.is_hit() {
            self.find_in_traces(true);
        }
    }

    pub(super) fn find_in_traces(&mut self, forward: bool) {
        if self.find.is_some() {
            self.in_traces(|traces, _, area| traces.next_hit(forward, area));
        }
    }

    /// Whether `/` looks through traces or spans, and not through what is painted.
    pub fn finds_traces(&self) -> bool {
        self.view == ViewId::Traces
    }
}

/// What a key does in an open trace.
fn step(action: Action) -> Option<Step> {
    Some(match action {
        Action::Down => Step::Down,
        Action::Up => Step::Up,
        Action::Top => Step::Top,
        Action::Bottom => Step::Bottom,
        Action::PageDown => Step::PageDown,
        Action::PageUp => Step::PageUp,
        Action::PanLeft => Step::Left,
        Action::PanRight => Step::Right,
        Action::Fold => Step::Fold,
        Action::FoldAll => Step::FoldAll,
        Action::Critical => Step::Critical,
        Action::SelfTimes => Step::SelfTimes,
        Action::Hide => Step::Hide,
        Action::Shorter => Step::Shorter,
        Action::NextError => Step::NextError,
        Action::ZoomIn => Step::ZoomIn,
        Action::ZoomOut => Step::ZoomOut,
        Action::ZoomReset => Step::ZoomReset,
        Action::Open => Step::Open,
        Action::Wrap => Step::Wrap,
        _ => return None,
    })
}
