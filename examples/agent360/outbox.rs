//! What waits to be sent. A receiver that is gone costs nothing but memory, and that is bounded: the oldest goes first.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// How the sending goes, in numbers of things.
#[derive(Debug, Default)]
pub struct Tally {
    pub written: AtomicU64,
    /// Were there already: written by a request whose answer got lost.
    pub known: AtomicU64,
    /// What the receiver does not want, for good.
    pub refused: AtomicU64,
    pub waiting: AtomicU64,
    /// Given up because too much waits.
    pub dropped: AtomicU64,
    pub retries: AtomicU64,
    error: Mutex<Option<String>>,
}

impl Tally {
    pub fn told(&self, to: &str) -> Value {
        let error = self.error.lock().unwrap_or_else(PoisonError::into_inner).clone();
        json!({
            "to": to,
            "written": self.written.load(Relaxed),
            "already_there": self.known.load(Relaxed),
            "refused": self.refused.load(Relaxed),
            "waiting": self.waiting.load(Relaxed),
            "dropped": self.dropped.load(Relaxed),
            "retries": self.retries.load(Relaxed),
            "error": error,
        })
    }

    /// What went wrong last; nothing once it goes right.
    pub fn say(&self, error: Option<String>) {
        *self.error.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }
}

/// What became of a batch.
pub struct Sent<T> {
    pub written: usize,
    pub known: usize,
    pub refused: usize,
    /// To be tried again.
    pub again: Vec<T>,
    pub error: Option<String>,
}

impl<T> Sent<T> {
    /// Nothing of it arrived.
    pub fn nothing(batch: Vec<T>, error: String) -> Self {
        Self { written: 0, known: 0, refused: 0, again: batch, error: Some(error) }
    }
}

/// Sends batches somewhere.
pub trait Carrier<T>: Send + Sync + 'static {
    /// The most things of one batch.
    const BATCH: usize;
    fn send(&self, batch: Vec<T>) -> impl Future<Output = Sent<T>> + Send;
}

pub struct Outbox<T> {
    waiting: Mutex<VecDeque<T>>,
    most: usize,
    pub tally: Arc<Tally>,
}

impl<T: Send + 'static> Outbox<T> {
    pub fn new(most: usize) -> Self {
        Self { waiting: Mutex::default(), most, tally: Arc::default() }
    }

    fn queue(&self) -> MutexGuard<'_, VecDeque<T>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn push(&self, things: impl IntoIterator<Item = T>) {
        let mut queue = self.queue();
        queue.extend(things);
        let over = queue.len().saturating_sub(self.most);
        queue.drain(..over);
        self.tally.dropped.fetch_add(over as u64, Relaxed);
        self.tally.waiting.store(queue.len() as u64, Relaxed);
    }

    fn take(&self, most: usize) -> Vec<T> {
        let mut queue = self.queue();
        let count = queue.len().min(most);
        queue.drain(..count).collect()
    }

    /// In front of what came meanwhile, as far as there is room.
    fn put_back(&self, things: Vec<T>) {
        let mut queue = self.queue();
        let room = self.most.saturating_sub(queue.len());
        let over = things.len().saturating_sub(room);
        for thing in things.into_iter().skip(over).rev() {
            queue.push_front(thing);
        }
        self.tally.dropped.fetch_add(over as u64, Relaxed);
    }

    /// Sends what waits every `flush`, for ever; pauses ever longer while the receiver fails.
    pub async fn run(&self, carrier: impl Carrier<T>, flush: Duration) {
        loop {
            tokio::time::sleep(flush).await;
            let mut pause = FIRST_PAUSE;
            while self.step(&carrier).await {
                let failing = self.tally.error.lock().unwrap_or_else(PoisonError::into_inner).is_some();
                if failing {
                    self.tally.retries.fetch_add(1, Relaxed);
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                } else {
                    pause = FIRST_PAUSE;
                }
            }
        }
    }

    /// One batch; whether there was one.
    async fn step<C: Carrier<T>>(&self, carrier: &C) -> bool {
        let batch = self.take(C::BATCH);
        if batch.is_empty() {
            return false;
        }
        let sent = carrier.send(batch).await;
        let tally = &self.tally;
        tally.written.fetch_add(sent.written as u64, Relaxed);
        tally.known.fetch_add(sent.known as u64, Relaxed);
        tally.refused.fetch_add(sent.refused as u64, Relaxed);
        tally.say(sent.error);
        self.put_back(sent.again);
        tally.waiting.store(self.queue().len() as u64, Relaxed);
        true
    }
}
