//! What the console changes outside: silences, and nothing else.

use super::fault::FetchError;
use super::matcher::Matcher;
use super::silence::Exact;
use crate::time::Timestamp;

/// When a silence is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// By the server's clock.
    At(Timestamp),
    /// So many milliseconds after the server has it.
    After(i64),
}

/// A silence as it should become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The silence that is changed; none makes a new one.
    pub id: Option<String>,
    pub matchers: Vec<Matcher>,
    /// By the server's clock; none is when the server has it.
    pub starts_at: Option<Timestamp>,
    pub ends: Ends,
    pub created_by: Exact,
    pub comment: Exact,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    Silence(Draft),
    /// The same once more, after it was not known what became of it: looked for first, and sent only if it is not there.
    Again(Draft),
    /// Ends a silence, or takes back one that has not begun. Doing it twice does no harm.
    Expire(String),
}

impl Write {
    /// The id of the silence that is changed or ended.
    pub fn of(&self) -> Option<&str> {
        match self {
            Self::Silence(draft) | Self::Again(draft) => draft.id.as_deref(),
            Self::Expire(id) => Some(id),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// Under this id the server keeps it, which may be another than that of the silence that was changed.
    Silenced(String),
    /// The id of the silence that is over now.
    Expired(String),
}

#[derive(Debug, Clone, PartialEq)]
pub enum WriteError {
    /// Nothing was changed.
    NotDone(FetchError),
    /// It may have been done, and looking for it was of no use either. What to send if it is tried again.
    Unclear(FetchError, Write),
}

/// A request to change something, with the number by which its outcome is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub ticket: u64,
    pub write: Write,
}

/// What became of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub ticket: u64,
    pub result: Result<Written, WriteError>,
}
