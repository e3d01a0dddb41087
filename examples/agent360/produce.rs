//! Second by second: makes the lines and spans of each second that is over and hands them to who sends them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use a360::demo::sim::log::Line;
use a360::demo::sim::trace::{Span, spans};
use a360::run::clock;
use a360::time::{MINUTE, SECOND, Timestamp};

use crate::args::{Args, Layout};
use crate::disorder::Disorder;
use crate::documents::{self, Document};
use crate::outbox::Outbox;
use crate::world::World;

const PACE: Duration = Duration::from_millis(100);
/// What a machine that slept does not catch up with.
const BEHIND: i64 = MINUTE;

pub struct Producer {
    pub world: Arc<World>,
    pub logs: Vec<Arc<Outbox<Document>>>,
    pub traces: Vec<Arc<Outbox<Span>>>,
    layout: Layout,
    request_lines: u64,
    disorder: Disorder,
    /// Lines that are held back, by when they are sent.
    held: BTreeMap<i64, Vec<Line>>,
}

impl Producer {
    pub fn new(world: Arc<World>, args: &Args) -> Self {
        let (layout, request_lines) = (args.layout, args.request_lines);
        let disorder = Disorder::new(args);
        Self { world, logs: Vec::new(), traces: Vec::new(), layout, request_lines, disorder, held: BTreeMap::new() }
    }

    pub async fn run(mut self) {
        let mut next = clock().floor_to(SECOND);
        loop {
            let now = clock();
            next = next.max(now.floor_to(SECOND).plus(-BEHIND));
            while next.plus(SECOND) <= now {
                self.second(next);
                next = next.plus(SECOND);
                tokio::task::yield_now().await;
            }
            self.release(now);
            tokio::time::sleep(PACE).await;
        }
    }

    fn second(&mut self, from: Timestamp) {
        let sim = self.world.sim();
        let to = from.plus(SECOND);
        let requests = sim.requests(from, to);
        for request in requests.iter().filter(|request| request.kept()) {
            self.traces.iter().for_each(|traces| traces.push(spans(request)));
            self.world.remember(request);
        }
        if !self.logs.is_empty() {
            let lines = sim.lines_with(&requests, (from, to), self.request_lines);
            for (due, line) in self.disorder.stir(lines, to) {
                self.held.entry(due.0).or_default().push(line);
            }
        }
    }

    fn release(&mut self, now: Timestamp) {
        let later = self.held.split_off(&(now.0 + 1));
        for line in std::mem::replace(&mut self.held, later).into_values().flatten() {
            let envelope = (self.layout != Layout::Plain).then(|| documents::envelope(&line));
            let plain = (self.layout != Layout::Envelope).then(|| documents::plain(&line));
            for logs in &self.logs {
                logs.push(envelope.clone().into_iter().chain(plain.clone()));
            }
        }
    }
}
