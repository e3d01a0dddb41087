//! Keeps one task alive for each question that should be open, and hands over what they learn.
//!
//! The set of questions is a function of what is on screen: [`Poller::reconcile`] starts what is new and cancels
//! what is gone, by set difference. Questions with the same interval are asked at the same moment, so that their
//! answers make one frame; the moment itself is jittered, so that many consoles do not ask in step.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::model::ask::Ask;
use crate::model::fault::FetchError;
use crate::model::query::{Answer, Query, Source, Subscription, Update};
use crate::model::window::{Part, Progress, Span};
use crate::telemetry;
use crate::time::{SECOND, Timestamp, millis};

/// Answers waiting for the UI; a poller that is ahead waits.
const QUEUE: usize = 64;
/// Lines of logs in one of them: taking them in must cost less than a frame.
const PART: usize = 10_000;
/// The first wait after a failure, and the longest: a server that comes back is seen soon, and not knocked down again.
const FIRST_RETRY: Duration = Duration::from_secs(2);
const SLOWEST_RETRY: Duration = Duration::from_secs(12);
/// A question that the server refuses is asked again seldom: only its owner can mend it.
const REFUSED_RETRY: Duration = Duration::from_secs(30);

/// Tells the time; a test's clock stands still.
pub type Clock = fn() -> Timestamp;

pub struct Poller<A: Ask> {
    ask: A,
    clock: Clock,
    rhythm: Rhythm,
    tasks: BTreeMap<Subscription, JoinHandle<()>>,
    nudges: BTreeMap<Source, Nudges>,
    sender: mpsc::Sender<Update>,
    updates: mpsc::Receiver<Update>,
}

impl<A: Ask> Poller<A> {
    pub fn new(ask: A, clock: Clock) -> Self {
        let (sender, updates) = mpsc::channel(QUEUE);
        Self { ask, clock, rhythm: Rhythm::new(), tasks: BTreeMap::new(), nudges: BTreeMap::new(), sender, updates }
    }

    /// From here on asks somebody else: what the former one still says is not heard.
    pub fn switch(&mut self, ask: A) {
        *self = Self::new(ask, self.clock);
    }

    /// Opens the questions that are new and cancels those that are no longer wanted.
    pub fn reconcile(&mut self, wanted: BTreeSet<Subscription>) {
        self.tasks.retain(|subscription, task| {
            let keep = wanted.contains(subscription);
            if !keep {
                task.abort();
            }
            keep
        });
        let mut fresh: Vec<Subscription> =
            wanted.into_iter().filter(|wanted| !self.tasks.contains_key(wanted)).collect();
        // A source takes a few at a time: what is looked at most goes first.
        fresh.sort_by_key(|subscription| subscription.every);
        for subscription in fresh {
            let line = self.line(subscription.clone());
            self.tasks.insert(subscription, tokio::spawn(line.run()));
        }
    }

    fn line(&mut self, subscription: Subscription) -> Line<A> {
        Line {
            nudges: self.nudges.entry(subscription.query.source()).or_default().clone(),
            ask: self.ask.clone(),
            clock: self.clock,
            rhythm: self.rhythm.clone(),
            sender: self.sender.clone(),
            subscription,
            progress: Progress::default(),
            failures: 0,
        }
    }

    /// Asks a source again at once: something was changed there.
    pub fn hurry(&self, source: Source) {
        if let Some(nudges) = self.nudges.get(&source) {
            nudges.hurried.send_modify(|count| *count += 1);
        }
    }

    /// The next thing learned. Pending for ever when nothing is asked.
    pub async fn next(&mut self) -> Option<Update> {
        self.updates.recv().await
    }

    /// What has been learned and not been taken yet.
    pub fn try_next(&mut self) -> Option<Update> {
        self.updates.try_recv().ok()
    }
}

impl<A: Ask> Drop for Poller<A> {
    fn drop(&mut self) {
        for task in self.tasks.values() {
            task.abort();
        }
    }
}

/// What ends the wait of the questions to a source before their time.
#[derive(Clone)]
struct Nudges {
    /// How often one of them was answered again after a failure.
    recovered: Arc<watch::Sender<u64>>,
    /// How often somebody wanted all of them asked at once.
    hurried: Arc<watch::Sender<u64>>,
}

impl Default for Nudges {
    fn default() -> Self {
        Self { recovered: Arc::new(watch::Sender::new(0)), hurried: Arc::new(watch::Sender::new(0)) }
    }
}

/// One open question.
struct Line<A: Ask> {
    ask: A,
    clock: Clock,
    rhythm: Rhythm,
    sender: mpsc::Sender<Update>,
    /// Shared by all questions to this source.
    nudges: Nudges,
    subscription: Subscription,
    progress: Progress,
    failures: u32,
}

impl<A: Ask> Line<A> {
    async fn run(mut self) {
        let (mut recovered, mut hurried) = (self.nudges.recovered.subscribe(), self.nudges.hurried.subscribe());
        loop {
            recovered.mark_unchanged();
            hurried.mark_unchanged();
            let query = &self.subscription.query;
            let answer = self.ask.ask(query, self.progress.clone(), (self.clock)());
            let result = telemetry::asked(query, answer).await;
            let delay = self.note(&result);
            let at = (self.clock)();
            let next = delay.map(|delay| at.plus(millis(delay)));
            let failed = result.is_err();
            let skew_ms = self.ask.skew_ms(self.subscription.query.source());
            for result in parts(result) {
                let update = Update { subscription: self.subscription.clone(), at, next, skew_ms, result };
                if self.sender.send(update).await.is_err() {
                    return;
                }
            }
            let Some(delay) = delay else { return };
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                // Whoever of this source gets through first ends the wait of all, also of those still asking then.
                _ = recovered.changed(), if failed => {}
                _ = hurried.changed() => {}
            }
        }
    }

    /// Learns from an answer; gives the wait before the next request, or nothing when the question is settled.
    fn note(&mut self, result: &Result<Answer, FetchError>) -> Option<Duration> {
        match result {
            Ok(answer) => {
                if std::mem::take(&mut self.failures) > 0 {
                    self.nudges.recovered.send_modify(|count| *count += 1);
                }
                if self.head_is_due(answer) {
                    return Some(Duration::ZERO);
                }
                self.subscription.every.map(|every| self.rhythm.until_next(every))
            }
            Err(error) => {
                self.failures += 1;
                Some(self.retry_in(error))
            }
        }
    }

    /// A whole live range ends at its last grid point, which may be long ago: the value of now follows at once.
    fn head_is_due(&mut self, answer: &Answer) -> bool {
        if let Answer::Arrivals(arrivals) = answer {
            self.progress.cursor = Some(arrivals.cursor.clone());
        }
        let Answer::Frame(frame) = answer else { return false };
        self.progress = std::mem::take(&mut self.progress).advance(frame.window);
        let live = matches!(self.subscription.query, Query::Range { span: Span::Live { .. }, .. });
        live && frame.window.part == Part::Whole
            && self.progress.covered_to.is_some_and(|to| (self.clock)().since(Timestamp(to)) > SECOND)
            && self.subscription.every.is_some_and(|every| millis(every) < frame.window.step)
    }

    /// Doubles with each failure in a row up to a cap, and spreads by a half, unless the server named a time.
    fn retry_in(&self, error: &FetchError) -> Duration {
        let (base, cap) = if error.may_pass() { (FIRST_RETRY, SLOWEST_RETRY) } else { (REFUSED_RETRY, REFUSED_RETRY) };
        let doubled = base.saturating_mul(1 << (self.failures - 1).min(6)).min(cap);
        let spread = doubled.mul_f64(0.75 + 0.5 * self.rhythm.random(u64::from(self.failures)));
        spread.max(error.retry_after().unwrap_or_default())
    }
}

/// A burst of lines must not hold up the keys of whoever takes it in.
fn parts(result: Result<Answer, FetchError>) -> Vec<Result<Answer, FetchError>> {
    match result {
        Ok(Answer::Arrivals(arrivals)) => {
            arrivals.parts(PART).into_iter().map(|part| Ok(Answer::Arrivals(part))).collect()
        }
        other => vec![other],
    }
}

/// When a question of a given interval is due: the same moments for all that share the interval.
#[derive(Clone)]
struct Rhythm {
    origin: Instant,
    seed: RandomState,
}

impl Rhythm {
    fn new() -> Self {
        Self { origin: Instant::now(), seed: RandomState::new() }
    }

    fn until_next(&self, every: Duration) -> Duration {
        let every_ms = every.as_millis().max(1);
        let passed = self.origin.elapsed().as_millis();
        // Not within the first half of the interval: a slow answer must not be followed by a request at once.
        let cycle = (passed + every_ms / 2) / every_ms + 1;
        let jitter = self.random(cycle as u64) * 0.1 * every.as_secs_f64();
        let due = Duration::from_millis((cycle * every_ms) as u64) + Duration::from_secs_f64(jitter);
        due.saturating_sub(Duration::from_millis(passed as u64))
    }

    /// 0 up to 1, the same for the same number in this poller.
    fn random(&self, of: u64) -> f64 {
        self.seed.hash_one(of) as f64 / u64::MAX as f64
    }
}

#[cfg(test)]
mod tests;
