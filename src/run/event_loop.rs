//! The loop: `subscriptions → draw → wait for a key, an answer, the clock or a signal → handle`.
//!
//! It never waits for the network: answers come through a channel, and keys come first. A key is drawn at once;
//! answers that arrive together make one frame. Generic over who answers, where keys come from and what paints, so
//! that tests drive the real loop with a paused clock.

use std::io;
use std::time::Duration;

use crossterm::event::Event as TermEvent;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

use super::reporter::{Reporter, Shelf};
use crate::model::ask::Ask;
use crate::model::query::{Source, Update};
use crate::source::poll::{Clock, Poller};
use crate::source::writer::Writer;
use crate::time::SECOND;
use crate::ui::app::{App, Effect, Event};

/// Answers that arrive within this time of each other make one frame; keys do not wait.
const GATHER: Duration = Duration::from_millis(6);
/// Frames that answers ask for are at least this far apart.
const FRAME: Duration = Duration::from_millis(12);
/// Events taken in before a frame is drawn in any case.
const MOST_AT_ONCE: usize = 4_096;

/// Lines of logs taken in before the keys are looked at again.
const MOST_LINES: usize = 10_000;

/// What is done to the terminal.
pub enum Paint<'a> {
    Frame(&'a App),
    /// Forget what is on the screen: the next frame paints every cell.
    Clear,
    /// Put this on the clipboard of the user's terminal.
    Copy(&'a str),
    Bell,
}

/// Whoever does outside what the console wants: asks again and again, changes something, finds out or writes.
pub struct Hands<A: Ask> {
    pub poller: Poller<A>,
    pub writer: Writer<A>,
    pub reporter: Reporter<A>,
}

impl<A: Ask> Hands<A> {
    pub fn new(ask: A, clock: Clock, shelf: Shelf) -> Self {
        let reporter = Reporter::new(ask.clone(), clock, shelf);
        Self { poller: Poller::new(ask.clone(), clock), writer: Writer::new(ask, clock), reporter }
    }

    /// From here on of another context.
    pub fn switch(&mut self, ask: A) {
        self.writer.switch(ask.clone());
        self.reporter.switch(ask.clone());
        self.poller.switch(ask);
    }
}

/// Why the loop was left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leave {
    Quit,
    Suspend,
    /// The context to ask from now on.
    Context(usize),
    /// There will be no more keys: the terminal is gone.
    InputEnded,
}

/// Runs until something has to be done that the loop cannot do; it may be dropped and entered again. `ready` returns
/// when the terminal has taken the frame before: on a slow line frames are left out, keys are not.
pub async fn run<A: Ask>(
    app: &mut App,
    hands: &mut Hands<A>,
    clock: Clock,
    input: &mut mpsc::Receiver<TermEvent>,
    ready: impl AsyncFn() -> io::Result<()>,
    paint: &mut dyn FnMut(Paint) -> io::Result<()>,
) -> io::Result<Leave> {
    let mut frames = Frames::default();
    let Hands { poller, writer, reporter } = hands;
    loop {
        let effect = tokio::select! {
            biased;
            ready = ready(), if frames.is_due() => {
                ready?;
                paint(Paint::Frame(app))?;
                frames.drawn();
                poller.reconcile(app.subscriptions());
                None
            }
            event = input.recv() => {
                let Some(event) = event else { return Ok(Leave::InputEnded) };
                frames.now();
                keys(app, clock, input, event)
            }
            Some(update) = poller.next() => {
                frames.soon();
                updates(app, clock, poller, update)
            }
            Some(outcome) = writer.next() => {
                frames.soon();
                // What it changed is to be seen at once.
                poller.hurry(Source::Alertmanager);
                app.handle(Event::Written(Box::new(outcome)), clock())
            }
            Some(news) = reporter.next() => {
                frames.soon();
                app.handle(Event::News(Box::new(news)), clock())
            }
            () = frames.wait() => None,
            () = next_second(clock) => {
                frames.soon();
                app.handle(Event::Tick, clock())
            }
        };
        match effect {
            None => {}
            Some(Effect::Copy(text)) => paint(Paint::Copy(&text))?,
            Some(Effect::Redraw) => paint(Paint::Clear)?,
            Some(Effect::Bell) => paint(Paint::Bell)?,
            Some(Effect::Write(job)) => writer.start(*job),
            Some(Effect::Errand(errand)) => reporter.start(errand),
            Some(Effect::Quit) => return Ok(Leave::Quit),
            Some(Effect::Suspend) => return Ok(Leave::Suspend),
            Some(Effect::Context(number)) => return Ok(Leave::Context(number)),
        }
    }
}

/// Takes in every key that has arrived, up to the first that wants something done outside.
fn keys(app: &mut App, clock: Clock, input: &mut mpsc::Receiver<TermEvent>, first: TermEvent) -> Option<Effect> {
    let mut effect = app.handle(Event::Term(first), clock());
    for _ in 0..MOST_AT_ONCE {
        if effect.is_some() {
            break;
        }
        let Ok(event) = input.try_recv() else { break };
        effect = app.handle(Event::Term(event), clock());
    }
    effect
}

/// Takes in every answer that has arrived, up to so many lines of logs: keys go before the rest of them. What answers
/// want done is at most that the bell rings.
fn updates<A: Ask>(app: &mut App, clock: Clock, poller: &mut Poller<A>, first: Update) -> Option<Effect> {
    let (mut lines, mut effect, mut next) = (0, None, Some(first));
    while let Some(update) = next {
        lines += update.lines();
        effect = app.handle(Event::Update(Box::new(update)), clock()).or(effect);
        next = if lines < MOST_LINES { poller.try_next() } else { None };
    }
    effect
}

async fn next_second(clock: Clock) {
    let past = clock().0.rem_euclid(SECOND);
    sleep(Duration::from_millis((SECOND - past) as u64)).await;
}

/// When the next frame is to be drawn.
struct Frames {
    due: Option<Instant>,
    last: Option<Instant>,
}

impl Default for Frames {
    fn default() -> Self {
        Self { due: Some(Instant::now()), last: None }
    }
}

impl Frames {
    fn now(&mut self) {
        self.due = Some(Instant::now());
    }

    /// With what else comes in meanwhile.
    fn soon(&mut self) {
        let gathered = Instant::now() + GATHER;
        let earliest = self.last.map_or(gathered, |last| gathered.max(last + FRAME));
        self.due = Some(self.due.map_or(earliest, |due| due.min(earliest)));
    }

    fn is_due(&self) -> bool {
        self.due.is_some_and(|due| due <= Instant::now())
    }

    fn drawn(&mut self) {
        (self.due, self.last) = (None, Some(Instant::now()));
    }

    /// Until a frame becomes due; for ever when none is wanted, or one is due and waits for the terminal.
    async fn wait(&self) {
        match self.due {
            Some(due) if !self.is_due() => sleep_until(due).await,
            _ => std::future::pending().await,
        }
    }
}
