//! The form that makes, changes and ends silences. It never sends anything by itself: what is to be sent was shown in a
//! review before, with the alerts that it hits.

use super::view::alerts::Alerts;
use crate::analysis::alerts::Row;
use crate::model::labels::Labels;
use crate::model::silence::{Silence, SilenceState};
use crate::model::write::{Draft, Ends, Write};
use crate::text::Plain;
use crate::time::{HOUR, Timestamp};

pub mod draw;
mod fields;
mod hits;
mod keys;
mod prefill;
mod times;
mod words;

pub use fields::Field;
pub use times::Clock;
pub use words::{done, short, wanted};

use fields::{Fields, Times};
use hits::Hits;
use times::End;

/// What the form is for.
#[derive(Debug, Clone)]
pub enum Goal {
    Silence,
    Acknowledge,
    Change(Silence),
    Extend(Silence),
    Expire(Silence),
}

#[derive(Debug, Clone)]
pub enum Stage {
    Edit,
    /// What will be sent, and whom it hits: the last look.
    Review,
    Sending {
        ticket: u64,
        since: Timestamp,
    },
    /// It may have been done. What to send if it is tried again, which looks first.
    Unclear {
        said: String,
        write: Write,
    },
}

/// What a key wants.
#[derive(Debug)]
pub enum Step {
    Stay,
    Close,
    Send(Write),
}

#[derive(Debug, Clone)]
pub struct Form {
    pub goal: Goal,
    pub stage: Stage,
    fields: Fields,
    focus: Field,
    /// The alert it was opened from.
    origin: Option<Labels>,
    /// Labels of it that no matcher can be made from.
    left_out: Vec<Plain>,
    hits: Hits,
    /// The first alert in sight of those that are hit.
    top: usize,
    /// Why it was not sent, or what the server said to it.
    pub refused: Option<String>,
    /// The matchers were changed, and what they hit was not looked for yet.
    changed: bool,
    /// The review was reached from the fields, and Esc goes back to them.
    edited: bool,
    /// When the review was opened.
    reviewed: Timestamp,
}

const ACKNOWLEDGED: &str = "15m";
const USUAL: &str = "2h";
const EXTENSION: i64 = HOUR;
/// Nobody reads a review in so many milliseconds.
const AT_ONCE: i64 = 300;
/// A silence that holds longer is worth a warning.
const LONG: i64 = 7 * 24 * HOUR;

impl Form {
    fn new(goal: Goal, fields: Fields, stage: Stage) -> Self {
        Self {
            goal,
            stage,
            fields,
            focus: Field::Comment,
            origin: None,
            left_out: Vec::new(),
            hits: Hits::default(),
            top: 0,
            refused: None,
            changed: false,
            edited: false,
            reviewed: Timestamp::default(),
        }
    }

    /// A new silence of exactly this alert, or of nothing yet.
    pub fn silence(alert: Option<&Row>, author: Option<&Plain>) -> Self {
        let (matchers, left_out) = alert.map(|row| prefill::exactly(&row.labels)).unwrap_or_default();
        let mut fields = Fields::new(matchers);
        fields.set(Field::Duration, USUAL);
        fields.set(Field::From, "now");
        fields.set(Field::Author, author.map_or("", Plain::as_str));
        let mut form = Self::new(Goal::Silence, fields, Stage::Edit);
        form.origin = alert.map(|row| row.identity().clone());
        form.left_out = left_out;
        form.focus_on_what_is_missing();
        form
    }

    /// A quarter of an hour of quiet for exactly this alert, ready to be sent.
    pub fn acknowledge(alert: &Row, author: Option<&Plain>, clock: Clock) -> Self {
        let mut form = Self::silence(Some(alert), author);
        form.goal = Goal::Acknowledge;
        form.fields.set(Field::Duration, ACKNOWLEDGED);
        form.fields.set(Field::Comment, &words::acknowledged(author));
        form.focus_on_what_is_missing();
        if form.draft(clock).is_ok() {
            (form.stage, form.reviewed) = (Stage::Review, clock.now);
        }
        form
    }

    /// An existing silence; one that is over is made anew.
    pub fn change(silence: &Silence, author: Option<&Plain>, clock: Clock) -> Self {
        let mut fields = Fields::new(silence.matchers.clone());
        fields.keep(Field::Comment, &silence.comment);
        if silence.state == SilenceState::Expired {
            fields.set(Field::Duration, USUAL);
            fields.set(Field::From, "now");
            match author {
                Some(author) => fields.set(Field::Author, author),
                None => fields.keep(Field::Author, &silence.created_by),
            }
            return Self::new(Goal::Silence, fields, Stage::Edit);
        }
        fields.keep(Field::Author, &silence.created_by);
        fields.keep_beginning(silence.starts_at, clock);
        fields.keep_end(silence.ends_at, silence.starts_at.max(clock.now));
        Self { focus: Field::Duration, ..Self::new(Goal::Change(silence.clone()), fields, Stage::Edit) }
    }

    /// One hour more, ready to be sent.
    pub fn extend(silence: &Silence, clock: Clock) -> Self {
        let mut form = Self::change(silence, None, clock);
        form.goal = Goal::Extend(silence.clone());
        form.fields.keep_end(silence.ends_at.plus(EXTENSION), silence.starts_at.max(clock.now));
        (form.stage, form.reviewed) = (Stage::Review, clock.now);
        form
    }

    pub fn expire(silence: &Silence, clock: Clock) -> Self {
        let (goal, stage) = (Goal::Expire(silence.clone()), Stage::Review);
        Self { goal, stage, reviewed: clock.now, ..Self::change(silence, None, clock) }
    }

    fn focus_on_what_is_missing(&mut self) {
        let is_empty = |field: &Field| self.fields.text(*field).is_empty();
        let required = [Field::Matchers, Field::Author, Field::Comment];
        self.focus = required.into_iter().find(is_empty).unwrap_or(Field::Comment);
    }

    /// The silence that is changed or ended.
    pub fn of(&self) -> Option<&Silence> {
        match &self.goal {
            Goal::Change(silence) | Goal::Extend(silence) | Goal::Expire(silence) => Some(silence),
            Goal::Silence | Goal::Acknowledge => None,
        }
    }

    /// The name to remember, once it was given.
    pub fn author(&self) -> Option<Plain> {
        let is_own = matches!(self.goal, Goal::Silence | Goal::Acknowledge);
        self.fields.required(Field::Author).ok().filter(|_| is_own).as_deref().cloned()
    }

    /// Finds anew what is hit: after a change of the matchers, and when the alerts are known anew.
    pub fn look(&mut self, alerts: &Alerts) {
        // What would be refused hits nothing.
        let readable = self.fields.matchers();
        let compiled = if readable.is_ok() { self.fields.compiled() } else { &[] };
        let matchers = readable.unwrap_or_default();
        let but = self.of().map(|silence| silence.id.as_str());
        let named = but.filter(|_| !self.is_editable());
        self.hits = Hits::of(matchers, compiled, alerts.rows(), alerts.silences(), self.origin.as_ref(), but, named);
        self.top = self.top.min(self.hits.rows.len().saturating_sub(1));
        self.changed = false;
    }

    /// Whether what is hit must be looked for anew.
    pub fn is_changed(&self) -> bool {
        self.changed
    }

    /// Nothing was sent, and nothing refused.
    fn is_quiet(&self) -> bool {
        matches!(self.stage, Stage::Edit | Stage::Review) && self.refused.is_none()
    }

    pub fn is_unclear(&self) -> bool {
        matches!(self.stage, Stage::Unclear { .. })
    }

    fn times(&self, clock: Clock) -> Result<Times, (Field, String)> {
        let read = if matches!(self.stage, Stage::Edit) { clock.now } else { self.reviewed };
        self.fields.times(clock, read)
    }

    /// What would be sent; or which field is not ready, and why.
    fn draft(&self, clock: Clock) -> Result<Draft, (Field, String)> {
        let matchers = self.fields.matchers().map_err(|error| (Field::Matchers, error))?.to_vec();
        let times = self.times(clock)?;
        let created_by = self.fields.required(Field::Author)?;
        let comment = self.fields.required(Field::Comment)?;
        let ends = match times.end {
            End::After(length) => Ends::After(length),
            End::At(at) => Ends::At(at),
        };
        let id = self.of().map(|silence| silence.id.clone());
        Ok(Draft { id, matchers, starts_at: times.from, ends, created_by, comment })
    }

    fn write(&self, clock: Clock) -> Result<Write, (Field, String)> {
        match &self.goal {
            Goal::Expire(silence) => Ok(Write::Expire(silence.id.clone())),
            _ => self.draft(clock).map(Write::Silence),
        }
    }

    /// Whether the fields can be changed at all.
    pub fn is_editable(&self) -> bool {
        !matches!(self.goal, Goal::Expire(_))
    }

    /// It was sent under this number.
    pub fn sent(&mut self, ticket: u64, now: Timestamp) {
        self.refused = None;
        self.stage = Stage::Sending { ticket, since: now };
    }

    pub fn awaits(&self, ticket: u64) -> bool {
        matches!(self.stage, Stage::Sending { ticket: own, .. } if own == ticket)
    }

    /// Nothing was changed: everything that was typed is still there.
    pub fn not_done(&mut self, said: String) {
        (self.stage, self.refused) = (Stage::Review, Some(said));
    }

    pub fn unclear(&mut self, said: String, write: Write) {
        self.stage = Stage::Unclear { said, write };
    }
}
