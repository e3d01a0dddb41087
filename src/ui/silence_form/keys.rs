//! What the keys do in the form. From the fields Enter leads to the review, and only from there to the request.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{AT_ONCE, Clock, Field, Form, Goal, Stage, Step, words};

impl Form {
    pub fn key(&mut self, key: KeyEvent, clock: Clock) -> Step {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        if control && key.code == KeyCode::Char('c') {
            return Step::Close;
        }
        match &self.stage {
            Stage::Edit => self.edit_key(key, clock),
            Stage::Review => self.review_key(key, clock),
            Stage::Sending { .. } | Stage::Unclear { .. } if key.code == KeyCode::Esc => Step::Close,
            Stage::Unclear { write, .. } if key.code == KeyCode::Enter => Step::Send(write.clone()),
            Stage::Sending { .. } | Stage::Unclear { .. } => {
                self.scroll(key);
                Step::Stay
            }
        }
    }

    /// The keys that do something now, and what.
    pub fn keys(&self) -> Vec<(&'static str, &'static str)> {
        let mut keys = match self.stage {
            Stage::Edit => vec![("Enter", "review"), ("Tab", "next field"), ("Esc", "close")],
            Stage::Review if self.is_editable() => vec![("Enter", "SEND"), ("e", "change"), ("Esc", "back")],
            Stage::Review => vec![("Enter", "SEND"), ("Esc", "back")],
            Stage::Sending { .. } => vec![("Esc", "close")],
            Stage::Unclear { .. } if self.is_editable() => {
                vec![("Enter", "look, send if it is not there"), ("Esc", "close")]
            }
            Stage::Unclear { .. } => vec![("Enter", "end it once more"), ("Esc", "close")],
        };
        // On the smallest screens there is room for one.
        if self.hits.rows.len() > 1 {
            keys.push((if matches!(self.stage, Stage::Edit) { "PgDn" } else { "j k" }, "more alerts"));
        }
        keys
    }

    fn edit_key(&mut self, key: KeyEvent, clock: Clock) -> Step {
        match key.code {
            KeyCode::Esc => return Step::Close,
            KeyCode::Enter => self.review(clock),
            KeyCode::Tab | KeyCode::Down => self.focus(1),
            KeyCode::BackTab | KeyCode::Up => self.focus(-1),
            KeyCode::PageDown | KeyCode::PageUp => self.scroll(key),
            _ => {
                self.refused = None;
                self.changed |= self.fields.edit(self.focus, |input| {
                    input.key(key);
                });
            }
        }
        Step::Stay
    }

    fn focus(&mut self, by: isize) {
        self.refused = None;
        self.sign();
        self.focus = self.focus.next(by);
    }

    /// The comment of an acknowledgement names its author, also one that was typed just now.
    fn sign(&mut self) {
        let is_own = words::is_acknowledged(self.fields.text(Field::Comment));
        if matches!(self.goal, Goal::Acknowledge) && is_own {
            let author = self.fields.required(Field::Author).ok();
            self.fields.set(Field::Comment, &words::acknowledged(author.as_deref()));
        }
    }

    fn review(&mut self, clock: Clock) {
        self.sign();
        match self.write(clock) {
            Ok(_) => {
                (self.stage, self.edited, self.refused) = (Stage::Review, true, None);
                self.reviewed = clock.now;
            }
            Err((field, error)) => (self.focus, self.refused) = (field, Some(error)),
        }
    }

    fn review_key(&mut self, key: KeyEvent, clock: Clock) -> Step {
        match key.code {
            KeyCode::Esc if self.edited => self.stage = Stage::Edit,
            KeyCode::Esc => return Step::Close,
            KeyCode::Char('e') if self.is_editable() && !key.modifiers.contains(KeyModifiers::CONTROL) => {
                if !self.edited {
                    // Of what was proposed one changes the length first.
                    self.focus = Field::Duration;
                }
                (self.stage, self.edited) = (Stage::Edit, true);
            }
            // The same key held down, or pressed twice, must not send what nobody has seen.
            KeyCode::Enter if self.edited && (0..AT_ONCE).contains(&clock.now.since(self.reviewed)) => {}
            KeyCode::Enter => match self.write(clock) {
                Ok(write) => return Step::Send(write),
                // Time has passed, and what was a time to come may be over.
                Err((field, error)) => {
                    (self.stage, self.focus, self.refused) = (Stage::Edit, field, Some(error));
                }
            },
            _ => self.scroll(key),
        }
        Step::Stay
    }

    /// Through the alerts that are hit.
    fn scroll(&mut self, key: KeyEvent) {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let by = match key.code {
            KeyCode::PageDown => 5,
            KeyCode::PageUp => -5,
            KeyCode::Char('d') if control => 5,
            KeyCode::Char('u') if control => -5,
            KeyCode::Down | KeyCode::Char('j') => 1,
            KeyCode::Up | KeyCode::Char('k') => -1,
            _ => return,
        };
        self.top = self.top.saturating_add_signed(by).min(self.hits.rows.len().saturating_sub(1));
    }

    pub fn paste(&mut self, text: &str) {
        if matches!(self.stage, Stage::Edit) {
            self.changed |= self.fields.edit(self.focus, |input| input.insert(text));
        }
    }
}
