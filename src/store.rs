//! The last good answer, its age, and the last error: a failure never erases what was known.

pub mod log;

use crate::model::fault::FetchError;
use crate::model::query::Query;
use crate::model::series::Frame;
use crate::model::window::Part;
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

impl Feed<Frame> {
    /// Takes in an answer that may be a part.
    pub fn absorb(&mut self, result: Result<Frame, FetchError>, at: Timestamp) {
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

/// What is known of a question that may change: a new question keeps the old answer on screen until its own comes.
#[derive(Debug, Clone)]
pub struct Slot<T> {
    pub feed: Feed<T>,
    answered: Option<Query>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self { feed: Feed::default(), answered: None }
    }
}

impl<T> Slot<T> {
    pub fn get(&self) -> Option<&T> {
        self.feed.get()
    }

    /// The question that what is held answers.
    pub fn question(&self) -> Option<&Query> {
        self.answered.as_ref()
    }

    /// Whether what is held answers this very question.
    pub fn answers(&self, query: &Query) -> bool {
        self.answered.as_ref() == Some(query)
    }

    /// Takes in the answer to an instant question.
    pub fn take(&mut self, query: &Query, result: Result<T, FetchError>, at: Timestamp) {
        if result.is_ok() {
            self.answered = Some(query.clone());
        }
        self.feed.replace(result, at);
    }
}

impl Slot<Frame> {
    /// Takes in a whole or a part of the answer to a range question.
    pub fn take_frame(&mut self, query: &Query, result: Result<Frame, FetchError>, at: Timestamp) {
        if self.answers(query) {
            return self.feed.absorb(result, at);
        }
        // A part of something that is not held would pass for the whole.
        if !matches!(&result, Ok(frame) if frame.window.part != Part::Whole) {
            self.take(query, result, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::labels::Labels;
    use crate::model::series::{Notes, Series};
    use crate::model::window::{Span, Window};

    fn query(step: i64) -> Query {
        Query::Range { expr: "up".into(), span: Span::Live { length: 100 }, step }
    }

    fn frame(part: Part, at: i64) -> Frame {
        let window = Window { start: at, end: at, step: 10, part };
        Frame { window, series: vec![Series::new(Labels::default(), vec![at], vec![1.0])], notes: Notes::default() }
    }

    #[test]
    fn a_failure_keeps_the_value_and_the_first_moment() {
        let mut feed: Feed<u8> = Feed::default();
        feed.replace(Ok(1), Timestamp(1));
        feed.replace(Err(FetchError::Refused), Timestamp(2));
        feed.replace(Err(FetchError::Stopping), Timestamp(3));
        assert_eq!(feed.value, Some((1, Timestamp(1))));
        assert_eq!(feed.error, Some((FetchError::Stopping, Timestamp(2))));
        feed.replace(Ok(2), Timestamp(4));
        assert_eq!(feed.error, None);
    }

    #[test]
    fn a_new_question_replaces_and_a_stray_part_is_dropped() {
        let mut slot = Slot::default();
        slot.take_frame(&query(10), Ok(frame(Part::Whole, 10)), Timestamp(1));
        slot.take_frame(&query(10), Ok(frame(Part::Tail { keep_from: 0 }, 20)), Timestamp(2));
        assert_eq!(slot.get().unwrap().series[0].times, [10, 20]);
        slot.take_frame(&query(20), Ok(frame(Part::Head, 30)), Timestamp(3));
        assert_eq!(slot.get().unwrap().series[0].times, [10, 20]);
        slot.take_frame(&query(20), Ok(frame(Part::Whole, 40)), Timestamp(4));
        assert_eq!(slot.get().unwrap().series[0].times, [40]);
    }
}
