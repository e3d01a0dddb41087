//! The fields of the form: what is typed into them, and what it means.

use super::prefill;
use super::times::{self, Clock, End};
use crate::model::labels::Labels;
use crate::model::matcher::{Compiled, Matcher, compile};
use crate::model::silence::Exact;
use crate::time::{MINUTE, Timestamp, format_duration};
use crate::ui::widget::input::Input;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Matchers,
    Duration,
    From,
    Author,
    Comment,
}

impl Field {
    pub const ALL: [Self; 5] = [Self::Matchers, Self::Duration, Self::From, Self::Author, Self::Comment];

    pub fn name(self) -> &'static str {
        match self {
            Self::Matchers => "matchers",
            Self::Duration => "duration",
            Self::From => "from",
            Self::Author => "author",
            Self::Comment => "comment",
        }
    }

    /// The field so many places farther, around the end.
    pub fn next(self, by: isize) -> Self {
        let count = Self::ALL.len();
        Self::ALL[(self as usize + count).saturating_add_signed(by) % count]
    }
}

/// A time that was there before anything was typed: it stays exact as long as its text does.
#[derive(Debug, Clone, Default)]
struct Kept {
    text: String,
    at: Option<Timestamp>,
}

/// The same of a text, which may be shown otherwise than it is sent.
#[derive(Debug, Clone)]
struct KeptText {
    field: Field,
    shown: String,
    exact: Exact,
}

#[derive(Debug, Clone)]
pub struct Fields {
    inputs: [Input; 5],
    kept: Vec<KeptText>,
    /// Those of the silence that is changed.
    known: Vec<Matcher>,
    read: Result<Vec<Matcher>, String>,
    /// Made once from what was typed, not each time they are tried.
    compiled: Vec<Compiled>,
    began: Kept,
    end: Kept,
}

/// From when to when, by the server's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// None is when the server has it.
    pub from: Option<Timestamp>,
    pub end: End,
    pub until: Timestamp,
}

impl Times {
    /// How long it will still hold, or hold at all if it has not begun.
    pub fn length(&self, now: Timestamp) -> i64 {
        self.until.since(self.from.map_or(now, |from| from.max(now)))
    }
}

impl Fields {
    pub fn new(known: Vec<Matcher>) -> Self {
        let inputs = std::array::from_fn(|_| Input::roomy(2 * prefill::MOST_BYTES));
        let none = Kept::default;
        let mut fields = Self {
            inputs,
            kept: Vec::new(),
            known,
            read: Ok(Vec::new()),
            compiled: Vec::new(),
            began: none(),
            end: none(),
        };
        // One at a time, for each alone may be as long as what the gate lets pass.
        for (n, matcher) in fields.known.iter().enumerate() {
            let comma = if n == 0 { "" } else { ", " };
            fields.inputs[Field::Matchers as usize].insert(&format!("{comma}{matcher}"));
        }
        fields.learn();
        fields
    }

    pub fn text(&self, field: Field) -> &str {
        self.inputs[field as usize].text()
    }

    pub fn input(&self, field: Field) -> &Input {
        &self.inputs[field as usize]
    }

    /// Changes what is typed there; gives whether the alerts that are hit may be others now.
    pub fn edit(&mut self, field: Field, change: impl FnOnce(&mut Input)) -> bool {
        let before = self.text(field).to_owned();
        change(&mut self.inputs[field as usize]);
        let changed = field == Field::Matchers && self.text(field) != before;
        if changed {
            self.learn();
        }
        changed
    }

    pub fn set(&mut self, field: Field, text: &str) {
        self.inputs[field as usize] = Input::roomy(2 * prefill::MOST_BYTES);
        self.edit(field, |input| input.insert(text));
    }

    /// Shows a text that is kept exactly until it is changed.
    pub fn keep(&mut self, field: Field, exact: &Exact) {
        self.set(field, exact);
        self.kept.push(KeptText { field, shown: self.text(field).to_owned(), exact: exact.clone() });
    }

    /// Shows a beginning that is kept exactly until it is changed.
    pub fn keep_beginning(&mut self, at: Timestamp, clock: Clock) {
        let text = at.format("%F %H:%M", clock.zone);
        self.set(Field::From, &text);
        self.began = Kept { text, at: Some(at) };
    }

    /// The same for an end, shown as what is left of it.
    pub fn keep_end(&mut self, at: Timestamp, from: Timestamp) {
        let left = at.since(from);
        let left = if left < MINUTE { left.max(1000) } else { left };
        let text = format_duration(Timestamp(left).floor_to(if left < MINUTE { 1000 } else { MINUTE }).0);
        self.set(Field::Duration, &text);
        self.end = Kept { text, at: Some(at) };
    }

    fn learn(&mut self) {
        self.read = prefill::read(self.text(Field::Matchers), &self.known);
        let compiled = self.read.as_ref().map_err(Clone::clone).and_then(|matchers| compile(matchers));
        match compiled {
            Ok(compiled) => self.compiled = compiled,
            Err(error) => (self.read, self.compiled) = (Err(error), Vec::new()),
        }
    }

    /// Ready to be tried on the alerts; nothing while they cannot be read, or there are none.
    pub fn compiled(&self) -> &[Compiled] {
        &self.compiled
    }

    pub fn matchers(&self) -> Result<&[Matcher], String> {
        let matchers = self.read.as_ref().map_err(Clone::clone)?;
        if matchers.is_empty() {
            return Err("at least one matcher is needed, such as alertname=\"…\"".to_owned());
        }
        // A missing label counts as empty: such a silence would hit what nobody thinks of.
        if self.compiled.iter().all(|matcher| matcher.matches(&Labels::default())) {
            return Err("at least one matcher must not fit an empty value: Alertmanager refuses it".to_owned());
        }
        Ok(matchers)
    }

    /// What was typed means what it meant at the moment `read`: a review does not change while it is looked at.
    pub fn times(&self, clock: Clock, read: Timestamp) -> Result<Times, (Field, String)> {
        let then = Clock { now: read, ..clock };
        let from = match &self.began {
            Kept { text, at: Some(at) } if text == self.text(Field::From) => Some(*at),
            _ => times::begins(self.text(Field::From), then).map_err(|error| (Field::From, error))?,
        };
        if from.is_some_and(|from| from <= clock.now && self.began.at != Some(from)) {
            return Err((Field::From, "its beginning is past by now; write now".to_owned()));
        }
        let start = from.map_or(clock.now, |from| from.max(clock.now));
        let end = match &self.end {
            Kept { text, at: Some(at) } if text == self.text(Field::Duration) => End::At(*at),
            _ => times::ends(self.text(Field::Duration), then).map_err(|error| (Field::Duration, error))?,
        };
        let (end, until) = match end {
            // What begins now lasts from when the server has it; what begins later, from then.
            End::After(length) if start == clock.now => (end, start.plus(length)),
            End::After(length) => (End::At(start.plus(length)), start.plus(length)),
            End::At(at) => (end, at),
        };
        if until <= start {
            return Err((Field::Duration, "it would end before it begins".to_owned()));
        }
        Ok(Times { from, end, until })
    }

    /// What stands in a field that must not be empty.
    pub fn required(&self, field: Field) -> Result<Exact, (Field, String)> {
        let text = self.text(field).trim();
        let what = if field == Field::Author { "who silences it" } else { "why it is silenced" };
        let missing = || (field, format!("{} is empty: say {what}", field.name()));
        let kept = self.kept.iter().find(|kept| kept.field == field && kept.shown == self.text(field));
        match (text, kept) {
            ("", _) => Err(missing()),
            (_, Some(kept)) => Ok(kept.exact.clone()),
            // Line breaks are shown as a mark, also those that were pasted.
            (text, None) => Ok(Exact::new(&text.replace('⏎', "\n"))),
        }
    }

    /// What is wrong with what was typed into a field; an empty one is only not filled yet.
    pub fn problem(&self, field: Field, clock: Clock) -> Option<String> {
        match field {
            Field::Matchers => self.matchers().err(),
            Field::Duration | Field::From => {
                self.times(clock, clock.now).err().filter(|(of, _)| *of == field).map(|(_, error)| error)
            }
            Field::Author | Field::Comment => None,
        }
    }
}
