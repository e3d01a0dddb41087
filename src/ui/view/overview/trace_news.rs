//! Which traces are slow and which fail, in the range that is shown: what the overview asks and keeps of the answers.
//!
//! Whole traces are asked for, as only those tell where an error began, but no more than their rows are kept.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::analysis::traces::Row;
use crate::model::fault::FetchError;
use crate::model::query::{Answer, Query, Subscription, Update};
use crate::model::trace::{Sample, TraceId, TraceSearch};
use crate::model::window::Span;
use crate::store::Slot;
use crate::text::Plain;
use crate::time::{HOUR, Timestamp};
use crate::ui::view::Scene;

/// Traces of each kind that are asked for.
const LIMIT: u32 = 10;
/// Of a live range no more is looked at: a backend has to read all of it where nothing fails.
pub const LONGEST: i64 = HOUR;

/// What is known by now.
#[derive(Default)]
pub struct TraceNews {
    failing: Slot<Told>,
    slow: Slot<Told>,
}

/// What is left of an answer.
#[derive(Debug, Clone, Default)]
pub struct Told {
    pub rows: Vec<Row>,
    pub notes: Vec<Plain>,
    /// There may be more.
    pub is_limited: bool,
}

/// The questions for failing traces and for slow ones.
fn questions(scene: &Scene) -> [Query; 2] {
    let span = match scene.shown.span() {
        Span::Live { length } => Span::Live { length: length.min(LONGEST) },
        fixed => fixed,
    };
    let service = scene.watch.service.clone().unwrap_or_default();
    let any = TraceSearch { service, limit: LIMIT, ..TraceSearch::default() };
    let failing = TraceSearch { tags: vec![("error".to_owned(), "true".to_owned())], ..any.clone() };
    let slow = TraceSearch { min: Some(scene.watch.limits.slow_ns()), ..any };
    [failing, slow].map(|search| Query::Sample { search, span })
}

impl TraceNews {
    pub fn queries(&self, scene: &Scene) -> Vec<Subscription> {
        let every = scene.shown.is_live().then_some(scene.tiles);
        questions(scene).map(|query| Subscription { query, every }).into()
    }

    pub fn apply(&mut self, update: Update, scene: &Scene) {
        let Update { subscription, at, result, .. } = update;
        let [failing, slow] = questions(scene);
        let slot = match &subscription.query {
            query if *query == failing => &mut self.failing,
            query if *query == slow => &mut self.slow,
            _ => return,
        };
        let told = |Sample { traces, notes, is_limited }: Sample| Told {
            rows: traces.iter().map(|trace| Row::of(trace)).collect(),
            notes,
            is_limited,
        };
        slot.take(&subscription.query, result.and_then(Answer::into_sample).map(told), at);
    }

    /// Failing ones and slow ones, as far as they are about what is shown.
    pub fn current(&self, scene: &Scene) -> [Option<&Told>; 2] {
        let [failing, slow] = questions(scene);
        let failing = self.failing.get().filter(|_| self.failing.answers(&failing));
        [failing, self.slow.get().filter(|_| self.slow.answers(&slow))]
    }

    /// The fault that keeps one of the two from being known, and since when.
    pub fn error(&self) -> Option<&(FetchError, Timestamp)> {
        self.failing.feed.error.as_ref().or(self.slow.feed.error.as_ref())
    }

    /// When the older of the two was answered.
    pub fn answered(&self) -> Option<Timestamp> {
        let at = |slot: &Slot<Told>| slot.feed.value.as_ref().map(|(_, at)| *at);
        [at(&self.failing), at(&self.slow)].into_iter().flatten().min()
    }

    pub fn is_late(&self, scene: &Scene) -> bool {
        scene.shown.is_live() && self.answered().is_some_and(|at| scene.is_overdue(at, scene.tiles))
    }

    /// Failing ones, as long as they can be relied on.
    pub fn sure(&self, scene: &Scene) -> &[Row] {
        let is_sure = scene.traces && self.error().is_none() && !self.is_late(scene);
        self.current(scene)[0].filter(|_| is_sure).map_or(&[], |told| &told.rows)
    }

    /// So many rows at most: the slowest of the failing ones, then the slowest of the others. Neither kind takes the
    /// room of the other.
    pub fn rows(&self, scene: &Scene, room: usize) -> Vec<&Row> {
        let mut all: Vec<&Row> = self.current(scene).into_iter().flatten().flat_map(|told| &told.rows).collect();
        all.sort_by_key(|row| Reverse((row.duration, row.id)));
        // One that is slow and fails is in both answers; the older of them may know less of its spans.
        let mut seen = HashSet::new();
        all.retain(|row| seen.insert(row.id));
        let (mut failing, mut others): (Vec<&Row>, Vec<&Row>) = all.into_iter().partition(|row| row.blame.is_some());
        failing.truncate(room.saturating_sub(others.len().min(room / 2)));
        others.truncate(room - failing.len());
        failing.into_iter().chain(others).collect()
    }

    /// How many there are to be shown, and whether there may be more.
    pub fn count(&self, scene: &Scene) -> (usize, bool) {
        let is_limited = self.current(scene).into_iter().flatten().any(|told| told.is_limited);
        (self.rows(scene, usize::MAX).len(), is_limited)
    }

    pub fn first(&self, scene: &Scene) -> Option<TraceId> {
        self.rows(scene, 1).first().map(|row| row.id)
    }
}
