//! Makes reports and rankings while the keys go on: one report at a time, and one ranking, which is due in two seconds.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::model::ask::Ask;
use crate::model::format::Format;
use crate::report::{self, Depth, Periods};
use crate::source::poll::Clock;
use crate::text::Plain;
use crate::ui::errand::{About, Errand, Missing, News, Ranking};

use super::plan;
use hurry::Hurried;
pub use shelf::Shelf;

mod hurry;
mod shelf;

/// News that wait for the console. Of how far something is, what finds no room is left out.
const QUEUE: usize = 16;
/// A report that is being put on the disk has so long to end when the console is left.
const LAST: Duration = Duration::from_secs(2);

pub struct Reporter<A: Ask> {
    ask: A,
    clock: Clock,
    shelf: Shelf,
    sender: mpsc::Sender<News>,
    news: mpsc::Receiver<News>,
    report: Option<JoinHandle<()>>,
    why: Option<JoinHandle<()>>,
}

impl<A: Ask> Reporter<A> {
    pub fn new(ask: A, clock: Clock, shelf: Shelf) -> Self {
        let (sender, news) = mpsc::channel(QUEUE);
        Self { ask, clock, shelf, sender, news, report: None, why: None }
    }

    /// From here on asks others; the report that is under way is of those that it began with.
    pub fn switch(&mut self, ask: A) {
        self.ask = ask;
    }

    pub fn start(&mut self, errand: Errand) {
        match errand {
            // Two at once would only keep each other waiting.
            Errand::Report { .. } if self.report.as_ref().is_some_and(|task| !task.is_finished()) => {}
            Errand::Report { about, format } => {
                let (ask, clock, sender, shelf) = self.parts();
                self.report = Some(tokio::spawn(async move {
                    let news = written(&ask, &about, &format, clock, &shelf, &sender).await;
                    // Nobody listens any more: the console is gone.
                    let _ = sender.send(news).await;
                }));
            }
            Errand::Why { ticket, about } => {
                self.forget();
                let (ask, clock, sender, _) = self.parts();
                self.why = Some(tokio::spawn(async move {
                    let ranking = Box::new(ranked(ask, &about, ticket, clock, &sender).await);
                    let _ = sender.send(News::Why { ticket, ranking }).await;
                }));
            }
            Errand::Forget => self.forget(),
        }
    }

    fn parts(&self) -> (A, Clock, mpsc::Sender<News>, Shelf) {
        (self.ask.clone(), self.clock, self.sender.clone(), self.shelf.clone())
    }

    fn forget(&mut self) {
        if let Some(task) = self.why.take() {
            task.abort();
        }
    }

    /// What became of an errand, or how far it is. Pending while none is under way.
    pub async fn next(&mut self) -> Option<News> {
        self.news.recv().await
    }

    /// Ends what is under way. A report is on the disk as a whole or not at all: while it is put there the task cannot
    /// be ended, and is waited for.
    pub async fn close(&mut self) {
        self.forget();
        if let Some(task) = self.report.take() {
            task.abort();
            let _ = timeout(LAST, task).await;
        }
    }
}

async fn written(
    ask: &impl Ask,
    about: &About,
    format: &str,
    clock: Clock,
    shelf: &Shelf,
    sender: &mpsc::Sender<News>,
) -> News {
    let format = match Format::read(format) {
        Ok(format) => format,
        Err(why) => return News::ReportNotWritten(Plain::from(why)),
    };
    let plan = plan::plan(about, plan::label(about), Periods::of(about.range), Depth::Full, clock());
    let mut tell = |done, all| {
        let _ = sender.try_send(News::ReportAsked { done, all });
    };
    let report = report::build(ask, &plan, clock, &mut tell).await;
    let text = report::render(&report, format, false);
    match shelf.put(&shelf::name(&plan), format.ending(), &text) {
        Ok(path) => News::ReportWritten { path: Plain::new(&path.to_string_lossy()), verdict: verdict(&report) },
        Err(why) => News::ReportNotWritten(Plain::from(why)),
    }
}

/// `calm`, `critical, 3 of 68 not answered`
fn verdict(report: &report::Report) -> String {
    let level = report.summary.level.word();
    match report.not_asked.len() {
        0 => level.to_owned(),
        missing => format!("{level}, {missing} of {} not answered", report.asked),
    }
}

async fn ranked(ask: impl Ask, about: &About, ticket: u64, clock: Clock, sender: &mpsc::Sender<News>) -> Ranking {
    let plan = plan::plan(about, String::new(), Periods::of(about.range), Depth::Quick, clock());
    let mut tell = |done, all| {
        let _ = sender.try_send(News::WhyAsked { ticket, done, all });
    };
    let report = report::build(&Hurried::now(ask), &plan, clock, &mut tell).await;
    let mut missing: Vec<Missing> = Vec::new();
    for entry in report.not_asked {
        match missing.iter_mut().find(|missing| missing.source == entry.source && missing.why == entry.why) {
            Some(known) => known.count += 1,
            None => missing.push(Missing { source: entry.source, count: 1, why: entry.why }),
        }
    }
    let grid = report.grid;
    let (findings, asked) = (report.insights, report.asked);
    Ranking { findings, asked, missing, now: grid.now, before: grid.before, week: grid.week }
}
