//! The last good answer, its age, and the last error: a failure never erases what was known.

use crate::model::fault::FetchError;
use crate::model::series::Frame;
use crate::time::Timestamp;

/// What is known of one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Feed<T> {
    /// The last good answer and when it came.
    pub value: Option<(T, Timestamp)>,
    /// The error that followed it, and since when it has failed.
    pub error: Option<(FetchError, Timestamp)>,
}

impl<T> Default for Feed<T> {
    fn default() -> Self {
        Self { value: None, error: None }
    }
}

/// How a newer answer to the same question joins the older one.
pub trait Absorb {
    fn absorb(&mut self, newer: Self);
}

impl Absorb for Frame {
    fn absorb(&mut self, newer: Self) {
        Frame::absorb(self, newer);
    }
}

impl<T> Feed<T> {
    /// Takes in a whole answer or a failure.
    pub fn replace(&mut self, result: Result<T, FetchError>, at: Timestamp) {
        match result {
            Ok(value) => *self = Self { value: Some((value, at)), error: None },
            Err(error) => self.fail(error, at),
        }
    }

    fn fail(&mut self, error: FetchError, at: Timestamp) {
        let since = self.error.as_ref().map_or(at, |(_, since)| *since);
        self.error = Some((error, since));
    }

    pub fn get(&self) -> Option<&T> {
        self.value.as_ref().map(|(value, _)| value)
    }
}

impl<T: Absorb> Feed<T> {
    /// Takes in an answer that may be a part.
    pub fn absorb(&mut self, result: Result<T, FetchError>, at: Timestamp) {
        match (&mut self.value, result) {
            (Some((held, when)), Ok(newer)) => {
                held.absorb(newer);
                *when = at;
                self.error = None;
            }
            (_, result) => self.replace(result, at),
        }
    }
}
