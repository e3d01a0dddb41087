//! What the keys do to what lies over the view: help, a list to choose from, a line that is typed.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{App, Effect};
use crate::ui::action::Action;
use crate::ui::overlay::{Choice, Overlay};
use crate::ui::range::Shown;
use crate::ui::screen;
use crate::ui::view::alerts::Filter;
use crate::ui::widget::input::Input;
use crate::ui::widget::picker::{Picked, Picker};

impl App {
    /// A key while something lies over the view.
    pub(super) fn overlay_key(&mut self, overlay: Overlay, key: KeyEvent) -> Option<Effect> {
        match overlay {
            Overlay::Help(top) => self.help_key(top, key),
            Overlay::Palette(picker) => self.picker_key(picker, key, Overlay::Palette),
            Overlay::Range(picker) => self.picker_key(picker, key, Overlay::Range),
            Overlay::Choose(picker) => self.picker_key(picker, key, Overlay::Choose),
            Overlay::Find(mut input) => {
                match key.code {
                    KeyCode::Enter => {
                        let text = input.text().to_owned();
                        self.begin_find(text);
                        return None;
                    }
                    KeyCode::Esc => return None,
                    KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => return None,
                    _ => {
                        input.key(key);
                    }
                }
                self.overlay = Some(Overlay::Find(input));
                None
            }
            Overlay::Filter(input) => self.filter_key(input, key),
            Overlay::Query(prompt) => self.query_key(prompt, key),
            Overlay::Search(prompt) => self.search_key(prompt, key),
            Overlay::Silence(form) => self.form_key(form, key),
            Overlay::Why(why) => self.why_key(why, key),
        }
    }

    fn filter_key(&mut self, mut input: Input, key: KeyEvent) -> Option<Effect> {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => return None,
            KeyCode::Char('c') if control => return None,
            KeyCode::Enter => match Filter::read(input.text()) {
                Ok(filter) => {
                    self.notice = None;
                    self.filter(filter);
                    return None;
                }
                // What was typed stays, to be mended.
                Err(error) => self.say(&error),
            },
            _ => {
                input.key(key);
                self.notice = None;
            }
        }
        self.overlay = Some(Overlay::Filter(input));
        None
    }

    fn help_key(&mut self, top: u16, key: KeyEvent) -> Option<Effect> {
        let page = self.size.1 / 2;
        let last = screen::help_rows(self).saturating_sub(self.body().height);
        let to = match self.setup.keymap.action(key, self.view) {
            Some(Action::Down) => top.saturating_add(1),
            Some(Action::Up) => top.saturating_sub(1),
            Some(Action::PageDown) => top.saturating_add(page),
            Some(Action::PageUp) => top.saturating_sub(page),
            Some(Action::Top) => 0,
            Some(Action::Bottom) => last,
            _ => return None,
        };
        self.overlay = Some(Overlay::Help(to.min(last)));
        None
    }

    fn picker_key(
        &mut self,
        mut picker: Picker<Choice>,
        key: KeyEvent,
        wrap: fn(Picker<Choice>) -> Overlay,
    ) -> Option<Effect> {
        if key.code == KeyCode::Enter
            && let Overlay::Palette(typed) = wrap(picker.clone())
            && let Some(named) = Self::named_trace(typed.input.text())
        {
            match named {
                Ok(id) => self.walk_to_trace(id),
                Err(why) => {
                    self.say(&why);
                    self.overlay = Some(wrap(picker));
                }
            }
            return None;
        }
        match picker.key(key) {
            Picked::Nothing => {
                self.overlay = Some(wrap(picker));
                None
            }
            Picked::Cancelled => None,
            Picked::Chosen(Some(choice)) => self.choose(choice),
            Picked::Chosen(None) => {
                let overlay = wrap(picker);
                let Overlay::Range(picker) = &overlay else { return None };
                match Shown::parse(picker.input.text(), self.now, &self.setup.zone) {
                    Ok(shown) => self.moving(|app| app.shown = shown),
                    Err(error) => {
                        self.say(&error.0);
                        self.overlay = Some(overlay);
                    }
                }
                None
            }
        }
    }

    fn choose(&mut self, choice: Choice) -> Option<Effect> {
        match choice {
            Choice::Do(action) => return self.act(action),
            Choice::Show(shown) => self.moving(|app| app.shown = shown),
            Choice::Scope(number) => self.moving(|app| app.use_scope(number)),
            Choice::Context(number) => return self.use_context(number),
            Choice::Group(group) => {
                self.alerting.group = group;
                self.list_alerts();
            }
            Choice::OfSilence(action, id) => self.end_or_extend_by_id(action, &id),
            Choice::Order(order) => {
                self.alerting.order = order;
                self.list_alerts();
            }
            Choice::Sort(sort) => self.in_traces(|traces, _, area| traces.order(sort, area)),
            Choice::Service(service) => self.choose_service(service),
            Choice::Field(filter) => self.in_logs(|logs, _, _| logs.add_filter(filter)),
            Choice::Report(number) => return self.write_report(number),
            Choice::Copy(link) => return Some(self.copy_link(&link.name, link.url)),
        }
        None
    }
}
