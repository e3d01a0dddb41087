//! The one seam between questions and whoever answers them: real servers, the demo, or a test.

use std::future::Future;

use super::fault::FetchError;
use super::query::{Answer, Query, Source};
use super::window::Progress;
use super::write::{Write, WriteError, Written};
use crate::time::Timestamp;

/// Answers questions. `now` is the asker's clock; `progress` says how far a live range has been answered before.
pub trait Ask: Clone + Send + Sync + 'static {
    fn ask(
        &self,
        query: &Query,
        progress: Progress,
        now: Timestamp,
    ) -> impl Future<Output = Result<Answer, FetchError>> + Send;

    /// Changes something outside. Never sent twice by itself.
    fn write(&self, write: &Write, now: Timestamp) -> impl Future<Output = Result<Written, WriteError>> + Send {
        let _ = (write, now);
        async { Err(WriteError::NotDone(FetchError::Unsupported("nothing can be changed here".into()))) }
    }

    /// Milliseconds that the clock of this source is ahead of ours, as far as it is known; 0 if they agree.
    fn skew_ms(&self, source: Source) -> i64 {
        let _ = source;
        0
    }
}
