//! What the keys do among the logs, and what their answers change.

use crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use super::{App, Effect, Find};
use crate::model::log::{Document, Filter, Search};
use crate::model::query::{Query, Update};
use crate::ui::action::Action;
use crate::ui::overlay::{Choice, Overlay};
use crate::ui::prompt::{Prompt, Step};
use crate::ui::range::Shown;
use crate::ui::view::logs::{Logs, leaves};
use crate::ui::view::{Scene, View, ViewId};
use crate::ui::widget::picker::{Item, Picker};

impl App {
    pub fn has_logs(&self) -> bool {
        self.context().is_some_and(|context| context.logs)
    }

    /// The views that are offered, under their numbers.
    pub fn tabs(&self) -> Vec<ViewId> {
        let is_there = |view: &ViewId| match view {
            ViewId::Logs => self.has_logs(),
            ViewId::Traces => self.has_traces(),
            _ => true,
        };
        let is_offered = |view: &ViewId| is_there(view) || self.view == *view;
        ViewId::NUMBERED.into_iter().filter(is_offered).collect()
    }

    /// Changes the view of the logs while it reads the rest of the state.
    pub(super) fn in_logs<T>(&mut self, change: impl FnOnce(&mut Logs, &Scene, Rect) -> T) -> T {
        let mut logs = std::mem::take(&mut self.logs);
        let changed = change(&mut logs, &self.scene(), self.body());
        self.logs = logs;
        changed
    }

    /// Does what an action means among the logs; false if it means the same as elsewhere.
    pub(super) fn act_on_logs(&mut self, action: Action) -> bool {
        if !self.full && self.logs.window().is_some() && self.choose_window(action) {
            return true;
        }
        match action {
            Action::Select if self.full => {}
            Action::Select => {
                if !self.in_logs(|logs, scene, area| logs.choose_window(scene, area)) {
                    self.say("there is no volume to choose a window on");
                }
            }
            Action::Patterns => self.in_logs(|logs, scene, _| logs.toggle_patterns(scene)),
            Action::Back if !self.full && self.find.is_none() && self.logs.leave_patterns() => {}
            Action::Open | Action::Include if self.logs.is_in_patterns() && !self.full => self.logs.only_pattern(),
            Action::Exclude if self.logs.is_in_patterns() && !self.full => self.logs.hide_pattern(),
            Action::FullScreen | Action::Around if self.logs.is_in_patterns() && !self.full => {}
            Action::Open | Action::FullScreen if self.logs.line().is_none() => {}
            Action::Open | Action::FullScreen => {
                self.in_logs(|logs, _, area| logs.begin_detail(area));
                return false;
            }
            Action::Edit => {
                let search = self.logs.search();
                let prompt = Prompt::new(search, &search.text, self.logs.queries());
                self.overlay = Some(Overlay::Query(Box::new(prompt)));
            }
            Action::Quiet => self.logs.next_level(),
            Action::Include => self.narrow(false),
            Action::Exclude => self.narrow(true),
            Action::Wrap => self.logs.toggle_wrap(),
            Action::PanLeft => self.logs.aside(false),
            Action::PanRight => self.logs.aside(true),
            Action::Around if self.full || self.logs.line().is_none() => {}
            Action::Around => {
                if !self.logs.look_around() {
                    self.say("which pod, host or file wrote this line is not known");
                }
            }
            Action::Traces => self.walk_from_line(),
            Action::Pause if self.shown.is_live() => self.in_logs(|logs, _, area| logs.pause(area)),
            // What belongs to alerts only.
            Action::Acknowledge | Action::Silence | Action::Extend | Action::Metrics => {}
            _ => return false,
        }
        true
    }

    /// What `y` copies among the logs, and what it says of it.
    pub(super) fn copied_of_logs(&self) -> (String, String) {
        match self.logs.leaf().filter(|_| self.full) {
            Some((name, value)) => (value, format!("copied {name}")),
            None if self.logs.is_in_patterns() => (self.logs.text(), "copied the pattern".to_owned()),
            None => (self.logs.text(), "copied the line".to_owned()),
        }
    }

    /// What an action means while a window is chosen on the volume; false if it means the same as else.
    fn choose_window(&mut self, action: Action) -> bool {
        let bars = match action {
            Action::PanLeft | Action::CrosshairLeft => -1,
            Action::PanRight | Action::CrosshairRight => 1,
            Action::CrosshairFarLeft => -10,
            Action::CrosshairFarRight => 10,
            Action::Top => i64::MIN,
            Action::Bottom => i64::MAX,
            Action::Open => {
                if let Some(window) = self.logs.leave_window() {
                    self.moving(|app| app.shown = Shown::part(window.range(), app.now));
                    self.crosshair = None;
                }
                return true;
            }
            Action::Back => return self.logs.leave_window().is_some(),
            _ => return false,
        };
        self.in_logs(|logs, scene, _| logs.move_window(bars, scene));
        true
    }

    /// Only lines with the value under the cursor, or only those without; in the list it is chosen first.
    fn narrow(&mut self, exclude: bool) {
        if self.full {
            match self.logs.field() {
                Some((field, value)) => {
                    self.full = false;
                    self.logs.add_filter(Filter { field, value, exclude });
                }
                None => self.say("the server cannot search this field"),
            }
        } else if self.logs.line().is_some() {
            self.in_logs(|logs, _, area| logs.pick(exclude, area));
            self.offer_fields();
        }
    }

    /// A list of the line's fields, when they are known.
    fn offer_fields(&mut self) {
        if self.overlay.is_some() {
            return;
        }
        match self.logs.picked().map(|(exclude, document)| (exclude, fields(document, exclude))) {
            Some((_, items)) if items.is_empty() => self.say("the server can search no field of this line"),
            Some((exclude, items)) => {
                let title = if exclude { "without lines that have" } else { "only lines that have" };
                self.overlay = Some(Overlay::Choose(Picker::new(title, items)));
            }
            None => {
                if let Some(why) = self.logs.picking_failed() {
                    self.say(&why);
                }
            }
        }
    }

    pub(super) fn learn_logs(&mut self, update: Update) {
        let is_list = matches!(update.subscription.query, Query::Tail { .. } | Query::Lines { before: None, .. });
        let search = match &update.subscription.query {
            Query::Tail { search, .. } | Query::Lines { search, .. } => Some(search.clone()),
            _ => None,
        };
        let refused = update.result.as_ref().err().map(ToString::to_string);
        let is_document = matches!(update.subscription.query, Query::Document { .. });
        self.in_logs(|logs, scene, area| logs.apply(update, scene, area));
        if is_list && search == Some(self.logs.asked(&self.scene())) {
            self.answer_prompt(refused);
        }
        if is_document {
            self.offer_fields();
        }
    }

    /// The prompt closes when the server has taken what was typed; what it refuses is said there.
    fn answer_prompt(&mut self, refused: Option<String>) {
        let Some(Overlay::Query(mut prompt)) = self.overlay.take_if(|overlay| matches!(overlay, Overlay::Query(_)))
        else {
            return;
        };
        match refused {
            _ if !prompt.is_sent() => self.overlay = Some(Overlay::Query(prompt)),
            Some(why) => {
                prompt.refuse(&why);
                self.overlay = Some(Overlay::Query(prompt));
            }
            None => {
                let text = self.logs.search().text.clone();
                self.logs.remember(&text);
            }
        }
    }

    pub(super) fn query_key(&mut self, mut prompt: Box<Prompt<Search>>, key: KeyEvent) -> Option<Effect> {
        match prompt.key(key) {
            Step::Stay => {}
            Step::Cancel(before) => {
                self.logs.set_search(before);
                return None;
            }
            Step::Send(text) => {
                let search = Search { text, ..self.logs.search().clone() };
                if *self.logs.search() == search {
                    return None;
                }
                self.logs.set_search(search);
            }
        }
        self.overlay = Some(Overlay::Query(prompt));
        None
    }

    pub(super) fn begin_find_in_logs(&mut self, text: String) {
        self.logs.seek(&text);
        self.find = Some(Find { text, current: 0 });
        if self.logs.hits() == 0 {
            self.say("no line that is loaded fits; e asks the server");
        } else {
            // From the newest line the way is back.
            self.find_in_logs(false);
        }
    }

    pub(super) fn find_in_logs(&mut self, forward: bool) {
        if self.find.is_some() {
            self.in_logs(|logs, _, area| logs.next_hit(forward, area));
        }
    }

    pub(super) fn forget_find(&mut self) {
        if self.find.take().is_some() {
            self.logs.seek("");
            self.traces.seek("");
        }
    }
}

/// The fields that can be searched.
fn fields(document: &Document, exclude: bool) -> Vec<Item<Choice>> {
    let item = |field: &crate::model::log::Field| {
        let (path, value) = field.exact.clone()?;
        let detail = field.value.as_ref().map(ToString::to_string).unwrap_or_default();
        let label = crate::text::Plain::new(&path).to_string();
        Some(Item { label, detail, value: Choice::Field(Filter { field: path, value, exclude }) })
    };
    leaves(document).filter_map(item).collect()
}
