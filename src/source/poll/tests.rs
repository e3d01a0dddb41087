//! Scripts that are polled while the clock stands still.

use super::*;
use crate::model::series::{Frame, Notes};
use std::sync::Mutex;

/// Answers what it is told to, and remembers what it was asked.
#[derive(Clone, Default)]
struct Script {
    asked: Arc<Mutex<Vec<(Query, Part)>>>,
    failing: Arc<Mutex<bool>>,
    hanging: bool,
}

fn clock() -> Timestamp {
    // The paused clock of tokio, as far from its start as this thread's runtime has come.
    thread_local!(static START: Instant = Instant::now());
    Timestamp(1_700_000_000_000).plus(START.with(|start| millis(start.elapsed())))
}

impl Ask for Script {
    async fn ask(&self, query: &Query, progress: Progress, now: Timestamp) -> Result<Answer, FetchError> {
        let Query::Range { span, step, .. } = query else { return Ok(Answer::Alerts(Vec::new())) };
        let window = progress.plan(*span, *step, true, now);
        self.asked.lock().unwrap().push((query.clone(), window.part));
        if self.hanging {
            std::future::pending::<()>().await;
        }
        if *self.failing.lock().unwrap() {
            return Err(FetchError::Refused);
        }
        Ok(Answer::Frame(Frame { window, series: Vec::new(), notes: Notes::default() }))
    }
}

fn subscription(expr: &str) -> Subscription {
    let query = Query::Range { expr: expr.into(), span: Span::Live { length: 3_600_000 }, step: 20_000 };
    Subscription { query, every: Some(Duration::from_secs(5)) }
}

fn set(exprs: &[&str]) -> BTreeSet<Subscription> {
    exprs.iter().map(|expr| subscription(expr)).collect()
}

#[tokio::test(start_paused = true)]
async fn first_the_whole_then_heads_and_tails() {
    let script = Script::default();
    let mut poller = Poller::new(script.clone(), clock);
    poller.reconcile(set(&["up"]));
    for _ in 0..12 {
        poller.next().await.unwrap();
    }
    let parts: Vec<Part> = script.asked.lock().unwrap().iter().map(|(_, part)| *part).collect();
    assert_eq!(parts[..2], [Part::Whole, Part::Head]);
    assert_eq!(parts.iter().filter(|part| **part == Part::Whole).count(), 1);
    assert!(parts.iter().any(|part| matches!(part, Part::Tail { .. })), "{parts:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_longer_wanted_is_cancelled_and_what_stays_is_not_asked_again() {
    let script = Script { hanging: true, ..Script::default() };
    let mut poller = Poller::new(script.clone(), clock);
    poller.reconcile(set(&["a", "b"]));
    tokio::task::yield_now().await;
    poller.reconcile(set(&["b", "c"]));
    tokio::task::yield_now().await;
    let asked: Vec<Query> = script.asked.lock().unwrap().iter().map(|(query, _)| query.clone()).collect();
    assert_eq!(asked.len(), 3);
    assert_eq!(poller.tasks.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn failures_wait_longer_and_one_success_wakes_the_others() {
    let script = Script::default();
    *script.failing.lock().unwrap() = true;
    let mut poller = Poller::new(script.clone(), clock);
    poller.reconcile(set(&["a", "b"]));
    let mut waits = Vec::new();
    for _ in 0..12 {
        let update = poller.next().await.unwrap();
        assert_eq!(update.result, Err(FetchError::Refused));
        waits.push(update.next.unwrap().since(update.at));
    }
    assert!(waits.iter().all(|wait| (1_500..=15_000).contains(wait)), "{waits:?}");
    assert!(waits[10] > waits[0], "{waits:?}");
    *script.failing.lock().unwrap() = false;
    let first = poller.next().await.unwrap();
    let answered = clock();
    let mut other = poller.next().await.unwrap();
    while other.subscription == first.subscription {
        other = poller.next().await.unwrap();
    }
    assert!(other.result.is_ok());
    assert!(clock().since(answered) < 100, "the other waited for its own turn");
}

/// Fails until somebody else is answered, and is still asking then.
#[derive(Clone, Default)]
struct SlowFailure {
    answered: Arc<Mutex<bool>>,
}

impl Ask for SlowFailure {
    async fn ask(&self, query: &Query, _: Progress, _: Timestamp) -> Result<Answer, FetchError> {
        let healthy = *self.answered.lock().unwrap();
        if *query == Query::Alerts {
            tokio::time::sleep(Duration::from_secs(3)).await;
            *self.answered.lock().unwrap() = true;
            return if healthy { Ok(Answer::Alerts(Vec::new())) } else { Err(FetchError::Refused) };
        }
        tokio::time::sleep(Duration::from_secs(9)).await;
        if healthy { Ok(Answer::Alerts(Vec::new())) } else { Err(FetchError::Refused) }
    }
}

#[tokio::test(start_paused = true)]
async fn who_was_still_asking_when_the_source_came_back_asks_again_at_once() {
    let mut poller = Poller::new(SlowFailure::default(), clock);
    let alerts = Subscription { query: Query::Alerts, every: Some(Duration::from_secs(5)) };
    poller.reconcile(BTreeSet::from([alerts.clone(), subscription("slow")]));
    let mut failed_at = None;
    loop {
        let update = poller.next().await.unwrap();
        match (update.subscription == alerts, update.result.is_ok()) {
            (false, false) => failed_at = Some(update.at),
            (false, true) => break,
            _ => {}
        }
    }
    // Nine seconds of asking, and no wait between.
    assert!(clock().since(failed_at.unwrap()) < 9_100, "{}", clock().since(failed_at.unwrap()));
}

#[tokio::test(start_paused = true)]
async fn a_source_in_which_something_changed_is_asked_at_once_and_others_are_not() {
    let mut poller = Poller::new(Script::default(), clock);
    let held = Subscription { query: Query::Held, every: Some(Duration::from_secs(60)) };
    let alerts = Subscription { query: Query::Alerts, every: Some(Duration::from_secs(60)) };
    poller.reconcile(BTreeSet::from([held.clone(), alerts]));
    poller.next().await.unwrap();
    poller.next().await.unwrap();
    let answered = clock();
    poller.hurry(Source::Alertmanager);
    assert_eq!(poller.next().await.unwrap().subscription, held);
    assert!(clock().since(answered) < 100);
    poller.next().await.unwrap();
    assert!(clock().since(answered) > 10_000, "the other was asked as well");
}

#[tokio::test(start_paused = true)]
async fn a_settled_question_is_asked_once() {
    let script = Script::default();
    let mut poller = Poller::new(script.clone(), clock);
    let once = Subscription { every: None, ..subscription("up") };
    poller.reconcile(BTreeSet::from([once]));
    assert!(poller.next().await.unwrap().next.is_none());
    let more = tokio::time::timeout(Duration::from_secs(600), poller.next()).await;
    assert!(more.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_switch_silences_the_former_source() {
    let mut poller = Poller::new(Script::default(), clock);
    poller.reconcile(set(&["up"]));
    tokio::time::sleep(Duration::from_secs(30)).await;
    poller.switch(Script { hanging: true, ..Script::default() });
    assert!(poller.try_next().is_none());
}

#[test]
fn equal_intervals_share_their_moments() {
    let rhythm = Rhythm::new();
    let every = Duration::from_secs(5);
    let (a, b) = (rhythm.until_next(every), rhythm.until_next(every));
    assert!(a.abs_diff(b) < Duration::from_millis(50));
    assert!(a >= every / 2 - Duration::from_millis(50) && a <= every * 2);
}
