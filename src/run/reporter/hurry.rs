//! Questions of somebody who waits: what is not answered in time counts as not answered.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::model::ask::Ask;
use crate::model::fault::FetchError;
use crate::model::query::{Answer, Query, Source};
use crate::model::window::Progress;
use crate::time::Timestamp;

/// All answers are due by then.
const FIRST: Duration = Duration::from_millis(1_400);
/// Those to questions that follow from the others are due by then: a source that hangs must not take their time.
const SECOND: Duration = Duration::from_millis(1_900);

#[derive(Clone)]
pub struct Hurried<A> {
    ask: A,
    began: Instant,
}

impl<A: Ask> Hurried<A> {
    pub fn now(ask: A) -> Self {
        Self { ask, began: Instant::now() }
    }
}

impl<A: Ask> Ask for Hurried<A> {
    async fn ask(&self, query: &Query, progress: Progress, now: Timestamp) -> Result<Answer, FetchError> {
        let due = if self.began.elapsed() < FIRST { FIRST } else { SECOND };
        let answer = timeout_at(self.began + due, self.ask.ask(query, progress, now)).await;
        answer.unwrap_or(Err(FetchError::Timeout(due)))
    }

    fn skew_ms(&self, source: Source) -> i64 {
        self.ask.skew_ms(source)
    }
}
