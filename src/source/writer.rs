//! Carries out what is to be changed outside, each job once and to its end: the keys never wait for it, and it goes on
//! when another context is shown.

use tokio::sync::mpsc;

use super::poll::Clock;
use crate::model::ask::Ask;
use crate::model::write::{Job, Outcome};
use crate::telemetry;

/// Outcomes that wait for the UI; there are never more jobs at once than a person starts.
const QUEUE: usize = 16;

pub struct Writer<A: Ask> {
    ask: A,
    clock: Clock,
    sender: mpsc::Sender<Outcome>,
    outcomes: mpsc::Receiver<Outcome>,
}

impl<A: Ask> Writer<A> {
    pub fn new(ask: A, clock: Clock) -> Self {
        let (sender, outcomes) = mpsc::channel(QUEUE);
        Self { ask, clock, sender, outcomes }
    }

    /// From here on changes things elsewhere; what is under way is heard of all the same.
    pub fn switch(&mut self, ask: A) {
        self.ask = ask;
    }

    pub fn start(&self, job: Job) {
        let (ask, clock, sender) = (self.ask.clone(), self.clock, self.sender.clone());
        tokio::spawn(async move {
            let result = telemetry::write(&job.write, ask.write(&job.write, clock())).await;
            // Nobody listens any more: the console is gone.
            let _ = sender.send(Outcome { ticket: job.ticket, result }).await;
        });
    }

    /// What became of a job. Pending while none is under way.
    pub async fn next(&mut self) -> Option<Outcome> {
        self.outcomes.recv().await
    }
}
