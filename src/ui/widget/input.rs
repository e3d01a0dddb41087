//! One line of typed text with a cursor, as every shell user expects it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_segmentation::UnicodeSegmentation;

use crate::text::Plain;

/// The most bytes that can be typed or pasted.
const LIMIT: usize = 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    text: String,
    /// Byte offset, always on the border of a grapheme.
    cursor: usize,
    limit: usize,
}

impl Default for Input {
    fn default() -> Self {
        Self::roomy(LIMIT)
    }
}

impl Input {
    /// With room for so many bytes.
    pub fn roomy(limit: usize) -> Self {
        Self { text: String::new(), cursor: 0, limit }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// What stands before the cursor and after it.
    pub fn halves(&self) -> (&str, &str) {
        self.text.split_at(self.cursor)
    }

    /// Puts the cursor before the grapheme that has this character, counted from 0; after all of them if it is beyond.
    pub fn go_to(&mut self, character: usize) {
        let byte = self.text.char_indices().nth(character).map_or(self.text.len(), |(byte, _)| byte);
        let starts = self.text.grapheme_indices(true).map(|(start, _)| start).chain([self.text.len()]);
        self.cursor = starts.take_while(|start| *start <= byte).last().unwrap_or(0);
    }

    /// Pasted text is outside text.
    pub fn insert(&mut self, text: &str) {
        let text = Plain::new(text);
        if self.text.len() + text.len() <= self.limit {
            self.text.insert_str(self.cursor, &text);
            self.cursor += text.len();
        }
    }

    /// Whether the key was one of editing.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return self.control(key.code);
        }
        match key.code {
            KeyCode::Char(c) if !key.modifiers.contains(KeyModifiers::ALT) => self.insert(c.encode_utf8(&mut [0; 4])),
            KeyCode::Backspace => self.delete_back(self.previous()),
            KeyCode::Delete => {
                let end = self.next();
                self.text.replace_range(self.cursor..end, "");
            }
            KeyCode::Left => self.cursor = self.previous(),
            KeyCode::Right => self.cursor = self.next(),
            KeyCode::Home => self.cursor = 0,
            KeyCode::End => self.cursor = self.text.len(),
            _ => return false,
        }
        true
    }

    fn control(&mut self, code: KeyCode) -> bool {
        match code {
            KeyCode::Char('a') => self.cursor = 0,
            KeyCode::Char('e') => self.cursor = self.text.len(),
            KeyCode::Char('u') => self.delete_back(0),
            KeyCode::Char('k') => self.text.truncate(self.cursor),
            KeyCode::Char('w') => {
                let before = self.text[..self.cursor].trim_end();
                self.delete_back(before.rfind(' ').map_or(0, |space| space + 1));
            }
            _ => return false,
        }
        true
    }

    fn delete_back(&mut self, to: usize) {
        self.text.replace_range(to..self.cursor, "");
        self.cursor = to;
    }

    fn previous(&self) -> usize {
        self.text[..self.cursor].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn next(&self) -> usize {
        self.cursor + self.text[self.cursor..].graphemes(true).next().map_or(0, str::len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(input: &mut Input, codes: &[KeyCode]) {
        for code in codes {
            assert!(input.key(KeyEvent::new(*code, KeyModifiers::NONE)));
        }
    }

    #[test]
    fn edits_by_grapheme() {
        let mut input = Input::default();
        input.insert("ae\u{301}b");
        press(&mut input, &[KeyCode::Left, KeyCode::Backspace]);
        assert_eq!(input.text(), "ab");
        press(&mut input, &[KeyCode::Home, KeyCode::Delete, KeyCode::End, KeyCode::Char('c')]);
        assert_eq!(input.halves(), ("bc", ""));
    }

    #[test]
    fn control_keys_work_as_in_a_shell() {
        let mut input = Input::default();
        input.insert("one two  ");
        input.key(KeyEvent::new(KeyCode::Char('w'), KeyModifiers::CONTROL));
        assert_eq!(input.text(), "one ");
        input.key(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL));
        assert_eq!(input.text(), "");
    }

    #[test]
    fn a_hostile_or_huge_paste_does_no_harm() {
        let mut input = Input::default();
        input.insert("\x1b[2J\r\n");
        assert_eq!(input.text(), "^[[2J^M⏎");
        input.insert(&"x".repeat(1_000_000));
        assert_eq!(input.text(), "^[[2J^M⏎");
    }
}
