//! The stage for the loop: a server, a terminal, somebody at the keys, and a clock that runs with them.

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use a360::model::ask::Ask;
use a360::model::delivery::Routing;
use a360::model::fault::FetchError;
use a360::model::log::{Arrivals, Cursor, Level, Line, Way};
use a360::model::query::{Answer, Query};
use a360::model::series::{Frame, Notes, Vector};
use a360::model::window::Progress;
use a360::model::write::{Write, WriteError, Written};
use a360::run::event_loop::{self, Hands, Leave, Paint};
use a360::run::reporter::Shelf;
use a360::time::{Timestamp, millis};
use a360::ui::app::App;
use crossterm::event::Event as TermEvent;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep};

use crate::console::{NOW, app, key, paint, text};

thread_local! {
    static START: Cell<Option<Instant>> = const { Cell::new(None) };
    static ASKED: Cell<u32> = const { Cell::new(0) };
    static HELD: Cell<u32> = const { Cell::new(0) };
    static WRITTEN: Cell<u32> = const { Cell::new(0) };
}

/// Time since the stage was set; the loop's clock runs with it, from the start of a second.
fn elapsed() -> Duration {
    START.get().map_or(Duration::ZERO, |start| start.elapsed())
}

pub fn clock() -> Timestamp {
    NOW.plus(millis(elapsed()))
}

/// How often it was asked what Alertmanager holds, and how many changes were begun.
pub fn held_and_written() -> (u32, u32) {
    (HELD.get(), WRITTEN.get())
}

/// How long a change takes, whatever becomes of questions.
pub const CHANGE: Duration = Duration::from_millis(400);

/// When an answer comes after its question: the same wait for all, or never; some wait longer than others.
#[derive(Clone, Copy)]
pub enum Server {
    Hangs,
    Answers(Duration),
    /// The first question of all after a step, the next after two, ...
    Trickles(Duration),
    /// All but the alerts hang.
    AlertsOnly,
    /// The tail of the logs brings so many lines each time it is asked; or it hangs.
    Tail(Option<i64>),
    Fails,
}

impl Ask for Server {
    async fn write(&self, write: &Write, _: Timestamp) -> Result<Written, WriteError> {
        WRITTEN.set(WRITTEN.get() + 1);
        sleep(CHANGE).await;
        match write {
            Write::Expire(id) => Ok(Written::Expired(id.clone())),
            other => panic!("{other:?}"),
        }
    }

    async fn ask(&self, query: &Query, progress: Progress, now: Timestamp) -> Result<Answer, FetchError> {
        HELD.set(HELD.get() + u32::from(*query == Query::Held));
        match self {
            Self::Hangs => pending().await,
            Self::AlertsOnly if *query != Query::Alerts => pending().await,
            Self::AlertsOnly => {}
            Self::Tail(lines) => return logs(query, *lines).await,
            Self::Answers(wait) => sleep(*wait).await,
            Self::Trickles(step) => {
                ASKED.set(ASKED.get() + 1);
                sleep(*step * ASKED.get()).await;
            }
            Self::Fails => return Err(FetchError::Refused),
        }
        Ok(match query {
            Query::Alerts => Answer::Alerts(Vec::new()),
            Query::Rules => Answer::Rules(Vec::new()),
            Query::Held => Answer::Held(Default::default()),
            Query::Silences => Answer::Silences(Vec::new()),
            Query::Routing => Answer::Routing(Routing { version: "".into(), config: String::new() }),
            Query::Host => Answer::Host(Default::default()),
            Query::Instant { .. } => Answer::Vector(Vector::default()),
            Query::Range { span, step, .. } => {
                let window = progress.plan(*span, *step, true, now);
                Answer::Frame(Frame { window, series: Vec::new(), notes: Notes::default() })
            }
            _ => return Err(FetchError::Unsupported("nobody has logs here".into())),
        })
    }
}

/// A search engine: each line that its tail brings is another one.
async fn logs(query: &Query, lines: Option<i64>) -> Result<Answer, FetchError> {
    let (Query::Tail { .. }, Some(count)) = (query, lines) else { return pending().await };
    let first = i64::from(ASKED.get()) * count;
    ASKED.set(ASKED.get() + 1);
    let lines = (first..first + count).map(|i| Line {
        index: "agent360".into(),
        id: i.to_string().into(),
        at: NOW.0 * 1_000_000 + i * 50_000,
        level: Level::ALL[(i % 5) as usize],
        service: "shop".into(),
        place: "pod".into(),
        message: format!("line {i} of a flood took {} ms", i % 301).into(),
        kind: "".into(),
        endpoint: "".into(),
        error_type: "".into(),
        trace: "".into(),
    });
    Ok(Answer::Arrivals(Arrivals {
        lines: lines.collect(),
        anew: first == 0,
        skipped: 0,
        complete_to: None,
        way: Way::Arrival,
        notes: Vec::new(),
        cursor: Cursor(Arc::new(())),
    }))
}

/// What came to the terminal, and when.
#[derive(Debug, Clone, PartialEq)]
pub enum Painted {
    Frame(String),
    Clear,
    Copy(String),
    Bell,
}

/// The terminal and whoever sits at it.
#[derive(Clone)]
pub struct Desk {
    pub keys: mpsc::Sender<TermEvent>,
    pub painted: Rc<RefCell<Vec<(Duration, Painted)>>>,
    /// Whether the terminal takes a frame now, and the news that it does.
    ready: Rc<Cell<bool>>,
    drained: Rc<Notify>,
}

impl Desk {
    pub async fn press(&self, keys: &str) {
        for name in keys.split_whitespace() {
            self.keys.send(key(name)).await.unwrap();
        }
    }

    pub fn is_ready(&self, ready: bool) {
        self.ready.set(ready);
        self.drained.notify_waiters();
    }

    pub fn frames(&self) -> Vec<(Duration, String)> {
        let frame = |(at, painted): &(Duration, Painted)| match painted {
            Painted::Frame(text) => Some((*at, text.clone())),
            _ => None,
        };
        self.painted.borrow().iter().filter_map(frame).collect()
    }

    pub fn last(&self) -> String {
        self.frames().pop().map(|(_, text)| text).unwrap_or_default()
    }

    /// Frames from one moment up to, not including, another; in ms since the start.
    pub fn frames_between(&self, from: u64, to: u64) -> usize {
        let span = Duration::from_millis(from)..Duration::from_millis(to);
        self.frames().iter().filter(|(at, _)| span.contains(at)).count()
    }

    /// Anything but frames.
    pub fn asides(&self) -> Vec<Painted> {
        let all = self.painted.borrow();
        all.iter().map(|(_, painted)| painted.clone()).filter(|painted| !matches!(painted, Painted::Frame(_))).collect()
    }
}

/// Everything that the loop is given.
pub struct Stage {
    pub app: App,
    pub hands: Hands<Server>,
    /// Where reports are written.
    pub folder: tempfile::TempDir,
    pub input: mpsc::Receiver<TermEvent>,
    pub desk: Desk,
}

impl Stage {
    pub fn new(server: Server) -> Self {
        Self::with_queue(server, 256)
    }

    pub fn with_queue(server: Server, size: usize) -> Self {
        START.set(Some(Instant::now()));
        ASKED.set(0);
        HELD.set(0);
        WRITTEN.set(0);
        let (keys, input) = mpsc::channel(size);
        let desk = Desk { keys, painted: Rc::default(), ready: Rc::new(Cell::new(true)), drained: Rc::default() };
        let folder = tempfile::tempdir().unwrap();
        let hands = Hands::new(server, clock, Shelf::new(folder.path().to_owned(), None));
        Self { app: app(80, 24), hands, folder, input, desk }
    }

    pub async fn run(&mut self) -> io::Result<Leave> {
        let Self { app, hands, input, desk, .. } = self;
        let painted = Rc::clone(&desk.painted);
        let mut on_paint = |what: Paint| {
            let what = match what {
                Paint::Frame(app) => Painted::Frame(text(&paint(app))),
                Paint::Clear => Painted::Clear,
                Paint::Copy(text) => Painted::Copy(text.to_owned()),
                Paint::Bell => Painted::Bell,
            };
            painted.borrow_mut().push((elapsed(), what));
            Ok(())
        };
        let ready = async || {
            while !desk.ready.get() {
                desk.drained.notified().await;
            }
            Ok(())
        };
        event_loop::run(app, hands, clock, input, ready, &mut on_paint).await
    }

    /// Runs while somebody sits at the terminal, to the end of the loop.
    pub async fn play(&mut self, script: impl AsyncFnOnce(Desk)) -> Leave {
        let desk = self.desk.clone();
        let (left, ()) = tokio::join!(self.run(), script(desk));
        left.unwrap()
    }
}

pub async fn wait(ms: u64) {
    sleep(Duration::from_millis(ms)).await;
}
