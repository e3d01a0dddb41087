//! The asker's clock, carried on by a stopwatch: requests that follow each other need no new look at it.

use tokio::time::Instant;

use crate::time::{Timestamp, millis};

#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Timestamp,
    watch: Instant,
}

impl Clock {
    pub fn starting(now: Timestamp) -> Self {
        Self { start: now, watch: Instant::now() }
    }

    pub fn now(self) -> Timestamp {
        self.start.plus(millis(self.watch.elapsed()))
    }
}
