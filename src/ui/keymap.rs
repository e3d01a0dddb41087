//! Which key does what: the action table's keys, changed by the config; a clash is an error, not a surprise.

use std::collections::HashMap;
use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::action::{Action, TABLE};
use super::view::ViewId;
use crate::text::nearest::did_you_mean;

/// A key as a person writes it: `j`, `G`, `ctrl-d`, `shift-tab`, `enter`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    code: KeyCode,
    control: bool,
    alt: bool,
}

const NAMES: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("shift-tab", KeyCode::BackTab),
    ("space", KeyCode::Char(' ')),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
];

impl Key {
    pub fn parse(text: &str) -> Option<Self> {
        let (mut control, mut alt, mut rest) = (false, false, text);
        loop {
            if let Some(after) = rest.strip_prefix("ctrl-") {
                (control, rest) = (true, after);
            } else if let Some(after) = rest.strip_prefix("alt-") {
                (alt, rest) = (true, after);
            } else {
                return Some(Self { code: code(rest)?, control, alt });
            }
        }
    }
}

impl Key {
    /// What the terminal sends for it.
    pub fn event(self) -> KeyEvent {
        let control = if self.control { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
        let alt = if self.alt { KeyModifiers::ALT } else { KeyModifiers::NONE };
        KeyEvent::new(self.code, control | alt)
    }
}

fn code(text: &str) -> Option<KeyCode> {
    if let Some((_, code)) = NAMES.iter().find(|(name, _)| *name == text) {
        return Some(*code);
    }
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) if !c.is_control() => Some(KeyCode::Char(c)),
        (Some('f'), Some(_)) => text[1..].parse().ok().filter(|n| (1..=24).contains(n)).map(KeyCode::F),
        _ => None,
    }
}

/// Shift is part of the character itself (`G`, `?`) or of its own code (`shift-tab`).
impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        Self {
            code: event.code,
            control: event.modifiers.contains(KeyModifiers::CONTROL),
            alt: event.modifiers.contains(KeyModifiers::ALT),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.control {
            f.write_str("ctrl-")?;
        }
        if self.alt {
            f.write_str("alt-")?;
        }
        match (NAMES.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, KeyCode::F(n)) => write!(f, "f{n}"),
            (None, KeyCode::Char(c)) => write!(f, "{c}"),
            (None, other) => write!(f, "{other}"),
        }
    }
}

/// Every key that does something.
#[derive(Debug, Clone)]
pub struct Keymap {
    /// By the key, and the tab that is shown.
    actions: HashMap<(Key, ViewId), Action>,
    /// In the order of the table and of each row's keys, for help and footer.
    keys: Vec<(Action, Vec<Key>)>,
}

impl Default for Keymap {
    fn default() -> Self {
        let keys: Vec<(Action, Vec<Key>)> =
            TABLE.iter().map(|row| (row.action, row.keys.iter().filter_map(|key| Key::parse(key)).collect())).collect();
        let mut map = Self { actions: HashMap::new(), keys };
        // A clash in the table is found by a test.
        let _ = map.bind();
        map
    }
}

impl Keymap {
    /// Gives an action other keys than the table's. Errors say what would be right.
    pub fn with(mut self, changes: &[(String, Vec<String>)]) -> Result<Self, (usize, String)> {
        for (i, (name, texts)) in changes.iter().enumerate() {
            let row = TABLE.iter().find(|row| row.name == name).ok_or_else(|| (i, unknown(name)))?;
            let mut keys = Vec::new();
            for text in texts {
                let bad = || (i, format!("`{text}` is not a key; write j, G, ctrl-d, alt-x, f5, enter, esc, space"));
                keys.push(Key::parse(text).ok_or_else(bad)?);
            }
            if let Some(entry) = self.keys.iter_mut().find(|(action, _)| *action == row.action) {
                entry.1 = keys;
            }
        }
        self.bind().map_err(|(key, actions)| clash(key, actions, changes))?;
        if !self.actions.values().any(|action| *action == Action::Quit) {
            return Err((
                changes.iter().position(|(name, _)| name == "quit").unwrap_or(0),
                "`quit` needs a key".into(),
            ));
        }
        Ok(self)
    }

    /// Gives each action its keys; a key of two that are known in the same place is told.
    fn bind(&mut self) -> Result<(), (Key, [Action; 2])> {
        self.actions.clear();
        let all = self.keys.iter().flat_map(|(action, keys)| keys.iter().map(move |key| (*key, *action)));
        for (key, action) in all {
            for tab in ViewId::NUMBERED.into_iter().filter(|tab| action.is_known_in(*tab)) {
                if let Some(other) = self.actions.insert((key, tab), action) {
                    return Err((key, [other, action]));
                }
            }
        }
        Ok(())
    }

    /// What a key does in a view.
    pub fn action(&self, event: KeyEvent, view: ViewId) -> Option<Action> {
        self.actions.get(&(Key::from(event), view.tab())).copied()
    }

    pub fn keys(&self, action: Action) -> &[Key] {
        self.keys.iter().find(|(of, _)| *of == action).map_or(&[], |(_, keys)| keys)
    }

    /// The first key of an action, as the footer shows it.
    pub fn first(&self, action: Action) -> Option<String> {
        self.keys(action).first().map(|key| match key.code {
            KeyCode::Enter => "Enter".to_owned(),
            KeyCode::Esc => "Esc".to_owned(),
            _ => key.to_string(),
        })
    }
}

fn unknown(name: &str) -> String {
    let names = TABLE.iter().map(|row| row.name);
    format!("no action is called `{name}`{}", did_you_mean(name, names, "actions"))
}

fn clash(key: Key, actions: [Action; 2], changes: &[(String, Vec<String>)]) -> (usize, String) {
    let names = actions.map(|action| action.row().map_or("", |row| row.name));
    // The line to mend is the one that the user wrote.
    let at = changes.iter().rposition(|(name, _)| names.contains(&name.as_str())).unwrap_or(0);
    (at, format!("`{key}` is the key of both `{}` and `{}`; give one of them another", names[0], names[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(name: &str, keys: &[&str]) -> (String, Vec<String>) {
        (name.to_owned(), keys.iter().map(|key| (*key).to_owned()).collect())
    }

    #[test]
    fn the_table_has_no_clash_and_every_key_parses() {
        let map = Keymap::default().with(&[]).unwrap();
        for row in TABLE {
            assert_eq!(map.keys(row.action).len(), row.keys.len(), "{}", row.name);
        }
    }

    #[test]
    fn keys_are_written_as_they_are_read() {
        for text in ["j", "G", "ctrl-d", "alt-x", "shift-tab", "enter", "f12", "space", "-", "+"] {
            assert_eq!(Key::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "ctrl-", "foo", "f99", "\u{1b}"] {
            assert_eq!(Key::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_config_moves_keys() {
        let map = Keymap::default().with(&[change("pause", &["u"]), change("find", &["p"])]).unwrap();
        let press = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE);
        assert_eq!(map.action(press('u'), ViewId::Overview), Some(Action::Pause));
        assert_eq!(map.action(press('p'), ViewId::Logs), Some(Action::Find));
        assert_eq!(map.action(press('/'), ViewId::Overview), None);
        assert_eq!(map.first(Action::Pause).unwrap(), "u");
    }

    #[test]
    fn one_key_may_do_another_thing_in_another_view() {
        let press = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE);
        let map = Keymap::default();
        let places = [ViewId::Logs, ViewId::Silences];
        assert_eq!(places.map(|view| map.action(press('x'), view)), [Action::Exclude, Action::Expire].map(Some));
        assert_eq!(map.action(press('x'), ViewId::Traces), None);
        let of_z = [ViewId::Overview, ViewId::Logs, ViewId::Traces].map(|view| map.action(press('z'), view));
        assert_eq!(of_z, [None, Some(Action::Select), Some(Action::FoldAll)]);
        let map = map.with(&[change("exclude", &["X"]), change("expire", &["w"])]).unwrap();
        assert_eq!(places.map(|view| map.action(press('w'), view)), [Action::Wrap, Action::Expire].map(Some));
        assert_eq!(map.action(press('x'), ViewId::Logs), None);
        let (_, text) = Keymap::default().with(&[change("exclude", &["p"])]).unwrap_err();
        assert!(text.contains("`exclude`") && text.contains("`pause`"), "{text}");
        let (_, text) = Keymap::default().with(&[change("fold", &["K"])]).unwrap_err();
        assert!(text.contains("`fold`") && text.contains("`critical`"), "{text}");
    }

    #[test]
    fn mistakes_name_the_entry_and_the_mend() {
        let (at, text) = Keymap::default().with(&[change("copy", &["u"]), change("pause", &["t"])]).unwrap_err();
        assert_eq!((at, text.as_str()), (1, "`t` is the key of both `time` and `pause`; give one of them another"));
        let (_, text) = Keymap::default().with(&[change("puase", &["x"])]).unwrap_err();
        assert!(text.contains("did you mean `pause`?"), "{text}");
        let (_, text) = Keymap::default().with(&[change("pause", &["hyper-x"])]).unwrap_err();
        assert!(text.starts_with("`hyper-x` is not a key"), "{text}");
        let (_, text) = Keymap::default().with(&[change("quit", &[])]).unwrap_err();
        assert_eq!(text, "`quit` needs a key");
    }
}
