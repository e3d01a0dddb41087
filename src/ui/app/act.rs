//! What each action does to the state.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{App, Effect, Find};
use crate::time::{Range, Timestamp};
use crate::ui::action::Action;
use crate::ui::overlay::{Choice, Overlay};
use crate::ui::range::Shown;
use crate::ui::screen;
use crate::ui::widget::picker::{Picked, Picker};

impl App {
    pub(super) fn act(&mut self, action: Action) -> Option<Effect> {
        match action {
            Action::Quit => return Some(Effect::Quit),
            Action::Suspend => return Some(Effect::Suspend),
            Action::Redraw => return Some(Effect::Redraw),
            Action::Copy => return Some(self.copy(screen::selection(self), "copied the values")),
            Action::CopyCommand => return Some(self.copy(self.command_line(), "copied the command line")),
            Action::Overview => self.moving(|app| app.full = false),
            Action::NextView | Action::PreviousView => {}
            Action::Down => self.overview.move_cursor(1, self.full),
            Action::Up => self.overview.move_cursor(-1, self.full),
            Action::PageDown => self.overview.move_cursor(5, self.full),
            Action::PageUp => self.overview.move_cursor(-5, self.full),
            Action::Top => self.edge(false),
            Action::Bottom => self.edge(true),
            Action::Open => self.moving(|app| app.full = true),
            Action::FullScreen => self.moving(|app| app.full = !app.full),
            Action::Back => self.back(),
            Action::Time => self.overlay = Some(Overlay::range(self.shown)),
            Action::Scope => self.overlay = Some(Overlay::scope(self)),
            Action::Context => self.overlay = Some(Overlay::context(self)),
            Action::Palette => self.overlay = Some(Overlay::palette(self)),
            Action::Help => self.overlay = Some(Overlay::Help(0)),
            Action::Find => self.overlay = Some(Overlay::Find(Default::default())),
            Action::FindNext => self.find_step(1),
            Action::FindPrevious => self.find_step(-1),
            Action::Pause => self.pause(),
            Action::ZoomIn => self.zoom(0.5),
            Action::ZoomOut => self.zoom(2.0),
            Action::ZoomReset => self.moving(|app| app.shown = Shown::Live(app.setup.live)),
            Action::PanLeft => self.moving(|app| app.shown = app.shown.pan(-0.25, app.now)),
            Action::PanRight => self.moving(|app| app.shown = app.shown.pan(0.25, app.now)),
            Action::CrosshairLeft => self.point(-1),
            Action::CrosshairRight => self.point(1),
            Action::CrosshairFarLeft => self.point(-10),
            Action::CrosshairFarRight => self.point(10),
            Action::HistoryBack => {
                if let Some(place) = self.history.back(self.place()) {
                    self.go(place);
                }
            }
            Action::HistoryForward => {
                if let Some(place) = self.history.forward(self.place()) {
                    self.go(place);
                }
            }
        }
        None
    }

    fn copy(&mut self, text: String, said: &str) -> Effect {
        self.say(said);
        Effect::Copy(text)
    }

    /// To the first or the last panel or series.
    fn edge(&mut self, last: bool) {
        if self.full {
            self.overview.move_cursor(if last { isize::MAX } else { isize::MIN }, true);
        } else {
            self.overview.selected = if last { 3 } else { 0 };
        }
    }

    fn back(&mut self) {
        if self.find.take().is_none() && self.crosshair.take().is_none() {
            self.moving(|app| app.full = false);
        }
    }

    fn pause(&mut self) {
        self.moving(|app| {
            app.shown = match app.shown {
                Shown::Live(_) => Shown::Fixed(app.shown.at(app.now)),
                Shown::Fixed(range) => Shown::Live(range.length()),
            }
        });
    }

    fn zoom(&mut self, factor: f64) {
        let around = self.crosshair.map(Timestamp);
        self.moving(|app| app.shown = app.shown.zoom(factor, around, app.now));
    }

    /// Moves the crosshair by dot columns of the charts; it starts at the newest sample.
    fn point(&mut self, columns: i64) {
        let Range { start, end } = self.shown.at(self.now);
        let step = self.overview.chart_step(&self.scene(), self.body());
        let from = self.crosshair.unwrap_or_else(|| end.floor_to(step).plus(step).0);
        let to = Timestamp(from.saturating_add(columns * step)).floor_to(step);
        self.crosshair = Some(to.clamp(start, end).0);
    }

    fn find_step(&mut self, by: isize) {
        let hits = screen::hits(self);
        if let Some(find) = &mut self.find
            && hits > 0
        {
            find.current = (find.current + hits).saturating_add_signed(by) % hits;
        }
    }

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
                        self.find = (!text.is_empty()).then_some(Find { text, current: 0 });
                        if self.find.is_some() && screen::hits(self) == 0 {
                            self.say("nothing on this screen fits");
                        }
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
        }
    }

    fn help_key(&mut self, top: u16, key: KeyEvent) -> Option<Effect> {
        let page = self.size.1 / 2;
        let last = screen::help_rows(self).saturating_sub(self.body().height);
        let to = match self.setup.keymap.action(key) {
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
        }
        None
    }
}
