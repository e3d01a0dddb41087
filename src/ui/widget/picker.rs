//! A list to choose from by typing: the `:` palette, time ranges, scopes, contexts.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr;

use super::ground::{lay, put};
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
/// Enough for the longest row of the palette; a terminal narrower than `NARROW` gives all that it has.
const WIDTH: u16 = 84;
const NARROW: u16 = 100;
/// With fewer rows than these, the edge at the top gives way to an item.
const ROOMY: u16 = 8;

impl<T: Clone> Picker<T> {
    pub fn new(title: &'static str, items: Vec<Item<T>>) -> Self {
        let shown = (0..items.len()).collect();
        Self { title, items, input: Input::default(), shown, selected: 0 }
    }

    /// With the cursor on what is in use now.
    pub fn starting_at(mut self, index: usize) -> Self {
        self.selected = index.min(self.items.len().saturating_sub(1));
        self
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
        let top = u16::from(area.height >= ROOMY);
        let rows = (self.shown.len().max(1) as u16).min(MOST_ROWS).min(area.height.saturating_sub(2 + top));
        // Without a ground of its own, the view beside it would look like a part of it.
        let is_wide = area.width >= NARROW && theme.style(Role::Overlay).bg.is_some();
        let width = if is_wide { WIDTH } else { area.width };
        let height = (rows + 2 + top).min(area.height);
        let place = Rect { x: area.x + (area.width - width) / 2, width, height, ..area };
        lay(theme, place, buf);
        let edge = |row: Rect, buf: &mut Buffer| {
            Line::styled("─".repeat(usize::from(width)), theme.style(Role::Dim)).render(row, buf);
        };
        let mut lines = place.rows();
        if top > 0 {
            lines.next().into_iter().for_each(|row| edge(row, buf));
        }
        if let Some(row) = lines.next() {
            put(self.prompt(theme), row, buf);
        }
        for (n, row) in lines.by_ref().take(usize::from(rows)).enumerate() {
            self.row(self.first(rows) + n, theme, row, buf);
        }
        if let Some(row) = lines.next() {
            edge(row, buf);
            self.count(rows, theme).alignment(Alignment::Right).render(row, buf);
        }
    }

    /// The first item in sight, so that the selected one is.
    fn first(&self, rows: u16) -> usize {
        self.selected.saturating_sub(usize::from(rows.saturating_sub(1)))
    }

    /// Which one of how many, where not all are in sight.
    fn count(&self, rows: u16, theme: &Theme) -> Line<'_> {
        if self.shown.len() <= usize::from(rows) {
            return Line::default();
        }
        Line::styled(format!(" {} of {} ──", self.selected + 1, self.shown.len()), theme.style(Role::Dim))
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

    /// The label in a column as wide as the longest of them, and beside it what it means.
    fn row(&self, at: usize, theme: &Theme, row: Rect, buf: &mut Buffer) {
        let Some(item) = self.shown.get(at).and_then(|i| self.items.get(*i)) else {
            let text = if self.items.is_empty() { "  nothing to choose" } else { "  nothing fits" };
            return put(Line::styled(text, theme.style(Role::Dim)), row, buf);
        };
        let mark = if at == self.selected { " ▌" } else { "  " };
        let longest = self.items.iter().map(|item| item.label.width()).max().unwrap_or(0) as u16;
        // Half of the row is left for the meaning, if there is any.
        let most = if item.detail.is_empty() { row.width } else { row.width / 2 };
        let [sign, label, _, detail] = Layout::horizontal([
            Constraint::Length(2),
            Constraint::Length(longest.min(most.saturating_sub(2))),
            Constraint::Length(1),
            Constraint::Fill(1),
        ])
        .areas(row);
        Line::styled(mark, theme.style(Role::Accent)).render(sign, buf);
        put(Line::styled(item.label.as_str(), theme.style(Role::Text)), label, buf);
        put(Line::styled(item.detail.as_str(), theme.style(Role::Dim)), detail, buf);
        if at == self.selected {
            buf.set_style(row, theme.style(Role::Selected));
        }
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

    fn drawn(picker: &Picker<u8>, width: u16, height: u16) -> Vec<String> {
        let area = Rect::new(0, 0, width, height);
        let mut buf = Buffer::filled(area, ratatui::buffer::Cell::new("."));
        picker.draw(&Theme::default(), area, &mut buf);
        let rows = buf.content.chunks(usize::from(width));
        rows.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>()).collect()
    }

    #[test]
    fn the_list_lies_between_two_edges() {
        let rows = drawn(&picker().starting_at(1), 30, 12);
        let edge = "─".repeat(30);
        assert_eq!(
            rows[..6],
            [
                &edge,
                " command                      ",
                "  pause   stop the clock      ",
                " ▌zoom-in                     ",
                "  time    range               ",
                &edge,
            ]
        );
    }

    #[test]
    fn what_is_cut_ends_in_an_ellipsis() {
        let item = |label: &str, detail: &str| Item { label: label.into(), detail: detail.into(), value: 0 };
        let picker = Picker::new(
            "t",
            vec![item("production-eu-central-1", "a long description"), item("東京東京東京東京東", "")],
        );
        let rows = drawn(&picker, 20, 12);
        assert_eq!(rows[2], " ▌product… a long d…");
        let rows = drawn(&picker, 19, 12);
        assert!(rows[3].trim_end().ends_with('…'), "{rows:?}");
    }

    #[test]
    fn it_says_how_many_there_are_where_not_all_are_in_sight() {
        let rows = drawn(&picker().starting_at(9), 30, 4);
        assert_eq!(
            rows[1..],
            ["  zoom-in                     ", " ▌time    range               ", "──────────────────── 3 of 3 ──"]
        );
    }
}
