//! In which order the traces stand, and the cursor on them: it holds on to its trace while others come and go.

use std::cmp::Reverse;

use crate::model::trace::{Summary, TraceId};

/// What comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    #[default]
    Time,
    Duration,
    Spans,
    Errors,
}

impl Sort {
    pub const ALL: [Self; 4] = [Self::Time, Self::Duration, Self::Spans, Self::Errors];

    pub fn name(self) -> &'static str {
        match self {
            Self::Time => "newest first",
            Self::Duration => "longest first",
            Self::Spans => "most spans first",
            Self::Errors => "most errors first",
        }
    }

    fn sort(self, numbers: &mut [usize], traces: &[Summary]) {
        let of = |number: &usize| traces.get(*number);
        let first = |trace: &Summary| match self {
            Self::Time => 0,
            Self::Duration => trace.duration,
            Self::Spans => trace.spans.into(),
            Self::Errors => trace.errors.into(),
        };
        // Of equals the newest; the id decides at last, so that nothing changes places by chance.
        numbers.sort_by_key(|number| Reverse(of(number).map(|trace| (first(trace), trace.start, trace.id))));
    }
}

#[derive(Debug, Default)]
pub struct List {
    pub sort: Sort,
    /// Numbers of the traces as they came, in order.
    rows: Vec<usize>,
    /// The trace under the cursor; none while it is left to whatever comes first.
    held: Option<TraceId>,
    place: usize,
    top: usize,
    /// What is looked for, and the rows that have it.
    sought: String,
    hits: Vec<usize>,
}

impl List {
    /// Makes the rows anew. What was held is sought; where it is gone the cursor keeps its place.
    pub fn arrange(&mut self, traces: &[Summary], height: u16) {
        self.rows = (0..traces.len()).collect();
        self.sort.sort(&mut self.rows, traces);
        let before = self.place;
        let id = |row: &usize| traces.get(*row).map(|trace| trace.id);
        let found = self.held.and_then(|held| self.rows.iter().position(|row| id(row) == Some(held)));
        self.place = match self.held {
            None => 0,
            Some(_) => found.unwrap_or(before).min(self.rows.len().saturating_sub(1)),
        };
        if self.held.is_some() {
            self.held = self.rows.get(self.place).and_then(id);
        }
        if self.held.is_some() && found.is_none() && before == 0 {
            self.held = None;
        }
        // What is read does not move under the eye; at the top it does, for there the new ones are.
        if self.top > 0 {
            self.top = (self.top + self.place).saturating_sub(before);
        }
        self.see(height);
        self.mark(traces);
    }

    /// Others are sought now: a cursor whose trace is not among them begins at the first.
    pub fn begin(&mut self) {
        (self.place, self.top) = (0, 0);
    }

    /// Keeps the cursor in sight.
    pub fn see(&mut self, height: u16) {
        let height = usize::from(height).max(1);
        let last = self.rows.len().saturating_sub(height);
        self.top = self.top.min(self.place).max((self.place + 1).saturating_sub(height)).min(last);
    }

    pub fn go_to(&mut self, place: usize, traces: &[Summary], height: u16) {
        self.place = place.min(self.rows.len().saturating_sub(1));
        self.held = self.get(traces).map(|trace| trace.id);
        self.see(height);
    }

    pub fn step(&mut self, by: isize, traces: &[Summary], height: u16) {
        self.go_to(self.place.saturating_add_signed(by), traces, height);
        // At the beginning it is left to the newest again.
        if by == isize::MIN {
            self.held = None;
        }
    }

    pub fn get<'a>(&self, traces: &'a [Summary]) -> Option<&'a Summary> {
        traces.get(*self.rows.get(self.place)?)
    }

    pub fn place(&self) -> usize {
        self.place
    }

    /// The rows in sight, each with its place.
    pub fn sight<'a>(&'a self, height: u16, traces: &'a [Summary]) -> impl Iterator<Item = (usize, &'a Summary)> {
        let top = self.top.max((self.place + 1).saturating_sub(usize::from(height).max(1)));
        let rows = self.rows.iter().enumerate().skip(top).take(height.into());
        rows.filter_map(|(place, row)| Some((place, traces.get(*row)?)))
    }

    /// Case counts only if a capital is typed.
    pub fn seek(&mut self, text: &str, traces: &[Summary]) {
        self.sought = text.to_owned();
        self.mark(traces);
    }

    fn mark(&mut self, traces: &[Summary]) {
        self.hits.clear();
        if self.sought.is_empty() {
            return;
        }
        let exact = self.sought.chars().any(char::is_uppercase);
        let has = |trace: &Summary| {
            let mut words = format!("{} {} {}", trace.service, trace.operation, trace.id);
            trace.services.iter().for_each(|share| words.extend([" ", &share.service]));
            if exact { words.contains(&self.sought) } else { words.to_lowercase().contains(&self.sought) }
        };
        let rows = self.rows.iter().enumerate();
        self.hits = rows.filter(|(_, row)| traces.get(**row).is_some_and(has)).map(|(place, _)| place).collect();
    }

    pub fn is_hit(&self) -> bool {
        self.hits.contains(&self.place)
    }

    /// The number of the hit under the cursor, or of the one before it, and how many there are.
    pub fn hits(&self) -> (usize, usize) {
        (self.hits.partition_point(|place| *place <= self.place), self.hits.len())
    }

    /// To the next row with what is looked for, around the end.
    pub fn next_hit(&mut self, forward: bool, traces: &[Summary], height: u16) {
        let next = match forward {
            true => self.hits.iter().find(|place| **place > self.place).or(self.hits.first()),
            false => self.hits.iter().rev().find(|place| **place < self.place).or(self.hits.last()),
        };
        if let Some(place) = next.copied() {
            self.go_to(place, traces, height);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traces(ids: &[u128]) -> Vec<Summary> {
        let one = |id: &u128| Summary {
            id: TraceId(*id),
            start: *id as i64,
            duration: (*id as i64 * 37) % 11,
            spans: (*id % 5) as u32,
            operation: format!("GET /{id}").into(),
            ..Summary::default()
        };
        ids.iter().rev().map(one).collect()
    }

    fn at(list: &List, traces: &[Summary]) -> u128 {
        list.get(traces).map_or(0, |trace| trace.id.0)
    }

    #[test]
    fn the_cursor_keeps_its_trace_and_nothing_moves_under_the_eye() {
        let few = traces(&(1..=20).collect::<Vec<_>>());
        let mut list = List::default();
        list.arrange(&few, 5);
        assert_eq!(at(&list, &few), 20);
        let more = traces(&(1..=30).collect::<Vec<_>>());
        list.arrange(&more, 5);
        assert_eq!(at(&list, &more), 30, "nobody has chosen one yet");
        list.step(9, &more, 5);
        let seen = |list: &List, all: &[Summary]| list.sight(5, all).map(|(_, trace)| trace.id.0).collect::<Vec<_>>();
        let before = seen(&list, &more);
        let most = traces(&(1..=90).collect::<Vec<_>>());
        list.arrange(&most, 5);
        assert_eq!((at(&list, &most), seen(&list, &most)), (21, before));
        list.sort = Sort::Duration;
        list.arrange(&most, 5);
        assert_eq!(at(&list, &most), 21);
        list.sort = Sort::Time;
        list.arrange(&most, 5);
        // It is gone: what stands in its place.
        let without = traces(&(1..=20).collect::<Vec<_>>());
        list.arrange(&without, 5);
        assert_eq!(at(&list, &without), 1);
        list.arrange(&[], 5);
        list.arrange(&without, 5);
        assert_eq!(at(&list, &without), 20);
    }

    #[test]
    fn hits_are_gone_through_around_the_end() {
        let all = traces(&[1, 2, 3, 11]);
        let mut list = List::default();
        list.arrange(&all, 9);
        list.seek("/1", &all);
        assert_eq!((list.hits(), at(&list, &all)), ((1, 2), 11));
        list.next_hit(true, &all, 9);
        assert_eq!((list.hits(), at(&list, &all)), ((2, 2), 1));
        list.next_hit(true, &all, 9);
        assert_eq!(at(&list, &all), 11);
        list.seek("", &all);
        assert_eq!(list.hits(), (0, 0));
    }

    #[test]
    fn the_order_is_the_one_that_is_said() {
        let all = traces(&[1, 2, 3, 4, 5, 6]);
        let mut list = List::default();
        let orders = Sort::ALL.map(|sort| {
            list.sort = sort;
            list.arrange(&all, 9);
            list.sight(9, &all).map(|(_, trace)| trace.id.0).collect::<Vec<_>>()
        });
        assert_eq!(orders[0], [6, 5, 4, 3, 2, 1]);
        assert_eq!(orders[1], [5, 2, 4, 1, 6, 3]);
        assert_eq!(orders[2], [4, 3, 2, 6, 1, 5]);
        assert_eq!(orders[3], orders[0]);
    }
}
