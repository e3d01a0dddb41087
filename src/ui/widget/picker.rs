//! A list to choose from by typing: the `:` palette, time ranges, scopes, contexts.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use super::input::Input;
use crate::ui::theme::{Role, Theme};

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<T> {
    pub label: String,
    /// Shown dimmed beside the label, and searched as well.
    pub detail: String,
    pub value: T,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picker<T> {
    pub title: &'static str,
    items: Vec<Item<T>>,
    pub input: Input,
    /// Indexes of the items that fit what was typed, best first.
    shown: Vec<usize>,
    selected: usize,
}

/// What a key did.
#[derive(Debug, PartialEq, Eq)]
pub enum Picked<T> {
    Nothing,
    Cancelled,
    /// The chosen value; none when nothing in the list fits what was typed.
    Chosen(Option<T>),
}

const MOST_ROWS: u16 = 14;

impl<T: Clone> Picker<T> {
    pub fn new(title: &'static str, items: Vec<Item<T>>) -> Self {
        let shown = (0..items.len()).collect();
        Self { title, items, input: Input::default(), shown, selected: 0 }
    }

    pub fn key(&mut self, key: KeyEvent) -> Picked<T> {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => return Picked::Cancelled,
            KeyCode::Char('c' | 'g') if control => return Picked::Cancelled,
            KeyCode::Enter => return Picked::Chosen(self.current().map(|item| item.value.clone())),
            KeyCode::Down | KeyCode::Tab => self.step(1),
            KeyCode::Up | KeyCode::BackTab => self.step(-1),
            KeyCode::Char('n' | 'j') if control => self.step(1),
            KeyCode::Char('p') if control => self.step(-1),
            _ if self.input.key(key) => self.filter(),
            _ => {}
        }
        Picked::Nothing
    }

    pub fn paste(&mut self, text: &str) {
        self.input.insert(text);
        self.filter();
    }

    fn step(&mut self, by: isize) {
        let count = self.shown.len().max(1);
        self.selected = (self.selected + count).saturating_add_signed(by) % count;
    }

    fn current(&self) -> Option<&Item<T>> {
        self.items.get(*self.shown.get(self.selected)?)
    }

    fn filter(&mut self) {
        let pattern = Pattern::parse(self.input.text(), CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut buffer = Vec::new();
        let mut scored: Vec<(u32, usize)> = Vec::new();
        for (i, item) in self.items.iter().enumerate() {
            // A hit in the label counts far more than one in its description.
            let label = pattern.score(Utf32Str::new(&item.label, &mut buffer), &mut matcher).map(|score| score + 1000);
            let score = label.or_else(|| pattern.score(Utf32Str::new(&item.detail, &mut buffer), &mut matcher));
            scored.extend(score.map(|score| (score, i)));
        }
        scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        self.shown = scored.into_iter().map(|(_, i)| i).collect();
        self.selected = 0;
    }

    /// Over whatever is there, at the top of `area`.
    pub fn draw(&self, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let rows = (self.shown.len().max(1) as u16).min(MOST_ROWS).min(area.height.saturating_sub(2));
        let width = area.width.min(76);
        let place =
            Rect { x: area.x + (area.width - width) / 2, y: area.y, width, height: (rows + 2).min(area.height) };
        Clear.render(place, buf);
        buf.set_style(place, theme.style(Role::Prompt));
        let mut lines = place.rows();
        if let Some(row) = lines.next() {
            self.prompt(theme).render(row, buf);
        }
        if self.shown.is_empty() {
            let text = if self.items.is_empty() { "  nothing to choose" } else { "  nothing fits" };
            if let Some(row) = lines.next() {
                Line::styled(text, theme.style(Role::Dim)).render(row, buf);
            }
        }
        let first = self.selected.saturating_sub(usize::from(rows.saturating_sub(1)));
        for (at, row) in (first..self.shown.len()).take(usize::from(rows)).zip(lines) {
            self.item(at, theme).render(row, buf);
            if at == self.selected {
                buf.set_style(row, theme.style(Role::Selected));
            }
        }
    }

    fn prompt(&self, theme: &Theme) -> Line<'_> {
        let (before, after) = self.input.halves();
        let mut rest = after.chars();
        let under = rest.next().map_or_else(|| " ".to_owned(), String::from);
        Line::from(vec![
            Span::styled(format!(" {} ", self.title), theme.style(Role::Title)),
            Span::raw(before),
            Span::styled(under, theme.style(Role::Selected)),
            Span::raw(rest.as_str()),
        ])
    }

    fn item(&self, at: usize, theme: &Theme) -> Line<'_> {
        let Some(item) = self.shown.get(at).and_then(|i| self.items.get(*i)) else { return Line::default() };
        let mark = if at == self.selected { " ▌" } else { "  " };
        Line::from(vec![
            Span::styled(mark, theme.style(Role::Accent)),
            Span::raw(format!("{:<24} ", item.label)),
            Span::styled(item.detail.as_str(), theme.style(Role::Dim)),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picker() -> Picker<u8> {
        let item = |label: &str, detail: &str, value| Item { label: label.into(), detail: detail.into(), value };
        Picker::new(
            "command",
            vec![item("pause", "stop the clock", 1), item("zoom-in", "", 2), item("time", "range", 3)],
        )
    }

    fn key(code: KeyCode) -> KeyEvent {
        KeyEvent::new(code, KeyModifiers::NONE)
    }

    #[test]
    fn typing_narrows_fuzzily() {
        let mut picker = picker();
        for c in "zmi".chars() {
            assert_eq!(picker.key(key(KeyCode::Char(c))), Picked::Nothing);
        }
        assert_eq!(picker.key(key(KeyCode::Enter)), Picked::Chosen(Some(2)));
    }

    #[test]
    fn a_label_beats_a_description() {
        let mut picker = picker();
        picker.paste("ti");
        assert_eq!(picker.key(key(KeyCode::Enter)), Picked::Chosen(Some(3)));
    }

    #[test]
    fn arrows_go_round_and_nothing_fits_is_no_choice() {
        let mut picker = picker();
        picker.key(key(KeyCode::Up));
        assert_eq!(picker.key(key(KeyCode::Enter)), Picked::Chosen(Some(3)));
        picker.paste("qqqq");
        assert_eq!(picker.key(key(KeyCode::Down)), Picked::Nothing);
        assert_eq!(picker.key(key(KeyCode::Enter)), Picked::Chosen(None));
        assert_eq!(picker.key(key(KeyCode::Esc)), Picked::Cancelled);
    }
}
