//! The line where a query of the logs or a search of traces is typed: it stays until it is understood.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::theme::Role;
use super::widget::input::Input;

/// What is typed stands for a `T`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt<T> {
    pub input: Input,
    /// What to go back to when it is given up, and as it is typed.
    before: (T, String),
    /// What was typed before, the newest last; and which of it stands in the line.
    past: Vec<String>,
    at: usize,
    state: State,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Typing,
    /// What could stand here.
    Offered(String),
    /// Sent to the server.
    Sent,
    Refused(String),
}

/// What a key did.
#[derive(Debug, PartialEq, Eq)]
pub enum Step<T> {
    Stay,
    /// Given up: back to this.
    Cancel(T),
    Send(String),
}

impl<T: Clone> Prompt<T> {
    pub fn new(before: &T, text: &str, past: &[String]) -> Self {
        let mut input = Input::default();
        input.insert(text);
        let before = (before.clone(), text.to_owned());
        Self { input, before, past: past.to_vec(), at: past.len(), state: State::Typing }
    }

    pub fn paste(&mut self, text: &str) {
        self.input.insert(text);
        self.state = State::Typing;
    }

    pub fn key(&mut self, key: KeyEvent) -> Step<T> {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => return Step::Cancel(self.before.0.clone()),
            KeyCode::Char('c') if control => return Step::Cancel(self.before.0.clone()),
            KeyCode::Enter => {
                self.state = State::Sent;
                return Step::Send(self.input.text().trim().to_owned());
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
        self.at = at.min(self.past.len());
        self.input = Input::default();
        self.input.insert(self.past.get(self.at).unwrap_or(&self.before.1));
    }

    /// Puts other words into the line, with the cursor after them; and says what else could stand there.
    pub fn replace(&mut self, before: &str, after: &str, offered: &str) {
        let mut input = Input::default();
        input.insert(before);
        let at = input.text().chars().count();
        input.insert(after);
        input.go_to(at);
        self.input = input;
        self.state = if offered.is_empty() { State::Typing } else { State::Offered(offered.to_owned()) };
    }

    pub fn is_sent(&self) -> bool {
        self.state == State::Sent
    }

    /// The cursor goes to where the server stopped reading, if it says so.
    pub fn refuse(&mut self, why: &str) {
        match stop(why) {
            Some((at, found)) => self.refuse_at(at, &format!("not understood at column {at}, the cursor: {found}")),
            None => self.state = State::Refused(why.to_owned()),
        }
    }

    /// The same at a character of what was sent, counted from 0.
    pub fn refuse_at(&mut self, at: usize, why: &str) {
        let typed = self.input.text();
        let blanks = typed.chars().count() - typed.trim_start().chars().count();
        self.input.go_to(blanks + at);
        self.state = State::Refused(why.to_owned());
    }

    /// What became of it.
    pub fn said(&self) -> Option<(&str, Role)> {
        match &self.state {
            State::Typing => None,
            State::Offered(words) => Some((words, Role::Dim)),
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

    type Line = Prompt<u8>;

    fn press(prompt: &mut Line, code: KeyCode) -> Step<u8> {
        prompt.key(KeyEvent::new(code, KeyModifiers::NONE))
    }

    #[test]
    fn queries_come_back_and_what_is_refused_stays() {
        let mut prompt = Prompt::new(&7, "now", &["one".to_owned(), "two".to_owned()]);
        let text = |prompt: &mut Line, code| {
            press(prompt, code);
            prompt.input.text().to_owned()
        };
        assert_eq!(text(&mut prompt, KeyCode::Up), "two");
        assert_eq!(text(&mut prompt, KeyCode::Up), "one");
        assert_eq!(text(&mut prompt, KeyCode::Up), "one");
        prompt.recall(9);
        assert_eq!(text(&mut prompt, KeyCode::Char('!')), "now!");
        assert_eq!(press(&mut prompt, KeyCode::Enter), Step::Send("now!".to_owned()));
        prompt.refuse("wrong at 3");
        assert_eq!((prompt.said(), prompt.input.text()), (Some(("wrong at 3", Role::Failed)), "now!"));
        assert_eq!(press(&mut prompt, KeyCode::Esc), Step::Cancel(7));
    }

    #[test]
    fn what_is_put_in_has_the_cursor_after_it() {
        let mut prompt = Prompt::new(&0, "serv limit=9", &[]);
        prompt.replace("service=", " limit=9", "fits: a, b");
        assert_eq!((prompt.input.halves(), prompt.said()), (("service=", " limit=9"), Some(("fits: a, b", Role::Dim))));
        press(&mut prompt, KeyCode::Char('a'));
        assert_eq!((prompt.input.text(), prompt.said()), ("service=a limit=9", None));
    }

    #[test]
    fn the_cursor_stands_where_the_server_stopped() {
        let mut prompt = Prompt::new(&0, "", &[]);
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
