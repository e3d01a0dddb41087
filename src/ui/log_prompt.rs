//! The line where the query of the logs is typed: it stays until the server has taken it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::theme::Role;
use super::widget::input::Input;
use crate::model::log::Search;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    pub input: Input,
    /// What to go back to when it is given up.
    before: Search,
    /// Queries that were typed before, the newest last; and which of them stands in the line.
    queries: Vec<String>,
    at: usize,
    state: State,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Typing,
    /// Sent to the server.
    Sent,
    Refused(String),
}

/// What a key did.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    Stay,
    /// Given up: back to this.
    Cancel(Search),
    Send(Search),
}

impl Prompt {
    pub fn new(before: &Search, queries: &[String]) -> Self {
        let mut input = Input::default();
        input.insert(&before.text);
        Self { input, before: before.clone(), queries: queries.to_vec(), at: queries.len(), state: State::Typing }
    }

    pub fn paste(&mut self, text: &str) {
        self.input.insert(text);
        self.state = State::Typing;
    }

    pub fn key(&mut self, key: KeyEvent) -> Step {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => return Step::Cancel(self.before.clone()),
            KeyCode::Char('c') if control => return Step::Cancel(self.before.clone()),
            KeyCode::Enter => {
                self.state = State::Sent;
                return Step::Send(Search { text: self.input.text().trim().to_owned(), ..self.before.clone() });
            }
            KeyCode::Up => self.recall(self.at.saturating_sub(1)),
            KeyCode::Down => self.recall(self.at.saturating_add(1)),
            _ => {
                self.input.key(key);
            }
        }
        self.state = State::Typing;
        Step::Stay
    }

    fn recall(&mut self, at: usize) {
        self.at = at.min(self.queries.len());
        self.input = Input::default();
        self.input.insert(self.queries.get(self.at).unwrap_or(&self.before.text));
    }

    pub fn is_sent(&self) -> bool {
        self.state == State::Sent
    }

    /// The cursor goes to where the server stopped reading, if it says so.
    pub fn refuse(&mut self, why: &str) {
        let Some((column, found)) = stop(why) else {
            self.state = State::Refused(why.to_owned());
            return;
        };
        let typed = self.input.text();
        let blanks = typed.chars().count() - typed.trim_start().chars().count();
        self.input.go_to(blanks + column);
        self.state = State::Refused(format!("not understood at column {column}, the cursor: {found}"));
    }

    /// What became of it.
    pub fn said(&self) -> Option<(&str, Role)> {
        match &self.state {
            State::Typing => None,
            State::Sent => Some(("asking…", Role::Dim)),
            State::Refused(why) => Some((why, Role::Failed)),
        }
    }
}

/// Where Lucene stopped, in characters from 0, and at what: `Cannot parse '(': Encountered "<EOF>" at line 1, column 1.`
fn stop(why: &str) -> Option<(usize, &str)> {
    // The query itself stands before it, whatever it says.
    let (before, after) = why.rsplit_once(" at line 1, column ")?;
    let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    let found = before.rfind("Encountered ").or_else(|| before.rfind("Lexical error")).and_then(|at| before.get(at..));
    Some((after.get(..digits)?.parse().ok()?, found.unwrap_or("it is not complete")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(prompt: &mut Prompt, code: KeyCode) -> Step {
        prompt.key(KeyEvent::new(code, KeyModifiers::NONE))
    }

    #[test]
    fn queries_come_back_and_what_is_refused_stays() {
        let before = Search { text: "now".into(), ..Search::default() };
        let mut prompt = Prompt::new(&before, &["one".to_owned(), "two".to_owned()]);
        let text = |prompt: &mut Prompt, code| {
            press(prompt, code);
            prompt.input.text().to_owned()
        };
        assert_eq!(text(&mut prompt, KeyCode::Up), "two");
        assert_eq!(text(&mut prompt, KeyCode::Up), "one");
        assert_eq!(text(&mut prompt, KeyCode::Up), "one");
        prompt.recall(9);
        assert_eq!(text(&mut prompt, KeyCode::Char('!')), "now!");
        assert_eq!(press(&mut prompt, KeyCode::Enter), Step::Send(Search { text: "now!".into(), ..Search::default() }));
        prompt.refuse("wrong at 3");
        assert_eq!((prompt.said(), prompt.input.text()), (Some(("wrong at 3", Role::Failed)), "now!"));
        assert_eq!(press(&mut prompt, KeyCode::Esc), Step::Cancel(before));
    }

    #[test]
    fn the_cursor_stands_where_the_server_stopped() {
        let mut prompt = Prompt::new(&Search::default(), &[]);
        prompt.paste("  größe:( at line 1, column 7 AND) x");
        prompt.refuse(
            "Cannot parse 'größe:( at line 1, column 7 AND) x': Encountered \" \")\" \") \"\" at line 1, column 31.",
        );
        assert_eq!(prompt.input.halves(), ("  größe:( at line 1, column 7 AND", ") x"));
        let said = "not understood at column 31, the cursor: Encountered \" \")\" \") \"\"";
        assert_eq!(prompt.said(), Some((said, Role::Failed)));
        prompt.refuse("Cannot parse 'a': Encountered \"<EOF>\" at line 1, column 99.");
        assert_eq!(prompt.input.halves().1, "");
        prompt.refuse("too many at line 1, column x");
        assert_eq!(prompt.said(), Some(("too many at line 1, column x", Role::Failed)));
    }
}
